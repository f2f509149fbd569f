// What becomes of everything that belongs to an account when it is deleted. The account's row stays, without a trace of the
// person: messages and the audit log name its id.
import type { UserId } from "@messenger/protocol/Account"
import type { SqlClient, Statement } from "effect/sql"
import type { Row } from "./rawOutcome.ts"
import { voidResets } from "./resets.ts"
import { pauseOfMaker } from "./webhookPause.ts"

/** What a deleted person is called. */
export const deletedName = "deleted user"

/** The statements, in their order; done twice they do no more. */
export const removalSteps = (
  sql: SqlClient.SqlClient,
  userId: UserId,
  at: number,
  blockedUntil: number
): ReadonlyArray<Statement.Statement<Row>> => [
  promoteHeirs(sql, userId),
  ...pauseOfMaker(sql, userId),
  sql`DELETE FROM memberships WHERE user_id = ${userId}`,
  sql`DELETE FROM removals WHERE user_id = ${userId}`,
  sql`DELETE FROM sessions WHERE user_id = ${userId}`,
  sql`DELETE FROM devices WHERE user_id = ${userId}`,
  sql`DELETE FROM api_tokens WHERE user_id = ${userId}`,
  voidResets(sql, userId, "guest"),
  sql`DELETE FROM invites WHERE created_by = ${userId}`,
  sql`DELETE FROM read_markers WHERE user_id = ${userId}`,
  sql`UPDATE names SET account_id = NULL, blocked_until = ${blockedUntil} WHERE account_id = ${userId}`,
  sql`
    UPDATE accounts SET
      kind = 'deleted', name = ${deletedName}, name_fold = '', name_lower = '', role = 'member', status = 'online', colour = NULL,
      username = NULL, username_fold = NULL, username_lower = NULL, email = NULL, email_fold = NULL, password_hash = NULL,
      deleted_at = ${at}
    WHERE id = ${userId}`
]

// Rooms in which this person is the only active owner go to who has been moderator longest, else member; the deactivated last.
const promoteHeirs = (sql: SqlClient.SqlClient, userId: UserId): Statement.Statement<Row> => sql`
  UPDATE memberships SET role = 'owner' WHERE (room_id, user_id) IN (
    SELECT room_id, user_id FROM (
      SELECT m.room_id, m.user_id, row_number() OVER (
        PARTITION BY m.room_id
        ORDER BY a.is_active DESC, CASE m.role WHEN 'owner' THEN 0 WHEN 'moderator' THEN 1 ELSE 2 END, m.at, m.user_id
      ) AS place
      FROM memberships own
      JOIN memberships m ON m.room_id = own.room_id AND m.user_id <> own.user_id
      JOIN accounts a ON a.id = m.user_id
      WHERE own.user_id = ${userId} AND own.role = 'owner' AND a.kind <> 'webhook' AND NOT EXISTS (
        SELECT 1 FROM memberships o JOIN accounts b ON b.id = o.user_id
        WHERE o.room_id = own.room_id AND o.user_id <> own.user_id AND o.role = 'owner' AND b.is_active = 1
      )
    ) AS heirs
    WHERE place = 1
  )`
