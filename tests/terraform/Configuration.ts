// A folder of Terraform files as data: what is declared, and what each declaration refers to. Expressions are parsed, not matched:
// by the parser of Terraform's own language, compiled to WebAssembly.
import { parse } from "@cdktf/hcl2json"
import { usesOf, type Use } from "./Expressions.ts"

/** JSON as the parser answers it; an expression is a string with `${…}`. */
export type Value = string | number | boolean | null | ReadonlyArray<Value> | Body
export interface Body {
  readonly [name: string]: Value
}

export type Kind = "resource" | "data" | "ephemeral" | "variable" | "local" | "output" | "module" | "other"

/** One block, or one local value. */
export interface Declaration {
  readonly kind: Kind
  /** How it is referred to: `var.x`, `local.x`, `data.type.name`, `ephemeral.type.name`, `type.name`; `output.x` for one that is not. */
  readonly address: string
  /** The type of a resource, a data source or an ephemeral resource. */
  readonly type: string
  readonly body: Value
}

/** A declaration and everything that it refers to, where. */
export interface Referring extends Declaration {
  readonly uses: ReadonlyArray<Use>
}

/** Reads files by their names; throws the parser's sentence when one is no HCL. */
export const read = async (files: Readonly<Record<string, string>>): Promise<ReadonlyArray<Declaration>> => {
  const declarations: Array<Declaration> = []
  for (const [file, text] of Object.entries(files)) {
    const parsed: unknown = await parse(file, text)
    declarations.push(...blocksOf(asBody(parsed)))
  }
  return declarations
}

/** Reads files and all of their expressions, which takes seconds for a large configuration. */
export const readAll = async (files: Readonly<Record<string, string>>): Promise<ReadonlyArray<Referring>> => {
  const referring: Array<Referring> = []
  for (const { kind, address, type, body } of await read(files))
    referring.push({ kind, address, type, body, uses: await usesIn(body, []) })
  return referring
}

/** The only declaration at an address. */
export const at = (declarations: ReadonlyArray<Declaration>, address: string): Body => {
  const found = declarations.filter((declaration) => declaration.address === address)
  if (found.length !== 1) throw new Error(`${found.length} declarations of ${address}`)
  return asBody(found[0]?.body)
}

/** The value of a local that is written as an object. */
export const asBody = (value: unknown): Body => {
  if (!isBody(value)) throw new Error(`not an object: ${JSON.stringify(value)}`)
  return value
}

/** The blocks of that name in a body; the parser answers a single one of some kinds bare. */
export const blocks = (body: Body, name: string): ReadonlyArray<Body> => {
  const value = body[name]
  if (value === undefined) return []
  return isList(value) ? value.map(asBody) : [asBody(value)]
}

/** A value as a sentence or a pattern takes it: a text as it is, all else as JSON. */
export const plain = (value: Value | undefined): string =>
  typeof value === "string" ? value : value === undefined ? "" : JSON.stringify(value)

export const isList = (value: unknown): value is ReadonlyArray<Value> => Array.isArray(value)

export const isBody = (value: unknown): value is Body =>
  typeof value === "object" && value !== null && !Array.isArray(value)

function* blocksOf(file: Body): Generator<Declaration> {
  for (const [block, content] of Object.entries(file)) {
    if (block === "locals") {
      for (const each of blocks(file, block))
        for (const [name, body] of Object.entries(each))
          yield { kind: "local", address: `local.${name}`, type: "", body }
    } else if (block === "resource" || block === "data" || block === "ephemeral") {
      for (const [type, named] of Object.entries(asBody(content)))
        for (const [name, bodies] of Object.entries(asBody(named)))
          for (const body of isList(bodies) ? bodies : [bodies])
            yield { kind: block, address: `${block === "resource" ? "" : `${block}.`}${type}.${name}`, type, body }
    } else if (block === "variable" || block === "output" || block === "module" || block === "check") {
      const kind = block === "check" ? "other" : block
      const prefix = block === "variable" ? "var" : block
      for (const [name, bodies] of Object.entries(asBody(content)))
        for (const body of isList(bodies) ? bodies : [bodies])
          yield { kind, address: `${prefix}.${name}`, type: "", body }
    } else {
      yield { kind: "other", address: block, type: "", body: content }
    }
  }
}

// A variable's type is a language of its own, and what `ignore_changes` names are attributes of the block itself.
const isNoExpression = (path: ReadonlyArray<string>): boolean =>
  (path.length === 1 && path[0] === "type") || (path[0] === "lifecycle" && path[1] === "ignore_changes")

const usesIn = async (value: Value, path: ReadonlyArray<string>): Promise<ReadonlyArray<Use>> => {
  if (isNoExpression(path)) return []
  if (typeof value === "string") return value.includes("${") ? usesOf(value, path) : []
  if (isList(value)) return (await Promise.all(value.map((each) => usesIn(each, path)))).flat()
  if (!isBody(value)) return []
  const uses: Array<Use> = []
  for (const [name, each] of Object.entries(value)) {
    if (name.includes("${")) uses.push(...(await usesOf(name, path)))
    uses.push(...(await usesIn(each, [...path, name])))
  }
  return uses
}
