// What is done to a database as a whole, by a program beside the server: bringing it up to date, emptying it, copying it into a file,
// restoring it from one, and moving it to another database.
//
// A backup is one SQLite file of the schema's own version, from either database, and goes into either. Everything that changes a
// database takes its lease, so no server has it meanwhile; whatever interrupts it, the database is what it was or what it should be.
import { Duration, Effect, Option } from "effect"
import type { Scope } from "effect"
import { Reactivity } from "effect/reactivity"
import { resolve } from "node:path"
import type { Copied, CopyFailure, HeldDatabase, WholeDatabase } from "./internal/heldDatabase.ts"
import type { Migrated } from "./internal/migrate.ts"
import { postgresWhole } from "./internal/postgresWhole.ts"
import { expectCurrentFile, sqliteWhole } from "./internal/sqliteWhole.ts"
import { backupIn, databaseIn } from "./internal/sqliteFolder.ts"
import { begin, change, raiseEpochs, resealAll, stageBackup, stageDatabase, stageEmpty } from "./internal/stagedCopy.ts"
import type { Reseal } from "./internal/stagedCopy.ts"
import * as Postgres from "./Postgres.ts"
import type { ServerLease } from "./ServerLease.ts"
import { DatabaseAbsent } from "./StartFailure.ts"
import type { DatabaseTooOld, StartFailure } from "./StartFailure.ts"
import { DatabaseNotEmpty, NotPutAside } from "./UpkeepFailure.ts"
import type { CopyDiffers, CopyNotWritten, FileDamaged, NotABackup, NotReplaced } from "./UpkeepFailure.ts"

type HoldLost = Effect.Error<ServerLease["Service"]["lost"]>

/** Why something was not done. */
export type UpkeepFailure =
  | StartFailure
  | DatabaseAbsent
  | DatabaseTooOld
  | HoldLost
  | CopyFailure
  | CopyNotWritten
  | NotABackup
  | FileDamaged
  | DatabaseNotEmpty
  | NotPutAside
  | NotReplaced
  | CopyDiffers

/** How a backup takes the place of what there is. */
export interface Restoring<Failure> {
  /** Whether it may take the place of something, which is put aside before. */
  readonly isReplacing: boolean
  /** Is run when the database is held and the backup was found to be one, and never before. */
  readonly reseal: Effect.Effect<Reseal, Failure>
}

/** What became of a restore. */
export interface Restored {
  /** The newest migration that the backup had seen. */
  readonly from: number
  /** Where what was there lies now, if anything was. */
  readonly aside: Option.Option<string>
}

/** One database as a whole. */
export interface Upkeep {
  /** How it is called in sentences, without a password. */
  readonly name: string
  /** Brings it up to date; a SQLite file is backed up before, to `copy`. */
  readonly migrate: Effect.Effect<Migrated & { readonly copy: Option.Option<string> }, UpkeepFailure>
  /** Fails when a server has it, or it cannot be taken for another reason. */
  readonly expectUnused: Effect.Effect<void, UpkeepFailure>
  /** Leaves it empty and up to date; fails where there is no database of ours. */
  readonly reset: Effect.Effect<void, UpkeepFailure>
  /** Copies it into a file that is not there yet, by default one named after the time; a server may go on with it meanwhile. */
  readonly backup: (file?: string) => Effect.Effect<Copied, UpkeepFailure>
  /** Puts what a backup holds into it. */
  readonly restore: <Failure>(
    file: string,
    options: Restoring<Failure>
  ) => Effect.Effect<Restored, UpkeepFailure | Failure>
}

/** The embedded database in a data folder. */
export const sqlite = (options: { readonly dataDir: string }): Upkeep =>
  upkeepOf(options.dataDir, sqliteWhole(options.dataDir, serverWait))

/** A PostgreSQL database; files go into the data folder all the same. */
export const postgres = (options: PostgresPlace): Upkeep => upkeepOf(options.dataDir, postgresOf(options))

