import { Members } from "@messenger/chat/Members"
import type { Asker } from "@messenger/chat/Rooms"
import { Rooms } from "@messenger/chat/Rooms"
import { Webhooks } from "@messenger/chat/Webhooks"
import type { RoomRole } from "@messenger/protocol/Rights"
import type { RoomId } from "@messenger/protocol/Room"
import { WebhookId, WebhookUrlRefused } from "@messenger/protocol/Webhook"
import { AuditLog } from "@messenger/storage/AuditLog"
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { Receivers } from "./Receivers.ts"
import { layer } from "./Server.ts"
import { Browser, member } from "./Visitors.ts"

const tagOf = <A, E extends { readonly _tag: string }, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.map(Effect.flip(effect), ({ _tag }) => _tag)

const roomOf = (asker: Asker, isPrivate = false) =>
  Effect.flatMap(Rooms, (rooms) => rooms.create(asker, { name: "Deployments", isPrivate }))

const url = "https://bots.example.org/hook"

const incoming = (asker: Asker, roomId: RoomId, name = "Build") =>
  Effect.flatMap(Webhooks, (webhooks) => webhooks.createIncoming(asker, roomId, name))

const outgoing = (asker: Asker, roomId: RoomId) =>
  Effect.flatMap(Webhooks, (webhooks) => webhooks.createOutgoing(asker, { roomId, url, events: ["message.posted"] }))

/** Everything that may be asked of the webhooks of a room. */
const everything = Effect.fnUntraced(function* (asker: Asker, roomId: RoomId, id: WebhookId) {
  const webhooks = yield* Webhooks
  return yield* Effect.all([
    tagOf(webhooks.list(asker, roomId)),
    tagOf(incoming(asker, roomId)),
    tagOf(outgoing(asker, roomId)),
    tagOf(webhooks.setActive(asker, roomId, id, false)),
    tagOf(webhooks.remove(asker, roomId, id)),
    tagOf(webhooks.deliveries(asker, roomId, id, null))
  ])
})

