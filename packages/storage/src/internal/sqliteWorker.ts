// The body of a SQLite thread: one connection, one piece of work at a time, in the order in which it was asked.
// Imports nothing but Node and its own folder: the thread starts in milliseconds.
import { DatabaseSync } from "node:sqlite"
import type { SQLInputValue, StatementSync } from "node:sqlite"
import { parentPort, workerData } from "node:worker_threads"
import { CommitFailed, commitRequests, errnoOf, messageOf } from "./sqliteCommit.ts"
import type { PreparedDatabase } from "./sqliteCommit.ts"
import type { ThreadAnswer, ThreadOptions, ThreadRequest, ThreadResult, ThreadWork } from "./sqliteMessages.ts"

const maxPrepared = 256

const open = ({ file, access, busyTimeoutMillis }: ThreadOptions): PreparedDatabase => {
  const database = new DatabaseSync(file, {
    readOnly: access === "Read",
    timeout: busyTimeoutMillis,
    enableForeignKeyConstraints: true
  })
  // FULL: what was answered is on the disk, not in a cache of the system.
  if (access === "Write") database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL")
  const prepared = new Map<string, StatementSync>()
  const prepare = (sql: string): StatementSync => {
    const statement = prepared.get(sql) ?? database.prepare(sql)
    // Taken out and put in again: the order of the map is the order of last use.
    prepared.delete(sql)
    prepared.set(sql, statement)
    const [oldest] = prepared.keys()
    if (prepared.size > maxPrepared && oldest !== undefined) prepared.delete(oldest)
    return statement
  }
  return { database, prepare }
}

const isBindable = (value: unknown): value is SQLInputValue =>
  value === null || ["string", "number", "bigint"].includes(typeof value) || value instanceof Uint8Array

const bound = (params: ReadonlyArray<unknown>): Array<SQLInputValue> =>
  params.map((value) => {
    if (!isBindable(value)) throw new TypeError(`SQLite cannot hold a value of type ${typeof value}`)
    return value
  })

const perform = (connection: PreparedDatabase, work: ThreadWork): ThreadResult => {
  if (work._tag === "Commit") return { _tag: "Outcomes", outcomes: commitRequests(connection, work.requests) }
  const statement = connection.prepare(work.sql)
  const isValues = work._tag === "Values"
  statement.setReturnArrays(isValues)
  const rows = statement.all(...bound(work.params))
  return isValues ? { _tag: "Values", values: rows.map((row) => Object.values(row)) } : { _tag: "Rows", rows }
}

const serve = (options: ThreadOptions, answer: (answer: ThreadAnswer) => void) => {
  let connection: PreparedDatabase | undefined
  return ({ id, work }: ThreadRequest): void => {
    try {
      connection ??= open(options)
      answer({ id, result: perform(connection, work) })
    } catch (cause) {
      // A commit that could not be rolled back: this connection must not be used again, so the thread ends with it.
      if (work._tag === "Commit" && connection?.database.isTransaction === true) throw cause
      const failure = {
        message: messageOf(cause),
        errno: errnoOf(cause),
        isOutcomeUnknown: cause instanceof CommitFailed
      }
      answer({ id, result: { _tag: "Failed", failure } })
    }
  }
}

if (parentPort !== null) {
  const port = parentPort
  port.on(
    "message",
    serve(workerData, (answer) => port.postMessage(answer))
  )
}
