// When a link to a new password is void before its hour is over.
import type { UserId } from "@messenger/protocol/Account"
import type { ServerRole } from "@messenger/protocol/Rights"
import type { SqlClient, Statement } from "effect/sql"
import type { Row } from "./rawOutcome.ts"

/**
 * Takes away the reset links of an account that is about to become `next`, since whoever made them may manage it no more then. When
 * it falls from a role that makes such links all of them go, whoever's they are: who made which is not kept. To be run first.
 */
export const voidResets = (sql: SqlClient.SqlClient, userId: UserId, next: ServerRole): Statement.Statement<Row> => {
  const falls = rolesAbove(next)
    .map((role) => `'${role}'`)
    .join(", ")
  const isFall =
    falls === ""
      ? sql`1 = 0`
      : sql`EXISTS (SELECT 1 FROM accounts WHERE id = ${userId} AND role IN (${sql.literal(falls)}))`
  return sql`DELETE FROM one_time_links WHERE kind = 'Reset' AND (user_id = ${userId} OR ${isFall})`
}

/** The roles that make reset links and are more than this one. */
export const rolesAbove = (role: ServerRole): ReadonlyArray<ServerRole> => {
  if (role === "owner") return []
  return role === "admin" ? ["owner"] : ["admin", "owner"]
}
