import { ChatLimits, defaults } from "@messenger/chat/ChatLimits"
import { Accounts } from "@messenger/chat/Accounts"
import { Administration } from "@messenger/chat/Administration"
import { Members } from "@messenger/chat/Members"
import { Rooms } from "@messenger/chat/Rooms"
import type { Asker } from "@messenger/chat/Rooms"
import { Webhooks } from "@messenger/chat/Webhooks"
import { headersOf } from "@messenger/chat/WebhookSignature"
import type { Attempt } from "@messenger/chat/WebhookTransport"
import { SupervisionTree } from "@messenger/otp/SupervisionTree"
import type { RoomId } from "@messenger/protocol/Room"
import type { WebhookEvent, WebhookId } from "@messenger/protocol/Webhook"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Fiber, Layer, Redacted } from "effect"
import { TestClock } from "effect/testing"
import * as AwayWebhooks from "./AwayWebhooks.ts"
import { WebhookHand } from "./AwayWebhooks.ts"
import { answered, Receivers } from "./Receivers.ts"
import { freshKey, over } from "./Server.ts"
import { Hand } from "./Storage.ts"
import { member, password, withRole } from "./Visitors.ts"

const anything = { capacity: 1_000_000, perMinute: 1_000_000 }

const layer = over(AwayWebhooks.layer).pipe(
  Layer.provide(Layer.succeed(ChatLimits, { ...defaults, posts: anything, webhooks: anything, histories: anything }))
)

/** News collects for a while before it is told. */
const settled = TestClock.adjust("200 millis")

const everyEvent: ReadonlyArray<WebhookEvent> = ["message.posted", "message.edited", "message.deleted"]

const url = "https://bots.example.org/hook"

const post = (asker: Asker, roomId: RoomId, text: string) =>
  Effect.flatMap(Rooms, (rooms) => rooms.post(asker, { roomId, key: freshKey(), text }))

const edit = (asker: Asker, roomId: RoomId, number: number, text: string, change = number) =>
  Effect.flatMap(Rooms, (rooms) => rooms.edit(asker, { roomId, key: freshKey(), number, change, text }))

const remove = (asker: Asker, roomId: RoomId, number: number) =>
  Effect.flatMap(Rooms, (rooms) => rooms.remove(asker, { roomId, key: freshKey(), number }))

const outgoing = (asker: Asker, roomId: RoomId, events = everyEvent, address = url) =>
  Effect.flatMap(Webhooks, (webhooks) => webhooks.createOutgoing(asker, { roomId, url: address, events }))

const deliveries = (asker: Asker, roomId: RoomId, id: WebhookId) =>
  Effect.flatMap(Webhooks, (webhooks) => webhooks.deliveries(asker, roomId, id, null)).pipe(
    Effect.map((page) => page.deliveries)
  )

/** A private room with a webhook that is told of it. */
const told = Effect.fnUntraced(function* (events = everyEvent, owner = "ada") {
  const rooms = yield* Rooms
  const receivers = yield* Receivers
  const { asker } = yield* member(owner)
  const room = yield* rooms.create(asker, { name: "Secret plans", isPrivate: true })
  const { secret, webhook } = yield* outgoing(asker, room.id, events)
  return { asker, id: webhook.id, receivers, room, roomId: room.id, secret }
})

/** Sixty webhooks in three rooms whose receivers never answer, with thirty posts for each; the others answer at once. */
const sixtySick = Effect.fnUntraced(function* (name: string, maker?: Asker) {
  const rooms = yield* Rooms
  const receivers = yield* Receivers
  const asker = maker ?? (yield* member(name)).asker
  const noAnswer: Attempt = { _tag: "Unanswered", problem: "TimedOut", tookMillis: 5_000 }
  receivers.answer = (sent) =>
    sent.url.includes("/sick/") ? Effect.as(Effect.sleep("5 seconds"), noAnswer) : Effect.succeed(answered(200))
  for (const place of [1, 2, 3]) {
    const { id } = yield* rooms.create(asker, { name: `Sick ${place}`, isPrivate: true })
    for (let more = 0; more < 20; more++) yield* outgoing(asker, id, ["message.posted"], `${url}/sick/${place}/${more}`)
    for (let more = 0; more < 30; more++) yield* post(asker, id, `${more}`)
  }
})

