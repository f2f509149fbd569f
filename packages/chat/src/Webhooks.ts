// Webhooks of rooms. Everything an owner asks checks `room.integrate`, in the room, and is recorded; `post` knows its webhook by the
// token alone.
import type { NameInvalid } from "@messenger/protocol/Account"
import type { Alias, ClientKey, MessageInvalid, Receipt } from "@messenger/protocol/Message"
import type { Forbidden } from "@messenger/protocol/Rights"
import type { RoomId, RoomNotFound } from "@messenger/protocol/Room"
import type { RateLimited, StorageUnavailable } from "@messenger/protocol/Unavailable"
import type {
  DeliveryId,
  DeliveryNotFound,
  DeliveryPage,
  IncomingWebhook,
  OutgoingWebhook,
  TooManyWebhooks,
  WebhookEvent,
  WebhookId,
  WebhookNotFound,
  WebhookUrlRefused
} from "@messenger/protocol/Webhook"
import { Context } from "effect"
import type { Effect, Redacted } from "effect"
import type { Asker, CommandFailure } from "./Rooms.ts"

type InRoom = RoomNotFound | Forbidden | RateLimited | StorageUnavailable
type OfWebhook = WebhookNotFound | InRoom

export class Webhooks extends Context.Service<
  Webhooks,
  {
    readonly list: (
      asker: Asker,
      roomId: RoomId
    ) => Effect.Effect<
      { readonly incoming: ReadonlyArray<IncomingWebhook>; readonly outgoing: ReadonlyArray<OutgoingWebhook> },
      InRoom
    >
    /** `token` is what follows `/hooks/`: `mih_` and 43 characters of base64url. Only its hash is kept. */
    readonly createIncoming: (
      asker: Asker,
      roomId: RoomId,
      name: string
    ) => Effect.Effect<
      { readonly token: string; readonly webhook: IncomingWebhook },
      NameInvalid | TooManyWebhooks | InRoom
    >
    /** `secret` is `whsec_` and base64 of 32 random bytes; it is kept sealed. Told is what happens from now on. */
    readonly createOutgoing: (
      asker: Asker,
      webhook: { readonly roomId: RoomId; readonly url: string; readonly events: ReadonlyArray<WebhookEvent> }
    ) => Effect.Effect<
      { readonly secret: string; readonly webhook: OutgoingWebhook },
      WebhookUrlRefused | TooManyWebhooks | InRoom
    >
    readonly setActive: (
      asker: Asker,
      roomId: RoomId,
      id: WebhookId,
      isActive: boolean
    ) => Effect.Effect<OutgoingWebhook, OfWebhook>
    /** Of an incoming one the messages stay; of an outgoing one the deliveries go, those on their way too. */
    readonly remove: (asker: Asker, roomId: RoomId, id: WebhookId) => Effect.Effect<void, OfWebhook>
    /** At most 50, newest first, before that one. */
    readonly deliveries: (
      asker: Asker,
      roomId: RoomId,
      id: WebhookId,
      before: DeliveryId | null
    ) => Effect.Effect<DeliveryPage, OfWebhook>
    readonly redeliver: (
      asker: Asker,
      roomId: RoomId,
      id: WebhookId,
      deliveryId: DeliveryId
    ) => Effect.Effect<void, DeliveryNotFound | OfWebhook>
    /**
     * Posts into the webhook's room as the webhook, and at the rate of its own. `WebhookNotFound` when the token is none, was taken
     * back, or its room is gone for it. `text` and `alias.name` are as they came from outside.
     */
    readonly post: (
      token: Redacted.Redacted,
      message: {
        readonly text: string
        readonly alias?: Alias
        /** The same key posts once. */
        readonly key: ClientKey
        readonly address: string
      }
    ) => Effect.Effect<
      Receipt,
      WebhookNotFound | NameInvalid | MessageInvalid | Exclude<CommandFailure, RoomNotFound | Forbidden>
    >
  }
>()("@messenger/chat/Webhooks") {}
