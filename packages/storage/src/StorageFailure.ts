// How a database may fail its callers. A refusal of one room's rows is no failure: it is that room's outcome.
import { Schema } from "effect"

/** The database is away or too busy, and nothing that was asked has happened: it may be asked again as it is. */
export class DatabaseAway extends Schema.TaggedError<DatabaseAway>()("DatabaseAway", {
  operation: Schema.String,
  cause: Schema.Defect()
}) {}

/** A commit failed in a way that does not say whether it happened (connection lost in COMMIT, worker dead): ask the log. */
export class OutcomeUnknown extends Schema.TaggedError<OutcomeUnknown>()("OutcomeUnknown", {
  operation: Schema.String,
  cause: Schema.Defect()
}) {}
