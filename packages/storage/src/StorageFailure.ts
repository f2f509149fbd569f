// How a database may fail its callers. A refusal of one room's rows is no failure: it is that room's outcome.
import { Schema } from "effect"

/**
 * The database is away or too busy: the same may be asked again as it is. Of a commit nothing has happened; any other write of the
 * ports does no harm when it happens twice, unless it says so itself.
 */
export class DatabaseAway extends Schema.TaggedError<DatabaseAway>()("DatabaseAway", {
  operation: Schema.String,
  cause: Schema.Defect()
}) {}

/** A commit failed in a way that does not say whether it happened (connection lost in COMMIT, worker dead): ask the log. */
export class OutcomeUnknown extends Schema.TaggedError<OutcomeUnknown>()("OutcomeUnknown", {
  operation: Schema.String,
  cause: Schema.Defect()
}) {}
