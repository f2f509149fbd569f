import { globSync, readFileSync } from "node:fs"
import { join, relative, resolve } from "node:path"
import { describe, expect, it } from "vitest"

const root = resolve(import.meta.dirname, "..")

/** Whom each part of the house may import, of our own. */
const arrows: Record<string, ReadonlyArray<string>> = {
  "packages/otp": [],
  "packages/protocol": [],
  "packages/storage": ["protocol"],
  "packages/chat": ["otp", "storage", "protocol"],
  "packages/client": ["protocol"],
  "packages/demo": ["protocol"],
  "apps/server": ["chat", "demo", "otp", "storage", "protocol"],
  "apps/web": ["client", "protocol"],
  "apps/bench": ["client", "protocol"],
  "apps/terminal": ["client", "protocol"]
}

const importsOf = (text: string): ReadonlyArray<string> =>
  [...text.matchAll(/(?:from\s+|import\s*\(\s*|import\s+)["']([^"']+)["']/g)].flatMap((match) => match[1] ?? [])

const sourcesOf = (part: string): ReadonlyArray<{ readonly file: string; readonly imports: ReadonlyArray<string> }> =>
  globSync(`${part}/src/**/*.{ts,tsx}`, { cwd: root }).map((file) => ({
    file,
    imports: importsOf(readFileSync(join(root, file), "utf8"))
  }))

describe("the arrows of the design", () => {
  for (const [part, allowed] of Object.entries(arrows)) {
    it(`${part} imports ${allowed.length === 0 ? "nothing of ours" : `only ${allowed.join(", ")}`}`, () => {
      const strangers = sourcesOf(part).flatMap(({ file, imports }) =>
        imports
          .filter((name) => name.startsWith("@messenger/") && !allowed.includes(name.split("/")[1] ?? ""))
          .map((name) => `${file} imports ${name}`)
      )
      expect(strangers).toEqual([])
    })

    it(`${part} reaches no file outside its own folder by a relative path`, () => {
      const strangers = sourcesOf(part).flatMap(({ file, imports }) =>
        imports
          .filter((name) => name.startsWith("."))
          .map((name) => relative(join(root, part, "src"), resolve(root, file, "..", name)))
          .filter((path) => path.startsWith(".."))
          .map((path) => `${file} reaches ${path}`)
      )
      expect(strangers).toEqual([])
    })
  }

  it("only the composition root of the server touches the database, and what fills an empty one", () => {
    const allowed = new Set(["apps/server/src/Topology.ts", "apps/server/src/cli/seedWriting.ts"])
    // How a file becomes whole or not at all has nothing to do with a database.
    const isOfDatabase = (name: string) =>
      name.startsWith("@messenger/storage/") && name !== "@messenger/storage/PartialFile"
    const touching = sourcesOf("apps/server")
      .filter(({ imports }) => imports.some(isOfDatabase))
      .map(({ file }) => file)
      .filter((file) => !allowed.has(file))
    expect(touching).toEqual([])
  })

  it("the client has what only Node has in files of their own, which nothing imports that a browser loads", () => {
    const needsNode = new Set(["DurableFile", "FileLease", "FileOutboxStore"])
    const isNodes = (name: string) => name.startsWith("node:") || needsNode.has(/^\.\/(\w+)\.ts$/.exec(name)?.[1] ?? "")
    const strangers = sourcesOf("packages/client")
      .filter(({ file }) => !needsNode.has(/(\w+)\.ts$/.exec(file)?.[1] ?? ""))
      .flatMap(({ file, imports }) => imports.filter(isNodes).map((name) => `${file} imports ${name}`))
    expect(strangers).toEqual([])
  })

  it("has no barrels of our own", () => {
    expect(globSync("{packages,apps}/*/src/**/index.{ts,tsx}", { cwd: root })).toEqual([])
  })
})
