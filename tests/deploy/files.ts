// The files of a deployment as data.
import { readFileSync } from "node:fs"
import { join } from "node:path"

/** The top of the repository. */
export const root = join(import.meta.dirname, "../..")

/** A file of the repository. */
export const fileOf = (path: string): string => readFileSync(join(root, path), "utf8")

/** The lines of a unit of systemd: what each key is set to, in order, by section (systemd.syntax(7)). */
export const unitOf = (path: string): ReadonlyMap<string, ReadonlyArray<string>> => {
  const found = new Map<string, Array<string>>()
  let section = ""
  for (const line of fileOf(path).split("\n")) {
    const heading = /^\[(\w+)\]$/.exec(line)?.[1]
    if (heading !== undefined) section = heading
    const [, key, value] = /^(\w+)=(.*)$/.exec(line) ?? []
    if (key === undefined || value === undefined) continue
    const name = `${section}.${key}`
    found.set(name, [...(found.get(name) ?? []), value])
  }
  return found
}

/** A directive of nginx, with what stands in its block. */
export interface Directive {
  readonly name: string
  readonly words: ReadonlyArray<string>
  readonly block: ReadonlyArray<Directive>
}

/** A file of nginx: words, quotes, blocks and comments, as its beginner's guide describes them. */
export const nginxOf = (path: string): ReadonlyArray<Directive> => {
  const tokens = fileOf(path)
    .replaceAll(/(^|\s)#.*$/gm, "")
    .match(/"[^"]*"|[{};]|[^\s{};"]+/g)
  const rest = (tokens ?? []).map((token) => (token.startsWith('"') ? token.slice(1, -1) : token)).values()
  const block = (): ReadonlyArray<Directive> => {
    const directives: Array<Directive> = []
    let words: Array<string> = []
    for (let next = rest.next(); next.done !== true && next.value !== "}"; next = rest.next()) {
      if (next.value !== ";" && next.value !== "{") words.push(next.value)
      else {
        const [name = "", ...others] = words
        directives.push({ name, words: others, block: next.value === "{" ? block() : [] })
        words = []
      }
    }
    return directives
  }
  return block()
}
