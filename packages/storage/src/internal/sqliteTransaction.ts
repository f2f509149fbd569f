// One transaction of the writer's thread: synchronous, so that nothing comes between BEGIN and COMMIT.
import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite"
import type { Row } from "./rawOutcome.ts"
import type { PlainStep } from "./sqliteMessages.ts"

/** A connection whose statements are prepared once. */
export interface PreparedDatabase {
  readonly database: DatabaseSync
  readonly prepare: (sql: string) => StatementSync
}

/** COMMIT itself failed: whether the transaction survives a crash from here on is not known. */
export class CommitFailed extends Error {}

/** Commits what `body` writes. Throws when nothing was written, and `CommitFailed` when that is not known. */
export const inTransaction = <Value>(connection: PreparedDatabase, body: () => Value): Value => {
  // IMMEDIATE: a transaction that reads before it takes the write lock can be refused although nobody holds it.
  run(connection, "BEGIN IMMEDIATE")
  const value = guarded(connection, body)
  try {
    run(connection, "COMMIT")
  } catch (cause) {
    rollBack(connection)
    throw new CommitFailed(messageOf(cause), { cause })
  }
  return value
}

const guarded = <Value>(connection: PreparedDatabase, body: () => Value): Value => {
  try {
    return body()
  } catch (cause) {
    rollBack(connection)
    throw cause
  }
}

// SQLite ends a transaction by itself when the disk is full or fails. A ROLLBACK that throws ends the thread: a connection in
// that state must not be used again.
const rollBack = (connection: PreparedDatabase): void => {
  if (connection.database.isTransaction) run(connection, "ROLLBACK")
}

/** Runs a statement without parameters. */
export const run = ({ prepare }: PreparedDatabase, sql: string): void => {
  prepare(sql).run()
}

/** The rows of a statement. */
export const rowsOf = (
  { prepare }: PreparedDatabase,
  { sql, params }: Pick<PlainStep, "sql" | "params">
): ReadonlyArray<Row> => {
  const statement = prepare(sql)
  statement.setReturnArrays(false)
  return statement.all(...bound(params))
}

/** Rows of all steps, or the place of the first that had to answer a row and did not: then nothing was written. */
export const runTogether = (
  connection: PreparedDatabase,
  steps: ReadonlyArray<PlainStep>
): { readonly rows: ReadonlyArray<ReadonlyArray<Row>>; readonly stoppedAt: number | null } => {
  try {
    const rows = inTransaction(connection, () =>
      steps.map((step, index) => {
        const found = rowsOf(connection, step)
        if (step.needsRow && found.length === 0) throw new Stopped(index)
        return found
      })
    )
    return { rows, stoppedAt: null }
  } catch (cause) {
    if (cause instanceof Stopped) return { rows: [], stoppedAt: cause.index }
    throw cause
  }
}

class Stopped extends Error {
  readonly index: number
  constructor(index: number) {
    super("a step answered no row")
    this.index = index
  }
}

/** Parameters that SQLite can hold. */
export const bound = (params: ReadonlyArray<unknown>): Array<SQLInputValue> =>
  params.map((value) => {
    if (!isBindable(value)) throw new TypeError(`SQLite cannot hold a value of type ${typeof value}`)
    return value
  })

const isBindable = (value: unknown): value is SQLInputValue =>
  value === null || ["string", "number", "bigint"].includes(typeof value) || value instanceof Uint8Array

/** SQLite's extended result code, when the error has one. */
export const errnoOf = (cause: unknown): number | undefined =>
  cause instanceof Error && "errcode" in cause && typeof cause.errcode === "number" ? cause.errcode : undefined

/** What an error says. */
export const messageOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause))
