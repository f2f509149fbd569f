// A PostgreSQL database as a whole. It is read in one snapshot, and replaced in one transaction.
import { Cause, Effect, Option } from "effect"
import type { Scope } from "effect"
import { SqlClient, SqlError } from "effect/sql"
import { CannotConnect, DatabaseAbsent, DatabaseTooNew } from "../StartFailure.ts"
import { CopyDiffers, NotReplaced } from "../UpkeepFailure.ts"
import type { Copied, HeldDatabase, WholeDatabase } from "./heldDatabase.ts"
import { migrate, migrationsTable, newestFound, newestKnown } from "./migrate.ts"
import { expectFree, make as makePartial, publish, writing } from "../PartialFile.ts"
import { plainCause } from "./plainCause.ts"
import { holdLease } from "./postgresLease.ts"
import type { LeaseTimes } from "./postgresLease.ts"
import type { Row } from "./rawOutcome.ts"
import { countsIn, expectSound, makeSingle, migrateFile, openFile, rowsIn, tablesOf } from "./sqliteFile.ts"
import { columnsOf, tables, tablesWithin } from "./tables.ts"
import type { Table } from "./tables.ts"
import { makeTableDigest } from "./tableDigest.ts"

const ownTables: ReadonlyArray<string> = [...tables.map((table) => table.name), migrationsTable]

/** Rows that are in memory at a time: at 4,000 characters a message not much more than 16 MB. */
const rowsAtOnce = 1_000

/** The database that `connect` opens connections to. */
export const postgresWhole = (
  name: string,
  connect: Effect.Effect<SqlClient.SqlClient, CannotConnect, Scope.Scope>,
  lease: LeaseTimes
): WholeDatabase => {
  const sqlFailure = (error: SqlError.SqlError) => new CannotConnect({ database: name, cause: plainCause(error) })
  const expectKnown = (found: number): Effect.Effect<void, DatabaseTooNew> =>
    found > newestKnown ? Effect.fail(new DatabaseTooNew({ database: name, found, known: newestKnown })) : Effect.void
  return {
    name,
    copyTo: (file) =>
      Effect.scoped(
        Effect.gen(function* () {
          yield* expectFree(file)
          const sql = yield* connect
          const partial = yield* makePartial(file)
          const copied = yield* inTransaction(
            sql,
            Effect.gen(function* () {
              yield* sql`SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY`
              const migration = yield* newest(sql)
              if (migration === 0) return yield* new DatabaseAbsent({ database: name })
              yield* expectKnown(migration)
              yield* migrateFile(partial, migration)
              return { file, migration, counts: yield* readInto(sql, partial, file) } satisfies Copied
            })
          ).pipe(Effect.catchIf(isSqlError, (error) => Effect.fail(sqlFailure(error))))
          yield* expectSound(partial, file)
          yield* publish(partial, file)
          return copied
        })
      ),
    hold: Effect.gen(function* () {
      const { lost } = yield* holdLease(yield* connect, name, lease)
      const sql = yield* connect
      const migration = yield* Effect.mapError(newest(sql), sqlFailure)
      yield* expectKnown(migration)
      return {
        migration,
        lost,
        isEmpty: Effect.mapError(migration === 0 ? isUntouched(sql) : isEmpty(sql), sqlFailure),
        greatestEpoch: Effect.mapError(greatestEpoch(sql), sqlFailure),
        migrate: Effect.map(Effect.provideService(migrate(name), SqlClient.SqlClient, sql), (migrated) => ({
          ...migrated,
          copy: Option.none()
        })),
        replaceWith: (staged) =>
          inTransaction(sql, replace(sql, name, staged)).pipe(
            Effect.catchIf(isSqlError, (error) =>
              Effect.fail(new NotReplaced({ database: name, cause: plainCause(error) }))
            )
          )
      } satisfies HeldDatabase
    })
  }
}

