// Webhooks to try; every call makes new ones.
import { UserId } from "@messenger/protocol/Account"
import type { RoomId } from "@messenger/protocol/Room"
import { DeliveryId, WebhookId } from "@messenger/protocol/Webhook"
import { Webhooks } from "@messenger/storage/Webhooks"
import type { NewDelivery, NewIncomingWebhook, NewOutgoingWebhook } from "@messenger/storage/Webhooks"
import { Effect } from "effect"
import { makeMember, makeRoom, openRoom, post, unique, write } from "./world.ts"
import type { Owner } from "./world.ts"

/** More webhooks than any test makes in a room. */
export const manyWebhooks = 100

/** An incoming webhook of the room that is yet to be made. */
export const newIncoming = (
  roomId: RoomId,
  createdBy: UserId,
  changes: Partial<NewIncomingWebhook> = {}
): NewIncomingWebhook => ({
  id: WebhookId.make(unique("hook")),
  roomId,
  tokenHash: unique("hash"),
  app: { id: UserId.make(unique("app")), name: "GitHub", fold: "github" },
  joins: false,
  createdBy,
  at: 1_000,
  ...changes
})

/** An outgoing webhook of the room that is yet to be made. */
export const newOutgoing = (
  roomId: RoomId,
  createdBy: UserId,
  changes: Partial<NewOutgoingWebhook> = {}
): NewOutgoingWebhook => ({
  id: WebhookId.make(unique("hook")),
  roomId,
  url: "https://example.org/hook",
  events: ["message.posted", "message.deleted"],
  sealedSecret: unique("sealed"),
  createdBy,
  at: 1_000,
  ...changes
})

/** An incoming webhook, of a public room of its own unless `changes` name one. */
export const makeIncoming = Effect.fnUntraced(function* (changes: Partial<NewIncomingWebhook> = {}) {
  const roomId = changes.roomId ?? (yield* makeRoom())
  const webhook = newIncoming(roomId, changes.createdBy ?? (yield* makeMember()).id, changes)
  yield* made((yield* Webhooks).createIncoming(webhook, manyWebhooks))
  return webhook
})

/** An outgoing webhook of a started room with two messages, which it is not told of. */
export const makeOutgoing = Effect.gen(function* () {
  const { id: author } = yield* makeMember()
  const roomId = yield* makeRoom()
  const opened = { ...(yield* openRoom(roomId)), roomId, author }
  const owner = yield* write(opened, post(author, "one"), post(author, "two"))
  const webhook = newOutgoing(roomId, author)
  yield* made((yield* Webhooks).createOutgoing(webhook, manyWebhooks))
  return { webhook, owner }
})

/** Posts once. */
export const say = <Room extends Owner & { readonly author: UserId }>(owner: Room) =>
  write(owner, post(owner.author, "more"))

/** A delivery that is due from `at` on. */
export const newDelivery = (at: number, number = 1): NewDelivery => ({
  id: DeliveryId.make(unique("delivery")),
  event: "message.posted",
  number,
  at
})

/** An outgoing webhook with these deliveries. */
export const makeQueue = Effect.fnUntraced(function* (...times: ReadonlyArray<number>) {
  const { webhook, owner } = yield* makeOutgoing
  const queued = times.map((at, index) => newDelivery(at, index + 1))
  const isQueued = yield* (yield* Webhooks).enqueue(webhook.id, { from: 2, to: 2 + times.length }, queued)
  return isQueued
    ? { webhook, owner, queued, ids: queued.map(({ id }) => id) }
    : yield* Effect.die(new Error("the cursor was moved"))
})

const made = <Failure>(creation: Effect.Effect<"Created" | "TooMany", Failure>) =>
  Effect.flatMap(creation, (outcome) =>
    outcome === "Created" ? Effect.void : Effect.die(new Error(`the webhook was ${outcome}`))
  )
