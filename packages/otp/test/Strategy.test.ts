import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { plan, Strategy } from "@messenger/otp/Strategy"

const order = ["a", "b", "c", "d"]

describe("a strategy", () => {
  it.each([
    { strategy: "one_for_one", failed: "b", stop: [], start: ["b"] },
    { strategy: "one_for_all", failed: "b", stop: ["d", "c", "a"], start: ["a", "b", "c", "d"] },
    { strategy: "rest_for_one", failed: "a", stop: ["d", "c", "b"], start: ["a", "b", "c", "d"] },
    { strategy: "rest_for_one", failed: "b", stop: ["d", "c"], start: ["b", "c", "d"] },
    { strategy: "rest_for_one", failed: "d", stop: [], start: ["d"] },
    { strategy: "one_for_all", failed: "nobody", stop: [], start: [] }
  ] as const)(
    "of $strategy, when $failed fails, stops $stop and starts $start",
    ({ failed, start, stop, strategy }) => {
      assert.deepStrictEqual(plan(strategy, order, failed), { stop: [...stop], start: [...start] })
    }
  )

  const Order = Schema.UniqueArray(Schema.String)

  it.prop(
    "starts in start order, stops in reverse, and stops exactly the others that it starts",
    [Strategy, Order],
    ([strategy, ids]) =>
      ids.every((failed) => {
        const { start, stop } = plan(strategy, ids, failed)
        const expected = ids.filter((id) => start.includes(id))
        return (
          start.includes(failed) &&
          start.join() === expected.join() &&
          stop.join() ===
            expected
              .filter((id) => id !== failed)
              .toReversed()
              .join()
        )
      })
  )
})
