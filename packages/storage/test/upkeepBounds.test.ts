// What the commands for a database as a whole must not touch, and must not take for what it is not.
import { PgClient } from "@effect/sql-pg"
import * as Sqlite from "@messenger/storage/Sqlite"
import * as Upkeep from "@messenger/storage/Upkeep"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Redacted } from "effect"
import { Reactivity } from "effect/reactivity"
import { spawnSync } from "node:child_process"
import { randomUUID } from "node:crypto"
import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs"
import { hostname } from "node:os"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { contents, fill } from "./filledDatabase.ts"
import { temporaryFolder } from "./folders.ts"
import { kinds, onPostgres, onSqlite, within } from "./upkeepWorld.ts"

const asSealed = (_: string, sealed: string) => sealed
const plain = { isReplacing: false, reseal: Effect.succeed(asSealed) }
const replacing = { ...plain, isReplacing: true }

const strangerAt = (url: string | undefined) =>
  Effect.provide(PgClient.make({ url: Redacted.make(url ?? "") }), Reactivity.layer)

const changed = (file: string, sql: string) => {
  const database = new DatabaseSync(file, { enableForeignKeyConstraints: false })
  database.exec(sql)
  database.close()
}

const makeBackup = Effect.gen(function* () {
  const place = yield* onSqlite
  yield* within(place)(fill)
  return (yield* place.upkeep.backup()).file
})

describe("a PostgreSQL database with a schema named like its user", () => {
  const ownSchema = Effect.fnUntraced(function* (url: string | undefined) {
    const sql = yield* strangerAt(url)
    yield* sql`SELECT format('CREATE SCHEMA %I', current_user) AS make`.pipe(
      Effect.flatMap(([row]) => sql.unsafe(String(row?.["make"])))
    )
    return sql
  })

  it.live("keeps its tables where they are: nothing that is not asked to replace them does", () =>
    Effect.gen(function* () {
      const place = yield* onPostgres
      const before = yield* within(place)(Effect.andThen(fill, contents))
      yield* ownSchema(place.url)
      const file = yield* makeBackup
      expect((yield* Effect.flip(place.upkeep.restore(file, plain)))._tag).toBe("DatabaseNotEmpty")
      const from = yield* onSqlite
      yield* within(from)(fill)
      const url = Redacted.make(place.url ?? "")
      const refused = yield* Effect.flip(Upkeep.copy({ dataDir: from.dataDir, url, reseal: asSealed }))
      expect(refused._tag).toBe("DatabaseNotEmpty")
      expect(yield* within(place)(contents)).toEqual(before)
      yield* place.upkeep.restore(file, replacing)
      expect((yield* within(place)(contents))["messages"]).toHaveLength(2)
    })
  )

  it.live("has a new database in that schema, and leaves tables of the same names in public alone", () =>
    Effect.gen(function* () {
      const place = yield* onPostgres
      const sql = yield* ownSchema(place.url)
      yield* sql`CREATE TABLE public.accounts (id TEXT)`
      yield* sql`INSERT INTO public.accounts VALUES ('of somebody else')`
      yield* within(place)(fill)
      yield* place.upkeep.reset
      yield* place.upkeep.restore(yield* makeBackup, plain)
      expect((yield* within(place)(contents))["messages"]).toHaveLength(2)
      expect(yield* sql`SELECT id FROM public.accounts`).toEqual([{ id: "of somebody else" }])
    })
  )
})