describe("the webhooks of a room", () => {
  it.effect("are made, listed, paused and taken away by its owners, and their secrets are shown once", () =>
    Effect.gen(function* () {
      const webhooks = yield* Webhooks
      const { asker } = yield* member("ada")
      const room = yield* roomOf(asker)
      const made = yield* incoming(asker, room.id, "  Build  bot ")
      expect(made.token).toMatch(/^mih_[A-Za-z0-9_-]{43}$/)
      expect(made.webhook.app).toMatchObject({ name: "Build bot", isGuest: false, isApp: true })
      const told = yield* outgoing(asker, room.id)
      expect(told.secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/)
      expect(told.webhook).toMatchObject({ roomId: room.id, url, events: ["message.posted"], paused: null })
      const listed = yield* webhooks.list(asker, room.id)
      expect(listed).toEqual({ incoming: [made.webhook], outgoing: [told.webhook] })
      expect(listed.incoming[0]?.createdBy).toEqual(asker.user)

      expect((yield* webhooks.setActive(asker, room.id, told.webhook.id, false)).paused).toBe("Paused")
      expect((yield* webhooks.setActive(asker, room.id, told.webhook.id, true)).paused).toBe(null)
      yield* webhooks.remove(asker, room.id, made.webhook.id)
      yield* webhooks.remove(asker, room.id, told.webhook.id)
      expect(yield* webhooks.list(asker, room.id)).toEqual({ incoming: [], outgoing: [] })
      expect(yield* tagOf(webhooks.remove(asker, room.id, told.webhook.id))).toBe("WebhookNotFound")
      expect(yield* tagOf(webhooks.setActive(asker, room.id, told.webhook.id, true))).toBe("WebhookNotFound")
      expect(yield* tagOf(webhooks.deliveries(asker, room.id, told.webhook.id, null))).toBe("WebhookNotFound")
    }).pipe(Effect.provide(layer))
  )

  it.effect("are nobody else's business", () =>
    Effect.gen(function* () {
      const members = yield* Members
      const ada = yield* member("ada")
      const ben = yield* member("ben")
      const room = yield* roomOf(ada.asker, true)
      const { webhook } = yield* outgoing(ada.asker, room.id)
      expect(new Set(yield* everything(ben.asker, room.id, webhook.id))).toEqual(new Set(["RoomNotFound"]))
      yield* members.add(ada.asker, room.id, { _tag: "Username", username: "ben" })
      const roles: ReadonlyArray<RoomRole> = ["member", "moderator"]
      for (const role of roles) {
        yield* members.setRole(ada.asker, room.id, ben.asker.user.id, role)
        expect(new Set(yield* everything(ben.asker, room.id, webhook.id))).toEqual(new Set(["Forbidden"]))
      }
    }).pipe(Effect.provide(layer))
  )

  it.effect("are not for guests, not even of the rooms that they made", () =>
    Effect.gen(function* () {
      const browser = new Browser()
      yield* browser.guest("Visitor")
      const { asker } = yield* browser.connect()
      const room = yield* roomOf(asker)
      const tags = yield* everything(asker, room.id, WebhookId.make("none"))
      expect(new Set(tags)).toEqual(new Set(["Forbidden"]))
    }).pipe(Effect.provide(layer))
  )

  it.effect("belong to their room alone", () =>
    Effect.gen(function* () {
      const webhooks = yield* Webhooks
      const ada = yield* member("ada")
      const ben = yield* member("ben")
      const mine = yield* roomOf(ada.asker, true)
      const others = yield* roomOf(ben.asker, true)
      const { webhook } = yield* outgoing(ben.asker, others.id)
      expect(yield* tagOf(webhooks.setActive(ada.asker, mine.id, webhook.id, false))).toBe("WebhookNotFound")
      expect(yield* tagOf(webhooks.deliveries(ada.asker, mine.id, webhook.id, null))).toBe("WebhookNotFound")
      expect(yield* tagOf(webhooks.remove(ada.asker, mine.id, webhook.id))).toBe("WebhookNotFound")
      expect((yield* webhooks.list(ben.asker, others.id)).outgoing).toEqual([webhook])
    }).pipe(Effect.provide(layer))
  )

  it.effect("are twenty at most, of both kinds together", () =>
    Effect.gen(function* () {
      const { asker } = yield* member("ada")
      const room = yield* roomOf(asker)
      yield* Effect.replicateEffect(incoming(asker, room.id), 12)
      yield* Effect.replicateEffect(outgoing(asker, room.id), 8)
      expect(yield* Effect.flip(incoming(asker, room.id))).toMatchObject({ _tag: "TooManyWebhooks", limit: 20 })
      expect(yield* tagOf(outgoing(asker, room.id))).toBe("TooManyWebhooks")
    }).pipe(Effect.provide(layer))
  )

  it.effect("that come into a private room are among its members, until they are taken away", () =>
    Effect.gen(function* () {
      const members = yield* Members
      const webhooks = yield* Webhooks
      const { asker } = yield* member("ada")
      const room = yield* roomOf(asker, true)
      const { webhook } = yield* incoming(asker, room.id)
      const page = yield* members.list(asker, room.id, null)
      expect(page.members).toContainEqual({ user: webhook.app, role: "member" })
      yield* webhooks.remove(asker, room.id, webhook.id)
      expect((yield* members.list(asker, room.id, null)).members).toEqual([{ user: asker.user, role: "owner" }])
    }).pipe(Effect.provide(layer))
  )

  it.effect("have a name that can be shown, and an address that may be called", () =>
    Effect.gen(function* () {
      const receivers = yield* Receivers
      const webhooks = yield* Webhooks
      const { asker } = yield* member("ada")
      const room = yield* roomOf(asker)
      expect(yield* Effect.flip(incoming(asker, room.id, " \u200b "))).toMatchObject({ _tag: "NameInvalid" })
      receivers.refusal = new WebhookUrlRefused({ reason: "NotPublic" })
      expect(yield* Effect.flip(outgoing(asker, room.id))).toEqual(receivers.refusal)
      expect(yield* webhooks.list(asker, room.id)).toEqual({ incoming: [], outgoing: [] })
    }).pipe(Effect.provide(layer))
  )

  it.effect("are in the audit log when they are made and when they go, by name or host and without a secret", () =>
    Effect.gen(function* () {
      const webhooks = yield* Webhooks
      const log = yield* AuditLog
      const { asker } = yield* member("ada")
      const room = yield* roomOf(asker)
      const made = yield* incoming(asker, room.id)
      const told = yield* outgoing(asker, room.id)
      yield* webhooks.remove(asker, room.id, made.webhook.id)
      yield* webhooks.remove(asker, room.id, told.webhook.id)
      const { entries } = yield* log.page(null, 4)
      expect(entries.map(({ action, detail }) => [action, detail]).toReversed()).toEqual([
        ["WebhookMade", "Build"],
        ["WebhookMade", "bots.example.org"],
        ["WebhookRemoved", "Build"],
        ["WebhookRemoved", "bots.example.org"]
      ])
      for (const entry of entries) expect(entry).toMatchObject({ room: room.id, actor: { id: asker.user.id } })
      expect(JSON.stringify(entries)).not.toContain(made.token)
    }).pipe(Effect.provide(layer))
  )
})
