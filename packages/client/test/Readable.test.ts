import { expect, it } from "@effect/vitest"
import { Effect, Latch, Stream } from "effect"
import { describe } from "vitest"
import { cell, changes, until } from "../src/Readable.ts"
import { settle } from "./time.ts"

describe("a value that changes", () => {
  it("tells its listeners at once, and nobody when nothing has changed", () => {
    const count = cell(1)
    const seen: Array<number> = []
    const stop = count.subscribe(() => seen.push(count.get()))
    count.set(2)
    count.set(2)
    stop()
    count.set(3)
    expect(seen).toEqual([2])
  })

  it.effect("as a stream skips what its reader was too slow for, and never the newest", () =>
    Effect.gen(function* () {
      const count = cell(0)
      const goOn = Latch.makeUnsafe()
      const seen: Array<number> = []
      yield* changes(count).pipe(
        Stream.runForEach((value) =>
          Effect.andThen(
            Effect.sync(() => seen.push(value)),
            goOn.await
          )
        ),
        Effect.forkScoped
      )
      yield* settle
      for (let value = 1; value <= 100; value++) count.set(value)
      goOn.openUnsafe()
      yield* settle
      expect(seen[0]).toBe(0)
      expect(seen.at(-1)).toBe(100)
      expect(seen.length).toBeLessThan(10)
    })
  )

  it.effect("can be waited for", () =>
    Effect.gen(function* () {
      const count = cell(0)
      const waiting = yield* Effect.forkScoped(until(count, (value) => value > 1))
      count.set(1)
      yield* settle
      expect(waiting.pollUnsafe()).toBeUndefined()
      count.set(2)
      yield* settle
      expect(waiting.pollUnsafe()).toBeDefined()
    })
  )
})