const down = () => Effect.succeed(answered(503))

describe("a webhook", () => {
  it.effect("is told what is posted from when it was made, signed by its secret", () =>
    Effect.gen(function* () {
      const rooms = yield* Rooms
      const receivers = yield* Receivers
      const { asker } = yield* member("ada")
      const room = yield* rooms.create(asker, { name: "Secret plans", isPrivate: true })
      yield* post(asker, room.id, "before")
      const { secret } = yield* outgoing(asker, room.id)
      const { number } = yield* post(asker, room.id, "hello")
      yield* settled
      expect(receivers.told).toEqual(["message.posted hello"])
      const [sent] = receivers.sent
      if (sent === undefined) throw new Error("nothing was sent")
      expect(sent.url).toBe(url)
      expect(sent.payload).toMatchObject({
        type: "message.posted",
        timestamp: "1970-01-01T00:00:00.000Z",
        data: { room: { id: room.id, slug: room.slug, name: "Secret plans" }, message: { number, author: asker.user } }
      })
      const id = sent.headers["webhook-id"] ?? ""
      const at = Number(sent.headers["webhook-timestamp"]) * 1_000
      expect(sent.headers).toEqual({
        "content-type": "application/json",
        "user-agent": "Messenger",
        ...headersOf(Redacted.make(secret), { id, at, body: sent.body })
      })
    }).pipe(Effect.provide(layer))
  )

  it.effect("is told of posts, edits and deletions in the order of the log, one at a time", () =>
    Effect.gen(function* () {
      const { asker, receivers, roomId } = yield* told()
      receivers.answer = () => Effect.as(Effect.sleep("1 seconds"), answered(204))
      const first = yield* post(asker, roomId, "one")
      yield* post(asker, roomId, "two")
      yield* settled
      yield* edit(asker, roomId, first.number, "one, corrected")
      yield* post(asker, roomId, "three")
      yield* TestClock.adjust("30 seconds")
      yield* remove(asker, roomId, first.number)
      yield* TestClock.adjust("30 seconds")
      expect(receivers.told.slice(1)).toEqual([
        "message.posted two",
        "message.edited one, corrected",
        "message.posted three",
        "message.deleted"
      ])
      expect(receivers.most).toBe(1)
      expect(new Set(receivers.ids).size).toBe(5)
    }).pipe(Effect.provide(layer))
  )

  it.effect("is told only of what it wants to hear", () =>
    Effect.gen(function* () {
      const { asker, receivers, roomId } = yield* told(["message.deleted"])
      const { number } = yield* post(asker, roomId, "one")
      yield* settled
      yield* remove(asker, roomId, number)
      yield* settled
      expect(receivers.told).toEqual(["message.deleted"])
    }).pipe(Effect.provide(layer))
  )

  it.effect("is told of a message as it is when it is told, and not of one that is gone by then", () =>
    Effect.gen(function* () {
      const { asker, receivers, roomId } = yield* told()
      const edited = yield* post(asker, roomId, "frist")
      const deleted = yield* post(asker, roomId, "a password")
      yield* edit(asker, roomId, edited.number, "first")
      yield* remove(asker, roomId, deleted.number)
      yield* settled
      expect(receivers.told).toEqual(["message.posted first"])
    }).pipe(Effect.provide(layer))
  )

  it.effect("is not told of a message that was deleted before, and the delivery says so", () =>
    Effect.gen(function* () {
      const { asker, id, receivers, roomId } = yield* told(["message.posted"])
      const { number } = yield* post(asker, roomId, "a password")
      receivers.answer = down
      yield* settled
      receivers.sent.length = 0
      receivers.answer = () => Effect.succeed(answered(200))
      yield* remove(asker, roomId, number)
      yield* TestClock.adjust("6 seconds")
      expect(receivers.sent).toEqual([])
      expect(yield* deliveries(asker, roomId, id)).toMatchObject([
        { state: "Failed", problem: "Withdrawn", nextAttemptAt: null }
      ])
    }).pipe(Effect.provide(layer))
  )

  it.effect("is told of what programs say too, with their mark", () =>
    Effect.gen(function* () {
      const webhooks = yield* Webhooks
      const { asker, receivers, roomId } = yield* told()
      const { token } = yield* webhooks.createIncoming(asker, roomId, "Build")
      const key = freshKey()
      yield* webhooks.post(yield* webhooks.admit(Redacted.make(token), "10.0.0.7"), { text: "it works", key })
      yield* settled
      expect(receivers.told).toEqual(["message.posted it works"])
      expect(receivers.sent[0]?.payload.data.message.author.isApp).toBe(true)
    }).pipe(Effect.provide(layer))
  )

  it.effect("learns nothing of other rooms", () =>
    Effect.gen(function* () {
      const rooms = yield* Rooms
      const { asker, receivers } = yield* told()
      const other = yield* rooms.create(asker, { name: "Elsewhere", isPrivate: true })
      yield* post(asker, other.id, "not for you")
      yield* settled
      expect(receivers.sent).toEqual([])
    }).pipe(Effect.provide(layer))
  )

  it.effect("is told nothing while it is paused, and goes on from when it was made to", () =>
    Effect.gen(function* () {
      const webhooks = yield* Webhooks
      const { asker, id, receivers, roomId } = yield* told()
      yield* webhooks.setActive(asker, roomId, id, false)
      yield* post(asker, roomId, "while it is paused")
      yield* settled
      yield* webhooks.setActive(asker, roomId, id, true)
      yield* post(asker, roomId, "after")
      // Again: what is on its way stays so.
      yield* webhooks.setActive(asker, roomId, id, true)
      yield* TestClock.adjust("1 minute")
      expect(receivers.told).toEqual(["message.posted after"])
    }).pipe(Effect.provide(layer))
  )

  it.effect("ends what is on its way when it is paused, and sends nothing of it when it goes on", () =>
    Effect.gen(function* () {
      const webhooks = yield* Webhooks
      const { asker, id, receivers, roomId } = yield* told()
      receivers.answer = () => Effect.as(Effect.sleep("2 seconds"), answered(503))
      yield* post(asker, roomId, "one")
      yield* TestClock.adjust("3 seconds")
      yield* post(asker, roomId, "two")
      yield* post(asker, roomId, "three")
      yield* settled
      expect(receivers.underWay).toBe(1)
      yield* webhooks.setActive(asker, roomId, id, false)
      const ended = { state: "Failed", problem: "Paused", nextAttemptAt: null }
      expect(yield* deliveries(asker, roomId, id)).toMatchObject([
        { ...ended, attempts: 0, lastAttemptAt: null },
        ended,
        { ...ended, attempts: 1 }
      ])
      yield* TestClock.adjust("1 minute")
      expect(yield* deliveries(asker, roomId, id)).toMatchObject([
        { state: "Failed", attempts: 0 },
        { state: "Failed", attempts: 1, status: 503, problem: null, nextAttemptAt: null },
        { state: "Failed", attempts: 1 }
      ])
      yield* webhooks.setActive(asker, roomId, id, true)
      yield* TestClock.adjust("1 day")
      expect(receivers.told).toEqual(["message.posted one", "message.posted two"])
      yield* TestClock.adjust("8 days")
      expect(yield* deliveries(asker, roomId, id)).toEqual([])
    }).pipe(Effect.provide(layer))
  )

  it.effect("sends nothing again while it is paused, and says so", () =>
    Effect.gen(function* () {
      const webhooks = yield* Webhooks
      const { asker, id, receivers, roomId } = yield* told()
      yield* post(asker, roomId, "hello")
      yield* settled
      const [delivery] = yield* deliveries(asker, roomId, id)
      if (delivery === undefined) throw new Error("there is no delivery")
      yield* webhooks.setActive(asker, roomId, id, false)
      const again = webhooks.redeliver(asker, roomId, id, delivery.id)
      expect(yield* Effect.flip(again)).toMatchObject({ _tag: "WebhookPaused" })
      expect(yield* deliveries(asker, roomId, id)).toEqual([delivery])
      yield* webhooks.setActive(asker, roomId, id, true)
      yield* again
      yield* settled
      expect(receivers.ids).toEqual([delivery.id, delivery.id])
    }).pipe(Effect.provide(layer))
  )

  it.effect("is paused when its maker is removed from the private room, until an owner lets it go on", () =>
    Effect.gen(function* () {
      const members = yield* Members
      const webhooks = yield* Webhooks
      const { asker, receivers, roomId } = yield* told()
      const ben = yield* member("ben")
      yield* members.add(asker, roomId, { _tag: "Id", id: ben.asker.user.id })
      yield* members.setRole(asker, roomId, ben.asker.user.id, "owner")
      const { webhook } = yield* outgoing(ben.asker, roomId, everyEvent, `${url}/bens`)
      const hook = yield* webhooks.createIncoming(ben.asker, roomId, "Build")
      yield* members.remove(asker, roomId, ben.asker.user.id)
      yield* webhooks.post(yield* webhooks.admit(Redacted.make(hook.token), "10.0.0.7"), {
        text: "one",
        key: freshKey()
      })
      yield* settled
      expect(receivers.sent.map((sent) => sent.url)).toEqual([url])
      const listed = (yield* webhooks.list(asker, roomId)).outgoing
      expect(listed.find(({ id }) => id === webhook.id)?.paused).toBe("MakerLeft")
      yield* webhooks.setActive(asker, roomId, webhook.id, true)
      yield* post(asker, roomId, "two")
      yield* settled
      expect(receivers.sent.filter((sent) => sent.url !== url)).toHaveLength(1)
    }).pipe(Effect.provide(layer))
  )

  it.effect("is paused when its maker is deactivated, and when they delete their account, in public rooms too", () =>
    Effect.gen(function* () {
      const accounts = yield* Accounts
      const administration = yield* Administration
      const rooms = yield* Rooms
      const webhooks = yield* Webhooks
      const boss = (yield* withRole("boss", "owner")).asker
      const room = yield* rooms.create(boss, { name: "Open", isPrivate: false })
      const makers = yield* Effect.forEach(["ada", "ben"], (name) => member(name))
      for (const { asker } of makers) {
        yield* (yield* Members).setRole(boss, room.id, asker.user.id, "owner")
        yield* outgoing(asker, room.id)
      }
      const [ada, ben] = makers
      if (ada === undefined || ben === undefined) throw new Error("nobody is there")
      yield* administration.setActive(boss, ada.asker.user.id, false)
      yield* accounts.deleteAccount(ben.asker, password)
      expect((yield* webhooks.list(boss, room.id)).outgoing.map(({ paused }) => paused)).toEqual([
        "MakerLeft",
        "MakerLeft"
      ])
    }).pipe(Effect.provide(layer))
  )

  it.effect("that is taken away is told nothing more", () =>
    Effect.gen(function* () {
      const webhooks = yield* Webhooks
      const { asker, id, receivers, roomId } = yield* told()
      receivers.answer = down
      yield* post(asker, roomId, "one")
      yield* settled
      yield* webhooks.remove(asker, roomId, id)
      yield* post(asker, roomId, "two")
      yield* TestClock.adjust("1 day")
      expect(receivers.told).toEqual(["message.posted one"])
    }).pipe(Effect.provide(layer))
  )
})

