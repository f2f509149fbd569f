// The embedded database as a whole.
import { Effect, Option } from "effect"
import type { Duration } from "effect"
import { SqlClient } from "effect/sql"
import { existsSync } from "node:fs"
import { rm } from "node:fs/promises"
import type { DatabaseSync } from "node:sqlite"
import { CannotConnect, DatabaseAbsent, DatabaseTooNew, DatabaseTooOld } from "../StartFailure.ts"
import { NotBackedUp, NotReplaced } from "../UpkeepFailure.ts"
import type { Copied, WholeDatabase } from "./heldDatabase.ts"
import { migrate, newestFound, newestKnown } from "./migrate.ts"
import { expectFree, make as makePartial, publish, writing } from "../PartialFile.ts"
import { plainCause } from "./plainCause.ts"
import { makeSqliteDatabase } from "./sqliteDatabase.ts"
import {
  asking,
  busyTimeoutMillis,
  copyPages,
  countsIn,
  expectSound,
  makeSingle,
  newestIn,
  openFile,
  tablesOf,
  threadScript
} from "./sqliteFile.ts"
import { backupIn, databaseIn, expectFile, makeFolder, sweepFolder } from "./sqliteFolder.ts"
import { holdLock } from "./sqliteLease.ts"
import { makeThread } from "./sqliteThread.ts"

/** The database of a data folder; `wait` is how long a server may take to let go of it. */
export const sqliteWhole = (dataDir: string, wait: Duration.Duration): WholeDatabase => {
  const file = databaseIn(dataDir)
  return {
    name: file,
    copyTo: (to) => copyDatabase(file, to),
    hold: Effect.gen(function* () {
      yield* makeFolder(dataDir)
      const { lost } = yield* holdLock(dataDir, wait)
      yield* sweepFolder(dataDir)
      const migration = yield* read(file, newestIn, () => 0)
      yield* expectKnown(file)(migration)
      return {
        lost,
        migration,
        isEmpty: read(file, isEmpty, () => true),
        greatestEpoch: read(file, greatestEpoch, () => 0),
        migrate: Effect.scoped(
          Effect.gen(function* () {
            const thread = yield* makeThread(threadScript, { file, access: "Write", busyTimeoutMillis })
            const { writes } = yield* makeSqliteDatabase(thread, thread)
            return yield* migrateWithCopy(dataDir).pipe(Effect.provideService(SqlClient.SqlClient, writes))
          })
        ),
        replaceWith: (staged) => replacePages(staged, file)
      }
    })
  }
}

/**
 * Brings the database of a data folder up to date; what is there already is backed up before, and nothing is changed when it cannot
 * be.
 */
export const migrateWithCopy = Effect.fnUntraced(function* (dataDir: string) {
  const database = databaseIn(dataDir)
  const found = yield* newestFound.pipe(
    Effect.mapError((error) => new CannotConnect({ database, cause: plainCause(error) }))
  )
  const isOlder = found > 0 && found < newestKnown
  const copy = isOlder ? Option.some(yield* copyBefore(dataDir, found)) : Option.none<string>()
  const migrated = yield* migrate(database).pipe(
    Effect.tapError(() =>
      Effect.flatMap(
        Effect.orElseSucceed(newestFound, () => -1),
        (now) => (now === found ? dropCopy(copy) : Effect.void)
      )
    )
  )
  return { ...migrated, copy }
})

// Whoever starts it again and again would fill the disk with copies of what has not changed.
const dropCopy = Option.match({
  onNone: () => Effect.void,
  onSome: (file: string) =>
    Effect.andThen(
      Effect.ignore(writing(file, () => rm(file))),
      Effect.logInfo(`nothing was changed, so the copy ${file} was removed`)
    )
})

const copyBefore = Effect.fnUntraced(function* (dataDir: string, found: number) {
  const database = databaseIn(dataDir)
  const to = yield* backupIn(dataDir, `at-migration-${found}`)
  yield* copyDatabase(database, to).pipe(Effect.mapError((cause) => new NotBackedUp({ database, cause })))
  yield* Effect.logInfo(`the database was backed up to ${to} before it is brought up to date`)
  return to
})

