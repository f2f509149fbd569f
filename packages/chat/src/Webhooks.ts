// Webhooks of rooms. Everything an owner asks checks `room.integrate`, in the room, and is recorded; `admit` knows a webhook by its
// token alone, and is asked before anything else of a request is read.
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
  WebhookPaused,
  WebhookUrlRefused
} from "@messenger/protocol/Webhook"
import { Context } from "effect"
import type { Effect, Redacted } from "effect"
import type { Asker, CommandFailure } from "./Rooms.ts"

type InRoom = RoomNotFound | Forbidden | RateLimited | StorageUnavailable
type OfWebhook = WebhookNotFound | InRoom

/** Who posts, and from where. */
export interface Admitted {
  readonly webhook: IncomingWebhook
  readonly address: string
}

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
    ) => Effect.Effect<void, DeliveryNotFound | WebhookPaused | OfWebhook>
    /**
     * The webhook of a token, for one request. It counts against the rate of the webhook, whatever becomes of it, or of the address
     * when the token is none or was taken back (`WebhookNotFound`), and costs little: nothing else of a request need be read before.
     */
    readonly admit: (
      token: Redacted.Redacted,
      address: string
    ) => Effect.Effect<Admitted, WebhookNotFound | RateLimited | StorageUnavailable>
    /**
     * Posts into the webhook's room as the webhook, and at the rate of its own. `WebhookNotFound` when its room is gone for it. `text`
     * and `alias.name` are as they came from outside; an alias without a name has that of the webhook.
     */
    readonly post: (
      admitted: Admitted,
      message: {
        readonly text: string
        readonly alias?: Partial<Alias>
        /** The same key posts once. */
        readonly key: ClientKey
      }
    ) => Effect.Effect<
      Receipt,
      WebhookNotFound | NameInvalid | MessageInvalid | Exclude<CommandFailure, RoomNotFound | Forbidden>
    >
  }
>()("@messenger/chat/Webhooks") {}
