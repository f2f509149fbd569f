// How busy the processors of the machine are, whoever with.
import { Effect } from "effect"
import { cpus } from "node:os"

/** A machine is quiet while so many processors are busy with other things than what is measured. */
export const quietProcessors = 0.25

/** What the machine did in some time. */
export interface Occupation {
  /** How long that was, by the clock. */
  readonly wallSeconds: number
  /** For how long its processors were busy, all together. */
  readonly cpuSeconds: number
}

/** Runs something, and answers beside its result what the machine did meanwhile. */
export const busyDuring = <A, E, R>(work: Effect.Effect<A, E, R>): Effect.Effect<readonly [A, Occupation], E, R> =>
  Effect.gen(function* () {
    const before = read()
    const result = yield* work
    const after = read()
    return [
      result,
      {
        wallSeconds: (after.wallMillis - before.wallMillis) / 1_000,
        cpuSeconds: (after.busyMillis - before.busyMillis) / 1_000
      }
    ]
  })

/** Waits until hardly anybody uses the machine, but no longer than that; ends at once when it may not wait. */
export const untilQuiet = Effect.fnUntraced(function* (patienceSeconds: number) {
  const end = performance.now() + patienceSeconds * 1_000
  while (performance.now() < end) {
    const [, { cpuSeconds, wallSeconds }] = yield* busyDuring(Effect.sleep(glanceMillis))
    if (cpuSeconds / wallSeconds <= quietProcessors) return
  }
})

const glanceMillis = 400

const read = () => ({
  wallMillis: performance.now(),
  busyMillis: cpus().reduce((sum, { times }) => sum + times.user + times.nice + times.sys + times.irq, 0)
})