describe("a PostgreSQL database of somebody else", () => {
  it.live("is neither reset nor replaced, also where its tables have our names and no rows", () =>
    Effect.gen(function* () {
      const place = yield* onPostgres
      const sql = yield* strangerAt(place.url)
      yield* sql`CREATE TABLE accounts (id TEXT)`
      const file = yield* makeBackup
      expect((yield* Effect.flip(place.upkeep.reset))._tag).toBe("DatabaseAbsent")
      expect((yield* Effect.flip(place.upkeep.restore(file, plain)))._tag).toBe("DatabaseNotEmpty")
      expect((yield* Effect.flip(place.upkeep.restore(file, replacing)))._tag).toBe("NotPutAside")
      yield* sql`CREATE TABLE migrations (migration_id INTEGER, name TEXT)`
      yield* sql`INSERT INTO migrations VALUES (1, 'theirs')`
      expect((yield* Effect.flip(place.upkeep.reset))._tag).toBe("DatabaseAbsent")
      expect(yield* sql`SELECT * FROM accounts`).toEqual([])
    })
  )

  it.live("keeps what it made of our tables: they are not replaced from under it", () =>
    Effect.gen(function* () {
      const place = yield* onPostgres
      const before = yield* within(place)(Effect.andThen(fill, contents))
      const sql = yield* strangerAt(place.url)
      yield* sql`CREATE VIEW people AS SELECT name FROM accounts`
      const refused = yield* Effect.flip(place.upkeep.reset)
      expect(refused._tag).toBe("NotReplaced")
      expect(refused.message).toMatch(/^[^\n]+ is unchanged: [^\n]*depend[^\n]+[^.]\.$/)
      expect(yield* within(place)(contents)).toEqual(before)
      expect((yield* sql`SELECT name FROM people`).length).toBeGreaterThan(0)
    })
  )
})

it.live("a SQLite file of somebody else is neither reset nor replaced", () =>
  Effect.gen(function* () {
    const place = yield* onSqlite
    changed(join(place.dataDir, "messenger.db"), "CREATE TABLE theirs (x)")
    expect((yield* Effect.flip(place.upkeep.reset))._tag).toBe("DatabaseAbsent")
    expect((yield* Effect.flip(place.upkeep.restore(yield* makeBackup, plain)))._tag).toBe("DatabaseNotEmpty")
  })
)

for (const [kind, makePlace] of Object.entries(kinds)) {
  describe(`a restore into ${kind}`, () => {
    it.live("takes no file that holds more than a backup, or tables that only look like ours", () =>
      Effect.gen(function* () {
        const place = yield* makePlace
        const backup = yield* makeBackup
        const file = join(yield* temporaryFolder, "spoiled.db")
        const refusal = Effect.fnUntraced(function* (sql: string) {
          copyFileSync(backup, file)
          changed(file, sql)
          const failure = yield* Effect.flip(place.upkeep.restore(file, plain))
          expect(failure.message).toContain(file)
          expect(failure.message).toMatch(/^[^\n]+[^.]\.$/)
          return failure._tag
        })
        for (const sql of [
          "CREATE TRIGGER keep BEFORE DELETE ON sessions BEGIN SELECT RAISE(IGNORE); END",
          "CREATE TRIGGER raise AFTER INSERT ON messages BEGIN UPDATE accounts SET role = 'owner'; END",
          "CREATE TABLE extra (x)",
          "CREATE VIEW everybody AS SELECT * FROM accounts",
          "DROP INDEX accounts_username",
          "CREATE TABLE lookalike AS SELECT * FROM read_markers; DROP TABLE read_markers; ALTER TABLE lookalike RENAME TO read_markers"
        ]) {
          expect([sql, yield* refusal(sql)]).toEqual([sql, "NotABackup"])
        }
        for (const sql of [
          "UPDATE rooms SET head = 9223372036854775807 WHERE id = 'tea'",
          "UPDATE rooms SET head = 1, last_message = 1 WHERE id = 'lobby'",
          "UPDATE messages SET text = hex(zeroblob(200000)) WHERE number = 1",
          "UPDATE accounts SET created_at = 9007199254740993"
        ]) {
          expect([sql, yield* refusal(sql)]).toEqual([sql, "FileDamaged"])
        }
        copyFileSync(backup, file)
        changed(file, "ANALYZE")
        yield* place.upkeep.restore(file, plain)
      })
    )

    it.live("asks for the key of a backup only when it has found it to be one", () =>
      Effect.gen(function* () {
        const place = yield* makePlace
        const file = join(yield* temporaryFolder, "letter.db")
        writeFileSync(file, "a letter ".repeat(1_000))
        let asked = 0
        const reseal = Effect.sync(() => {
          asked += 1
          return asSealed
        })
        yield* Effect.flip(place.upkeep.restore(file, { isReplacing: true, reseal }))
        expect(asked).toBe(0)
        yield* place.upkeep.restore(yield* makeBackup, { isReplacing: true, reseal })
        expect(asked).toBe(1)
      })
    )

    it.live("removes what commands have left that were killed, and nothing that somebody may still write", () =>
      Effect.gen(function* () {
        const place = yield* makePlace
        const id = "01234567-89ab-4def-8123-456789abcdef"
        const { pid: gone } = spawnSync(process.execPath, ["--version"])
        const backups = join(place.dataDir, "backups")
        mkdirSync(backups)
        const leave = (name: string, isOld = false) => {
          writeFileSync(join(backups, name), "")
          if (isOld) utimesSync(join(backups, name), 1, 1)
          return name
        }
        const host = hostname().replaceAll(/[^a-zA-Z0-9-]/g, "-")
        const stale = [
          leave(`a.db.${host}.${gone}.${id}.partial`),
          leave(`a.db.${host}.${gone}.${id}.partial-wal`),
          leave(`b.db.${host}.${process.pid}.${id}.partial`),
          leave(`c.db.elsewhere.${gone}.${id}.partial`, true)
        ]
        const kept = [
          leave(`d.db.${host}.${process.ppid}.${id}.partial`),
          leave(`e.db.elsewhere.${gone}.${id}.partial`),
          leave("of.somebody.partial", true)
        ]
        yield* within(place)(fill)
        yield* place.upkeep.backup()
        const left = readdirSync(backups)
        expect(left).toEqual(expect.arrayContaining(kept))
        expect(stale.filter((name) => left.includes(name))).toEqual([])
      })
    )
  })
}

