import * as HashQueue from "@messenger/chat/HashQueue"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Exit, Fiber } from "effect"
import { TestClock } from "effect/testing"

/** A queue for two at once and three waiting, and work of a second that counts itself. */
const scene = () => {
  const running = { now: 0, most: 0, order: new Array<number>() }
  const queue = HashQueue.make({ atOnce: 2, waiting: 3, perAddress: 5, retryAfterMillis: 700 })
  const inTurn = <Result, Failure>(work: Effect.Effect<Result, Failure>) => queue("192.0.2.1", work)
  const work = (number: number) =>
    Effect.acquireUseRelease(
      Effect.sync(() => {
        running.order.push(number)
        running.most = Math.max(running.most, ++running.now)
      }),
      () => Effect.sleep("1 second"),
      () => Effect.sync(() => running.now--)
    )
  const come = (number: number) => Effect.forkChild(inTurn(work(number)), { startImmediately: true })
  return { running, inTurn, come }
}

describe("the queue in front of the hashes", () => {
  it.effect("lets two run at once and the others wait in their order", () =>
    Effect.gen(function* () {
      const { running, come } = scene()
      const fibers = yield* Effect.forEach([1, 2, 3, 4, 5], come)
      expect(running.order).toEqual([1, 2])
      yield* TestClock.adjust("1 second")
      expect(running.order).toEqual([1, 2, 3, 4])
      yield* TestClock.adjust("2 seconds")
      yield* Fiber.awaitAll(fibers)
      expect(running).toEqual({ now: 0, most: 2, order: [1, 2, 3, 4, 5] })
    })
  )

  it.effect("refuses at once whoever finds every place taken, and says when to come back", () =>
    Effect.gen(function* () {
      const { inTurn, come } = scene()
      const fibers = yield* Effect.forEach([1, 2, 3, 4, 5], come)
      expect(yield* Effect.flip(inTurn(Effect.void))).toMatchObject({ _tag: "PasswordsBusy", retryAfterMillis: 700 })
      yield* TestClock.adjust("1 second")
      yield* Fiber.awaitAll(fibers.slice(0, 2))
      yield* come(6)
      yield* come(7)
      expect((yield* Effect.flip(inTurn(Effect.void)))._tag).toBe("PasswordsBusy")
      yield* TestClock.adjust("3 seconds")
    })
  )

  it.effect("gives the place of a waiter who left to the next", () =>
    Effect.gen(function* () {
      const { running, inTurn, come } = scene()
      const fibers = yield* Effect.forEach([1, 2, 3, 4, 5], come)
      yield* Fiber.interruptAll(fibers.slice(2, 4))
      yield* come(6)
      yield* come(7)
      expect((yield* Effect.flip(inTurn(Effect.void)))._tag).toBe("PasswordsBusy")
      yield* TestClock.adjust("3 seconds")
      expect(running.order).toEqual([1, 2, 5, 6, 7])
    })
  )

  it.effect("starts nobody beside a hash whose caller has left, until it ends", () =>
    Effect.gen(function* () {
      const { running, come } = scene()
      const [first] = yield* Effect.forEach([1, 2, 3], come)
      if (first !== undefined) yield* Effect.forkChild(Fiber.interrupt(first), { startImmediately: true })
      yield* TestClock.adjust("999 millis")
      expect(running.order).toEqual([1, 2])
      yield* TestClock.adjust("1 millis")
      expect(running).toMatchObject({ most: 2, order: [1, 2, 3] })
      yield* TestClock.adjust("1 second")
    })
  )

  it.effect("has a few places for each address, which are free again when its work ends or is given up", () =>
    Effect.gen(function* () {
      const inTurn = HashQueue.make({ atOnce: 1, waiting: 9, perAddress: 2, retryAfterMillis: 700 })
      const come = (address: string) =>
        Effect.forkChild(inTurn(address, Effect.sleep("1 second")), { startImmediately: true })
      const [, second] = [yield* come("one"), yield* come("one")]
      expect((yield* Effect.flip(inTurn("one", Effect.void)))._tag).toBe("PasswordsBusy")
      const other = yield* come("other")
      yield* Fiber.interrupt(second)
      const third = yield* come("one")
      yield* TestClock.adjust("3 seconds")
      yield* Fiber.joinAll([other, third])
      for (let time = 0; time < 5; time++) yield* inTurn("one", Effect.void)
    })
  )

  it.effect("gives the place back when the work fails", () =>
    Effect.gen(function* () {
      const { inTurn } = scene()
      for (let number = 0; number < 20; number++) {
        expect(Exit.isFailure(yield* Effect.exit(inTurn(Effect.die("bug"))))).toBe(true)
      }
      expect(yield* inTurn(Effect.succeed("done"))).toBe("done")
    })
  )
})
