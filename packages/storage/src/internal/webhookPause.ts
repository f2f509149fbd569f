// What it takes to stop telling webhooks. What is on its way to them ends in the same step: it would be old news when they go on.
import type { UserId } from "@messenger/protocol/Account"
import type { RoomId } from "@messenger/protocol/Room"
import type { WebhookPause } from "@messenger/protocol/Webhook"
import type { SqlClient, Statement } from "effect/sql"
import type { Row } from "./rawOutcome.ts"

/** Ends what is pending of the outgoing webhooks `w` that are meant, as failed. To be run when they are paused: nothing is queued then. */
export const endPending = (sql: SqlClient.SqlClient, meant: Statement.Fragment): Statement.Statement<Row> => sql`
  UPDATE deliveries SET state = 'Failed', problem = 'Paused', status = NULL, next_attempt_at = NULL
  WHERE state = 'Pending' AND webhook_id IN (SELECT w.id FROM outgoing_webhooks w WHERE ${meant})`

/** Pauses what somebody made in all rooms: they are about to be deactivated or deleted. */
export const pauseOfMaker = (sql: SqlClient.SqlClient, maker: UserId): ReadonlyArray<Statement.Statement<Row>> =>
  pauseThose(sql, sql`w.created_by = ${maker}`)

/** Pauses what somebody made in a room that they are about to be in no more, if it is private: others are read by everybody. */
export const pauseOfMakerIn = (
  sql: SqlClient.SqlClient,
  maker: UserId,
  roomId: RoomId
): ReadonlyArray<Statement.Statement<Row>> =>
  pauseThose(
    sql,
    sql`w.created_by = ${maker} AND w.room_id IN (SELECT id FROM rooms WHERE id = ${roomId} AND is_private = 1)`
  )

// First paused, then ended: what is queued meanwhile waits for the first step, and finds the webhook paused.
const pauseThose = (sql: SqlClient.SqlClient, meant: Statement.Fragment) => [
  sql<Row>`
    UPDATE outgoing_webhooks SET paused = ${"MakerLeft" satisfies WebhookPause}
    WHERE paused IS NULL AND id IN (SELECT w.id FROM outgoing_webhooks w WHERE ${meant})`,
  endPending(sql, meant)
]
