// The embedded database: one file in the data folder, one writer in a thread of its own and a reader in another, so that neither
// an fsync nor a query stops the event loop or a commit. What was answered is on the disk (WAL, `synchronous = FULL`).
import { Context, Duration, Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"
import { access, constants, mkdir } from "node:fs/promises"
import { join } from "node:path"
import { Database } from "./Database.ts"
import { expectCurrent, migrate } from "./internal/migrate.ts"
import { makeSqliteDatabase } from "./internal/sqliteDatabase.ts"
import { holdLock } from "./internal/sqliteLease.ts"
import { makeThread } from "./internal/sqliteThread.ts"
import * as Ports from "./Ports.ts"
import { ServerLease } from "./ServerLease.ts"
import { CannotConnect, DatabaseAbsent, DataFolderNotWritable } from "./StartFailure.ts"
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
      const lease = yield* holdLock(
        join(options.dataDir, "messenger.lock"),
        Duration.fromInputUnsafe(options.wait ?? "5 seconds")
      )
      const file = fileIn(options)
      const database = yield* openFile(file)
      yield* migrate(file).pipe(Effect.provideService(SqlClient.SqlClient, database.writes))
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
          const file = fileIn(options)
          yield* expectFile(file)
          const database = yield* openFile(file)
          yield* expectCurrent(file).pipe(Effect.provideService(SqlClient.SqlClient, database.writes))
          return database
        })
      )
    )
  )

const fileIn = ({ dataDir }: Pick<Options, "dataDir">): string => join(dataDir, "messenger.db")

const openFile = Effect.fnUntraced(function* (file: string) {
  const writer = yield* makeThread(script, { file, access: "Write", busyTimeoutMillis })
  const reader = yield* makeThread(script, { file, access: "Read", busyTimeoutMillis })
  return yield* makeSqliteDatabase(writer, reader)
})

// Resolved from here, so that a server bundled into one file finds `internal/` beside it.
const script = new URL("./internal/sqliteWorker.ts", import.meta.url)

// Only a program beside the server, such as a backup, ever holds the file, and for that program the server does: never for long.
const busyTimeoutMillis = 5_000

// Messages are nobody's business but this user's.
const folderMode = 0o700

// SQLite would make the file.
const expectFile = (file: string): Effect.Effect<void, DatabaseAbsent | CannotConnect> =>
  Effect.tryPromise({
    try: () => access(file, constants.R_OK | constants.W_OK),
    catch: (cause) =>
      cause instanceof Error && "code" in cause && cause.code === "ENOENT"
        ? new DatabaseAbsent({ database: file })
        : new CannotConnect({ database: file, cause })
  })

const makeFolder = (folder: string): Effect.Effect<void, DataFolderNotWritable> =>
  Effect.tryPromise({
    try: async () => {
      await mkdir(folder, { recursive: true, mode: folderMode })
      await access(folder, constants.W_OK | constants.X_OK)
    },
    catch: (cause) => new DataFolderNotWritable({ folder, cause })
  })
