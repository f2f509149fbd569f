import { relative, resolve } from "node:path"
import { build } from "vite"
import type { Rolldown } from "vite"
import { beforeAll, describe, expect, it, vi } from "vitest"
import { initialBudget, initialFiles } from "../budget.ts"

const root = resolve(import.meta.dirname, "../../..")
let files: ReadonlyArray<Rolldown.OutputChunk | Rolldown.OutputAsset> = []
let modules: ReadonlyArray<string> = []

beforeAll(async () => {
  // As it is shipped: under a test runner the bundler would take the libraries' development halves.
  vi.stubEnv("NODE_ENV", "production")
  const output = await build({
    configFile: resolve(root, "apps/web/vite.config.ts"),
    logLevel: "error",
    build: { write: false }
  })
  files = [output].flat().flatMap((one) => ("output" in one ? one.output : []))
  modules = files.flatMap((file) => (file.type === "chunk" ? file.moduleIds : [])).map((id) => relative(root, id))
}, 60_000)

describe("what a browser is sent", () => {
  it("holds the page, the client and the contract, and nothing of the server", () => {
    const ours = new Set(modules.flatMap((id) => /^(?:apps|packages)\/[^/]+/.exec(id)?.[0] ?? []))
    expect([...ours].toSorted()).toEqual(["apps/web", "packages/client", "packages/protocol"])
  })

  it("holds no module of Node, no database, and nothing that is for development", () => {
    const strangers = modules.filter((id) =>
      /^node:|__vite-browser-external|platform-node|sql-pg|\/effect\/dist\/(sql|testing|cluster)\/|solid-refresh|solid-js\/.*dist\/dev/.test(
        id
      )
    )
    expect(strangers).toEqual([])
  })

  it("is less than 110 kB of JavaScript, compressed, before the first room is on the screen", () => {
    const total = initialFiles(files).reduce((sum, { bytes }) => sum + bytes, 0)
    expect(total).toBeGreaterThan(20_000)
    expect(total).toBeLessThan(initialBudget)
  })

  it("brings the contract of accounts, members, people and webhooks when something of it is first asked", () => {
    const first = new Set(initialFiles(files).map(({ fileName }) => fileName))
    const contract = files.flatMap((file) =>
      file.type === "chunk" && first.has(file.fileName) ? file.moduleIds.filter((id) => id.endsWith("Rpcs.ts")) : []
    )
    expect(contract.map((id) => relative(root, id)).toSorted()).toEqual([
      "packages/protocol/src/InboxRpcs.ts",
      "packages/protocol/src/RoomRpcs.ts"
    ])
  })

  it("has no style attribute in its markup, which the server's policy would drop", () => {
    const markup = files.flatMap((file) =>
      file.type === "chunk" ? [...file.code.matchAll(/<[a-z]+ [^<>`]*\bstyle=/g)].map(([found]) => found) : []
    )
    expect(markup).toEqual([])
  })
})