it.live("a server on SQLite removes what killed commands have left in its folder", () =>
  Effect.gen(function* () {
    const dataDir = yield* temporaryFolder
    const { pid } = spawnSync(process.execPath, ["--version"])
    const host = hostname().replaceAll(/[^a-zA-Z0-9-]/g, "-")
    const left = join(dataDir, `messenger.db.${host}.${pid}.01234567-89ab-4def-8123-456789abcdef.partial`)
    writeFileSync(left, "")
    yield* Effect.scoped(Effect.provide(Effect.void, Sqlite.layer({ dataDir })))
    expect(existsSync(left)).toBe(false)
  })
)

it.live("a backup to a name that SQLite would read as an address is the file of that name", () =>
  Effect.gen(function* () {
    const place = yield* onSqlite
    yield* within(place)(fill)
    const name = yield* Effect.acquireRelease(Effect.succeed(`file:${randomUUID()}.db`), (name) =>
      Effect.sync(() => rmSync(join(process.cwd(), name), { force: true }))
    )
    const { file } = yield* place.upkeep.backup(name)
    expect(file).toBe(join(process.cwd(), name))
    expect(statSync(file).size).toBeGreaterThan(4_096)
    yield* (yield* onSqlite).upkeep.restore(file, plain)
  })
)

it.live("a migration that fails says why, and leaves no copy of what it has not changed", () =>
  Effect.gen(function* () {
    const place = yield* onSqlite
    yield* place.leaveOlder
    changed(join(place.dataDir, "messenger.db"), "CREATE TABLE devices (x)")
    for (const failure of [yield* Effect.flip(within(place)(Effect.void)), yield* Effect.flip(place.upkeep.migrate)]) {
      expect(failure._tag).toBe("MigrationFailed")
      expect(failure.message).toMatch(/ is unchanged: table devices already exists\.$/)
    }
    expect(readdirSync(join(place.dataDir, "backups"))).toEqual([])
  })
)
