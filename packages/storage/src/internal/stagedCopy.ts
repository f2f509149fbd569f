// A copy of a database on its way to take the place of another: a single SQLite file of this program's version that nobody else has.
import { Effect } from "effect"
import { copyFile } from "node:fs/promises"
import { statSync } from "node:fs"
import type { DatabaseSync } from "node:sqlite"
import { CannotConnect, DatabaseTooNew } from "../StartFailure.ts"
import { FileDamaged, NotABackup } from "../UpkeepFailure.ts"
import { newLogId } from "./logId.ts"
import { newestKnown } from "./migrate.ts"
import { make as makePartial, writing } from "../PartialFile.ts"
import { asking, copyPages, countsIn, expectSound, makeSingle, migrateFile, newestIn, openFile } from "./sqliteFile.ts"
import { errnoOf, messageOf } from "./sqliteTransaction.ts"
import { tables } from "./tables.ts"

/** Seals the secret of an outgoing webhook with the key of the server that is to open it; answers what it was given if it cannot. */
export type Reseal = (webhookId: string, sealed: string) => string

/** An empty database of this version; `near` is a file that it lies beside. */
export const stageEmpty = Effect.fnUntraced(function* (near: string) {
  const staged = yield* makePartial(near)
  yield* migrateFile(staged)
  yield* change(staged, makeSingle)
  return staged
})

/** What a backup holds, brought up to this version. Says from which; fails when the file is none, or one of another program. */
export const stageBackup = Effect.fnUntraced(function* (file: string, near: string) {
  yield* expectBackup(file)
  const staged = yield* makePartial(near)
  yield* writing(staged, () => copyFile(file, staged))
  const from = yield* look(staged, file, newestIn)
  if (from === 0) return yield* new NotABackup({ file })
  if (from > newestKnown) return yield* new DatabaseTooNew({ database: file, found: from, known: newestKnown })
  const model = yield* makePartial(near)
  yield* migrateFile(model, from)
  const ours = yield* look(model, model, schemaIn)
  if ((yield* look(staged, file, schemaIn)) !== ours) return yield* new NotABackup({ file })
  yield* expectSound(staged, file)
  yield* migrateFile(staged)
  yield* look(staged, file, findingIn).pipe(
    Effect.flatMap((finding) => (finding === undefined ? Effect.void : Effect.fail(new FileDamaged({ file, finding }))))
  )
  yield* change(staged, makeSingle)
  return { staged, from }
})

/** What a database of this version holds that nobody else has open; says how many rows of each table. */
export const stageDatabase = Effect.fnUntraced(function* (file: string) {
  const staged = yield* makePartial(file)
  yield* Effect.scoped(
    Effect.gen(function* () {
      const source = yield* Effect.mapError(
        openFile(file, "Read"),
        ({ cause }) => new CannotConnect({ database: file, cause })
      )
      yield* Effect.uninterruptible(writing(staged, () => copyPages(source, staged)))
    })
  )
  yield* expectSound(staged, file)
  let counts: ReadonlyMap<string, number> = new Map()
  yield* change(staged, (database) => {
    makeSingle(database)
    counts = countsIn(database, tables)
  })
  return { staged, counts }
})

/**
 * Makes what is restored a life of its own. A log may have gone on after it was copied, and what a copy holds may have been revoked,
 * used up or told since:
 * - each log gets a new name, so that cursors into what it was are answered by a reset and never mistaken for places in what it is;
 * - sessions, and links that let people in, are gone: they log in again, and links are made anew;
 * - what outgoing webhooks were yet to be told has ended, and they go on at the head of their room: nobody is told anything twice.
 */
export const begin = (database: DatabaseSync): void => {
  const rename = database.prepare("UPDATE rooms SET log_id = ? WHERE id = ?")
  for (const { id } of database.prepare("SELECT id FROM rooms").all()) rename.run(newLogId(), String(id))
  database.exec(`
    DELETE FROM sessions;
    DELETE FROM one_time_links;
    DELETE FROM invites;
    UPDATE deliveries SET state = 'Failed', problem = 'Paused', status = NULL, next_attempt_at = NULL WHERE state = 'Pending';
    UPDATE outgoing_webhooks SET cursor = (SELECT head FROM rooms WHERE rooms.id = outgoing_webhooks.room_id)`)
}

