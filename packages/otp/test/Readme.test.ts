import { readFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { program } from "./example.ts"

const read = (file: string) => readFileSync(join(import.meta.dirname, file), "utf8")

describe("the example of the README", () => {
  it("is the one that runs here", () => {
    assert.include(read("../README.md"), read("example.ts"))
  })

  it.effect("does what the README says", () =>
    Effect.gen(function* () {
      const { balance, drawing } = yield* program
      assert.strictEqual(balance, 5)
      assert.include(read("../README.md"), drawing)
    })
  )
})
