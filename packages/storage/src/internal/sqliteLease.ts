// The lease of a data folder: an exclusive lock on a small database file of its own. The system drops the lock with the process,
// however that ends, so there is nothing that could go stale. Only the folder's own machine may use it: network file systems
// do not keep such locks.
import { Effect, Option, Schedule } from "effect"
import type { Duration, Scope } from "effect"
import { DatabaseSync } from "node:sqlite"
import { DatabaseInUse, CannotConnect } from "../StartFailure.ts"
import type { ServerLease } from "../ServerLease.ts"
import { databaseIn, lockIn } from "./sqliteFolder.ts"
import { errnoOf } from "./sqliteTransaction.ts"

const retryEvery = "100 millis"

/** Takes the lock of the data folder, waiting at most `wait`, and holds it until the scope closes. */
export const holdLock = Effect.fnUntraced(function* (
  dataDir: string,
  wait: Duration.Duration
): Effect.fn.Return<ServerLease["Service"], DatabaseInUse | CannotConnect, Scope.Scope> {
  const lock = Effect.acquireRelease(takeLock(dataDir), (database) => Effect.sync(() => database.close()))
  yield* lock.pipe(
    Effect.retry({ while: (failure) => failure._tag === "DatabaseInUse", schedule: Schedule.spaced(retryEvery) }),
    Effect.timeoutOrElse({ duration: wait, orElse: () => Effect.fail(inUse(dataDir)) })
  )
  // A lock of the system is lost with the process, never before.
  return { lost: Effect.never }
})

const inUse = (dataDir: string) => new DatabaseInUse({ database: databaseIn(dataDir) })

// On the event loop: it is a system call on a small file, and it does not wait.
const takeLock = (dataDir: string): Effect.Effect<DatabaseSync, DatabaseInUse | CannotConnect> => {
  const file = lockIn(dataDir)
  return Effect.try({
    try: () => {
      const database = new DatabaseSync(file, { timeout: 0 })
      try {
        database.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE")
      } catch (cause) {
        database.close()
        throw cause
      }
      return database
    },
    catch: (cause) => (isBusy(cause) ? inUse(dataDir) : new CannotConnect({ database: file, cause }))
  })
}

// https://www.sqlite.org/rescode.html: BUSY.
const isBusy = (cause: unknown): boolean =>
  Option.exists(Option.fromUndefinedOr(errnoOf(cause)), (errno) => (errno & 0xff) === 5)