/** Raises the epochs of all rooms above one that a server may still hold, which has lost its lease and does not know it yet. */
export const raiseEpochs =
  (above: number) =>
  (database: DatabaseSync): void =>
    void database.prepare("UPDATE rooms SET epoch = max(epoch, ?) + 1").run(above)

/** Seals what is sealed. */
export const resealAll =
  (reseal: Reseal) =>
  (database: DatabaseSync): void => {
    const write = database.prepare("UPDATE outgoing_webhooks SET sealed_secret = ? WHERE id = ?")
    for (const row of database.prepare("SELECT id, sealed_secret FROM outgoing_webhooks").all()) {
      const [id, sealed] = [String(row["id"]), String(row["sealed_secret"])]
      const anew = reseal(id, sealed)
      if (anew !== sealed) write.run(anew, id)
    }
  }

/** Changes a staged copy, or gets it ready to be read as a single file. */
export const change = (staged: string, how: (database: DatabaseSync) => void) =>
  Effect.scoped(
    Effect.gen(function* () {
      const database = yield* Effect.orDie(openFile(staged, "Write"))
      yield* writing(staged, () => how(database))
    })
  )

// Everything that a file holds but rows: a trigger or a view more would act for whoever made it. What SQLite itself notes down about
// indices when it is asked to changes nothing.
const schemaIn = (database: DatabaseSync): string =>
  JSON.stringify(
    database
      .prepare(
        `SELECT type, name, tbl_name, sql FROM sqlite_schema
         WHERE NOT (type = 'table' AND name IN ('sqlite_stat1', 'sqlite_stat4')) ORDER BY type, name`
      )
      .all()
  )

/** Many times the longest text of ours; a thousand rows of it fit into one statement. */
const tooLong = 100_000

/** What a server, or the other database, could not live with. */
const findingIn = (database: DatabaseSync): string | undefined => {
  for (const table of tables) {
    const tests = [
      ...table.text.map((column) => `octet_length(${column}) > ${tooLong}`),
      ...table.whole.map((column) => `${column} NOT BETWEEN ${Number.MIN_SAFE_INTEGER} AND ${Number.MAX_SAFE_INTEGER}`)
    ]
    const found = database.prepare(`SELECT 1 FROM ${table.name} WHERE ${tests.join(" OR ")} LIMIT 1`).get()
    if (found !== undefined) return `a row of ${table.name} is out of bounds`
  }
  const behind = database
    .prepare("SELECT 1 FROM rooms WHERE head < (SELECT coalesce(max(change), 0) FROM messages WHERE room_id = id)")
    .get()
  return behind === undefined ? undefined : "a room ends before its newest message"
}

const look = <Value>(staged: string, file: string, how: (database: DatabaseSync) => Value) =>
  Effect.scoped(
    Effect.gen(function* () {
      const database = yield* openFile(staged, "Read")
      return yield* asking(() => how(database))
    })
  ).pipe(
    Effect.catch(({ cause }) =>
      Effect.fail(isNone(cause) ? new NotABackup({ file }) : new FileDamaged({ file, finding: messageOf(cause) }))
    )
  )

// A database that a server has open lies in two files, and one of them alone may be of any moment.
const expectBackup = (file: string) =>
  Effect.try({
    try: () => {
      if (!statSync(file).isFile()) throw new Error("not a file")
      return (statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0
    },
    catch: (cause) => new NotABackup({ file, isAbsent: isAbsent(cause) })
  }).pipe(Effect.flatMap((isOpen) => (isOpen ? Effect.fail(new NotABackup({ file })) : Effect.void)))

const isAbsent = (cause: unknown): boolean => cause instanceof Error && "code" in cause && cause.code === "ENOENT"

// https://www.sqlite.org/rescode.html: NOTADB.
const isNone = (cause: unknown): boolean => errnoOf(cause) === 26
