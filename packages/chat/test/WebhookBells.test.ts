import { ChatLimits, defaults } from "@messenger/chat/ChatLimits"
import { Administration } from "@messenger/chat/Administration"
import { Bells } from "@messenger/chat/WebhookBells"
import { Members } from "@messenger/chat/Members"
import { Rooms } from "@messenger/chat/Rooms"
import type { Asker } from "@messenger/chat/Rooms"
import { Webhooks } from "@messenger/chat/Webhooks"
import { SupervisionTree } from "@messenger/otp/SupervisionTree"
import { RoomId } from "@messenger/protocol/Room"
import { WebhookId } from "@messenger/protocol/Webhook"
import { Webhooks as WebhookRows } from "@messenger/storage/Webhooks"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { TestClock } from "effect/testing"
import * as AwayWebhooks from "./AwayWebhooks.ts"
import { WebhookHand } from "./AwayWebhooks.ts"
import { Receivers } from "./Receivers.ts"
import { freshKey, lobby, over } from "./Server.ts"
import { member, withRole } from "./Visitors.ts"

const anything = { capacity: 1_000_000, perMinute: 1_000_000 }

const layer = over(AwayWebhooks.layer).pipe(
  Layer.provide(Layer.succeed(ChatLimits, { ...defaults, posts: anything, webhooks: anything, histories: anything }))
)

const post = (asker: Asker, roomId: RoomId, text: string) =>
  Effect.flatMap(Rooms, (rooms) => rooms.post(asker, { roomId, key: freshKey(), text }))

const outgoing = (asker: Asker, roomId: RoomId) =>
  Effect.flatMap(Webhooks, (webhooks) =>
    webhooks.createOutgoing(asker, { roomId, url: "https://bots.example.org/hook", events: ["message.posted"] })
  ).pipe(Effect.map(({ webhook }) => webhook))

const ownRoom = Effect.fnUntraced(function* (name: string) {
  const { asker } = yield* member(name)
  const room = yield* (yield* Rooms).create(asker, { name: `Room of ${name}`, isPrivate: false })
  return { asker, roomId: room.id }
})

/** A message a second for twenty seconds, each with time enough to be told. */
const traffic = Effect.fnUntraced(function* (asker: Asker, roomId: RoomId) {
  for (let at = 0; at < 20; at++) {
    yield* post(asker, roomId, `traffic ${at}`)
    yield* TestClock.adjust("1 second")
  }
})

/** How often the database was asked which webhooks are behind while this ran, and how often which rooms are told. */
const readsDuring = Effect.fnUntraced(function* <A, E, R>(work: Effect.Effect<A, E, R>) {
  const { asked } = yield* WebhookHand
  const before = { ...asked }
  yield* work
  return { behind: asked.behind - before.behind, roomsTold: asked.roomsTold - before.roomsTold }
})

/** The first look of a worker finds out which rooms have a webhook. */
const started = TestClock.adjust("1 second")

const a = RoomId.make("a")
const b = RoomId.make("b")

/** Bells that know from a look that only `a` has a webhook, and that were heard. */
const knowing = (): Bells => {
  const bells = new Bells()
  bells.look()([a])
  bells.news.closeUnsafe()
  return bells
}

const rings = (bells: Bells, roomId: RoomId): boolean => {
  bells.news.closeUnsafe()
  bells.published(roomId)
  return bells.news.isOpen()
}

describe("the bells of webhooks", () => {
  it("ring for any room before the first look", () => {
    expect(rings(new Bells(), b)).toBe(true)
  })

  it("ring for rooms with a webhook, and for no other", () => {
    const bells = knowing()
    expect([rings(bells, a), rings(bells, b)]).toEqual([true, false])
  })

  it("ring when a webhook is made, and for its room from then on", () => {
    const bells = knowing()
    bells.mayTell(b)
    expect(bells.news.isOpen()).toBe(true)
    expect(rings(bells, b)).toBe(true)
  })

  it("keep a room that got its webhook while the rooms were read", () => {
    const bells = knowing()
    const found = bells.look()
    bells.mayTell(b)
    found([a])
    expect(rings(bells, b)).toBe(true)
    bells.look()([a])
    expect(rings(bells, b)).toBe(false)
  })

  it("keep a room that got its webhook before a look that failed, and during the next", () => {
    const bells = knowing()
    bells.mayTell(b)
    bells.look()
    expect(rings(bells, b)).toBe(true)
    bells.look()
    expect([rings(bells, a), rings(bells, b)]).toEqual([true, true])
  })

  it("ring for any room after a first look that failed", () => {
    const bells = new Bells()
    bells.look()
    expect(rings(bells, b)).toBe(true)
  })
})

describe("what is published", () => {
  it.effect("asks the database for nothing on a server without outgoing webhooks", () =>
    Effect.gen(function* () {
      const { asker, roomId } = yield* ownRoom("ada")
      yield* (yield* Webhooks).createIncoming(asker, roomId, "Build")
      yield* started
      expect(yield* readsDuring(traffic(asker, roomId))).toEqual({ behind: 0, roomsTold: 0 })
    }).pipe(Effect.provide(layer))
  )

  it.effect("asks for nothing in a room without one while another room has one, and in that once each", () =>
    Effect.gen(function* () {
      const { asker, roomId } = yield* ownRoom("ada")
      yield* outgoing(asker, roomId)
      yield* started
      expect(yield* readsDuring(traffic(asker, lobby))).toEqual({ behind: 0, roomsTold: 0 })
      expect((yield* readsDuring(traffic(asker, roomId))).behind).toBeGreaterThanOrEqual(20)
    }).pipe(Effect.provide(layer))
  )

  it.effect("asks for nothing after the room's last webhook was paused, removed, or its maker left", () =>
    Effect.gen(function* () {
      const webhooks = yield* Webhooks
      const boss = (yield* withRole("boss", "owner")).asker
      const { asker, roomId } = yield* ownRoom("ada")
      const { asker: ben } = yield* member("ben")
      yield* (yield* Members).setRole(asker, roomId, ben.user.id, "owner")
      const ends = [
        Effect.flatMap(outgoing(asker, roomId), ({ id }) => webhooks.setActive(asker, roomId, id, false)),
        Effect.flatMap(outgoing(asker, roomId), ({ id }) => webhooks.remove(asker, roomId, id)),
        Effect.andThen(
          outgoing(ben, roomId),
          Effect.flatMap(Administration, (administration) => administration.setActive(boss, ben.user.id, false))
        )
      ]
      for (const end of ends) {
        yield* end
        yield* post(asker, roomId, "the last that is looked at")
        yield* started
        expect(yield* readsDuring(traffic(asker, roomId))).toEqual({ behind: 0, roomsTold: 0 })
      }
    }).pipe(Effect.provide(layer))
  )
})

