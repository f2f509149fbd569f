// The one table of names: the usernames and display names of members and service accounts, folded. A fold is one account's, or
// blocked. Guests have names of their own only as far as nobody has claimed them.
import type { UserId } from "@messenger/protocol/Account"
import type { SqlClient, Statement } from "effect/sql"
import type { Row } from "./rawOutcome.ts"

/** Claims the fold for an account; answers no row when it is somebody else's or blocked. */
export const claimName = (sql: SqlClient.SqlClient, userId: UserId, fold: string): Statement.Statement<Row> => sql`
  INSERT INTO names (fold, account_id) VALUES (${fold}, ${userId})
  ON CONFLICT (fold) DO UPDATE SET account_id = excluded.account_id WHERE names.account_id = excluded.account_id
  RETURNING fold`

/** Answers a row when the fold is nobody else's, and not blocked. */
export const nameIsFree = (sql: SqlClient.SqlClient, userId: UserId, fold: string): Statement.Statement<Row> => sql`
  SELECT 1 AS found
  WHERE NOT EXISTS (SELECT 1 FROM names WHERE fold = ${fold} AND (account_id IS NULL OR account_id <> ${userId}))`

/** Gives an account another display name that is free; the fold of its username stays its own. A guest claims nothing. */
export const renameSteps = (
  sql: SqlClient.SqlClient,
  userId: UserId,
  name: string,
  fold: string
): ReadonlyArray<Statement.Statement<Row>> => [
  sql`
    INSERT INTO names (fold, account_id)
    SELECT ${fold}, id FROM accounts WHERE id = ${userId} AND kind IN ('member', 'service')
    ON CONFLICT (fold) DO NOTHING`,
  sql`
    DELETE FROM names WHERE account_id = ${userId} AND fold <> ${fold}
      AND fold <> coalesce((SELECT username_fold FROM accounts WHERE id = ${userId}), '')`,
  sql`
    UPDATE accounts SET name = ${name}, name_fold = ${fold}, name_lower = ${name.toLowerCase()}
    WHERE id = ${userId} AND kind <> 'deleted'`
]
