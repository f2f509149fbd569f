// Which webhooks a room has. What makes or removes one is in turn with all that changes accounts and memberships.
import type { RoomId } from "@messenger/protocol/Room"
import type { WebhookId } from "@messenger/protocol/Webhook"
import { Effect, Option, Result } from "effect"
import { asWeather, verdict } from "../Database.ts"
import type { Database } from "../Database.ts"
import type { Webhooks } from "../Webhooks.ts"
import { writeLatestUses } from "./latestUses.ts"
import type { Row } from "./rawOutcome.ts"
import { accountColumns, decodeAccounts } from "./rows.ts"
import { endPending } from "./webhookPause.ts"
import {
  decodeIncoming,
  decodeOutgoing,
  decodeTokens,
  encodeEvents,
  incomingColumns,
  outgoingColumns
} from "./webhookRows.ts"

type OfRooms = Pick<
  Webhooks["Service"],
  "createIncoming" | "createOutgoing" | "list" | "tokens" | "findIncoming" | "touch" | "setPaused" | "remove"
>

/** The part of the port that concerns webhooks themselves. */
export const webhooksOfRooms = ({ reads, writes, inTurn, together }: Database["Service"]): OfRooms => {
  const incoming = reads.literal(`${incomingColumns} FROM incoming_webhooks w
    JOIN accounts a ON a.id = w.account_id JOIN accounts c ON c.id = w.created_by`)
  const outgoing = reads.literal(`${outgoingColumns} FROM outgoing_webhooks w JOIN accounts a ON a.id = w.created_by`)

  // Without the webhook itself: a creation whose answer was lost may be repeated.
  const leavesRoomFor = (roomId: RoomId, id: WebhookId, limit: number) => ({
    statement: writes<Row>`
      SELECT 1 AS found WHERE
        (SELECT count(*) FROM incoming_webhooks WHERE room_id = ${roomId} AND id <> ${id})
        + (SELECT count(*) FROM outgoing_webhooks WHERE room_id = ${roomId} AND id <> ${id}) < ${limit}`,
    orElse: "TooMany" as const
  })

  const removeIncoming = (roomId: RoomId, id: WebhookId) => {
    const account = writes`(SELECT account_id FROM incoming_webhooks WHERE id = ${id})`
    return inTurn([
      {
        statement: writes<Row>`
          SELECT ${writes.literal(accountColumns)} FROM accounts a JOIN incoming_webhooks w ON w.account_id = a.id
          WHERE w.id = ${id} AND w.room_id = ${roomId}`,
        orElse: "NotFound" as const
      },
      { statement: writes`UPDATE accounts SET is_active = 0 WHERE id = ${account}` },
      { statement: writes`DELETE FROM memberships WHERE user_id = ${account}` },
      { statement: writes`DELETE FROM removals WHERE user_id = ${account}` },
      { statement: writes`DELETE FROM incoming_webhooks WHERE id = ${id}` }
    ])
  }

  return {
    createIncoming: Effect.fn("Webhooks.createIncoming")(
      ({ id, roomId, tokenHash, app, joins, createdBy, at }, limit) =>
        inTurn([
          leavesRoomFor(roomId, id, limit),
          {
            statement: writes`
              INSERT INTO accounts (id, kind, name, name_fold, name_lower, role, status, created_at)
              VALUES (${app.id}, 'webhook', ${app.name}, ${app.fold}, ${app.name.toLowerCase()}, 'member', 'online', ${at})
              ON CONFLICT (id) DO NOTHING`
          },
          {
            statement: writes`
              INSERT INTO incoming_webhooks (id, room_id, account_id, token_hash, created_by, created_at)
              VALUES (${id}, ${roomId}, ${app.id}, ${tokenHash}, ${createdBy}, ${at})
              ON CONFLICT (id) DO NOTHING`
          },
          ...(joins
            ? [
                {
                  statement: writes<Row>`
                    INSERT INTO memberships (room_id, user_id, role, at) VALUES (${roomId}, ${app.id}, 'member', ${at})
                    ON CONFLICT (room_id, user_id) DO NOTHING`
                }
              ]
            : [])
        ]).pipe(Effect.map(verdict("Created")), asWeather("Webhooks.createIncoming"))
    ),
    createOutgoing: Effect.fn("Webhooks.createOutgoing")(
      ({ id, roomId, url, events, sealedSecret, createdBy, at }, limit) =>
        inTurn([
          leavesRoomFor(roomId, id, limit),
          {
            statement: writes`
              INSERT INTO outgoing_webhooks (id, room_id, url, events, sealed_secret, cursor, created_by, created_at)
              VALUES (
                ${id}, ${roomId}, ${url}, ${encodeEvents(events)}, ${sealedSecret},
                (SELECT head FROM rooms WHERE id = ${roomId}), ${createdBy}, ${at}
              ) ON CONFLICT (id) DO NOTHING`
          }
        ]).pipe(Effect.map(verdict("Created")), asWeather("Webhooks.createOutgoing"))
    ),
    list: Effect.fn("Webhooks.list")(function* (roomId) {
      const [comeIn, goOut] = yield* Effect.all([
        reads<Row>`SELECT ${incoming} WHERE w.room_id = ${roomId} ORDER BY w.created_at DESC, w.id`,
        reads<Row>`SELECT ${outgoing} WHERE w.room_id = ${roomId} ORDER BY w.created_at DESC, w.id`
      ]).pipe(asWeather("Webhooks.list"))
      return { incoming: yield* decodeIncoming(comeIn), outgoing: yield* decodeOutgoing(goOut) }
    }),
    tokens: reads<Row>`SELECT id, token_hash FROM incoming_webhooks`.pipe(
      asWeather("Webhooks.tokens"),
      Effect.flatMap(decodeTokens),
      Effect.withSpan("Webhooks.tokens")
    ),
    findIncoming: Effect.fn("Webhooks.findIncoming")((tokenHash) =>
      reads<Row>`SELECT ${incoming} WHERE w.token_hash = ${tokenHash}`.pipe(
        asWeather("Webhooks.findIncoming"),
        Effect.flatMap(decodeIncoming),
        Effect.map(([webhook]) => Option.fromUndefinedOr(webhook))
      )
    ),
    touch: Effect.fn("Webhooks.touch")((uses) =>
      writeLatestUses(uses, (chunk) => {
        const rows = writes.csv(chunk.map(({ id, at }) => writes`(${id}, CAST(${at} AS BIGINT))`))
        return writes`
          UPDATE incoming_webhooks SET last_used_at = used.column2 FROM (VALUES ${rows}) AS used
          WHERE incoming_webhooks.id = used.column1 AND used.column2 > coalesce(last_used_at, 0)`.unprepared
      }).pipe(asWeather("Webhooks.touch"))
    ),
    setPaused: Effect.fn("Webhooks.setPaused")(function* (roomId, id, paused) {
      // What is left pending of one that is paused was under way when it was.
      const isMeant =
        paused === null
          ? writes`w.id = ${id} AND w.room_id = ${roomId} AND w.paused IS NOT NULL`
          : writes`w.id = ${id} AND w.room_id = ${roomId}`
      const change =
        paused === null
          ? // One that is not paused keeps its place: what it has not been told yet is not passed over.
            writes`paused = NULL,
              cursor = CASE WHEN paused IS NULL THEN cursor ELSE (SELECT head FROM rooms WHERE id = ${roomId}) END`
          : writes`paused = ${paused}`
      const changed = {
        statement: writes<Row>`
          UPDATE outgoing_webhooks SET ${change} WHERE id = ${id} AND room_id = ${roomId} RETURNING id`,
        orElse: "NotFound" as const
      }
      const ended = { statement: endPending(writes, isMeant) }
      const outcome = yield* together([
        ...(paused === null ? [ended, changed] : [changed, ended]),
        { statement: writes`SELECT ${outgoing} WHERE w.id = ${id}` }
      ]).pipe(asWeather("Webhooks.setPaused"))
      const [webhook] = yield* decodeOutgoing(Result.isSuccess(outcome) ? (outcome.success[2] ?? []) : [])
      return Option.fromUndefinedOr(webhook)
    }),
    remove: Effect.fn("Webhooks.remove")(function* (roomId, id) {
      const outcome = yield* asWeather("Webhooks.remove")(removeIncoming(roomId, id))
      if (Result.isSuccess(outcome)) {
        const [app] = yield* decodeAccounts(outcome.success[0] ?? [])
        if (app !== undefined) return { _tag: "Incoming", app: app.user }
      }
      const removed = yield* writes`
        DELETE FROM outgoing_webhooks WHERE id = ${id} AND room_id = ${roomId} RETURNING id`.pipe(
        asWeather("Webhooks.remove")
      )
      return { _tag: removed.length > 0 ? "Outgoing" : "NotFound" }
    })
  }
}
