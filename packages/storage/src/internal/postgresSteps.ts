// Small writes of several statements on PostgreSQL: a transaction on one connection. The client's own transactions turn a connection
// that is lost on the way into a defect; here it is weather, and what was asked may be asked again.
import { Effect, Exit, Result, Semaphore } from "effect"
import type { SqlClient, SqlConnection, SqlError } from "effect/sql"
import type { RunSteps, Step } from "../Database.ts"
import type { Row } from "./rawOutcome.ts"
import { refusalAt } from "./steps.ts"

/** Whoever changes accounts, names or roles holds it, one at a time; a number of our own choosing. */
const turnLock = 7_236_111

/** Steps over the pool. */
export const makePostgresSteps = (
  pool: SqlClient.SqlClient
): { readonly together: RunSteps; readonly inTurn: RunSteps } => {
  // Who waits for a turn in this process holds no connection meanwhile.
  const semaphore = Semaphore.makeUnsafe(1)
  const together: RunSteps = (steps) => transaction(pool, (connection) => runSteps(connection, steps))
  const alone: RunSteps = (steps) =>
    transaction(pool, (connection) =>
      // Every statement sees what was committed before it began: after the lock, all that earlier turns have written.
      Effect.andThen(run(connection, `SELECT pg_advisory_xact_lock(${turnLock})`), runSteps(connection, steps))
    )
  return { together, inTurn: (steps) => semaphore.withPermit(alone(steps)) }
}

const run = (connection: SqlConnection.Connection, sql: string) => connection.executeUnprepared(sql, [], undefined)

const transaction = <Value, Refusal>(
  pool: SqlClient.SqlClient,
  body: (connection: SqlConnection.Connection) => Effect.Effect<Result.Result<Value, Refusal>, SqlError.SqlError>
): Effect.Effect<Result.Result<Value, Refusal>, SqlError.SqlError> =>
  Effect.scoped(
    Effect.flatMap(pool.reserve, (connection) =>
      Effect.andThen(run(connection, "BEGIN"), body(connection)).pipe(
        Effect.tap((outcome) => (Result.isSuccess(outcome) ? run(connection, "COMMIT") : Effect.void)),
        // A connection that cannot roll back is lost, and so is its work.
        Effect.onExit((exit) =>
          Exit.isSuccess(exit) && Result.isSuccess(exit.value)
            ? Effect.void
            : Effect.ignore(run(connection, "ROLLBACK"))
        )
      )
    )
  )

const runSteps = Effect.fnUntraced(function* <Refusal extends string>(
  connection: SqlConnection.Connection,
  steps: ReadonlyArray<Step<Refusal>>
) {
  const rows: Array<ReadonlyArray<Row>> = []
  for (const [step, { statement, orElse }] of steps.entries()) {
    const found: ReadonlyArray<Row> = yield* connection.execute(...statement.compile(), undefined)
    if (orElse !== undefined && found.length === 0) return Result.fail(refusalAt(steps, step))
    rows.push(found)
  }
  return Result.succeed<ReadonlyArray<ReadonlyArray<Row>>>(rows)
})
