// Webhooks: addresses that post into a room, and addresses that are told what happens in one. Both belong to their room, and end with
// it or by one of its owners. How a delivery is made and signed is in `docs/api.md` (Standard Webhooks, standardwebhooks.com).
import { Schema } from "effect"
import { User } from "./Account.ts"
import { SequenceNumber } from "./Cursor.ts"
import { Message } from "./Message.ts"
import { RoomId, Slug } from "./Room.ts"

/** Names a webhook to those who may change it; it opens nothing. */
export const WebhookId = Schema.String.check(Schema.isPattern(/^[A-Za-z0-9_-]{1,40}$/)).pipe(Schema.brand("WebhookId"))
export type WebhookId = typeof WebhookId.Type

/** An address that posts into the room as `app`. The address itself holds a secret and is answered once, when it is made. */
export const IncomingWebhook = Schema.Struct({
  id: WebhookId,
  roomId: RoomId,
  /** Who its messages are by; `name` is the webhook's. */
  app: User,
  createdBy: User,
  /** UTC milliseconds, as all times here. */
  createdAt: Schema.Int,
  lastUsedAt: Schema.NullOr(Schema.Int)
})
export type IncomingWebhook = typeof IncomingWebhook.Type

/** Where the address of an incoming webhook leads; its token follows. */
export const incomingWebhookPath = "/hooks/"

/**
 * What an outgoing webhook may be told. A message that was posted and changed before it is told of is told as it is then; of the change
 * it is told besides only when much was waiting. One that was deleted before is not told of as posted.
 */
export const WebhookEvent = Schema.Literals(["message.posted", "message.edited", "message.deleted"])
export type WebhookEvent = typeof WebhookEvent.Type

/**
 * Why a webhook is told nothing at present: an owner paused it, its receiver answered 410 Gone, or whoever made it is in the private
 * room no more, or has no account any more (`MakerLeft`). In each case an owner may let it go on.
 */
export const WebhookPause = Schema.Literals(["Paused", "Gone", "MakerLeft"])
export type WebhookPause = typeof WebhookPause.Type

/** An address that is told what happens in the room. What it is signed with is answered once, when it is made. */
export const OutgoingWebhook = Schema.Struct({
  id: WebhookId,
  roomId: RoomId,
  url: Schema.String,
  events: Schema.Array(WebhookEvent),
  /** Null while it is told. What happens while it is paused is not told later, nor what was on its way then. */
  paused: Schema.NullOr(WebhookPause),
  createdBy: User,
  createdAt: Schema.Int
})
export type OutgoingWebhook = typeof OutgoingWebhook.Type

/** Names one delivery; sent as `webhook-id`, the same for every attempt. */
export const DeliveryId = Schema.String.check(Schema.isPattern(/^[A-Za-z0-9_-]{1,40}$/)).pipe(
  Schema.brand("DeliveryId")
)
export type DeliveryId = typeof DeliveryId.Type

/**
 * Why an attempt got no answer. `Refused`: the address may not be called (WEBHOOK_ALLOW), or its name has none. `Unreachable`: no connection, or it broke. `Untrusted`: its certificate is not valid. `TimedOut`: 5 seconds. `TooLarge`: it
 * answered more than 64 KiB. `Unsigned`: nothing was sent, since what it is signed with was sealed by another key of the server
 * (SECRET_KEY): set that key again, or make the webhook anew. Two end a delivery: `Withdrawn`, nothing was sent, since the message
 * had been deleted; `Paused`, its webhook was paused before an attempt was answered with 2xx.
 */
export const DeliveryProblem = Schema.Literals([
  "Refused",
  "Unreachable",
  "Untrusted",
  "TimedOut",
  "TooLarge",
  "Unsigned",
  "Withdrawn",
  "Paused"
])
export type DeliveryProblem = typeof DeliveryProblem.Type

/**
 * What a receiver is sent, as JSON: what happened, when (ISO 8601), and the message as it is at this attempt; the text of a message
 * that was deleted is never sent, nor that it was posted or edited. A message by `author.isApp` came from a program: who answers messages should pass those over.
 */
export const WebhookPayload = Schema.Struct({
  type: WebhookEvent,
  timestamp: Schema.String,
  data: Schema.Struct({
    room: Schema.Struct({ id: RoomId, slug: Slug, name: Schema.String }),
    message: Message
  })
})
export type WebhookPayload = typeof WebhookPayload.Type

/**
 * One event on its way to one webhook. `Pending` until an attempt is answered with 2xx (`Delivered`) or the last one is not, or there
 * is to be none any more (`Failed`). `status` and `problem` are those of the last attempt; at most one of them is there.
 */
export const Delivery = Schema.Struct({
  id: DeliveryId,
  event: WebhookEvent,
  /** The message it is about. */
  number: SequenceNumber,
  state: Schema.Literals(["Pending", "Delivered", "Failed"]),
  attempts: Schema.Int,
  createdAt: Schema.Int,
  lastAttemptAt: Schema.NullOr(Schema.Int),
  /** When the next attempt is due; null when there is none. */
  nextAttemptAt: Schema.NullOr(Schema.Int),
  /** The HTTP status that the receiver answered. */
  status: Schema.NullOr(Schema.Int),
  problem: Schema.NullOr(DeliveryProblem),
  /** How long the last attempt took, in milliseconds. */
  tookMillis: Schema.NullOr(Schema.Int)
})
export type Delivery = typeof Delivery.Type

/** Deliveries from the newest to the oldest; ask again before the id of the last. */
export const DeliveryPage = Schema.Struct({ deliveries: Schema.Array(Delivery), hasOlder: Schema.Boolean })
export type DeliveryPage = typeof DeliveryPage.Type

/** There is no such webhook in the room, or its address is no longer valid. */
export class WebhookNotFound extends Schema.TaggedError<WebhookNotFound>()("WebhookNotFound", {}) {}

/** There is no such delivery of the webhook. */
export class DeliveryNotFound extends Schema.TaggedError<DeliveryNotFound>()("DeliveryNotFound", {}) {}

/** The webhook is paused: it is told nothing, until an owner lets it go on. */
export class WebhookPaused extends Schema.TaggedError<WebhookPaused>()("WebhookPaused", {}) {}

/** The room has as many webhooks as a room may have. */
export class TooManyWebhooks extends Schema.TaggedError<TooManyWebhooks>()("TooManyWebhooks", { limit: Schema.Int }) {}

/**
 * The address of an outgoing webhook cannot be taken. `NotHttps` and `NotPublic` are lifted by the operator's WEBHOOK_ALLOW.
 * `NotPublic`: its name has no public address. Whether it has another is not said: who asks should not learn which names there are
 * in the server's own network.
 */
export class WebhookUrlRefused extends Schema.TaggedError<WebhookUrlRefused>()("WebhookUrlRefused", {
  reason: Schema.Literals(["NotAnAddress", "NotHttps", "HasCredentials", "NotPublic"])
}) {}
