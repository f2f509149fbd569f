// The embedded database: one file in the data folder, one writer in a thread of its own and a reader in another, so that neither
// an fsync nor a query stops the event loop or a commit. What was answered is on the disk (WAL, `synchronous = FULL`).
import { Context, Duration, Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"
import { Database } from "./Database.ts"
import { expectCurrent } from "./internal/migrate.ts"
import { makeSqliteDatabase } from "./internal/sqliteDatabase.ts"
import { busyTimeoutMillis, threadScript } from "./internal/sqliteFile.ts"
import { databaseIn, expectFile, makeFolder, sweepFolder } from "./internal/sqliteFolder.ts"
import { holdLock } from "./internal/sqliteLease.ts"
import { makeThread } from "./internal/sqliteThread.ts"
import { migrateWithCopy } from "./internal/sqliteWhole.ts"
import * as Ports from "./Ports.ts"
import { ServerLease } from "./ServerLease.ts"
import type { BesideFailure, StartFailure } from "./StartFailure.ts"

/** Where the database lies, and how long to wait for another server to let go of it (5 seconds by default). */
export interface Options {
  readonly dataDir: string
  readonly wait?: Duration.Input
}

/** All ports on the database in `dataDir`, which is made when it is absent, migrated, and held alone. */
export const layer = (options: Options): Layer.Layer<Ports.Ports | ServerLease, StartFailure> =>
  Ports.layer.pipe(Layer.provideMerge(layerDatabase(options)))

/** The database without its ports. */
export const layerDatabase = (options: Options): Layer.Layer<Database | ServerLease, StartFailure> =>
  Layer.effectContext(
    Effect.gen(function* () {
      yield* makeFolder(options.dataDir)
      const lease = yield* holdLock(options.dataDir, Duration.fromInputUnsafe(options.wait ?? "5 seconds"))
      yield* sweepFolder(options.dataDir)
      const database = yield* openFile(databaseIn(options.dataDir))
      yield* migrateWithCopy(options.dataDir).pipe(Effect.provideService(SqlClient.SqlClient, database.writes))
      return Context.make(Database, database).pipe(Context.add(ServerLease, lease))
    })
  )

/**
 * All ports but those that write to the log, for a program beside the server, which may be running: takes no lease, and makes and migrates nothing.
 */
export const layerBeside = (options: Pick<Options, "dataDir">): Layer.Layer<Ports.PortsBeside, BesideFailure> =>
  Ports.layerBeside.pipe(
    Layer.provide(
      Layer.effect(
        Database,
        Effect.gen(function* () {
          const file = databaseIn(options.dataDir)
          yield* expectFile(file)
          const database = yield* openFile(file)
          yield* expectCurrent(file).pipe(Effect.provideService(SqlClient.SqlClient, database.writes))
          return database
        })
      )
    )
  )

const openFile = Effect.fnUntraced(function* (file: string) {
  const writer = yield* makeThread(threadScript, { file, access: "Write", busyTimeoutMillis })
  const reader = yield* makeThread(threadScript, { file, access: "Read", busyTimeoutMillis })
  return yield* makeSqliteDatabase(writer, reader)
})
