// A SqlClient over a SQLite thread.
import { Effect, Result, Stream } from "effect"
import type { Semaphore } from "effect"
import { Reactivity } from "effect/reactivity"
import { SqlClient, SqlError, Statement } from "effect/sql"
import type { SqlConnection } from "effect/sql"
import type { RunSteps } from "../Database.ts"
import { refusalAt } from "./steps.ts"
import type { ThreadFailure, ThreadResult, ThreadWork } from "./sqliteMessages.ts"
import { ThreadDied } from "./sqliteThread.ts"
import type { SqliteThread } from "./sqliteThread.ts"

/** SQLite refused or failed; `errno` is its extended result code. */
export class SqliteFailure extends Error {
  override readonly name = "SqliteFailure"
  readonly errno: number | undefined
  constructor(failure: ThreadFailure) {
    super(failure.message)
    this.errno = failure.errno
  }
}

/** A client that only reads. */
export const makeReader = (thread: SqliteThread): Effect.Effect<SqlClient.SqlClient> => {
  const connection = makeConnection(thread)
  return SqlClient.make({
    acquirer: Effect.succeed(connection),
    borrower: (use) => use(connection),
    ...dialect
  }).pipe(Effect.provide(Reactivity.layer))
}

/** The client of the one writer; `semaphore` keeps a group commit out of a transaction of several statements. */
export const makeWriter = (
  thread: SqliteThread,
  semaphore: Semaphore.Semaphore
): Effect.Effect<SqlClient.SqlClient> => {
  const { acquirer, borrower, transactionAcquirer, onCommitFailure } = SqlClient.makeSqliteAcquirers({
    connection: Effect.succeed(makeConnection(thread)),
    semaphore
  })
  return SqlClient.make({
    acquirer,
    borrower,
    transactionAcquirer,
    onCommitFailure,
    beginTransaction: "BEGIN IMMEDIATE",
    ...dialect
  }).pipe(Effect.provide(Reactivity.layer))
}

/** Steps as one piece of work for the writer: nothing comes between them, whoever else writes. */
export const makeRunSteps =
  (thread: SqliteThread, semaphore: Semaphore.Semaphore): RunSteps =>
  (steps) => {
    const plain = steps.map(({ statement, orElse }) => {
      const [sql, params] = statement.compile()
      return { sql, params, needsRow: orElse !== undefined }
    })
    return semaphore.withPermit(ask(thread, { _tag: "Together", steps: plain })).pipe(
      Effect.map((result) => {
        if (result._tag !== "Together") return Result.succeed([])
        return result.stoppedAt === null ? Result.succeed(result.rows) : Result.fail(refusalAt(steps, result.stoppedAt))
      })
    )
  }

const dialect = {
  compiler: Statement.makeCompilerSqlite(),
  driver: "sqlite-thread",
  prepareTransactionControls: true,
  releaseSavepoint: (name: string) => `RELEASE SAVEPOINT ${name}`,
  spanAttributes: [["db.system.name", "sqlite"]] as const
}

const ask = (thread: SqliteThread, work: ThreadWork): Effect.Effect<ThreadResult, SqlError.SqlError> =>
  thread.perform(work).pipe(
    Effect.catch((died) => failed(died)),
    Effect.flatMap((result) =>
      result._tag === "Failed" ? failed(new SqliteFailure(result.failure)) : Effect.succeed(result)
    )
  )

const makeConnection = (thread: SqliteThread): SqlConnection.Connection => {
  const rows = (sql: string, params: ReadonlyArray<unknown>) =>
    Effect.map(ask(thread, { _tag: "Rows", sql, params }), (result) => (result._tag === "Rows" ? result.rows : []))
  const values = (sql: string, params: ReadonlyArray<unknown>) =>
    Effect.map(ask(thread, { _tag: "Values", sql, params }), (result) =>
      result._tag === "Values" ? result.values : []
    )
  const execute: SqlConnection.Connection["execute"] = (sql, params, transform) =>
    transform === undefined ? rows(sql, params) : Effect.map(rows(sql, params), transform)
  return {
    execute,
    executeUnprepared: execute,
    executeRaw: rows,
    executeValues: values,
    executeValuesUnprepared: values,
    // A thread answers whole: a stream is its rows, one after the other.
    executeStream: (sql, params, transform) => Stream.fromIterableEffect(execute(sql, params, transform))
  }
}

const failed = (cause: ThreadDied | SqliteFailure): Effect.Effect<never, SqlError.SqlError> =>
  Effect.fail(
    new SqlError.SqlError({
      reason:
        cause instanceof ThreadDied
          ? new SqlError.ConnectionError({ cause, message: "the SQLite thread died" })
          : SqlError.classifySqliteError(cause, { message: cause.message })
    })
  )
