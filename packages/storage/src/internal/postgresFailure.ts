// What a failure of PostgreSQL says about the statement that met it.
import type { SqlError } from "effect/sql"
import { Predicate } from "effect"

/** The server's own answer, when it answered and the connection lives on: the statement did nothing. */
export const sqlStateOf = (error: SqlError.SqlError): string | undefined => {
  const { cause } = error.reason
  if (!Predicate.hasProperty(cause, "severityUnlocalized") || !Predicate.hasProperty(cause, "code")) return undefined
  // A FATAL ends the connection: it may come when the work is done already.
  return cause.severityUnlocalized === "ERROR" && Predicate.isString(cause.code) ? cause.code : undefined
}

/**
 * Whether the rows themselves are bad: data exceptions (22) and integrity violations (23).
 * https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
export const isRefusal = (error: SqlError.SqlError): boolean => {
  const state = sqlStateOf(error)
  return state !== undefined && (state.startsWith("22") || state.startsWith("23"))
}
