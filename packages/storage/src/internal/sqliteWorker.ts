// The body of a SQLite thread: one connection, one piece of work at a time, in the order in which it was asked.
// Imports nothing but Node and its own folder: the thread starts in milliseconds.
import { DatabaseSync } from "node:sqlite"
import type { StatementSync } from "node:sqlite"
import { parentPort, workerData } from "node:worker_threads"
import { commitRequests } from "./sqliteCommit.ts"
import type { ThreadAnswer, ThreadOptions, ThreadRequest, ThreadResult, ThreadWork } from "./sqliteMessages.ts"
import { bound, CommitFailed, errnoOf, messageOf, rowsOf, runTogether } from "./sqliteTransaction.ts"
import type { PreparedDatabase } from "./sqliteTransaction.ts"

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

const perform = (connection: PreparedDatabase, work: ThreadWork): ThreadResult => {
  switch (work._tag) {
    case "Commit":
      return { _tag: "Outcomes", outcomes: commitRequests(connection, work.requests) }
    case "Together":
      return { _tag: "Together", ...runTogether(connection, work.steps) }
    case "Rows":
      return { _tag: "Rows", rows: rowsOf(connection, work) }
    case "Values": {
      const statement = connection.prepare(work.sql)
      statement.setReturnArrays(true)
      return { _tag: "Values", values: statement.all(...bound(work.params)).map((row) => Object.values(row)) }
    }
  }
}

const serve = (options: ThreadOptions, answer: (answer: ThreadAnswer) => void) => {
  let connection: PreparedDatabase | undefined
  return ({ id, work }: ThreadRequest): void => {
    try {
      connection ??= open(options)
      answer({ id, result: perform(connection, work) })
    } catch (cause) {
      // What could not be rolled back: this connection must not be used again, so the thread ends with it.
      const isWhole = work._tag === "Commit" || work._tag === "Together"
      if (isWhole && connection?.database.isTransaction === true) throw cause
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