describe("a delivery", () => {
  it.effect(
    "that fails is made again after longer and longer waits under the same id, and fails after the eighth",
    () =>
      Effect.gen(function* () {
        const { asker, id, receivers, roomId } = yield* told()
        receivers.answer = () => Effect.succeed<Attempt>({ _tag: "Unanswered", problem: "Unreachable", tookMillis: 7 })
        yield* post(asker, roomId, "hello")
        yield* settled
        expect(yield* deliveries(asker, roomId, id)).toMatchObject([
          { state: "Pending", attempts: 1, status: null, problem: "Unreachable", tookMillis: 7 }
        ])
        const attempts = [receivers.sent.length]
        for (const wait of [
          "5.6 seconds",
          "34 seconds",
          "2.5 minutes",
          "12 minutes",
          "67 minutes",
          "5 hours",
          "14 hours"
        ] as const) {
          yield* TestClock.adjust(wait)
          attempts.push(receivers.sent.length)
        }
        expect(attempts).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
        expect(new Set(receivers.ids).size).toBe(1)
        expect(yield* deliveries(asker, roomId, id)).toMatchObject([
          { state: "Failed", attempts: 8, nextAttemptAt: null, problem: "Unreachable" }
        ])
        yield* TestClock.adjust("2 days")
        expect(receivers.sent).toHaveLength(8)
      }).pipe(Effect.provide(layer))
  )

  it.effect("that fails does not hold up those that come after it", () =>
    Effect.gen(function* () {
      const { asker, receivers, roomId } = yield* told()
      receivers.answer = ({ payload }) => Effect.succeed(answered(payload.data.message.text === "bad" ? 500 : 200))
      yield* post(asker, roomId, "bad")
      yield* post(asker, roomId, "good")
      yield* settled
      expect(receivers.told).toEqual(["message.posted bad", "message.posted good"])
      receivers.answer = () => Effect.succeed(answered(200))
      yield* TestClock.adjust("6 seconds")
      expect(receivers.told.slice(2)).toEqual(["message.posted bad"])
    }).pipe(Effect.provide(layer))
  )

  it.effect("to a slow receiver holds up no other receiver, and six of one maker are made at once at the most", () =>
    Effect.gen(function* () {
      const { asker, receivers, roomId } = yield* told()
      for (let more = 0; more < 5; more++) yield* outgoing(asker, roomId, everyEvent, `${url}/${more}`)
      receivers.answer = () => Effect.as(Effect.sleep("4 seconds"), answered(200))
      yield* post(asker, roomId, "one")
      yield* post(asker, roomId, "two")
      yield* settled
      expect(receivers.underWay).toBe(4)
      expect(new Set(receivers.sent.map((sent) => sent.url)).size).toBe(4)
      yield* TestClock.adjust("4 seconds")
      expect(new Set(receivers.sent.map((sent) => sent.url)).size).toBe(6)
      yield* TestClock.adjust("30 seconds")
      expect(receivers.sent).toHaveLength(12)
      expect(receivers.most).toBe(6)
    }).pipe(Effect.provide(layer))
  )

  it.effect("waits a second at the most for the sixty receivers of somebody else that never answer", () =>
    Effect.gen(function* () {
      const { asker: ben, receivers, roomId } = yield* told()
      yield* sixtySick("mal")
      for (let at = 0; at < 40; at++) {
        yield* TestClock.adjust("7 seconds")
        receivers.sent.length = 0
        yield* post(ben, roomId, `news ${at}`)
        yield* TestClock.adjust("1 seconds")
        expect(receivers.told).toContain(`message.posted news ${at}`)
      }
    }).pipe(Effect.provide(layer))
  )

  it.effect("waits a second at the most for receivers of its own maker that never answered before", () =>
    Effect.gen(function* () {
      const { asker, receivers, roomId } = yield* told()
      yield* sixtySick("ada", asker)
      yield* TestClock.adjust("2 minutes")
      for (let at = 0; at < 40; at++) {
        yield* TestClock.adjust("7 seconds")
        receivers.sent.length = 0
        yield* post(asker, roomId, `news ${at}`)
        yield* TestClock.adjust("1 seconds")
        expect(receivers.told).toContain(`message.posted news ${at}`)
      }
    }).pipe(Effect.provide(layer))
  )

  it.effect("of every slow receiver has its turn", () =>
    Effect.gen(function* () {
      const receivers = yield* Receivers
      yield* sixtySick("mal")
      yield* TestClock.adjust("4 minutes")
      expect(new Set(receivers.sent.map((sent) => sent.url)).size).toBe(60)
    }).pipe(Effect.provide(layer))
  )

  it.effect("that is answered 410 Gone pauses its webhook", () =>
    Effect.gen(function* () {
      const webhooks = yield* Webhooks
      const { asker, id, receivers, roomId } = yield* told()
      receivers.answer = () => Effect.succeed(answered(410))
      yield* post(asker, roomId, "one")
      yield* settled
      yield* post(asker, roomId, "two")
      yield* TestClock.adjust("1 day")
      expect(receivers.told).toEqual(["message.posted one"])
      expect((yield* webhooks.list(asker, roomId)).outgoing).toMatchObject([{ id, paused: "Gone" }])
      expect(yield* deliveries(asker, roomId, id)).toMatchObject([{ state: "Failed", status: 410, problem: null }])
      receivers.answer = () => Effect.succeed(answered(200))
      yield* webhooks.setActive(asker, roomId, id, true)
      yield* post(asker, roomId, "three")
      yield* settled
      expect(receivers.told).toEqual(["message.posted one", "message.posted three"])
    }).pipe(Effect.provide(layer))
  )

  it.effect("is one of at most a hundred that are pending; the rest waits in the log and none is lost", () =>
    Effect.gen(function* () {
      const { asker, id, receivers, roomId } = yield* told(["message.posted"])
      receivers.answer = down
      const texts = Array.from({ length: 130 }, (_, index) => `message ${index}`)
      yield* Effect.forEach(texts, (text) => post(asker, roomId, text))
      yield* TestClock.adjust("2 seconds")
      expect(new Set(receivers.told).size).toBe(100)
      const page = yield* deliveries(asker, roomId, id)
      expect(page.every(({ state }) => state === "Pending")).toBe(true)
      receivers.sent.length = 0
      receivers.answer = () => Effect.succeed(answered(200))
      yield* TestClock.adjust("30 seconds")
      expect(new Set(receivers.told)).toEqual(new Set(texts.map((text) => `message.posted ${text}`)))
      expect(receivers.sent).toHaveLength(130)
    }).pipe(Effect.provide(layer))
  )

  it.effect("can be made again at once, whatever became of it", () =>
    Effect.gen(function* () {
      const webhooks = yield* Webhooks
      const { asker, id, receivers, roomId } = yield* told()
      yield* post(asker, roomId, "hello")
      yield* settled
      const [delivery] = yield* deliveries(asker, roomId, id)
      if (delivery === undefined) throw new Error("there is no delivery")
      expect(delivery.state).toBe("Delivered")
      yield* webhooks.redeliver(asker, roomId, id, delivery.id)
      yield* settled
      expect(receivers.ids).toEqual([delivery.id, delivery.id])
      const other = yield* told(everyEvent, "ben")
      const again = webhooks.redeliver(other.asker, other.roomId, other.id, delivery.id)
      expect(yield* Effect.flip(again)).toMatchObject({ _tag: "DeliveryNotFound" })
      const elsewhere = webhooks.redeliver(other.asker, other.roomId, id, delivery.id)
      expect(yield* Effect.flip(elsewhere)).toMatchObject({ _tag: "WebhookNotFound" })
    }).pipe(Effect.provide(layer))
  )

  it.effect("that cannot be signed shows it, and is made when the server has its key again", () =>
    Effect.gen(function* () {
      const { asker, id, receivers, roomId } = yield* told()
      receivers.key = "another"
      yield* post(asker, roomId, "hello")
      yield* settled
      expect(receivers.sent).toEqual([])
      expect(yield* deliveries(asker, roomId, id)).toMatchObject([
        { state: "Pending", problem: "Unsigned", attempts: 1 }
      ])
      receivers.key = "one"
      yield* TestClock.adjust("6 seconds")
      expect(receivers.told).toEqual(["message.posted hello"])
    }).pipe(Effect.provide(layer))
  )

  it.effect("whose making fails by a bug is tried again, and those of others go on", () =>
    Effect.gen(function* () {
      const tree = yield* SupervisionTree
      const { asker, id, receivers, roomId } = yield* told()
      receivers.answer = () => Effect.die(new Error("the test broke it"))
      yield* post(asker, roomId, "hello")
      yield* settled
      expect(yield* deliveries(asker, roomId, id)).toMatchObject([{ state: "Pending", attempts: 1 }])
      receivers.answer = () => Effect.succeed(answered(200))
      yield* TestClock.adjust("6 seconds")
      expect(yield* deliveries(asker, roomId, id)).toMatchObject([{ state: "Delivered", attempts: 2 }])
      expect((yield* tree.entry("root/chat/webhooks")).restarts).toBe(0)
    }).pipe(Effect.provide(layer))
  )

  it.effect("is forgotten a week after it ended", () =>
    Effect.gen(function* () {
      const { asker, id, roomId } = yield* told()
      yield* post(asker, roomId, "hello")
      yield* settled
      yield* TestClock.adjust("6 days")
      expect(yield* deliveries(asker, roomId, id)).toHaveLength(1)
      yield* TestClock.adjust("26 hours")
      expect(yield* deliveries(asker, roomId, id)).toEqual([])
    }).pipe(Effect.provide(layer))
  )
})

