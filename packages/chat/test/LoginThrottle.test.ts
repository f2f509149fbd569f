import * as BoundedRateLimiterStore from "@messenger/chat/BoundedRateLimiterStore"
import { LoginThrottle } from "@messenger/chat/LoginThrottle"
import type { Attempt } from "@messenger/chat/LoginThrottle"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Exit, Layer } from "effect"
import { RateLimiter } from "effect/persistence"
import { TestClock } from "effect/testing"

const attempt = (changed: Partial<Attempt> = {}): Attempt => ({
  names: ["ada"],
  address: "192.0.2.1",
  isKnownDevice: false,
  ...changed
})

const admit = (changed?: Partial<Attempt>) =>
  Effect.flatMap(LoginThrottle, (throttle) => throttle.admit(attempt(changed)))

/** Fails to log in, and answers for how long nothing more is let through: 0 when this one was. */
const fail = (changed?: Partial<Attempt>) =>
  admit(changed).pipe(
    Effect.andThen(Effect.flatMap(LoginThrottle, (throttle) => throttle.judged(attempt(changed), "Wrong"))),
    Effect.as(0),
    Effect.catch(({ retryAfterMillis }) => Effect.succeed(retryAfterMillis))
  )

const succeed = (changed?: Partial<Attempt>) =>
  Effect.gen(function* () {
    yield* admit(changed)
    yield* (yield* LoginThrottle).judged(attempt(changed), "Right")
  })

/** Fails so many times and answers how many were let through. */
const failTimes = (times: number, changed: (time: number) => Partial<Attempt> = () => ({})) =>
  Effect.map(
    Effect.forEach(Array.from({ length: times }), (_, time) => fail(changed(time))),
    (waits) => waits.filter((wait) => wait === 0).length
  )

/** An address for each number. */
const addressOf = (number: number) => `2001:db8:0:${number.toString(16)}::/64`

/** Fails, waits just as long as told, and fails again, so many times; answers the waits in seconds. */
const failPatiently = (times: number) =>
  Effect.forEach(Array.from({ length: times }), () =>
    Effect.gen(function* () {
      const wait = yield* fail()
      if (wait > 0) {
        yield* TestClock.adjust(wait)
        expect(yield* fail()).toBe(0)
      }
      return wait / 1_000
    })
  )

describe("wrong passwords at one account from one address", () => {
  it.effect("are refused before the tenth in a row, with the time to wait", () =>
    Effect.gen(function* () {
      const waits = yield* Effect.forEach(Array.from({ length: 10 }), () => fail())
      expect(waits).toEqual([0, 0, 0, 0, 0, 30_000, 30_000, 30_000, 30_000, 30_000])
    }).pipe(Effect.provide(LoginThrottle.layerMemory))
  )

  it.effect("are refused before the tenth when typed by hand, too", () =>
    Effect.gen(function* () {
      let admitted = 0
      while ((yield* fail()) === 0) {
        admitted++
        yield* TestClock.adjust("5 seconds")
      }
      expect(admitted).toBeLessThan(10)
    }).pipe(Effect.provide(LoginThrottle.layerMemory))
  )

  it.effect("wait longer and longer, up to an hour, and whoever has waited may try again", () =>
    Effect.gen(function* () {
      const waits = yield* failPatiently(30)
      expect(waits.slice(0, 6)).toEqual([0, 0, 0, 0, 0, 30])
      expect(waits).toEqual(waits.toSorted((one, other) => one - other))
      expect(waits.slice(-5)).toEqual([3_600, 3_600, 3_600, 3_600, 3_600])
    }).pipe(Effect.provide(LoginThrottle.layerMemory))
  )

  it.effect("are not let through a moment before the wait is over", () =>
    Effect.gen(function* () {
      yield* failTimes(5)
      yield* TestClock.adjust("10 seconds")
      expect(yield* fail()).toBe(20_000)
      yield* TestClock.adjust("19999 millis")
      expect(yield* fail()).toBe(1)
      yield* TestClock.adjust("1 millis")
      expect(yield* fail()).toBe(0)
      expect(yield* fail()).toBe(30_000)
      yield* TestClock.adjust("45 seconds")
      expect(yield* fail()).toBe(0)
      expect(yield* fail()).toBe(15_000)
    }).pipe(Effect.provide(LoginThrottle.layerMemory))
  )

  it.effect("cost nothing while they are refused", () =>
    Effect.gen(function* () {
      yield* failTimes(5)
      expect(yield* failTimes(1_000)).toBe(0)
      expect(yield* fail()).toBe(30_000)
      expect(yield* fail({ names: ["bea"] })).toBe(0)
    }).pipe(Effect.provide(LoginThrottle.layerMemory))
  )

  it.effect("do not slip through when they come all at one time", () =>
    Effect.gen(function* () {
      const exits = yield* Effect.forEach(Array.from({ length: 200 }), () => Effect.exit(admit()), {
        concurrency: "unbounded"
      })
      expect(exits.filter(Exit.isSuccess)).toHaveLength(5)
    }).pipe(Effect.provide(LoginThrottle.layerMemory))
  )

  it.effect("delay nobody at another address, and no other account", () =>
    Effect.gen(function* () {
      yield* failTimes(10)
      expect(yield* fail({ address: "192.0.2.2" })).toBe(0)
      expect(yield* fail({ names: ["bea"] })).toBe(0)
    }).pipe(Effect.provide(LoginThrottle.layerMemory))
  )

  it.effect("are the same person's whatever the account and the address are made of", () =>
    Effect.gen(function* () {
      yield* failTimes(5, () => ({ names: ['a"'], address: "b" }))
      expect(yield* fail({ names: ["a"], address: '"b' })).toBe(0)
      expect(yield* fail({ names: ["x".repeat(100_000)] })).toBe(0)
    }).pipe(Effect.provide(LoginThrottle.layerMemory))
  )
})

