// The server keeps an active owner once it has one, and a room an owner while others are in it.
import type { UserId } from "@messenger/protocol/Account"
import type { RoomId } from "@messenger/protocol/Room"
import type { SqlClient, Statement } from "effect/sql"
import type { Row } from "./rawOutcome.ts"

/** Answers a row when the server loses no last owner with this account. */
export const leavesAnOwner = (sql: SqlClient.SqlClient, userId: UserId): Statement.Statement<Row> => sql`
  SELECT 1 AS found
  WHERE NOT EXISTS (SELECT 1 FROM accounts WHERE id = ${userId} AND role = 'owner' AND is_active = 1)
    OR EXISTS (SELECT 1 FROM accounts WHERE role = 'owner' AND is_active = 1 AND id <> ${userId})`

/** Answers a row when the room loses no last owner with this member, or nobody else is in it. Only an owner who is active counts; webhooks are nobody. */
export const leavesARoomOwner = (
  sql: SqlClient.SqlClient,
  roomId: RoomId,
  userId: UserId
): Statement.Statement<Row> => sql`
  SELECT 1 AS found
  WHERE NOT EXISTS (SELECT 1 FROM memberships WHERE room_id = ${roomId} AND user_id = ${userId} AND role = 'owner')
    OR NOT EXISTS (
      SELECT 1 FROM memberships m JOIN accounts a ON a.id = m.user_id
      WHERE m.room_id = ${roomId} AND m.user_id <> ${userId} AND a.kind <> 'webhook'
    )
    OR EXISTS (
      SELECT 1 FROM memberships m JOIN accounts a ON a.id = m.user_id
      WHERE m.room_id = ${roomId} AND m.user_id <> ${userId} AND m.role = 'owner' AND a.is_active = 1
    )`