describe("the worker of webhooks", () => {
  it.effect("makes a delivery again, under the same id, when it is killed on its way", () =>
    Effect.gen(function* () {
      const tree = yield* SupervisionTree
      const { asker, id, receivers, roomId } = yield* told()
      receivers.answer = () => Effect.never
      yield* post(asker, roomId, "hello")
      yield* settled
      expect(receivers.underWay).toBe(1)
      receivers.answer = () => Effect.succeed(answered(200))
      yield* tree.killChild("root/chat/webhooks")
      yield* settled
      expect(receivers.told).toEqual(["message.posted hello", "message.posted hello"])
      expect(new Set(receivers.ids).size).toBe(1)
      expect(yield* deliveries(asker, roomId, id)).toMatchObject([{ state: "Delivered" }])
    }).pipe(Effect.provide(layer))
  )

  it.effect("makes a delivery again when it is killed before it could write that it was made", () =>
    Effect.gen(function* () {
      const hand = yield* WebhookHand
      const tree = yield* SupervisionTree
      const { asker, receivers, roomId } = yield* told()
      hand.isSettlingAway = true
      yield* post(asker, roomId, "hello")
      yield* TestClock.adjust("10 seconds")
      expect(receivers.sent).toHaveLength(1)
      yield* tree.killChild("root/chat/webhooks")
      hand.isSettlingAway = false
      yield* settled
      expect(receivers.sent).toHaveLength(2)
      expect(new Set(receivers.ids).size).toBe(1)
    }).pipe(Effect.provide(layer))
  )

  it.effect("waits while the database is away, and tells everything then", () =>
    Effect.gen(function* () {
      const hand = yield* WebhookHand
      const tree = yield* SupervisionTree
      const { asker, receivers, roomId } = yield* told()
      hand.isAway = true
      yield* post(asker, roomId, "one")
      yield* TestClock.adjust("10 minutes")
      yield* post(asker, roomId, "two")
      expect(receivers.sent).toEqual([])
      hand.isAway = false
      yield* TestClock.adjust("3 seconds")
      expect(receivers.told).toEqual(["message.posted one", "message.posted two"])
      expect((yield* tree.entry("root/chat/webhooks")).restarts).toBe(0)
    }).pipe(Effect.provide(layer))
  )

  it.effect("catches up with more than is read at once, and passes over no message that was changed meanwhile", () =>
    Effect.gen(function* () {
      const hand = yield* WebhookHand
      const { asker, receivers, roomId } = yield* told(["message.posted"])
      hand.isAway = true
      const texts = Array.from({ length: 60 }, (_, index) => `${index} ${"x".repeat(3_900)}`)
      const posted = yield* Effect.forEach(texts, (text) => post(asker, roomId, text))
      const numbers = posted.map(({ number }) => number)
      yield* edit(asker, roomId, numbers[0] ?? 0, "0, corrected")
      yield* remove(asker, roomId, numbers[1] ?? 0)
      hand.isAway = false
      yield* TestClock.adjust("5 seconds")
      const { told: events } = receivers
      expect(events).toHaveLength(59)
      expect(events[0]).toBe("message.posted 0, corrected")
      expect(events.slice(1)).toEqual(texts.slice(2).map((text) => `message.posted ${text}`))
    }).pipe(Effect.provide(layer))
  )

  it.effect("is told by a room that crashed after a commit, when it is started again", () =>
    Effect.gen(function* () {
      const hand = yield* Hand
      const tree = yield* SupervisionTree
      const { asker, receivers, roomId } = yield* told()
      yield* post(asker, roomId, "one")
      yield* settled
      hand.hold()
      const posting = yield* Effect.forkChild(post(asker, roomId, "two"))
      yield* TestClock.adjust("10 millis")
      yield* tree.killChild(`root/chat/rooms/${roomId}/room`)
      hand.release()
      yield* TestClock.adjust("1 seconds")
      yield* Fiber.join(posting)
      expect(receivers.told).toEqual(["message.posted one", "message.posted two"])
    }).pipe(Effect.provide(layer))
  )

  it.effect("goes on after a restart with what was posted meanwhile", () =>
    Effect.gen(function* () {
      const tree = yield* SupervisionTree
      const { asker, receivers, roomId } = yield* told()
      yield* tree.killChild("root/chat/webhooks")
      yield* post(asker, roomId, "hello")
      yield* tree.killChild("root/chat/webhooks")
      yield* settled
      expect(receivers.told).toEqual(["message.posted hello"])
    }).pipe(Effect.provide(layer))
  )
})