describe("traffic that goes on", () => {
  it.effect("is told from the first message after a webhook was made or goes on", () =>
    Effect.gen(function* () {
      const receivers = yield* Receivers
      const webhooks = yield* Webhooks
      const { asker, roomId } = yield* ownRoom("ada")
      yield* started
      const expected: Array<string> = []
      let isTold = false
      const say = (text: string) =>
        Effect.gen(function* () {
          yield* post(asker, roomId, text)
          if (isTold) expected.push(`message.posted ${text}`)
        })
      const talk = Effect.fnUntraced(function* (about: string) {
        for (let at = 0; at < 10; at++) {
          yield* say(`${about} ${at}`)
          yield* TestClock.adjust("70 millis")
        }
      })
      yield* talk("before")
      const { id } = yield* outgoing(asker, roomId)
      isTold = true
      yield* talk("made")
      yield* TestClock.adjust("1 second")
      yield* webhooks.setActive(asker, roomId, id, false)
      isTold = false
      yield* talk("paused")
      yield* TestClock.adjust("1 second")
      yield* webhooks.setActive(asker, roomId, id, true)
      isTold = true
      yield* talk("resumed")
      yield* TestClock.adjust("1 second")
      expect(receivers.told).toEqual(expected)
      expect(expected).toHaveLength(20)
    }).pipe(Effect.provide(layer))
  )

  it.effect("is told while the worker is killed again and again, and webhooks are made meanwhile", () =>
    Effect.gen(function* () {
      const receivers = yield* Receivers
      const tree = yield* SupervisionTree
      const { asker, roomId } = yield* ownRoom("ada")
      const { asker: ben, roomId: bens } = yield* ownRoom("ben")
      yield* outgoing(asker, roomId)
      yield* started
      yield* tree.killChild("root/chat/webhooks")
      yield* outgoing(ben, bens)
      yield* post(ben, bens, "one")
      yield* tree.killChild("root/chat/webhooks")
      yield* post(asker, roomId, "two")
      yield* TestClock.adjust("1 second")
      expect(receivers.told.toSorted()).toEqual(["message.posted one", "message.posted two"])
    }).pipe(Effect.provide(layer))
  )

  it.effect("is told when a webhook is made while the rooms are being read", () =>
    Effect.gen(function* () {
      const hand = yield* WebhookHand
      const receivers = yield* Receivers
      const { asker, roomId } = yield* ownRoom("ada")
      const { asker: ben, roomId: bens } = yield* ownRoom("ben")
      yield* outgoing(asker, roomId)
      yield* started
      hand.holdRooms()
      yield* post(asker, roomId, "one")
      yield* TestClock.adjust("1 second")
      yield* outgoing(ben, bens)
      hand.releaseRooms()
      yield* TestClock.adjust("1 second")
      const { roomsTold } = yield* readsDuring(post(ben, bens, "two"))
      expect(roomsTold).toBe(0)
      yield* TestClock.adjust("1 second")
      expect(receivers.told).toEqual(["message.posted one", "message.posted two"])
    }).pipe(Effect.provide(layer))
  )

  it.effect("is told when the answer to the making of the webhook was lost", () =>
    Effect.gen(function* () {
      const hand = yield* WebhookHand
      const receivers = yield* Receivers
      const { asker, roomId } = yield* ownRoom("ada")
      yield* started
      hand.isMakingLost = true
      expect(yield* Effect.flip(outgoing(asker, roomId))).toMatchObject({ _tag: "StorageUnavailable" })
      yield* post(asker, roomId, "one")
      yield* TestClock.adjust("1 second")
      yield* post(asker, roomId, "two")
      yield* TestClock.adjust("1 second")
      expect(receivers.told).toEqual(["message.posted one", "message.posted two"])
    }).pipe(Effect.provide(layer))
  )

  it.effect(
    "is told ten minutes later to a webhook that another program wrote into the database, from the first message on",
    () =>
      Effect.gen(function* () {
        const receivers = yield* Receivers
        const rows = yield* WebhookRows
        const { asker, roomId } = yield* ownRoom("ada")
        yield* started
        const id = WebhookId.make("beside")
        yield* rows.createOutgoing(
          {
            id,
            roomId,
            url: "https://bots.example.org/beside",
            events: ["message.posted"],
            sealedSecret: `one ${id} secret`,
            createdBy: asker.user.id,
            at: 0
          },
          10
        )
        yield* post(asker, roomId, "one")
        yield* TestClock.adjust("11 minutes")
        yield* post(asker, roomId, "two")
        yield* TestClock.adjust("1 second")
        expect(receivers.told).toEqual(["message.posted one", "message.posted two"])
      }).pipe(Effect.provide(layer))
  )
})
