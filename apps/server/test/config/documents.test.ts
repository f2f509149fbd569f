import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { copyFileSync, globSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { parseEnv } from "node:util"
import { document, example } from "../../src/config/documents.ts"
import { groups } from "../../src/config/groups.ts"
import { occasions } from "../../src/config/otherVariables.ts"
import { parse, settingNames } from "../../src/ServerConfig.ts"
import { startProcess, temporaryFolder } from "../support/ServerProcess.ts"

const root = join(import.meta.dirname, "../../../..")

describe("the documents of the settings", () => {
  it("are the files in the repository; `npm run docs:settings` writes them anew", () => {
    expect(readFileSync(join(root, "docs/configuration.md"), "utf8")).toBe(document())
    expect(readFileSync(join(root, ".env.example"), "utf8")).toBe(example())
  })

  it("tell of every setting once", () => {
    const told = groups.flatMap(({ settings }) => settings.map(({ name }) => name))
    expect(told.toSorted()).toEqual(settingNames.toSorted())
  })

  it("name every variable that any program here reads", () => {
    const known = new Set([...settingNames, ...occasions.flatMap(({ variables }) => variables.map(({ name }) => name))])
    const files = globSync("{apps,packages,tools,tests}/**/*.{ts,tsx,mjs}", {
      cwd: root,
      exclude: (path) => /(^|\/)(node_modules|dist)(\/|$)/.test(path)
    })
    // What is in lower case, npm and others set by themselves.
    const read = files.flatMap((path) =>
      [...readFileSync(join(root, path), "utf8").matchAll(/process\.env(?:\.|\[")([A-Z_]+)/g)].map(([, name]) => name)
    )
    expect(read.length).toBeGreaterThan(10)
    expect([...new Set(read)].filter((name) => name !== undefined && !known.has(name))).toEqual([])
  })
})

describe(".env.example", () => {
  it.effect("sets nothing, and its lines set the defaults when their # goes", () =>
    Effect.gen(function* () {
      expect(parseEnv(example())).toEqual({})
      const uncommented = parseEnv(example().replaceAll(/^#(?=[A-Z_]+=)/gm, ""))
      expect(Object.keys(uncommented).toSorted()).toEqual(settingNames.toSorted())
      expect(yield* parse(uncommented)).toEqual(yield* parse({}))
    })
  )

  it.live(
    "copied to .env starts a server as there would be without it",
    () =>
      Effect.gen(function* () {
        const folder = yield* temporaryFolder
        copyFileSync(join(root, ".env.example"), join(folder, ".env"))
        const server = yield* startProcess(folder, {})
        yield* server.url
        expect(server.output()).toContain("Only this machine can reach it.")
        server.kill("SIGTERM")
        expect([yield* server.exitCode, server.errors()]).toEqual([0, ""])
      }),
    { timeout: 60_000 }
  )
})
