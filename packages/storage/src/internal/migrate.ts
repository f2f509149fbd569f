// Brings a database up to this program's version. Whoever calls it holds the database alone.
import { Effect } from "effect"
import { Migrator, SqlClient, SqlError } from "effect/sql"
import foundation from "../migrations/0001_foundation.ts"
import people from "../migrations/0002_people.ts"
import removals from "../migrations/0003_removals.ts"
import webhooks from "../migrations/0004_webhooks.ts"
import { plainCause } from "./plainCause.ts"
import { CannotConnect, DatabaseAbsent, DatabaseTooNew, DatabaseTooOld, MigrationFailed } from "../StartFailure.ts"
import type { BesideFailure } from "../StartFailure.ts"

/** Every migration by `<id>_<name>`. Ids are 1, 2, 3 …: one that is lower than the latest would be skipped in silence. */
export const migrations: Parameters<typeof Migrator.fromRecord>[0] = {
  "0001_foundation": foundation,
  "0002_people": people,
  "0003_removals": removals,
  "0004_webhooks": webhooks
}

/** Where a database keeps which migrations it has seen. */
export const migrationsTable = "migrations"

const idOf = (name: string): number => Number.parseInt(name, 10)

/** The newest migration that this program knows. */
export const newestKnown = Math.max(...Object.keys(migrations).map(idOf))

const migrationsUpTo = (newest: number): typeof migrations =>
  Object.fromEntries(Object.entries(migrations).filter(([name]) => idOf(name) <= newest))

/** PostgreSQL's lock for whoever makes tables; a number of our own choosing. */
export const advisoryLock = 7_236_110

/** The newest migration that a database had seen, 0 for none, and has seen now. */
export interface Migrated {
  readonly from: number
  readonly to: number
}

/** Runs what is missing up to a number, in one transaction that nobody else can be in. `database` names it in failures. */
export const migrate = Effect.fn("migrate")(function* (
  database: string,
  upTo: number = newestKnown
): Effect.fn.Return<Migrated, CannotConnect | DatabaseTooNew | MigrationFailed, SqlClient.SqlClient> {
  const sql = yield* SqlClient.SqlClient
  return yield* sql
    .withTransaction(
      Effect.gen(function* () {
        // SQLite's transactions are alone from their BEGIN IMMEDIATE on.
        yield* sql.onDialectOrElse({
          pg: () => Effect.asVoid(sql`SELECT pg_advisory_xact_lock(${advisoryLock})`),
          orElse: () => Effect.void
        })
        const found = yield* newestFound
        if (found > newestKnown) return yield* new DatabaseTooNew({ database, found, known: newestKnown })
        yield* Migrator.make({})({ loader: Migrator.fromRecord(migrationsUpTo(upTo)), table: migrationsTable }).pipe(
          Effect.mapError((cause) => new MigrationFailed({ database, cause: originOf(cause) }))
        )
        return { from: found, to: Math.max(found, upTo) }
      })
    )
    .pipe(
      Effect.catchTag("SqlError", (error) => Effect.fail(new CannotConnect({ database, cause: plainCause(error) })))
    )
})

// What the database said, without the wrappings of the migrator and of the driver.
const originOf = (error: unknown): unknown => {
  if (error instanceof SqlError.SqlError) return plainCause(error)
  return error instanceof Migrator.MigrationError && error.cause !== undefined ? originOf(error.cause) : error
}

/** Fails unless the database is of this program's version; changes nothing. */
export const expectCurrent = Effect.fn("expectCurrent")(function* (
  database: string
): Effect.fn.Return<void, BesideFailure, SqlClient.SqlClient> {
  const found = yield* newestFound.pipe(
    Effect.mapError((error) => new CannotConnect({ database, cause: plainCause(error) }))
  )
  const known = newestKnown
  if (found === 0) return yield* new DatabaseAbsent({ database })
  if (found < known) return yield* new DatabaseTooOld({ database, found, known })
  if (found > known) return yield* new DatabaseTooNew({ database, found, known })
})

/** The newest migration that the database has seen; 0 when it has seen none. */
export const newestFound = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const [place] = yield* sql.onDialectOrElse({
    sqlite: () =>
      sql<{ found: unknown }>`SELECT 1 AS found FROM sqlite_schema WHERE type = 'table' AND name = ${migrationsTable}`,
    orElse: () => sql<{ found: unknown }>`SELECT 1 AS found WHERE to_regclass(${migrationsTable}) IS NOT NULL`
  })
  if (place === undefined) return 0
  const [newest] = yield* sql<{
    id: number
  }>`SELECT migration_id AS id FROM ${sql(migrationsTable)} ORDER BY migration_id DESC LIMIT 1`
  return newest?.id ?? 0
})
