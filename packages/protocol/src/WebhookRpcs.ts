// What the owners of a room may ask about its webhooks.
import { Schema } from "effect"
import { Rpc, RpcGroup } from "effect/rpc"
import { NameInvalid } from "./Account.ts"
import { Authentication } from "./Handshake.ts"
import { Forbidden, Needs } from "./Rights.ts"
import { RoomId, RoomNotFound } from "./Room.ts"
import { WireText } from "./Text.ts"
import { RateLimited, StorageUnavailable } from "./Unavailable.ts"
import {
  DeliveryId,
  DeliveryNotFound,
  DeliveryPage,
  IncomingWebhook,
  OutgoingWebhook,
  TooManyWebhooks,
  WebhookEvent,
  WebhookId,
  WebhookNotFound,
  WebhookPaused,
  WebhookUrlRefused
} from "./Webhook.ts"

const inRoom = Schema.Union([RoomNotFound, Forbidden, RateLimited, StorageUnavailable])
const ofWebhook = Schema.Union([WebhookNotFound, inRoom])

/**
 * `CreateIncomingWebhook` answers the token of its address (`/hooks/<token>`), `CreateOutgoingWebhook` what its deliveries are signed
 * with (`whsec_…`): each is shown once and kept by nobody who could show it again. `SetWebhookActive` pauses an outgoing webhook, or
 * goes on from now. `Redeliver` makes a new attempt at once, of a delivery in whatever state, unless the
 * webhook is paused.
 */
export class WebhookRpcs extends RpcGroup.make(
  Rpc.make("ListWebhooks", {
    payload: { roomId: RoomId },
    success: Schema.Struct({ incoming: Schema.Array(IncomingWebhook), outgoing: Schema.Array(OutgoingWebhook) }),
    error: inRoom
  }).annotate(Needs, "room.integrate"),
  Rpc.make("CreateIncomingWebhook", {
    payload: { roomId: RoomId, name: WireText },
    success: Schema.Struct({ token: Schema.String, webhook: IncomingWebhook }),
    error: Schema.Union([NameInvalid, TooManyWebhooks, inRoom])
  }).annotate(Needs, "room.integrate"),
  Rpc.make("CreateOutgoingWebhook", {
    payload: { roomId: RoomId, url: WireText, events: Schema.NonEmptyArray(WebhookEvent) },
    success: Schema.Struct({ secret: Schema.String, webhook: OutgoingWebhook }),
    error: Schema.Union([WebhookUrlRefused, TooManyWebhooks, inRoom])
  }).annotate(Needs, "room.integrate"),
  Rpc.make("SetWebhookActive", {
    payload: { roomId: RoomId, id: WebhookId, isActive: Schema.Boolean },
    success: OutgoingWebhook,
    error: ofWebhook
  }).annotate(Needs, "room.integrate"),
  Rpc.make("DeleteWebhook", { payload: { roomId: RoomId, id: WebhookId }, error: ofWebhook }).annotate(
    Needs,
    "room.integrate"
  ),
  Rpc.make("ListDeliveries", {
    payload: { roomId: RoomId, id: WebhookId, before: Schema.NullOr(DeliveryId) },
    success: DeliveryPage,
    error: ofWebhook
  }).annotate(Needs, "room.integrate"),
  Rpc.make("Redeliver", {
    payload: { roomId: RoomId, id: WebhookId, deliveryId: DeliveryId },
    error: Schema.Union([DeliveryNotFound, WebhookPaused, ofWebhook])
  }).annotate(Needs, "room.integrate")
).middleware(Authentication) {}
