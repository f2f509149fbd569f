import { Administration } from "@messenger/chat/Administration"
import { Members } from "@messenger/chat/Members"
import { Rooms } from "@messenger/chat/Rooms"
import type { Asker } from "@messenger/chat/Rooms"
import { Webhooks } from "@messenger/chat/Webhooks"
import type { Alias } from "@messenger/protocol/Message"
import type { RoomId } from "@messenger/protocol/Room"
import * as Memory from "@messenger/storage/Memory"
import { Webhooks as WebhookRows } from "@messenger/storage/Webhooks"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Exit, Layer, Redacted } from "effect"
import { TestClock } from "effect/testing"
import { freshKey, layer, over } from "./Server.ts"
import { member, password, withRole } from "./Visitors.ts"

const tagOf = <A, E extends { readonly _tag: string }, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.map(Effect.flip(effect), ({ _tag }) => _tag)

const post = (
  token: string,
  text: string,
  options: {
    readonly alias?: Partial<Alias>
    readonly key?: ReturnType<typeof freshKey>
    readonly address?: string
  } = {}
) => {
  const { key = freshKey(), address = "10.0.0.7" } = options
  const alias = options.alias === undefined ? {} : { alias: options.alias }
  return Effect.gen(function* () {
    const webhooks = yield* Webhooks
    return yield* webhooks.post(yield* webhooks.admit(Redacted.make(token), address), { text, key, ...alias })
  })
}

const newest = (asker: Asker, roomId: RoomId) =>
  Effect.flatMap(Rooms, (rooms) => rooms.history(asker, roomId, { _tag: "Newest" }, 100)).pipe(
    Effect.map(({ messages }) => messages)
  )

/** A room of Ada's with an incoming webhook. */
const hooked = Effect.fnUntraced(function* (isPrivate = false) {
  const rooms = yield* Rooms
  const webhooks = yield* Webhooks
  const { asker } = yield* member("ada")
  const room = yield* rooms.create(asker, { name: "Deployments", isPrivate })
  const { token, webhook } = yield* webhooks.createIncoming(asker, room.id, "Build")
  return { asker, room, token, webhook }
})

const noToken = `mih_${"x".repeat(43)}`

describe("who knows the address of an incoming webhook", () => {
  it.effect("posts into its room as the webhook, which is marked as a program whatever it wants to be called", () =>
    Effect.gen(function* () {
      const { asker, room, token, webhook } = yield* hooked(true)
      yield* post(token, "it works")
      yield* post(token, "it works better", { alias: { name: "  Ada  Lovelace ", emoji: "🚀" } })
      const messages = yield* newest(asker, room.id)
      expect(messages.map(({ text, author, alias }) => ({ text, author, alias }))).toEqual([
        { text: "it works", author: webhook.app, alias: undefined },
        { text: "it works better", author: webhook.app, alias: { name: "Ada Lovelace", emoji: "🚀" } }
      ])
      expect(webhook.app.isApp).toBe(true)
    }).pipe(Effect.provide(layer))
  )

  it.effect("posts once with one key", () =>
    Effect.gen(function* () {
      const { asker, room, token } = yield* hooked()
      const key = freshKey()
      const first = yield* post(token, "once", { key })
      expect(yield* post(token, "once", { key })).toEqual(first)
      expect(yield* tagOf(post(token, "twice", { key }))).toBe("IdempotencyKeyReused")
      expect(yield* newest(asker, room.id)).toHaveLength(1)
    }).pipe(Effect.provide(layer))
  )

  it.effect("is told what cannot be posted", () =>
    Effect.gen(function* () {
      const { token } = yield* hooked()
      expect(yield* tagOf(post(token, "  "))).toBe("MessageInvalid")
      expect(yield* tagOf(post(token, "hello", { alias: { name: "a\u202eb" } }))).toBe("NameInvalid")
    }).pipe(Effect.provide(layer))
  )

  it.effect("posts no more once it is taken away, or is no member of the private room any more", () =>
    Effect.gen(function* () {
      const members = yield* Members
      const webhooks = yield* Webhooks
      const { asker, room, token, webhook } = yield* hooked(true)
      const other = yield* webhooks.createIncoming(asker, room.id, "Other")
      yield* webhooks.remove(asker, room.id, webhook.id)
      expect(yield* tagOf(post(token, "still here?"))).toBe("WebhookNotFound")
      yield* members.remove(asker, room.id, other.webhook.app.id)
      expect(yield* tagOf(post(other.token, "still here?"))).toBe("WebhookNotFound")
      expect(yield* newest(asker, room.id)).toEqual([])
    }).pipe(Effect.provide(layer))
  )

  it.effect("posts at a rate that no other webhook shares", () =>
    Effect.gen(function* () {
      const webhooks = yield* Webhooks
      const { asker, room, token } = yield* hooked()
      const other = yield* webhooks.createIncoming(asker, room.id, "Other")
      yield* Effect.replicateEffect(post(token, "again"), 30)
      expect(yield* tagOf(post(token, "once more"))).toBe("RateLimited")
      yield* post(other.token, "meanwhile")
      yield* TestClock.adjust("1 minute")
      yield* post(token, "once more")
    }).pipe(Effect.provide(layer))
  )

  it.effect("shows when it was used, which is written within a minute", () =>
    Effect.gen(function* () {
      const rows = yield* WebhookRows
      const webhooks = yield* Webhooks
      const { asker, room, token } = yield* hooked()
      yield* TestClock.adjust("10 seconds")
      yield* post(token, "it works")
      const shown = (yield* webhooks.list(asker, room.id)).incoming
      expect(shown.map(({ lastUsedAt }) => lastUsedAt)).toEqual([10_000])
      expect((yield* rows.list(room.id)).incoming.map(({ lastUsedAt }) => lastUsedAt)).toEqual([null])
      yield* TestClock.adjust("1 minute")
      expect((yield* rows.list(room.id)).incoming.map(({ lastUsedAt }) => lastUsedAt)).toEqual([10_000])
      expect((yield* webhooks.list(asker, room.id)).incoming).toEqual(shown)
    }).pipe(Effect.provide(layer))
  )
})

