import { expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { describe } from "vitest"
import { settings, walk } from "./support/RightsWalk.ts"
import { startWhole, unlimited } from "./support/WholeServer.ts"

describe("the table of rights", () => {
  it.live(
    "is what a server answers, call by call, on SQLite",
    () =>
      Effect.gen(function* () {
        const { tried, wrong } = yield* walk(yield* startWhole(settings, unlimited))
        expect(wrong).toEqual([])
        expect(tried).toBeGreaterThan(1_200)
      }),
    { timeout: 60_000 }
  )
})
