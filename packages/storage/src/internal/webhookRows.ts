// Rows of webhooks and deliveries, as the port names them.
import { UserId } from "@messenger/protocol/Account"
import { RoomId } from "@messenger/protocol/Room"
import { Delivery, OutgoingWebhook, WebhookEvent, WebhookId, WebhookPause } from "@messenger/protocol/Webhook"
import type { IncomingWebhook } from "@messenger/protocol/Webhook"
import { Option, Schema } from "effect"
import type { Effect } from "effect"
import type { DueDelivery, OutgoingRow } from "../Webhooks.ts"
import type { Row } from "./rawOutcome.ts"
import { decodeAll, userColumns, userOf, UserRow } from "./rows.ts"

/** The columns of an incoming webhook `w` with its account `a` and its maker `c`. */
export const incomingColumns = `w.id, w.room_id, w.account_id AS author_id, ${userColumns}, w.created_at, w.last_used_at,
  c.id AS maker_id, c.name AS maker_name, c.kind AS maker_kind, c.colour AS maker_colour`

/** The columns of an outgoing webhook `w` with its maker `a`. */
export const outgoingColumns = `w.id, w.room_id, w.url, w.events, w.paused, w.created_by AS author_id, ${userColumns}, w.created_at`

/** The columns of a delivery `d`. */
export const deliveryColumns =
  "d.id, d.event, d.number, d.state, d.attempts, d.created_at, d.last_attempt_at, d.next_attempt_at, d.status, d.problem, d.took_millis"

const Events = Schema.fromJsonString(Schema.Array(WebhookEvent))

/** The events as they are kept. */
export const encodeEvents = Schema.encodeSync(Events)

const IncomingColumns = Schema.Struct({
  ...UserRow.fields,
  id: WebhookId,
  room_id: RoomId,
  created_at: Schema.Int,
  last_used_at: Schema.NullOr(Schema.Int),
  maker_id: UserRow.fields.author_id,
  maker_name: UserRow.fields.author_name,
  maker_kind: UserRow.fields.author_kind,
  maker_colour: UserRow.fields.author_colour
})

const OutgoingColumns = Schema.Struct({
  ...UserRow.fields,
  id: WebhookId,
  room_id: RoomId,
  url: OutgoingWebhook.fields.url,
  events: Events,
  paused: Schema.NullOr(WebhookPause),
  created_at: Schema.Int
})

const BehindRow = Schema.Struct({ ...OutgoingColumns.fields, cursor: Schema.Int, pending: Schema.Int })

const { id, event, number, state, attempts, status, problem } = Delivery.fields

const DeliveryRow = Schema.Struct({
  id,
  event,
  number,
  state,
  attempts,
  status,
  problem,
  created_at: Schema.Int,
  last_attempt_at: Schema.NullOr(Schema.Int),
  next_attempt_at: Schema.NullOr(Schema.Int),
  took_millis: Schema.NullOr(Schema.Int)
})

const DueRow = Schema.Struct({
  ...DeliveryRow.fields,
  webhook_id: WebhookId,
  room_id: RoomId,
  created_by: UserId,
  url: Schema.String,
  sealed_secret: Schema.String
})

type Rows = ReadonlyArray<Row>
type Decoded<Value> = Effect.Effect<ReadonlyArray<Value>>

const decodeIncomingRow = Schema.decodeUnknownOption(IncomingColumns)
const decodeTokenRow = Schema.decodeUnknownOption(Schema.Struct({ id: WebhookId, token_hash: Schema.String }))
const decodeOutgoingRow = Schema.decodeUnknownOption(OutgoingColumns)
const decodeRoomRow = Schema.decodeUnknownOption(Schema.Struct({ room_id: RoomId }))
const decodeBehindRow = Schema.decodeUnknownOption(BehindRow)
const decodeDeliveryRow = Schema.decodeUnknownOption(DeliveryRow)
const decodeDueRow = Schema.decodeUnknownOption(DueRow)

/** Incoming webhooks. */
export const decodeIncoming = (rows: Rows): Decoded<IncomingWebhook> =>
  decodeAll("incoming_webhooks", "id", rows, (row) => Option.map(decodeIncomingRow(row), incomingOf))

/** Hashes of tokens. */
export const decodeTokens = (rows: Rows): Decoded<{ readonly id: WebhookId; readonly tokenHash: string }> =>
  decodeAll("incoming_webhooks", "id", rows, (row) =>
    Option.map(decodeTokenRow(row), ({ id: webhook, token_hash: tokenHash }) => ({ id: webhook, tokenHash }))
  )

/** Outgoing webhooks. */
export const decodeOutgoing = (rows: Rows): Decoded<OutgoingWebhook> =>
  decodeAll("outgoing_webhooks", "id", rows, (row) => Option.map(decodeOutgoingRow(row), outgoingOf))

/** Rooms of outgoing webhooks. */
export const decodeRoomsTold = (rows: Rows): Decoded<RoomId> =>
  decodeAll("outgoing_webhooks", "room_id", rows, (row) => Option.map(decodeRoomRow(row), ({ room_id: id }) => id))

/** Outgoing webhooks with what they were told. */
export const decodeBehind = (rows: Rows): Decoded<OutgoingRow> =>
  decodeAll("outgoing_webhooks", "id", rows, (row) =>
    Option.map(decodeBehindRow(row), (behind) => ({
      webhook: outgoingOf(behind),
      cursor: behind.cursor,
      pending: behind.pending
    }))
  )

/** Deliveries. */
export const decodeDeliveries = (rows: Rows): Decoded<Delivery> =>
  decodeAll("deliveries", "id", rows, (row) => Option.map(decodeDeliveryRow(row), deliveryOf))

/** Deliveries with where they go. */
export const decodeDue = (rows: Rows): Decoded<DueDelivery> =>
  decodeAll("deliveries", "id", rows, (row) =>
    Option.map(decodeDueRow(row), (due) => ({
      delivery: deliveryOf(due),
      webhookId: due.webhook_id,
      roomId: due.room_id,
      maker: due.created_by,
      url: due.url,
      sealedSecret: due.sealed_secret
    }))
  )

const incomingOf = (row: typeof IncomingColumns.Type): IncomingWebhook => ({
  id: row.id,
  roomId: row.room_id,
  app: userOf(row),
  createdBy: userOf({
    author_id: row.maker_id,
    author_name: row.maker_name,
    author_kind: row.maker_kind,
    author_colour: row.maker_colour
  }),
  createdAt: row.created_at,
  lastUsedAt: row.last_used_at
})

const outgoingOf = (row: typeof OutgoingColumns.Type): OutgoingWebhook => ({
  id: row.id,
  roomId: row.room_id,
  url: row.url,
  events: row.events,
  paused: row.paused,
  createdBy: userOf(row),
  createdAt: row.created_at
})

const deliveryOf = (row: typeof DeliveryRow.Type): Delivery => ({
  id: row.id,
  event: row.event,
  number: row.number,
  state: row.state,
  attempts: row.attempts,
  createdAt: row.created_at,
  lastAttemptAt: row.last_attempt_at,
  nextAttemptAt: row.next_attempt_at,
  status: row.status,
  problem: row.problem,
  tookMillis: row.took_millis
})
