// What outgoing webhooks are to be told, from the room's log to the last attempt.
import type { DeliveryId, WebhookId } from "@messenger/protocol/Webhook"
import { Array as Arr, Effect, Option, Result } from "effect"
import { asWeather } from "../Database.ts"
import type { Database } from "../Database.ts"
import type { AttemptRow, NewDelivery, Webhooks } from "../Webhooks.ts"
import type { Row } from "./rawOutcome.ts"
import {
  decodeBehind,
  decodeDeliveries,
  decodeDue,
  decodeRoomsTold,
  deliveryColumns,
  outgoingColumns
} from "./webhookRows.ts"

type Queue = Pick<
  Webhooks["Service"],
  "roomsTold" | "behind" | "enqueue" | "due" | "nextDue" | "settle" | "deliveries" | "redeliver" | "removeEnded"
>

// At most eight parameters a row: far below what either database takes in one statement.
const rowsPerStatement = 1_000

/** The part of the port that concerns deliveries. */
export const webhookQueue = ({ reads, writes, together }: Database["Service"]): Queue => {
  const columns = reads.literal(deliveryColumns)

  const move = (id: WebhookId, from: number, to: number, first: NewDelivery | undefined) => {
    // A move whose answer was lost has left its deliveries, and is repeated as the same move.
    const isDone =
      first === undefined
        ? writes`1 = 0`
        : writes`cursor = ${to} AND EXISTS (SELECT 1 FROM deliveries d WHERE d.id = ${first.id} AND d.webhook_id = ${id})`
    return writes<Row>`
      UPDATE outgoing_webhooks SET cursor = ${to}
      WHERE id = ${id} AND paused IS NULL AND (cursor = ${from} OR (${isDone})) RETURNING id`
  }

  const insert = (webhookId: WebhookId, deliveries: ReadonlyArray<NewDelivery>) => {
    const rows = writes.csv(
      deliveries.map(
        ({ id, event, number, at }) => writes`(${id}, ${webhookId}, ${event}, ${number}, 'Pending', 0, ${at}, ${at})`
      )
    )
    return writes<Row>`
      INSERT INTO deliveries (id, webhook_id, event, number, state, attempts, created_at, next_attempt_at) VALUES ${rows}
      ON CONFLICT (id) DO NOTHING`
  }

  const attempted = ({ id, state, at, nextAttemptAt, status, problem, tookMillis }: AttemptRow) => writes`(
    ${id}, ${state}, CAST(${at} AS BIGINT), CAST(${nextAttemptAt} AS BIGINT), CAST(${status} AS BIGINT),
    CAST(${problem} AS TEXT), CAST(${tookMillis} AS BIGINT))`

  // There is no next attempt for a webhook that was paused during this one.
  const isOver = writes`column2 = 'Pending' AND EXISTS (
    SELECT 1 FROM outgoing_webhooks w JOIN deliveries d ON d.webhook_id = w.id
    WHERE d.id = column1 AND w.paused IS NOT NULL
  )`

  const before = (id: WebhookId, delivery: DeliveryId | null) =>
    delivery === null
      ? reads`1 = 1`
      : reads`d.place < (SELECT place FROM deliveries WHERE id = ${delivery} AND webhook_id = ${id})`

  const isOneOf = (column: "w.id" | "w.created_by", values: ReadonlyArray<string>) =>
    values.length === 0 ? reads`1 = 0` : reads`${reads.literal(column)} IN ${reads.in(values)}`

  return {
    roomsTold: reads<Row>`SELECT DISTINCT room_id FROM outgoing_webhooks WHERE paused IS NULL`.pipe(
      asWeather("Webhooks.roomsTold"),
      Effect.flatMap(decodeRoomsTold),
      Effect.withSpan("Webhooks.roomsTold")
    ),
    behind: reads<Row>`
      SELECT ${reads.literal(outgoingColumns)}, w.cursor,
        (SELECT count(*) FROM deliveries d WHERE d.webhook_id = w.id AND d.state = 'Pending') AS pending
      FROM outgoing_webhooks w JOIN rooms r ON r.id = w.room_id JOIN accounts a ON a.id = w.created_by
      WHERE w.paused IS NULL AND r.head > w.cursor ORDER BY w.id`.pipe(
      asWeather("Webhooks.behind"),
      Effect.flatMap(decodeBehind),
      Effect.withSpan("Webhooks.behind")
    ),
    enqueue: Effect.fn("Webhooks.enqueue")((id, { from, to }, deliveries) =>
      together([
        { statement: move(id, from, to, deliveries[0]), orElse: "Moved" },
        ...Arr.chunksOf(deliveries, rowsPerStatement).map((chunk) => ({ statement: insert(id, chunk) }))
      ]).pipe(Effect.map(Result.isSuccess), asWeather("Webhooks.enqueue"))
    ),
    due: Effect.fn("Webhooks.due")((now, limit, { only, exceptWebhooks, exceptMakers }) => {
      const isAsked = reads.and([
        reads`w.paused IS NULL`,
        ...(only === undefined ? [] : [isOneOf("w.id", only)]),
        ...(exceptWebhooks.length === 0 ? [] : [reads`NOT ${isOneOf("w.id", exceptWebhooks)}`]),
        ...(exceptMakers.length === 0 ? [] : [reads`NOT ${isOneOf("w.created_by", exceptMakers)}`])
      ])
      // One look into an index for each webhook, however much waits for those that cannot be told.
      return reads<Row>`
        SELECT ${columns}, d.webhook_id, w.room_id, w.created_by, w.url, w.sealed_secret
        FROM outgoing_webhooks w JOIN deliveries d ON d.place = (
          SELECT p.place FROM deliveries p
          WHERE p.webhook_id = w.id AND p.state = 'Pending' AND p.next_attempt_at <= ${now}
          ORDER BY p.next_attempt_at, p.place LIMIT 1
        )
        WHERE ${isAsked}
        ORDER BY d.next_attempt_at, d.place LIMIT ${limit}`.unprepared.pipe(
        asWeather("Webhooks.due"),
        Effect.flatMap(decodeDue)
      )
    }),
    nextDue: Effect.fn("Webhooks.nextDue")((now) =>
      reads<{ readonly at: number | null }>`
        SELECT min(earliest.at) AS at FROM (
          SELECT (
            SELECT min(next_attempt_at) FROM deliveries d
            WHERE d.webhook_id = w.id AND d.state = 'Pending' AND d.next_attempt_at > ${now}
          ) AS at
          FROM outgoing_webhooks w WHERE w.paused IS NULL
        ) AS earliest`.pipe(
        Effect.map(([next]) => Option.fromNullishOr(next?.at)),
        asWeather("Webhooks.nextDue")
      )
    ),
    settle: Effect.fn("Webhooks.settle")((attempts) =>
      Effect.forEach(
        Arr.chunksOf(attempts, rowsPerStatement),
        // What says the same already was written by this very call, whose answer was lost.
        (chunk) =>
          writes`
          UPDATE deliveries SET
            state = tried.column2, attempts = attempts + 1, last_attempt_at = tried.column3,
            next_attempt_at = tried.column4, status = tried.column5, problem = tried.column6, took_millis = tried.column7
          FROM (
            SELECT column1, CASE WHEN ${isOver} THEN 'Failed' ELSE column2 END AS column2, column3,
              CASE WHEN ${isOver} THEN NULL ELSE column4 END AS column4, column5, column6, column7
            FROM (VALUES ${writes.csv(chunk.map(attempted))}) AS given
          ) AS tried
          WHERE deliveries.id = tried.column1 AND NOT (
            deliveries.state = tried.column2 AND deliveries.last_attempt_at IS NOT DISTINCT FROM tried.column3
            AND deliveries.next_attempt_at IS NOT DISTINCT FROM tried.column4
          )`.unprepared,
        { discard: true }
      ).pipe(asWeather("Webhooks.settle"))
    ),
    deliveries: Effect.fn("Webhooks.deliveries")(function* (roomId, id, newest, limit) {
      // One row more than is wanted says whether there is more.
      const [found, rows] = yield* Effect.all([
        reads<Row>`SELECT 1 AS found FROM outgoing_webhooks WHERE id = ${id} AND room_id = ${roomId}`,
        reads<Row>`
          SELECT ${columns} FROM deliveries d WHERE d.webhook_id = ${id} AND ${before(id, newest)}
          ORDER BY d.place DESC LIMIT ${limit + 1}`
      ]).pipe(asWeather("Webhooks.deliveries"))
      if (found.length === 0) return Option.none()
      return Option.some({
        deliveries: yield* decodeDeliveries(rows.slice(0, limit)),
        hasOlder: rows.length > limit
      })
    }),
    redeliver: Effect.fn("Webhooks.redeliver")((roomId, id, deliveryId, at) =>
      writes`
        UPDATE deliveries SET state = 'Pending', next_attempt_at = ${at}
        WHERE id = ${deliveryId} AND webhook_id = (
          SELECT id FROM outgoing_webhooks WHERE id = ${id} AND room_id = ${roomId} AND paused IS NULL
        )
        RETURNING id`.pipe(
        Effect.map((rows) => rows.length > 0),
        asWeather("Webhooks.redeliver")
      )
    ),
    removeEnded: Effect.fn("Webhooks.removeEnded")((until) =>
      writes`
        DELETE FROM deliveries WHERE state <> 'Pending' AND (
          last_attempt_at < ${until} OR (last_attempt_at IS NULL AND created_at < ${until})
        ) RETURNING place`.pipe(
        Effect.map((rows) => rows.length),
        asWeather("Webhooks.removeEnded")
      )
    )
  }
}
