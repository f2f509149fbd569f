// What the ports are built on. Two clients and one commit: reads never wait for writes, and history is written by `commit` alone.
import { Context, Effect, Result } from "effect"
import type { SqlClient, SqlError, Statement } from "effect/sql"
import type { CommitRequest } from "./MessageLog.ts"
import type { RawOutcome, Row } from "./internal/rawOutcome.ts"
import { DatabaseAway } from "./StorageFailure.ts"
import type { OutcomeUnknown } from "./StorageFailure.ts"

/** One statement of several that happen together. */
export interface Step<Refusal extends string = never> {
  readonly statement: Statement.Statement<Row>
  /** What is answered when the statement answers no row: then none of the steps has happened. */
  readonly orElse?: Refusal
}

/** Runs steps in one transaction: all of them, answered with the rows of each, or none. */
export type RunSteps = <Refusal extends string = never>(
  steps: ReadonlyArray<Step<Refusal>>
) => Effect.Effect<Result.Result<ReadonlyArray<ReadonlyArray<Row>>, Refusal>, SqlError.SqlError>

export class Database extends Context.Service<
  Database,
  {
    /** Reads; may be read-only. */
    readonly reads: SqlClient.SqlClient
    /** Small writes, and migrations. */
    readonly writes: SqlClient.SqlClient
    /** Several small writes as one. */
    readonly together: RunSteps
    /** As `together`, and after all others that were asked so, by whatever program: what one step finds is still so in the next. */
    readonly inTurn: RunSteps
    /** Writes all requests in one transaction, one outcome each, in their order. Its caller lets nobody interrupt it. */
    readonly commit: (
      requests: ReadonlyArray<CommitRequest>
    ) => Effect.Effect<ReadonlyArray<RawOutcome>, DatabaseAway | OutcomeUnknown>
  }
>()("@messenger/storage/Database") {}

/**
 * Turns whatever SQL failed with into weather. Every read and every small write of the ports may be asked again as it is, so what
 * was lost with a connection is asked once more, on another one; and so is what the database took back for another's sake.
 */
export const asWeather =
  (operation: string) =>
  <Value, Needs>(effect: Effect.Effect<Value, SqlError.SqlError, Needs>): Effect.Effect<Value, DatabaseAway, Needs> =>
    effect.pipe(Effect.retry({ while: ({ reason }) => passing.has(reason._tag), times: 1 }), asWeatherOnce(operation))

/** The same for a write that would do harm twice: it is never asked again by itself. */
export const asWeatherOnce =
  (operation: string) =>
  <Value, Needs>(effect: Effect.Effect<Value, SqlError.SqlError, Needs>): Effect.Effect<Value, DatabaseAway, Needs> =>
    Effect.mapError(effect, (cause) => new DatabaseAway({ operation, cause }))

const passing: ReadonlySet<SqlError.SqlErrorReason["_tag"]> = new Set([
  "ConnectionError",
  "DeadlockError",
  "SerializationError"
])

/** What became of steps: `done`, or why they were refused. */
export const verdict =
  <Done extends string>(done: Done) =>
  <Refusal extends string>(outcome: Result.Result<unknown, Refusal>): Done | Refusal =>
    Result.isSuccess(outcome) ? done : outcome.failure
