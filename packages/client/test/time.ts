// Time in tests: everything that can happen without time passing happens first.
import { Duration, Effect } from "effect"
import { TestClock } from "effect/testing"

/** Lets every fiber go as far as it can without time passing. */
export const settle: Effect.Effect<void> = Effect.forEach(Array.from({ length: 40 }), () => Effect.yieldNow, {
  discard: true
})

/** Lets time pass on the test clock in small steps, so that what one step starts is under way before the next. */
export const elapse = Effect.fnUntraced(function* (duration: Duration.Input) {
  const total = Duration.toMillis(duration)
  const step = Math.max(100, total / 200)
  yield* settle
  for (let elapsed = 0; elapsed < total; elapsed += step) {
    yield* TestClock.adjust(Math.min(step, total - elapsed))
    yield* settle
  }
})
