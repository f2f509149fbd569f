import type { SqlError } from "effect/sql"

/** What the database or the system said, without the wrapping. */
export const plainCause = (error: SqlError.SqlError): unknown => {
  const { cause } = error.reason
  // Node tries every address of a name and keeps their errors apart.
  return cause instanceof AggregateError && cause.errors.length > 0 ? cause.errors[0] : cause
}
