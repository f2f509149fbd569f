// Sessions and known devices.
import { UserId } from "@messenger/protocol/Account"
import { SessionId } from "@messenger/protocol/Device"
import { Accounts } from "@messenger/storage/Accounts"
import type { Ports } from "@messenger/storage/Ports"
import { Sessions } from "@messenger/storage/Sessions"
import { expect } from "@effect/vitest"
import type { Vitest } from "@effect/vitest"
import { Effect, Option } from "effect"
import { makeGuest, makeSession, unique } from "./world.ts"

export const sessionsContract = (it: Vitest.MethodsNonLive<Ports>): void => {
  it.effect("a session is found by its token and by its id until it expires, with whom it belongs to", () =>
    Effect.gen(function* () {
      const sessions = yield* Sessions
      const userId = yield* makeGuest("Bo")
      const { id, tokenHash } = yield* makeSession(userId)
      const row = {
        id,
        userId,
        client: "Firefox on Linux",
        address: "192.0.2.1",
        isRemembered: true,
        createdAt: 1_000,
        lastUsedAt: 1_000,
        expiresAt: 2_000
      }
      const account = {
        user: { id: userId, name: "Bo", isGuest: true },
        status: "online",
        role: "guest",
        isActive: true,
        createdAt: 1_000
      }
      expect(yield* sessions.find(tokenHash, 1_999)).toEqual(Option.some({ ...row, account }))
      expect(yield* sessions.findById(id, 1_999)).toEqual(Option.some({ ...row, account }))
      expect(yield* sessions.list(userId, 1_999)).toEqual([row])
      expect(yield* sessions.find(tokenHash, 2_000)).toEqual(Option.none())
      expect(yield* sessions.findById(id, 2_000)).toEqual(Option.none())
      expect(yield* sessions.list(userId, 2_000)).toEqual([])
    })
  )

  it.effect("a new session ends the one that it takes the place of, whoever's that was, and no other", () =>
    Effect.gen(function* () {
      const sessions = yield* Sessions
      const [guest, member] = [yield* makeGuest(), yield* makeGuest()]
      const [old, other] = [yield* makeSession(guest), yield* makeSession(guest)]
      const next = { ...old, id: SessionId.make(unique("session")), tokenHash: unique("hash"), userId: member }
      yield* sessions.create(next, old.id)
      yield* sessions.create(next, old.id)
      expect(yield* sessions.find(old.tokenHash, 1)).toEqual(Option.none())
      expect(yield* sessions.find(next.tokenHash, 1)).toMatchObject({ value: { id: next.id, userId: member } })
      expect((yield* sessions.list(guest, 1)).map(({ id }) => id)).toEqual([other.id])
    })
  )

  it.effect("use moves a session forward, never back, also within one batch; one that ended stays so", () =>
    Effect.gen(function* () {
      const sessions = yield* Sessions
      const userId = yield* makeGuest()
      const [one, two] = [yield* makeSession(userId), yield* makeSession(userId)]
      yield* sessions.touch([
        { id: one.id, lastUsedAt: 1_500, expiresAt: 2_500 },
        { id: one.id, lastUsedAt: 1_755_000_000_000, expiresAt: 1_100 },
        { id: two.id, lastUsedAt: 500, expiresAt: 1_900 },
        { id: SessionId.make("gone"), lastUsedAt: 1_500, expiresAt: 2_500 }
      ])
      yield* sessions.touch([])
      expect(yield* sessions.list(userId, 1)).toMatchObject([
        { id: one.id, lastUsedAt: 1_755_000_000_000, expiresAt: 2_500 },
        { id: two.id, lastUsedAt: 1_000, expiresAt: 2_000 }
      ])
      expect(yield* sessions.findById(SessionId.make("gone"), 1)).toEqual(Option.none())
    })
  )

  it.effect("many sessions are moved at once", () =>
    Effect.gen(function* () {
      const sessions = yield* Sessions
      const userId = yield* makeGuest()
      const { id } = yield* makeSession(userId)
      const strangers = Array.from({ length: 2_500 }, (_, index) => SessionId.make(`stranger-${index}`))
      yield* sessions.touch([...strangers, id].map((each) => ({ id: each, lastUsedAt: 1_700, expiresAt: 2_000 })))
      expect(yield* sessions.findById(id, 1)).toMatchObject({ value: { lastUsedAt: 1_700 } })
    })
  )

  it.effect("a session is ended by its owner alone, one by one or all but one", () =>
    Effect.gen(function* () {
      const sessions = yield* Sessions
      const [ada, bo] = [yield* makeGuest(), yield* makeGuest()]
      const [one, two, three] = [yield* makeSession(ada), yield* makeSession(ada), yield* makeSession(ada)]
      const ofBo = yield* makeSession(bo)
      const left = Effect.map(sessions.list(ada, 1), (rows) => rows.map(({ id }) => id).toSorted())
      expect(yield* sessions.remove(bo, one.id)).toBe(false)
      expect(yield* sessions.remove(ada, one.id)).toBe(true)
      expect(yield* sessions.remove(ada, one.id)).toBe(false)
      expect(yield* left).toEqual([two.id, three.id].toSorted())
      yield* sessions.removeOthers(ada, three.id)
      expect(yield* left).toEqual([three.id])
      yield* sessions.removeOthers(ada, null)
      expect(yield* left).toEqual([])
      expect(yield* sessions.find(ofBo.tokenHash, 1)).toMatchObject({ value: { userId: bo } })
    })
  )

  it.effect(
    "an account that is deactivated has no session any more, nor has it one of before when it is active again",
    () =>
      Effect.gen(function* () {
        const accounts = yield* Accounts
        const sessions = yield* Sessions
        const [ada, bo] = [yield* makeGuest(), yield* makeGuest()]
        const [{ tokenHash }, ofBo] = [yield* makeSession(ada), yield* makeSession(bo)]
        yield* accounts.setActive(ada, false)
        yield* accounts.setActive(ada, true)
        expect(yield* sessions.find(tokenHash, 1)).toEqual(Option.none())
        expect(yield* sessions.list(ada, 1)).toEqual([])
        expect(Option.isSome(yield* sessions.find(ofBo.tokenHash, 1))).toBe(true)
      })
  )

  it.effect("expired sessions are swept away and counted, and no others", () =>
    Effect.gen(function* () {
      const sessions = yield* Sessions
      const userId = yield* makeGuest()
      const [, , young] = yield* Effect.forEach([20, 10, 21], (expiresAt) => makeSession(userId, { at: 1, expiresAt }))
      expect(yield* sessions.removeExpired(20)).toBe(2)
      expect(yield* sessions.removeExpired(20)).toBe(0)
      expect(young && Option.isSome(yield* sessions.find(young.tokenHash, 20))).toBe(true)
    })
  )

  it.effect("the last fifty devices that logged in to an account are known to it, and to no other", () =>
    Effect.gen(function* () {
      const sessions = yield* Sessions
      const [ada, bo] = [yield* makeGuest(), yield* makeGuest()]
      yield* sessions.rememberDevice(ada, "first", 1)
      yield* sessions.rememberDevice(ada, "second", 2)
      for (let at = 3; at <= 50; at++) yield* sessions.rememberDevice(ada, `device ${at}`, at)
      yield* sessions.rememberDevice(ada, "first", 51)
      expect(yield* sessions.isKnownDevice(ada, "second")).toBe(true)
      yield* sessions.rememberDevice(ada, "last", 52)
      expect(yield* sessions.isKnownDevice(ada, "second")).toBe(false)
      expect(yield* sessions.isKnownDevice(ada, "first")).toBe(true)
      expect(yield* sessions.isKnownDevice(ada, "last")).toBe(true)
      expect(yield* sessions.isKnownDevice(bo, "last")).toBe(false)
      expect(yield* sessions.isKnownDevice(UserId.make("nobody"), "last")).toBe(false)
    })
  )
}
