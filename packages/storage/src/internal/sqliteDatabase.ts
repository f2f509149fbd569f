import { Effect, Semaphore } from "effect"
import type { Database } from "../Database.ts"
import { DatabaseAway, OutcomeUnknown } from "../StorageFailure.ts"
import { makeReader, makeRunSteps, makeWriter, SqliteFailure } from "./sqliteClient.ts"
import type { ThreadResult } from "./sqliteMessages.ts"
import type { SqliteThread } from "./sqliteThread.ts"

/** A database of two threads. A commit goes to the writer whole, as one piece of work. */
export const makeSqliteDatabase = Effect.fnUntraced(function* (
  writer: SqliteThread,
  reader: SqliteThread
): Effect.fn.Return<Database["Service"]> {
  const semaphore = yield* Semaphore.make(1)
  const writes = yield* makeWriter(writer, semaphore)
  const reads = yield* makeReader(reader)
  // One writer: everything it does is in turn.
  const together = makeRunSteps(writer, semaphore)
  const commit: Database["Service"]["commit"] = (requests) =>
    semaphore.withPermit(writer.perform({ _tag: "Commit", requests })).pipe(
      Effect.mapError((cause) => new OutcomeUnknown({ operation, cause })),
      Effect.flatMap(outcomesOf)
    )
  return { reads, writes, together, inTurn: together, commit }
})

const operation = "MessageLog.commit"

const outcomesOf = (result: ThreadResult) => {
  switch (result._tag) {
    case "Outcomes":
      return Effect.succeed(result.outcomes)
    case "Failed": {
      const cause = new SqliteFailure(result.failure)
      return Effect.fail(
        result.failure.isOutcomeUnknown
          ? new OutcomeUnknown({ operation, cause })
          : new DatabaseAway({ operation, cause })
      )
    }
    default:
      return Effect.die(new Error(`a commit was answered with ${result._tag}`))
  }
}
