// Databases of either kind to back up, restore and copy.
import type { Database } from "@messenger/storage/Database"
import * as Postgres from "@messenger/storage/Postgres"
import type { ServerLease } from "@messenger/storage/ServerLease"
import * as Sqlite from "@messenger/storage/Sqlite"
import type { StartFailure } from "@messenger/storage/StartFailure"
import * as Upkeep from "@messenger/storage/Upkeep"
import { Effect, Layer, Redacted, References } from "effect"
import { temporaryFolder } from "./folders.ts"
import { leaveOlderPostgres, leaveOlderSqlite } from "./olderDatabase.ts"
import { newDatabase } from "./postgresWorld.ts"

/** A database that nobody has made yet. */
export interface Place {
  readonly upkeep: Upkeep.Upkeep
  readonly dataDir: string
  /** Where it is, if it is on PostgreSQL. */
  readonly url: string | undefined
  /** Holds it, as a server does. */
  readonly server: Layer.Layer<Database | ServerLease, StartFailure>
  /** Leaves it as the first version did. */
  readonly leaveOlder: Effect.Effect<void, unknown>
}

/** A place on SQLite. */
export const onSqlite = Effect.map(temporaryFolder, (dataDir): Place => ({
  upkeep: Upkeep.sqlite({ dataDir }),
  dataDir,
  url: undefined,
  server: Layer.fresh(Sqlite.layerDatabase({ dataDir })),
  leaveOlder: leaveOlderSqlite(dataDir)
}))

/** A place on PostgreSQL. */
export const onPostgres = Effect.gen(function* () {
  const dataDir = yield* temporaryFolder
  const address = yield* newDatabase
  const url = Redacted.make(address)
  const place: Place = {
    upkeep: Upkeep.postgres({ url, dataDir, wait: "1 second" }),
    dataDir,
    url: address,
    server: Layer.fresh(Postgres.layerDatabase({ url })),
    leaveOlder: leaveOlderPostgres(address)
  }
  return place
})

/** Both kinds, by name. */
export const kinds = { SQLite: onSqlite, PostgreSQL: onPostgres }

/** Does something with the database of a place, as a server would, and lets go of it. */
export const within =
  ({ server }: Place) =>
  <Value, Failure>(work: Effect.Effect<Value, Failure, Database>) =>
    Effect.scoped(Effect.provide(work, server)).pipe(Effect.provideService(References.MinimumLogLevel, "Warn"))
