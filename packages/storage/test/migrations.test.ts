import { describe, expect, it } from "vitest"
import { migrations, newestKnown } from "../src/internal/migrate.ts"
import { globSync } from "node:fs"
import { basename, join } from "node:path"

describe("the migrations", () => {
  it("are numbered 1, 2, 3 … without a gap: a lower number than the latest would be skipped in silence", () => {
    const ids = Object.keys(migrations).map((name) => Number.parseInt(name, 10))
    expect(ids).toEqual(ids.map((_, index) => index + 1))
    expect(newestKnown).toBe(ids.length)
  })

  it("are all the files of their folder", () => {
    const files = globSync(join(import.meta.dirname, "../src/migrations/*.ts")).map((file) => basename(file, ".ts"))
    expect(Object.keys(migrations)).toEqual(files.toSorted())
  })
})