describe("an attempt that names an account twice", () => {
  it.effect("counts for each of the names, and is refused when either is", () =>
    Effect.gen(function* () {
      yield* failTimes(3, () => ({ names: ["ada", "ada@example.org"] }))
      expect(yield* failTimes(5)).toBe(2)
      expect(yield* fail({ names: ["ada", "ada@example.org"] })).toBe(30_000)
      expect(yield* failTimes(5, () => ({ names: ["ada@example.org"] }))).toBe(2)
    }).pipe(Effect.provide(LoginThrottle.layerMemory))
  )
})

describe("a person", () => {
  it.effect("who mistypes twice a day never notices, for years", () =>
    Effect.gen(function* () {
      for (let day = 0; day < 1_000; day++) {
        expect(yield* failTimes(2)).toBe(2)
        yield* succeed()
        yield* TestClock.adjust("1 day")
      }
    }).pipe(Effect.provide(LoginThrottle.layerMemory))
  )

  it.effect("may log in ten times at once and then six times a minute, from wherever", () =>
    Effect.gen(function* () {
      for (let time = 0; time < 10; time++) yield* succeed({ address: addressOf(time) })
      expect(yield* Effect.flip(succeed())).toMatchObject({ retryAfterMillis: 10_000 })
      yield* succeed({ names: ["bea"] })
      for (let time = 0; time < 500; time++) {
        yield* TestClock.adjust("10 seconds")
        yield* succeed()
      }
    }).pipe(Effect.provide(LoginThrottle.layerMemory))
  )

  it.effect("shares an address with an office, which logs in ten times as often", () =>
    Effect.gen(function* () {
      for (let time = 0; time < 100; time++) yield* succeed({ names: [`user ${time}`] })
      expect(yield* Effect.flip(succeed())).toMatchObject({ retryAfterMillis: 1_000 })
      yield* succeed({ address: "192.0.2.2" })
    }).pipe(Effect.provide(LoginThrottle.layerMemory))
  )

  it.effect("is not kept out by those who get it wrong, nor by what nobody looked at", () =>
    Effect.gen(function* () {
      const throttle = yield* LoginThrottle
      yield* failTimes(20, (time) => ({ address: addressOf(time) }))
      for (let time = 0; time < 100; time++) {
        yield* admit()
        yield* throttle.judged(attempt(), "Unjudged")
      }
      for (let time = 0; time < 10; time++) yield* succeed()
    }).pipe(Effect.provide(LoginThrottle.layerMemory))
  )

  it.effect("who gets it right in the end has only their mistakes counted", () =>
    Effect.gen(function* () {
      yield* failTimes(4)
      yield* succeed()
      yield* succeed()
      expect(yield* failTimes(5)).toBe(1)
    }).pipe(Effect.provide(LoginThrottle.layerMemory))
  )

  it.effect("who logs in to an account of their own buys no guesses at another", () =>
    Effect.gen(function* () {
      let guesses = 0
      for (let time = 0; time < 100; time++) {
        yield* succeed({ names: [`mallory ${time}`] })
        if ((yield* fail()) === 0) guesses++
      }
      expect(guesses).toBe(5)
    }).pipe(Effect.provide(LoginThrottle.layerMemory))
  )

  it.effect("gains nothing from tokens given back to a full bucket", () =>
    Effect.gen(function* () {
      const throttle = yield* LoginThrottle
      yield* fail()
      for (let time = 0; time < 50; time++) yield* throttle.judged(attempt(), "Unjudged")
      expect(yield* failTimes(50)).toBe(5)
    }).pipe(Effect.provide(LoginThrottle.layerMemory))
  )
})

