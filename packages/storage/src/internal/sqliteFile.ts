// SQLite files as a whole, outside of the threads of a server.
import { Effect, Schema } from "effect"
import type { Scope } from "effect"
import { SqlClient } from "effect/sql"
import { resolve } from "node:path"
import { backup, DatabaseSync } from "node:sqlite"
import { FileDamaged } from "../UpkeepFailure.ts"
import { migrate, migrationsTable } from "./migrate.ts"
import type { Row } from "./rawOutcome.ts"
import { makeSqliteDatabase } from "./sqliteDatabase.ts"
import { makeThread } from "./sqliteThread.ts"
import { columnsOf, tablesWithin } from "./tables.ts"
import type { Table } from "./tables.ts"

/** What a thread runs. Resolved from here, so that a server bundled into one file finds it beside itself. */
export const threadScript = new URL("./sqliteWorker.ts", import.meta.url)

/** How long a statement waits for another process that holds the file: only a program beside the server does, and never for long. */
export const busyTimeoutMillis = 5_000

/** SQLite refused, or the binding did; what that means is for its caller to say. */
export class FileRefused extends Schema.TaggedError<FileRefused>()("FileRefused", { cause: Schema.Defect() }) {}

/** Asks SQLite. */
export const asking = <Value>(ask: () => Value | Promise<Value>): Effect.Effect<Value, FileRefused> =>
  Effect.tryPromise({ try: async () => ask(), catch: (cause) => new FileRefused({ cause }) })

/** A connection until the scope closes. Of a relative name SQLite might make something else: it knows addresses that begin with `file:`. */
export const openFile = (
  file: string,
  access: "Read" | "Write"
): Effect.Effect<DatabaseSync, FileRefused, Scope.Scope> =>
  Effect.acquireRelease(
    asking(() => new DatabaseSync(resolve(file), { readOnly: access === "Read", timeout: busyTimeoutMillis })),
    (database) => Effect.sync(() => database.close())
  )

/** The tables of ours that the file has, with those columns that it has. */
export const tablesOf = (database: DatabaseSync): ReadonlyArray<Table> => {
  const rows = database
    .prepare("SELECT t.name, c.name AS column FROM sqlite_schema t, pragma_table_info(t.name) c WHERE t.type = 'table'")
    .all()
  const present = new Map<string, Set<string>>()
  for (const { name, column } of rows) {
    present.set(String(name), (present.get(String(name)) ?? new Set()).add(String(column)))
  }
  return tablesWithin(present)
}

/** The newest migration of ours that the file has seen; 0 for a file that is none of ours. */
export const newestIn = (database: DatabaseSync): number => {
  const known = database.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?").get(migrationsTable)
  if (known === undefined) return 0
  const found = database
    .prepare(
      `SELECT max(migration_id) AS newest FROM ${migrationsTable}
       WHERE EXISTS (SELECT 1 FROM ${migrationsTable} WHERE migration_id = 1 AND name = 'foundation')`
    )
    .get()
  return Number(found?.["newest"] ?? 0)
}

/** How many rows each table has. */
export const countsIn = (database: DatabaseSync, tables: ReadonlyArray<Table>): ReadonlyMap<string, number> =>
  new Map(
    tables.map(
      ({ name }) => [name, Number(database.prepare(`SELECT count(*) AS n FROM ${name}`).get()?.["n"])] as const
    )
  )

/** The rows of a table, one after the other. */
export const rowsIn = (database: DatabaseSync, table: Table): Iterable<Row> =>
  database.prepare(`SELECT ${columnsOf(table).join(", ")} FROM ${table.name}`).iterate()

/**
 * Puts all pages of a database into another file in place of what is there, as one transaction of that file. What reads and writes
 * the source meanwhile waits for nothing: all pages are of the moment at which its connection began to read.
 */
export const copyPages = (from: DatabaseSync, to: string): Promise<number> =>
  backup(from, resolve(to), { rate: allPages })

// In one step: between two steps a commit of somebody else would make it begin anew.
const allPages = 2 ** 31 - 1

/** Brings a file that nobody else has up to a migration. */
export const migrateFile = (file: string, upTo?: number) =>
  Effect.scoped(
    Effect.gen(function* () {
      const writer = yield* makeThread(threadScript, { file, access: "Write", busyTimeoutMillis })
      const { writes } = yield* makeSqliteDatabase(writer, writer)
      return yield* Effect.provideService(migrate(file, upTo), SqlClient.SqlClient, writes)
    })
  )

/** Leaves nothing beside the file: what is in its log goes into it, and it keeps none from then on until a server opens it. */
export const makeSingle = (database: DatabaseSync): void => database.exec("PRAGMA journal_mode = DELETE")

/** Fails when SQLite finds something wrong with the file; `name` is what it is called then. Reads all of it, in a thread of its own. */
export const expectSound = (file: string, name: string = file): Effect.Effect<void, FileDamaged> =>
  Effect.scoped(
    Effect.gen(function* () {
      const thread = yield* makeThread(threadScript, { file, access: "Read", busyTimeoutMillis })
      const ask = (sql: string) => Effect.orDie(thread.perform({ _tag: "Rows", sql, params: [] }))
      const integrity = yield* ask("PRAGMA integrity_check(1)")
      const finding =
        integrity._tag === "Rows"
          ? String(integrity.rows[0]?.["integrity_check"])
          : integrity._tag === "Failed"
            ? integrity.failure.message
            : "no answer"
      if (finding !== "ok") return yield* new FileDamaged({ file: name, finding: finding.replaceAll(/\s+/g, " ") })
      const dangling = yield* ask('SELECT "table" AS name FROM pragma_foreign_key_check LIMIT 1')
      if (dangling._tag === "Rows" && dangling.rows.length > 0) {
        const table = String(dangling.rows[0]?.["name"])
        return yield* new FileDamaged({ file: name, finding: `a row of ${table} refers to nothing` })
      }
    })
  )
