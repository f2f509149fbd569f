// Small writes of several statements on PostgreSQL: a transaction of a connection of its own.
import { Effect, Result, Schema, Semaphore } from "effect"
import type { SqlClient } from "effect/sql"
import type { RunSteps } from "../Database.ts"
import type { Row } from "./rawOutcome.ts"
import { refusalAt } from "./steps.ts"

/** Whoever changes accounts, names or roles holds it, one at a time; a number of our own choosing. */
const turnLock = 7_236_111

class Stopped extends Schema.TaggedError<Stopped>()("Stopped", { step: Schema.Int }) {}

/** Steps over the pool. */
export const makePostgresSteps = (
  pool: SqlClient.SqlClient
): { readonly together: RunSteps; readonly inTurn: RunSteps } => {
  // Who waits for a turn in this process holds no connection meanwhile.
  const semaphore = Semaphore.makeUnsafe(1)
  // Every statement sees what was committed before it: after the lock, all that earlier turns have written.
  const turn = Effect.asVoid(pool`SELECT pg_advisory_xact_lock(${turnLock})`)
  const transaction =
    (begin: typeof turn): RunSteps =>
    (steps) =>
      pool
        .withTransaction(
          Effect.gen(function* () {
            yield* begin
            const rows: Array<ReadonlyArray<Row>> = []
            for (const [step, { statement, orElse }] of steps.entries()) {
              const found = yield* statement
              if (orElse !== undefined && found.length === 0) return yield* new Stopped({ step })
              rows.push(found)
            }
            return Result.succeed(rows)
          })
        )
        .pipe(Effect.catchTag("Stopped", ({ step }) => Effect.succeed(Result.fail(refusalAt(steps, step)))))
  const alone = transaction(turn)
  return { together: transaction(Effect.void), inTurn: (steps) => semaphore.withPermit(alone(steps)) }
}