describe("a token that is none", () => {
  it.effect("is not found, and its address may try only so often; who has a good one does not notice", () =>
    Effect.gen(function* () {
      const { token } = yield* hooked()
      yield* post(token, "before")
      for (const wrong of ["", "mih_short", noToken]) expect(yield* tagOf(post(wrong, "?"))).toBe("WebhookNotFound")
      const tags = yield* Effect.replicateEffect(tagOf(post(noToken, "?")), 30)
      expect(tags.slice(0, 27)).toEqual(Array.from({ length: 27 }, () => "WebhookNotFound"))
      expect(tags.slice(27)).toEqual(["RateLimited", "RateLimited", "RateLimited"])
      expect(yield* tagOf(post(noToken, "?", { address: "10.0.0.8" }))).toBe("WebhookNotFound")
      yield* post(token, "after")
    }).pipe(Effect.provide(layer))
  )

  it.effect("holds up no good one of its address, not even one that is used for the first time", () =>
    Effect.gen(function* () {
      const { token } = yield* hooked()
      yield* Effect.replicateEffect(tagOf(post(noToken, "?")), 40)
      expect(yield* tagOf(post(noToken, "?"))).toBe("RateLimited")
      yield* post(token, "hello")
    }).pipe(Effect.provide(layer))
  )
})

describe("good tokens", () => {
  it.effect("are known when the server starts, whatever else is tried from their address", () =>
    Effect.gen(function* () {
      const storage = yield* Layer.build(Memory.layer)
      const server = Layer.fresh(over(Layer.succeedContext(storage)))
      const { token } = yield* hooked().pipe(Effect.provide(server))
      yield* Effect.gen(function* () {
        yield* Effect.replicateEffect(tagOf(post(noToken, "?")), 40)
        yield* post(token, "hello")
      }).pipe(Effect.provide(server))
    })
  )

  it.effect("are limited by requests, those with nothing to post among them", () =>
    Effect.gen(function* () {
      const webhooks = yield* Webhooks
      const { token } = yield* hooked()
      const requests = yield* Effect.replicateEffect(Effect.exit(webhooks.admit(Redacted.make(token), "10.0.0.7")), 61)
      expect(requests.filter(Exit.isSuccess)).toHaveLength(60)
      expect(yield* tagOf(post(token, "hello"))).toBe("RateLimited")
    }).pipe(Effect.provide(layer))
  )

  it.effect("are as many at one address as there are", () =>
    Effect.gen(function* () {
      const rooms = yield* Rooms
      const webhooks = yield* Webhooks
      const { asker } = yield* member("ada")
      const tokens = yield* Effect.forEach(["One", "Two"], (name) =>
        Effect.gen(function* () {
          const room = yield* rooms.create(asker, { name, isPrivate: false })
          return yield* Effect.replicateEffect(webhooks.createIncoming(asker, room.id, "Build"), 20)
        })
      )
      for (const { token } of tokens.flat()) yield* post(token, "hello")
    }).pipe(Effect.provide(layer))
  )
})

describe("the account of a webhook", () => {
  it.effect("can be given no token, and no place in another room", () =>
    Effect.gen(function* () {
      const administration = yield* Administration
      const members = yield* Members
      const rooms = yield* Rooms
      const { webhook } = yield* hooked()
      const { asker } = yield* withRole("owner", "owner")
      const token = { userId: webhook.app.id, name: "token", scope: "write", password } as const
      expect(yield* tagOf(administration.createApiToken(asker, token))).toBe("AccountNotFound")
      expect(yield* tagOf(administration.setRole(asker, webhook.app.id, "admin"))).toBe("AccountNotFound")
      const room = yield* rooms.create(asker, { name: "Elsewhere", isPrivate: true })
      expect(yield* tagOf(members.add(asker, room.id, { _tag: "Id", id: webhook.app.id }))).toBe("AccountNotFound")
    }).pipe(Effect.provide(layer))
  )
})

describe("an alias", () => {
  it.effect("without a name has that of the webhook", () =>
    Effect.gen(function* () {
      const { asker, room, token } = yield* hooked()
      yield* post(token, "it works", { alias: { emoji: "🚀" } })
      expect(yield* newest(asker, room.id)).toMatchObject([{ alias: { name: "Build", emoji: "🚀" } }])
    }).pipe(Effect.provide(layer))
  )

  it.effect("is for webhooks: what a person sends along is not looked at", () =>
    Effect.gen(function* () {
      const rooms = yield* Rooms
      const { asker, room } = yield* hooked()
      const command = { roomId: room.id, key: freshKey(), text: "hello", alias: { name: "The Boss" } }
      yield* rooms.post(asker, command)
      const [message] = yield* newest(asker, room.id)
      expect(message).not.toHaveProperty("alias")
    }).pipe(Effect.provide(layer))
  )
})