describe("guesses at one account from everywhere", () => {
  const fromEverywhere = (time: number) => ({ address: addressOf(time) })

  it.effect("delay a device that never logged in to it, and not one that did", () =>
    Effect.gen(function* () {
      expect(yield* failTimes(100, fromEverywhere)).toBe(25)
      expect(yield* fail({ address: "192.0.2.9" })).toBeGreaterThan(0)
      expect(yield* fail({ address: "192.0.2.9", isKnownDevice: true })).toBe(0)
      yield* TestClock.adjust("30 minutes")
      expect(yield* fail({ address: "192.0.2.9" })).toBe(0)
    }).pipe(Effect.provide(LoginThrottle.layerMemory))
  )

  it.effect("are not used up by the devices that are known", () =>
    Effect.gen(function* () {
      yield* failTimes(100, (time) => ({ address: addressOf(time), isKnownDevice: true }))
      expect(yield* fail({ address: "192.0.2.9" })).toBe(0)
    }).pipe(Effect.provide(LoginThrottle.layerMemory))
  )

  it.effect("and a device that is known is delayed by its own mistakes", () =>
    Effect.gen(function* () {
      expect(yield* failTimes(10, () => ({ isKnownDevice: true }))).toBe(5)
    }).pipe(Effect.provide(LoginThrottle.layerMemory))
  )
})

describe("one password at many accounts from one address", () => {
  it.effect("is seen, ten times later than one account's, and delays nobody elsewhere", () =>
    Effect.gen(function* () {
      expect(yield* failTimes(200, (time) => ({ names: [`user ${time}`] }))).toBe(50)
      expect(yield* fail({ names: ["somebody"] })).toBe(3_000)
      expect(yield* fail({ names: ["somebody"], isKnownDevice: true })).toBe(3_000)
      expect(yield* fail({ names: ["somebody"], address: "192.0.2.2" })).toBe(0)
      yield* TestClock.adjust("3 seconds")
      expect(yield* fail({ names: ["somebody"] })).toBe(0)
    }).pipe(Effect.provide(LoginThrottle.layerMemory))
  )
})

describe("an act that is counted by address", () => {
  it.effect("is let through twenty times and then twenty times an hour, each kind and each address apart", () =>
    Effect.gen(function* () {
      const throttle = yield* LoginThrottle
      for (let time = 0; time < 20; time++) yield* throttle.perAddress("register", "192.0.2.1")
      expect(yield* Effect.flip(throttle.perAddress("register", "192.0.2.1"))).toMatchObject({
        _tag: "RateLimited",
        retryAfterMillis: 180_000
      })
      yield* throttle.perAddress("register", "192.0.2.2")
      yield* throttle.perAddress("reset", "192.0.2.1")
      yield* TestClock.adjust("3 minutes")
      yield* throttle.perAddress("register", "192.0.2.1")
    }).pipe(Effect.provide(LoginThrottle.layerMemory))
  )
})

describe("a flood of invented names", () => {
  const remembering = (maxKeys: number) =>
    LoginThrottle.layer.pipe(
      Layer.provide(RateLimiter.layer),
      Layer.provide(BoundedRateLimiterStore.layer({ maxKeys }))
    )

  it.effect("does not make an account under attack forgotten", () =>
    Effect.gen(function* () {
      yield* failPatiently(25)
      yield* failTimes(5_000, (time) => ({ names: [`invented ${time}`], address: addressOf(time) }))
      expect(yield* fail()).toBeGreaterThan(3_000_000)
    }).pipe(Effect.provide(remembering(500)))
  )

  it.effect("shuts out nobody", () =>
    Effect.gen(function* () {
      yield* failTimes(5_000, (time) => ({ names: [`invented ${time}`], address: addressOf(time) }))
      expect(yield* failTimes(5)).toBe(5)
    }).pipe(Effect.provide(remembering(500)))
  )

  it("takes no more memory than was set, and gives it back when what it did is over", () => {
    const buckets = new BoundedRateLimiterStore.BoundedBuckets(1_000)
    const takeAt = (now: number) => (key: string) =>
      buckets.take({ key, tokens: 1, limit: 5, refillMillis: 1_000, allowOverflow: false }, now)
    for (let number = 0; number < 10_000; number++) takeAt(0)(`invented ${number}`)
    expect(buckets.size).toBe(1_000)
    for (let number = 0; number < 200; number++) takeAt(60_000)(`later ${number}`)
    expect(buckets.size).toBe(200)
  })
})
