// Webhooks of rooms, and the queue of what outgoing ones are to be told. The log is the queue's source: an outgoing webhook has a
// cursor into its room's log, and moving it is one step with writing down the deliveries that it passes, so that each change is told
// of once, whatever is killed in between.
import type { User, UserId } from "@messenger/protocol/Account"
import type { RoomId } from "@messenger/protocol/Room"
import type {
  Delivery,
  DeliveryId,
  DeliveryPage,
  DeliveryProblem,
  IncomingWebhook,
  OutgoingWebhook,
  WebhookEvent,
  WebhookId,
  WebhookPause
} from "@messenger/protocol/Webhook"
import { Context, Effect, Layer } from "effect"
import type { Option } from "effect"
import { Database } from "./Database.ts"
import { webhookQueue } from "./internal/webhookQueue.ts"
import { webhooksOfRooms } from "./internal/webhooksOfRooms.ts"
import type { DatabaseAway } from "./StorageFailure.ts"

/** An incoming webhook to be kept, and the account that its messages are by. Times are UTC milliseconds. */
export interface NewIncomingWebhook {
  readonly id: WebhookId
  readonly roomId: RoomId
  readonly tokenHash: string
  readonly app: { readonly id: UserId; readonly name: string; readonly fold: string }
  /** Whether the account becomes a member of the room: where it is private. */
  readonly joins: boolean
  readonly createdBy: UserId
  readonly at: number
}

/** An outgoing webhook to be kept. */
export interface NewOutgoingWebhook {
  readonly id: WebhookId
  readonly roomId: RoomId
  readonly url: string
  readonly events: ReadonlyArray<WebhookEvent>
  readonly sealedSecret: string
  readonly createdBy: UserId
  readonly at: number
}

/** An outgoing webhook with what its room has told it so far: all changes up to `cursor` are in its queue, or were passed over. */
export interface OutgoingRow {
  readonly webhook: OutgoingWebhook
  readonly cursor: number
  /** How many deliveries are pending. */
  readonly pending: number
}

/** A delivery to be queued, due at once. */
export interface NewDelivery {
  readonly id: DeliveryId
  readonly event: WebhookEvent
  readonly number: number
  readonly at: number
}

/** A delivery that is due, with what it takes to make it. */
export interface DueDelivery {
  readonly delivery: Delivery
  readonly webhookId: WebhookId
  readonly roomId: RoomId
  /** Who made the webhook. */
  readonly maker: UserId
  readonly url: string
  readonly sealedSecret: string
}

/** Whose deliveries are asked for. */
export interface DueOf {
  /** Of these webhooks and no others; of all when absent. */
  readonly only?: ReadonlyArray<WebhookId>
  readonly exceptWebhooks: ReadonlyArray<WebhookId>
  /** Of no webhook that one of these made. */
  readonly exceptMakers: ReadonlyArray<UserId>
}

/** What an attempt came to; `tookMillis` is whole. */
export interface AttemptRow {
  readonly id: DeliveryId
  readonly state: Delivery["state"]
  readonly at: number
  readonly nextAttemptAt: number | null
  readonly status: number | null
  readonly problem: DeliveryProblem | null
  readonly tookMillis: number
}