// Others call a table of theirs so too.
const newest = Effect.fnUntraced(function* (sql: SqlClient.SqlClient) {
  const found = yield* Effect.provideService(newestFound, SqlClient.SqlClient, sql)
  if (found === 0) return 0
  const first =
    yield* sql`SELECT 1 AS found FROM ${sql(migrationsTable)} WHERE migration_id = 1 AND name = 'foundation'`
  return first.length === 0 ? 0 : found
})

const isSqlError = (error: unknown): error is SqlError.SqlError => error instanceof SqlError.SqlError

// A connection that is lost on the way is no bug, though it cannot be rolled back either.
const inTransaction = <Value, Failure, Needs>(
  sql: SqlClient.SqlClient,
  body: Effect.Effect<Value, Failure, Needs>
): Effect.Effect<Value, Failure | SqlError.SqlError, Needs> =>
  sql.withTransaction(body).pipe(
    Effect.catchCause((cause) => {
      const error = Cause.squash(cause)
      return isSqlError(error) ? Effect.fail(error) : Effect.failCause(cause)
    })
  )

const presentTables = Effect.fnUntraced(function* (sql: SqlClient.SqlClient) {
  const rows = yield* sql<{ name: string; column: string }>`
    SELECT table_name AS name, column_name AS column FROM information_schema.columns WHERE table_schema = current_schema()`
  const present = new Map<string, Set<string>>()
  for (const { name, column } of rows) present.set(name, (present.get(name) ?? new Set()).add(column))
  return tablesWithin(present)
})

// Something else may have a table of such a name.
const isUntouched = Effect.fnUntraced(function* (sql: SqlClient.SqlClient) {
  const found = yield* sql`
    SELECT 1 AS found FROM pg_class WHERE relnamespace = to_regnamespace(quote_ident(current_schema())) AND ${sql.in("relname", ownTables)}
    LIMIT 1`
  return found.length === 0
})

const isEmpty = Effect.fnUntraced(function* (sql: SqlClient.SqlClient) {
  for (const { name } of yield* presentTables(sql)) {
    const found = yield* sql`SELECT 1 AS found FROM ${sql(name)} LIMIT 1`
    if (found.length > 0) return false
  }
  return true
})

const greatestEpoch = Effect.fnUntraced(function* (sql: SqlClient.SqlClient) {
  const present = yield* presentTables(sql)
  if (!present.some(({ name }) => name === "rooms")) return 0
  const [row] = yield* sql<{ epoch: number }>`SELECT coalesce(max(epoch), 0) AS epoch FROM rooms`
  return row?.epoch ?? 0
})

/** Hands over the rows of a table in batches. To be run in a transaction. */
const eachBatch = <Failure, Needs>(
  sql: SqlClient.SqlClient,
  table: Table,
  handle: (rows: ReadonlyArray<Row>) => Effect.Effect<void, Failure, Needs>
): Effect.Effect<void, Failure | SqlError.SqlError, Needs> =>
  Effect.gen(function* () {
    const columns = columnsOf(table).join(", ")
    yield* sql.unsafe(`DECLARE batches NO SCROLL CURSOR FOR SELECT ${columns} FROM ${table.name}`).unprepared
    for (;;) {
      const rows = yield* sql.unsafe<Row>(`FETCH ${rowsAtOnce} FROM batches`).unprepared
      if (rows.length === 0) break
      yield* handle(rows)
    }
    yield* sql.unsafe("CLOSE batches").unprepared
  })