/** Fails unless the file is of this program's version. */
export const expectCurrentFile = Effect.fnUntraced(function* (file: string) {
  const found = yield* read(file, newestIn, () => 0)
  if (found === 0) return yield* new DatabaseAbsent({ database: file })
  if (found < newestKnown) return yield* new DatabaseTooOld({ database: file, found, known: newestKnown })
  yield* expectKnown(file)(found)
})

/** A copy of the file as it is at one moment; a server that has it open goes on reading and writing meanwhile. */
const copyDatabase = (file: string, to: string) =>
  Effect.scoped(
    Effect.gen(function* () {
      yield* expectFree(to)
      yield* expectFile(file)
      const source = yield* openDatabase(file)
      const migration = yield* attempt(file, () => {
        // What follows is of the moment of the first read.
        source.exec("BEGIN")
        return newestIn(source)
      })
      if (migration === 0) return yield* new DatabaseAbsent({ database: file })
      yield* expectKnown(file)(migration)
      const tables = tablesOf(source)
      const counts = yield* attempt(file, () => countsIn(source, tables))
      const partial = yield* makePartial(to)
      yield* Effect.uninterruptible(writing(to, () => copyPages(source, partial)))
      yield* expectCounts(partial, to, counts)
      yield* expectSound(partial, to)
      yield* publish(partial, to)
      return { file: to, migration, counts } satisfies Copied
    })
  )

const expectCounts = (partial: string, to: string, counts: ReadonlyMap<string, number>) =>
  Effect.scoped(
    Effect.gen(function* () {
      const copy = yield* Effect.orDie(openFile(partial, "Write"))
      yield* writing(to, () => {
        makeSingle(copy)
        for (const [table, count] of countsIn(copy, tablesOf(copy))) {
          if (counts.get(table) !== count) throw new Error(`the table ${table} is not complete`)
        }
      })
    })
  )

const replacePages = (staged: string, file: string) =>
  Effect.scoped(
    Effect.gen(function* () {
      const source = yield* openFile(staged, "Read")
      // It cannot be called back: whoever is interrupted keeps the database until it is done.
      yield* Effect.uninterruptible(asking(() => copyPages(source, file)))
      const database = yield* openFile(file, "Write")
      // What was there is in the log still, and would stay on the disk.
      yield* Effect.ignore(asking(() => database.exec("PRAGMA wal_checkpoint(TRUNCATE)")))
    })
  ).pipe(Effect.mapError(({ cause }) => new NotReplaced({ database: file, cause })))

const isEmpty = (database: DatabaseSync): boolean =>
  (newestIn(database) > 0 || database.prepare("SELECT 1 FROM sqlite_schema LIMIT 1").get() === undefined) &&
  tablesOf(database).every(({ name }) => database.prepare(`SELECT 1 FROM ${name} LIMIT 1`).get() === undefined)

const greatestEpoch = (database: DatabaseSync): number =>
  tablesOf(database).some(({ name }) => name === "rooms")
    ? Number(database.prepare("SELECT coalesce(max(epoch), 0) AS epoch FROM rooms").get()?.["epoch"])
    : 0

const expectKnown =
  (database: string) =>
  (found: number): Effect.Effect<void, DatabaseTooNew> =>
    found > newestKnown ? Effect.fail(new DatabaseTooNew({ database, found, known: newestKnown })) : Effect.void

const openDatabase = (file: string) =>
  Effect.mapError(openFile(file, "Read"), ({ cause }) => new CannotConnect({ database: file, cause }))

const attempt = <Value>(file: string, run: () => Value): Effect.Effect<Value, CannotConnect> =>
  Effect.mapError(asking(run), ({ cause }) => new CannotConnect({ database: file, cause }))

/** Reads the file, or answers something else where there is none. */
const read = <Value>(file: string, how: (database: DatabaseSync) => Value, orElse: () => Value) =>
  Effect.suspend(() => {
    if (!existsSync(file)) return Effect.succeed(orElse())
    return Effect.scoped(
      Effect.gen(function* () {
        const database = yield* openDatabase(file)
        return yield* attempt(file, () => how(database))
      })
    )
  })
