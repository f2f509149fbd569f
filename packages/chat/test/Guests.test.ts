import { Guests } from "@messenger/chat/Guests"
import { foldName } from "@messenger/chat/NameFold"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer, Option } from "effect"
import type { Redacted } from "effect"
import { TestClock } from "effect/testing"
import { layer as server } from "./Server.ts"

const layer = Guests.layer.pipe(Layer.provideMerge(server))

const enter = (name: string, token = Option.none<Redacted.Redacted>(), address = "10.0.0.1") =>
  Effect.flatMap(Guests, (guests) => guests.enter({ name, token, address }))

describe("a guest", () => {
  it.effect("is who holds the token, for 30 days after its last use", () =>
    Effect.gen(function* () {
      const guests = yield* Guests
      const { user, token } = yield* enter("Ada")
      yield* TestClock.adjust("29 days")
      expect(yield* guests.authenticate(token)).toMatchObject({ value: { user } })
      yield* TestClock.adjust("29 days")
      expect(Option.isSome(yield* guests.authenticate(token))).toBe(true)
      yield* TestClock.adjust("31 days")
      expect(Option.isNone(yield* guests.authenticate(token))).toBe(true)
    }).pipe(Effect.provide(layer))
  )

  it.effect("is not made a second time by the same token", () =>
    Effect.gen(function* () {
      const first = yield* enter("Ada")
      const second = yield* enter("Somebody else", Option.some(first.token))
      expect(second.user).toEqual(first.user)
    }).pipe(Effect.provide(layer))
  )

  it.effect("is nobody after leaving", () =>
    Effect.gen(function* () {
      const guests = yield* Guests
      const { token } = yield* enter("Ada")
      yield* guests.leave(token)
      expect(Option.isNone(yield* guests.authenticate(token))).toBe(true)
    }).pipe(Effect.provide(layer))
  )

  it.effect("is told what is wrong with a name", () =>
    Effect.gen(function* () {
      expect(yield* Effect.flip(enter("   "))).toMatchObject({ _tag: "NameInvalid", reason: "Empty" })
      expect(yield* Effect.flip(enter("a\u202Eb"))).toMatchObject({ reason: "ForbiddenCharacters" })
    }).pipe(Effect.provide(layer))
  )

  it.effect("is one of few from one address at one time, and others are not held up", () =>
    Effect.gen(function* () {
      for (let number = 0; number < 20; number++) yield* enter(`Guest ${number}`)
      expect((yield* Effect.flip(enter("one too many")))._tag).toBe("RateLimited")
      yield* enter("from elsewhere", Option.none(), "10.0.0.2")
      yield* TestClock.adjust("10 seconds")
      yield* enter("later")
    }).pipe(Effect.provide(layer))
  )
})

describe("two names", () => {
  it.each([
    ["Ada", "аdа"],
    ["paypal", "PAYPAI"],
    ["Heron", "ｈｅｒｏｎ"],
    ["Kim Juniper", "KimJuniper"]
  ])("%s and %s look the same", (one, other) => {
    expect(foldName(one)).toBe(foldName(other))
  })

  it.each([
    ["Ada", "Ida"],
    ["Zoë", "Zoe"]
  ])("%s and %s do not", (one, other) => {
    expect(foldName(one)).not.toBe(foldName(other))
  })
})
