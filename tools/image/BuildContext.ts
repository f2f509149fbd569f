// The folder of the build as the builder sees it: what .dockerignore leaves.
import { readdirSync } from "node:fs"
import { join, matchesGlob } from "node:path"

/** The files and links that .dockerignore leaves of a folder, relative to it. */
export const filesOf = (folder: string, ignoreFile: string): ReadonlyArray<string> => {
  const rules = rulesOf(ignoreFile)
  const walk = (inside: string): ReadonlyArray<string> =>
    readdirSync(join(folder, inside), { withFileTypes: true }).flatMap((entry) => {
      const path = inside === "" ? entry.name : `${inside}/${entry.name}`
      if (!entry.isDirectory()) return isIgnored(rules, path) ? [] : [path]
      return isIgnored(rules, path) && !mayReturnBelow(rules, path) ? [] : walk(path)
    })
  return walk("")
}

interface Rule {
  readonly pattern: string
  readonly isIgnoring: boolean
}

const rulesOf = (text: string): ReadonlyArray<Rule> =>
  text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => ({ pattern: line.replace(/^!/, ""), isIgnoring: !line.startsWith("!") }))

// The last rule that matches a path, or a folder that it is in, decides.
const isIgnored = (rules: ReadonlyArray<Rule>, path: string): boolean =>
  rules.findLast(({ pattern }) => prefixesOf(path).some((prefix) => matchesGlob(prefix, pattern)))?.isIgnoring ?? false

const mayReturnBelow = (rules: ReadonlyArray<Rule>, folder: string): boolean =>
  rules.some(({ pattern, isIgnoring }) => !isIgnoring && pattern.startsWith(`${folder}/`))

const prefixesOf = (path: string): ReadonlyArray<string> =>
  path.split("/").map((_, index, names) => names.slice(0, index + 1).join("/"))