/** Writes all rows into a migrated file; answers how many of each table. */
const readInto = (sql: SqlClient.SqlClient, partial: string, file: string) =>
  Effect.scoped(
    Effect.gen(function* () {
      const database = yield* Effect.orDie(openFile(partial, "Write"))
      // Nobody reads the file before it is complete, and it is flushed then.
      yield* writing(file, () => database.exec("PRAGMA journal_mode = DELETE; PRAGMA synchronous = OFF; BEGIN"))
      yield* sql`SET LOCAL enable_seqscan = on`
      const counts = new Map<string, number>()
      for (const table of tablesOf(database)) {
        const columns = columnsOf(table)
        const marks = columns.map(() => "?").join(", ")
        const insert = database.prepare(`INSERT INTO ${table.name} (${columns.join(", ")}) VALUES (${marks})`)
        let count = 0
        yield* eachBatch(sql, table, (rows) =>
          writing(file, () => {
            for (const row of rows) insert.run(...columns.map((column) => plain(row[column])))
            count += rows.length
          })
        )
        counts.set(table.name, count)
      }
      yield* writing(file, () => {
        database.exec("COMMIT")
        for (const [table, count] of countsIn(database, tablesOf(database))) {
          if (counts.get(table) !== count) throw new Error(`the table ${table} is not complete`)
        }
        makeSingle(database)
      })
      return counts
    })
  )

const plain = (value: unknown): string | number | null => {
  if (value === null || typeof value === "string" || typeof value === "number") return value
  throw new TypeError(`a column holds a value of type ${typeof value}`)
}

/** Makes all tables anew with what is in the staged file, and reads it back. Only tables of ours are touched. */
const replace = Effect.fnUntraced(function* (sql: SqlClient.SqlClient, name: string, staged: string) {
  const database = yield* Effect.orDie(openFile(staged, "Read"))
  // Together, since they refer to each other; what somebody else has made of them is not ours to drop, and forbids it.
  yield* sql.unsafe(`DROP TABLE IF EXISTS ${ownTables.join(", ")}`).unprepared
  yield* Effect.provideService(migrate(name), SqlClient.SqlClient, sql)
  yield* sql`SET LOCAL enable_seqscan = on`
  const digests = new Map<string, string>()
  for (const table of tables) {
    const digest = makeTableDigest(table)
    for (const rows of batchesOf(rowsIn(database, table))) {
      for (const row of rows) digest.add(row)
      yield* insertInto(sql, name, table, rows)
    }
    digests.set(table.name, digest.text())
    if (table.rising !== undefined) yield* continueAfter(sql, table.name, table.rising)
  }
  for (const table of tables) {
    const digest = makeTableDigest(table)
    yield* eachBatch(sql, table, (rows) =>
      Effect.sync(() => {
        for (const row of rows) digest.add(row)
      })
    )
    if (digest.text() !== digests.get(table.name)) return yield* new CopyDiffers({ database: name, table: table.name })
  }
}, Effect.scoped)

const batchesOf = function* (rows: Iterable<Row>): Iterable<ReadonlyArray<Row>> {
  let batch: Array<Row> = []
  for (const row of rows) {
    batch.push(row)
    if (batch.length < rowsAtOnce) continue
    yield batch
    batch = []
  }
  if (batch.length > 0) yield batch
}

const insertInto = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  name: string,
  table: Table,
  rows: ReadonlyArray<Row>
) {
  const columns = columnsOf(table).join(", ")
  const types = [...table.text.map((column) => `${column} text`), ...table.whole.map((column) => `${column} bigint`)]
  const text = yield* Effect.try({
    try: () => JSON.stringify(rows),
    catch: (cause) => new NotReplaced({ database: name, cause })
  })
  yield* sql.unsafe(
    `INSERT INTO ${table.name} (${columns}) ${table.rising === undefined ? "" : "OVERRIDING SYSTEM VALUE"}
     SELECT ${columns} FROM json_to_recordset($1::json) AS r(${types.join(", ")})`,
    [text]
  ).unprepared
})

// What the database numbers by itself goes on after the largest.
const continueAfter = (sql: SqlClient.SqlClient, table: string, column: string) =>
  sql.unsafe(
    `SELECT setval(pg_get_serial_sequence('${table}', '${column}'), max(${column})) FROM ${table} HAVING count(*) > 0`
  ).unprepared
