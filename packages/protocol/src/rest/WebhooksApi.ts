// The webhooks of a room, over HTTP.
import { Schema } from "effect"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as OpenApi from "effect/http-api/OpenApi"
import { WireText } from "../Text.ts"
import { Delivery, DeliveryId, IncomingWebhook, OutgoingWebhook, WebhookEvent, WebhookId } from "../Webhook.ts"
import { refused } from "./Refused.ts"
import { asks, RestAuthentication, RestGate } from "./RestAuthentication.ts"
import { roomParam } from "./RoomsApi.ts"

const ofWebhook = { ...roomParam, webhook: WebhookId }

const nothingThere = [refused.RoomNotFound, refused.WebhookNotFound] as const

/**
 * The `token` of an incoming webhook is the rest of its address, `/hooks/<token>`; the `secret` of an outgoing one signs its deliveries.
 * Each is answered once, when it is made. Deliveries go from the newest to the oldest; `next` is the `before` of the next page.
 */
export class WebhooksApi extends HttpApiGroup.make("webhooks")
  .add(
    HttpApiEndpoint.get("list", "/rooms/:room/webhooks", {
      params: roomParam,
      success: Schema.Struct({ incoming: Schema.Array(IncomingWebhook), outgoing: Schema.Array(OutgoingWebhook) }),
      error: refused.RoomNotFound
    }).annotateMerge(asks("room.integrate", "ListWebhooks", "Webhooks of the room")),
    HttpApiEndpoint.post("createIncoming", "/rooms/:room/webhooks/incoming", {
      params: roomParam,
      payload: Schema.Struct({ name: WireText }),
      success: Schema.Struct({ token: Schema.String, webhook: IncomingWebhook }).pipe(HttpApiSchema.status(201)),
      error: [refused.RoomNotFound, refused.NameInvalid, refused.TooManyWebhooks]
    }).annotateMerge(asks("room.integrate", "CreateIncomingWebhook", "Make an address that posts into the room")),
    HttpApiEndpoint.post("createOutgoing", "/rooms/:room/webhooks/outgoing", {
      params: roomParam,
      payload: Schema.Struct({ url: WireText, events: Schema.NonEmptyArray(WebhookEvent) }),
      success: Schema.Struct({ secret: Schema.String, webhook: OutgoingWebhook }).pipe(HttpApiSchema.status(201)),
      error: [refused.RoomNotFound, refused.WebhookUrlRefused, refused.TooManyWebhooks]
    }).annotateMerge(asks("room.integrate", "CreateOutgoingWebhook", "Have an address told of what happens")),
    HttpApiEndpoint.patch("setActive", "/rooms/:room/webhooks/:webhook", {
      params: ofWebhook,
      payload: Schema.Struct({ isActive: Schema.Boolean }),
      success: OutgoingWebhook,
      error: nothingThere
    }).annotateMerge(asks("room.integrate", "SetWebhookActive", "Pause an outgoing webhook, or go on from now")),
    HttpApiEndpoint.delete("delete", "/rooms/:room/webhooks/:webhook", {
      params: ofWebhook,
      error: nothingThere
    }).annotateMerge(asks("room.integrate", "DeleteWebhook", "Take a webhook away")),
    HttpApiEndpoint.get("deliveries", "/rooms/:room/webhooks/:webhook/deliveries", {
      params: ofWebhook,
      query: { before: Schema.optionalKey(DeliveryId) },
      success: Schema.Struct({ deliveries: Schema.Array(Delivery), next: Schema.NullOr(DeliveryId) }),
      error: nothingThere
    }).annotateMerge(asks("room.integrate", "ListDeliveries", "What was told, and how that went")),
    HttpApiEndpoint.post("redeliver", "/rooms/:room/webhooks/:webhook/deliveries/:delivery/redeliver", {
      params: { ...ofWebhook, delivery: DeliveryId },
      success: HttpApiSchema.Accepted,
      error: [...nothingThere, refused.DeliveryNotFound, refused.WebhookPaused]
    }).annotateMerge(asks("room.integrate", "Redeliver", "Tell it once more, now"))
  )
  .middleware(RestGate)
  .middleware(RestAuthentication)
  .annotate(OpenApi.Title, "Webhooks") {}