/**
 * Copies the embedded database into an empty PostgreSQL database, with all numbers, names of logs and epochs, so that whoever
 * followed a room goes on where they were. The embedded one stays as it is. Answers how many rows each table has.
 */
export const copy = (options: PostgresPlace & { readonly reseal: Reseal }) =>
  Effect.scoped(
    Effect.gen(function* () {
      const from = databaseIn(options.dataDir)
      const source = yield* sqliteWhole(options.dataDir, serverWait).hold
      yield* expectCurrentFile(from)
      const target = postgresOf(options)
      const held = yield* target.hold
      if (!(yield* held.isEmpty)) return yield* new DatabaseNotEmpty({ database: target.name, isReplaceable: false })
      const { staged, counts } = yield* stageDatabase(from)
      yield* change(staged, resealAll(options.reseal))
      yield* whileHeld(held, held.replaceWith(staged)).pipe(Effect.raceFirst(source.lost))
      return { from, to: target.name, counts }
    })
  )

/** Where a PostgreSQL database is, and a folder to write files into. */
export interface PostgresPlace extends Postgres.Address {
  readonly dataDir: string
  /** How long a server may take to let go of it; 11 seconds by default, a second longer than the lease of one that was killed. */
  readonly wait?: Duration.Input
}

/** A server that stops lets go within this; longer it is not waited for. */
const serverWait = Duration.seconds(1)

const postgresOf = ({ wait = "11 seconds", ...address }: PostgresPlace): WholeDatabase =>
  postgresWhole(
    Postgres.nameOf(address.url),
    Effect.provide(
      Effect.flatMap(Postgres.placeOf(address), (place) => Postgres.connect(place, { maxConnections: 1 })),
      Reactivity.layer
    ),
    {
      expiry: Duration.seconds(10),
      wait: Duration.fromInputUnsafe(wait)
    }
  )

const upkeepOf = (dataDir: string, whole: WholeDatabase): Upkeep => {
  const near = databaseIn(dataDir)
  const held = <Value, Failure>(use: (held: HeldDatabase) => Effect.Effect<Value, Failure, Scope.Scope>) =>
    Effect.scoped(Effect.flatMap(whole.hold, (database) => whileHeld(database, use(database))))
  return {
    name: whole.name,
    migrate: held(({ migrate }) => migrate),
    expectUnused: held(() => Effect.void),
    reset: held(
      Effect.fnUntraced(function* (database) {
        if (database.migration === 0) return yield* new DatabaseAbsent({ database: whole.name })
        yield* database.replaceWith(yield* stageEmpty(near))
      })
    ),
    backup: (file) =>
      Effect.flatMap(file === undefined ? backupIn(dataDir) : Effect.succeed(file), (to) => whole.copyTo(resolve(to))),
    restore: (file, { isReplacing, reseal }) =>
      held(
        Effect.fnUntraced(function* (database) {
          const isEmpty = yield* database.isEmpty
          if (!isEmpty && !isReplacing) {
            return yield* new DatabaseNotEmpty({ database: whole.name, isReplaceable: true })
          }
          const { staged, from } = yield* stageBackup(file, near)
          const aside = isEmpty ? Option.none() : Option.some(yield* putAside(dataDir, whole))
          yield* change(staged, begin)
          yield* change(staged, resealAll(yield* reseal))
          yield* change(staged, raiseEpochs(yield* database.greatestEpoch))
          yield* database.replaceWith(staged)
          return { from, aside }
        })
      )
  }
}

const putAside = Effect.fnUntraced(function* (dataDir: string, whole: WholeDatabase) {
  const file = yield* backupIn(dataDir, "before-restore")
  yield* Effect.mapError(whole.copyTo(file), (cause) => new NotPutAside({ database: whole.name, cause }))
  return file
})

const whileHeld = <Value, Failure, Needs>(
  { lost }: HeldDatabase,
  work: Effect.Effect<Value, Failure, Needs>
): Effect.Effect<Value, Failure | HoldLost, Needs> => Effect.raceFirst(work, lost)