export class Webhooks extends Context.Service<
  Webhooks,
  {
    /** Makes the webhook and its account in one step; any number may bear the same name. `TooMany`: the room has `limit` webhooks of both kinds already. */
    readonly createIncoming: (
      webhook: NewIncomingWebhook,
      limit: number
    ) => Effect.Effect<"Created" | "TooMany", DatabaseAway>
    /** Makes the webhook; it is told what comes after the room's head as it is in that step. */
    readonly createOutgoing: (
      webhook: NewOutgoingWebhook,
      limit: number
    ) => Effect.Effect<"Created" | "TooMany", DatabaseAway>
    /** The webhooks of a room, the newest first. */
    readonly list: (
      roomId: RoomId
    ) => Effect.Effect<
      { readonly incoming: ReadonlyArray<IncomingWebhook>; readonly outgoing: ReadonlyArray<OutgoingWebhook> },
      DatabaseAway
    >
    /** Every incoming webhook there is, by the hash of its token. */
    readonly tokens: Effect.Effect<ReadonlyArray<{ readonly id: WebhookId; readonly tokenHash: string }>, DatabaseAway>
    readonly findIncoming: (tokenHash: string) => Effect.Effect<Option.Option<IncomingWebhook>, DatabaseAway>
    /** Keeps when incoming webhooks were used last. */
    readonly touch: (
      uses: ReadonlyArray<{ readonly id: WebhookId; readonly at: number }>
    ) => Effect.Effect<void, DatabaseAway>
    /** Pauses, and ends what is pending as failed, or goes on from the room's head as it is in that step; one that is not paused keeps its place. `None`: the room has no such outgoing webhook. */
    readonly setPaused: (
      roomId: RoomId,
      id: WebhookId,
      paused: WebhookPause | null
    ) => Effect.Effect<Option.Option<OutgoingWebhook>, DatabaseAway>
    /**
     * Answers the account of an incoming one, which is deactivated and leaves the room; its messages keep their author. One that was
     * repeated because its answer was lost says `NotFound`.
     */
    readonly remove: (
      roomId: RoomId,
      id: WebhookId
    ) => Effect.Effect<
      { readonly _tag: "Incoming"; readonly app: User } | { readonly _tag: "Outgoing" } | { readonly _tag: "NotFound" },
      DatabaseAway
    >
    /** Every room with an outgoing webhook that is not paused. */
    readonly roomsTold: Effect.Effect<ReadonlyArray<RoomId>, DatabaseAway>
    /** Every outgoing webhook that is not paused and whose cursor is behind its room's head. */
    readonly behind: Effect.Effect<ReadonlyArray<OutgoingRow>, DatabaseAway>
    /**
     * Moves the cursor and queues what it passed, in this order, in one step; false, and nothing done, when the cursor is not at
     * `from` any more, or the webhook is paused or gone.
     */
    readonly enqueue: (
      id: WebhookId,
      move: { readonly from: number; readonly to: number },
      deliveries: ReadonlyArray<NewDelivery>
    ) => Effect.Effect<boolean, DatabaseAway>
    /**
     * Pending deliveries whose next attempt is due at `now`: of each webhook at most one, the one that is due the longest, of several
     * the one that was queued first; none of paused webhooks. The longest due first.
     */
    readonly due: (now: number, limit: number, of: DueOf) => Effect.Effect<ReadonlyArray<DueDelivery>, DatabaseAway>
    /** When the next pending delivery of webhooks that are not paused falls due after `now`; `None` when none does. */
    readonly nextDue: (now: number) => Effect.Effect<Option.Option<number>, DatabaseAway>
    /**
     * Writes what attempts came to, at most one of each delivery; one that is gone meanwhile stays gone. Counts one attempt each: the
     * same attempt written again counts no more. Of a webhook that is paused by then none stays pending.
     */
    readonly settle: (attempts: ReadonlyArray<AttemptRow>) => Effect.Effect<void, DatabaseAway>
    /** The newest deliveries before that one. `None`: the room has no such outgoing webhook. */
    readonly deliveries: (
      roomId: RoomId,
      id: WebhookId,
      before: DeliveryId | null,
      limit: number
    ) => Effect.Effect<Option.Option<DeliveryPage>, DatabaseAway>
    /** Makes a delivery pending and due at `at`, whatever became of it; its attempts count on. False when the room's webhook has no such delivery, or is paused. */
    readonly redeliver: (
      roomId: RoomId,
      id: WebhookId,
      deliveryId: DeliveryId,
      at: number
    ) => Effect.Effect<boolean, DatabaseAway>
    /** Deletes deliveries that ended before, and such that were queued before and ended without an attempt; answers how many. */
    readonly removeEnded: (before: number) => Effect.Effect<number, DatabaseAway>
  }
>()("@messenger/storage/Webhooks") {
  static readonly layer: Layer.Layer<Webhooks, never, Database> = Layer.effect(
    Webhooks,
    Effect.map(Database, (database) => ({ ...webhooksOfRooms(database), ...webhookQueue(database) }))
  )
}
