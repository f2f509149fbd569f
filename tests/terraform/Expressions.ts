// What an expression refers to, from its syntax tree. (The parser's own list leaves out what a `for` yields.)
import { getExpressionAst } from "@cdktf/hcl2json"
import { Schema } from "effect"

/** One reference. */
export interface Use {
  /** As declarations are addressed, or `each.key`, `count.index`, `self.x` and the iterator of a dynamic block. */
  readonly address: string
  /** By number (`[0]`), by key (`["a"]`), by an expression (`[each.key]`), each of all (`[*]`), or as a whole. */
  readonly by: { readonly number: number } | { readonly key: string } | "expression" | "splat" | "whole"
  /** The first name after that, if any. */
  readonly attribute: string | undefined
  /** Where in its declaration: names of blocks and arguments. */
  readonly path: ReadonlyArray<string>
}

/** What a text with `${…}` refers to. */
export const usesOf = async (text: string, path: ReadonlyArray<string>): Promise<ReadonlyArray<Use>> => {
  // As a heredoc it needs no quotes of its own, which would have to be told from those within.
  const tree: unknown = await getExpressionAst("expression", `<<EXPRESSION_ENDS\n${text}\nEXPRESSION_ENDS\n`)
  return Array.from(walk(nodeOf(tree), []), ({ address, by, attribute }) => ({ address, by, attribute, path }))
}

/** The keys that are written in objects anywhere in the expression. */
export const keysIn = async (text: string): Promise<ReadonlyArray<string>> => {
  const keys: Array<string> = []
  const collect = ({ type, meta, children }: Node) => {
    if (type === "object") keys.push(...Object.keys(meta.items ?? {}).map((key) => key.replaceAll('"', "")))
    children.forEach(collect)
  }
  collect(nodeOf(await getExpressionAst("expression", `<<EXPRESSION_ENDS\n${text}\nEXPRESSION_ENDS\n`)))
  return keys
}

type Found = Omit<Use, "path">

interface Node {
  readonly type: string
  readonly meta: typeof Meta.Type
  readonly children: ReadonlyArray<Node>
}

type Part = NonNullable<(typeof Meta.Type)["traversal"]>[number]

// The tree comes from a program in Go, and some of its nodes have no meta, whatever its types say.
const Meta = Schema.Struct({
  traversal: Schema.optional(Schema.Array(Schema.Struct({ type: Schema.String, segment: Schema.String }))),
  keyVar: Schema.optional(Schema.String),
  valVar: Schema.optional(Schema.String),
  items: Schema.optional(Schema.Record(Schema.String, Schema.String))
})

const Plain = Schema.Struct({
  type: Schema.optional(Schema.String),
  meta: Schema.optional(Schema.NullOr(Meta)),
  children: Schema.optional(Schema.NullOr(Schema.Array(Schema.Unknown)))
})

const nodeOf = (value: unknown): Node => {
  const { type, meta, children } = Schema.decodeUnknownSync(Plain)(value)
  return { type: type ?? "", meta: meta ?? {}, children: (children ?? []).map(nodeOf) }
}

function* walk(node: Node, bound: ReadonlyArray<string>): Generator<Found> {
  const { type, meta, children } = node
  const [first, ...others] = children
  if (type === "scopeTraversal") {
    const found = useOf(meta.traversal ?? [])
    if (found !== undefined && !bound.includes(found.address.split(".")[0] ?? "")) yield found
  } else if (type === "for") {
    // The collection is seen from outside; all else knows the names that the `for` binds.
    if (first !== undefined) yield* walk(first, bound)
    const inside = [...bound, meta.keyVar ?? "", meta.valVar ?? ""]
    for (const child of others) yield* walk(child, inside)
  } else if ((type === "splat" || type === "relativeTraversal") && first !== undefined) {
    yield* reaching(node, first, others, bound)
  } else {
    for (const child of children) yield* walk(child, bound)
  }
}

// `a.b[*].c` and `a.b[expression].c`: one use of a.b, whose attribute stands in another node.
function* reaching(node: Node, source: Node, others: ReadonlyArray<Node>, bound: ReadonlyArray<string>) {
  const isSplat = node.type === "splat"
  const [collection, ...keys] = source.type === "index" ? source.children : [source]
  const after = isSplat ? others.find(({ type }) => type === "relativeTraversal") : node
  if (collection?.type === "scopeTraversal" && (isSplat || source.type === "index")) {
    for (const found of walk(collection, bound))
      yield { ...found, by: isSplat ? "splat" : "expression", attribute: after?.meta.traversal?.[0]?.segment } as const
    for (const key of isSplat ? others : keys) yield* walk(key, bound)
  } else {
    for (const child of node.children) yield* walk(child, bound)
  }
}

const lengths: Readonly<Record<string, number>> = { data: 3, ephemeral: 3 }

const useOf = (parts: ReadonlyArray<Part>): Found | undefined => {
  const root = parts[0]?.segment ?? ""
  const length = lengths[root] ?? 2
  const address = parts.slice(0, length).map(({ segment }) => segment)
  if (address.length < length && root !== "self")
    return { address: address.join("."), by: "whole", attribute: undefined }
  const [next, after] = parts.slice(length)
  if (next?.type !== "indexTraversal") return { address: address.join("."), by: "whole", attribute: next?.segment }
  const by = next.segment.startsWith('"') ? { key: next.segment.replaceAll('"', "") } : { number: Number(next.segment) }
  return { address: address.join("."), by, attribute: after?.segment }
}
