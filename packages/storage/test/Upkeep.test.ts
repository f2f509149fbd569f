import * as Upkeep from "@messenger/storage/Upkeep"
import { PgClient } from "@effect/sql-pg"
import { Database } from "@messenger/storage/Database"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Fiber, Option, Redacted, Schedule } from "effect"
import { Reactivity } from "effect/reactivity"
import { readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { newestKnown } from "../src/internal/migrate.ts"
import { contents, fill } from "./filledDatabase.ts"
import { temporaryFolder } from "./folders.ts"
import { kinds, onPostgres, onSqlite, within } from "./upkeepWorld.ts"

const asSealed = (_: string, sealed: string) => sealed
const plain = { isReplacing: false, reseal: Effect.succeed(asSealed) }
const replacing = { ...plain, isReplacing: true }

/** A backup of a filled database. */
const makeBackup = Effect.gen(function* () {
  const place = yield* onSqlite
  yield* within(place)(fill)
  return (yield* place.upkeep.backup()).file
})

/** Runs it with a change to a copy of such a backup. */
const spoiled = Effect.fnUntraced(function* (spoil: (file: string) => void) {
  const file = yield* makeBackup
  spoil(file)
  return file
})

const partials = (dataDir: string) =>
  readdirSync(dataDir, { recursive: true }).filter((name) => String(name).includes("partial"))

for (const [kind, makePlace] of Object.entries(kinds)) {
  describe(`a backup of ${kind}`, () => {
    for (const [other, makeOther] of Object.entries(kinds)) {
      it.live(`holds every row, and goes into ${other} with a life of its own`, () =>
        Effect.gen(function* () {
          const from = yield* makePlace
          const before = yield* within(from)(Effect.andThen(fill, contents))
          for (const [table, rows] of Object.entries(before)) expect([table, rows.length]).not.toEqual([table, 0])
          const { counts, file, migration } = yield* from.upkeep.backup()
          expect(migration).toBe(newestKnown)
          expect(counts.get("messages")).toBe(2)
          expect(counts.get("rooms")).toBe(2)

          const into = yield* makeOther
          const restored = yield* into.upkeep.restore(file, {
            ...plain,
            reseal: Effect.succeed((id: string, sealed: string) => `${id} ${sealed}`)
          })
          expect(restored).toEqual({ from: newestKnown, aside: Option.none() })
          const after = yield* within(into)(contents)
          const { deliveries, invites, one_time_links, outgoing_webhooks, rooms, sessions, ...same } = after
          expect(before).toMatchObject(same)
          expect([sessions, invites, one_time_links]).toEqual([[], [], []])
          const logs = rooms?.map(({ log_id }) => log_id) ?? []
          expect(new Set([...logs, "log-of-lobby", "log-of-tea"]).size).toBe(4)
          expect(rooms?.map(({ id, epoch, head }) => [id, head, Number(epoch) > 1])).toEqual([
            ["lobby", 3, true],
            ["tea", 0, true]
          ])
          expect(outgoing_webhooks).toMatchObject([{ cursor: 3, sealed_secret: "out1 sealed" }])
          expect(deliveries).toMatchObject([{ state: "Delivered" }, { state: "Failed", next_attempt_at: null }])
          expect([...partials(from.dataDir), ...partials(into.dataDir)]).toEqual([])
        })
      )
    }

    it.live(
      "is one file of its owner alone, made while a server has the database, and never in the place of another",
      () =>
        Effect.gen(function* () {
          const place = yield* makePlace
          const file = join(yield* temporaryFolder, "new folder", "copy.db")
          yield* Effect.gen(function* () {
            yield* fill
            yield* place.upkeep.backup(file)
            const again = yield* Effect.flip(place.upkeep.backup(file))
            expect(again._tag).toBe("FileExists")
            expect(again.message).toContain(file)
          }).pipe(Effect.provide(place.server))
          expect(readdirSync(join(file, ".."))).toEqual(["copy.db"])
          expect(statSync(file).mode & 0o777).toBe(0o600)
          const copy = new DatabaseSync(file, { readOnly: true })
          expect(copy.prepare("PRAGMA journal_mode").get()).toEqual({ journal_mode: "delete" })
          copy.close()
        })
    )

    it.live("that there is nothing to be made of says so, and leaves nothing", () =>
      Effect.gen(function* () {
        const place = yield* makePlace
        const failure = yield* Effect.flip(place.upkeep.backup())
        expect(failure._tag).toBe("DatabaseAbsent")
        expect(readdirSync(place.dataDir)).toEqual(expect.not.arrayContaining(["messenger.db"]))
        expect(partials(place.dataDir)).toEqual([])
      })
    )

    it.live("of an older version stays of that version, and is brought up to date when it is restored", () =>
      Effect.gen(function* () {
        const place = yield* makePlace
        yield* place.leaveOlder
        const { file, migration } = yield* place.upkeep.backup()
        expect(migration).toBe(1)
        const into = yield* makePlace
        expect((yield* into.upkeep.restore(file, plain)).from).toBe(1)
        const { accounts, messages } = yield* within(into)(contents)
        expect(accounts?.map(({ name, role }) => [name, role])).toEqual([
          ["ÄNNE", "guest"],
          ["Änne", "guest"],
          ["Grace", "member"]
        ])
        expect(messages?.map(({ text }) => text)).toEqual(["one", "two"])
      })
    )
  })

  describe(`a restore into ${kind}`, () => {
    it.live("takes the place of what is there only when it may, and puts that aside first", () =>
      Effect.gen(function* () {
        const place = yield* makePlace
        const before = yield* within(place)(Effect.andThen(fill, contents))
        const other = yield* onSqlite
        yield* other.upkeep.migrate
        const { file } = yield* other.upkeep.backup()

        const refused = yield* Effect.flip(place.upkeep.restore(file, plain))
        expect(refused._tag).toBe("DatabaseNotEmpty")
        expect(yield* within(place)(contents)).toEqual(before)

        const { aside } = yield* place.upkeep.restore(file, replacing)
        const after = yield* within(place)(contents)
        expect(Object.values(after).flat()).toEqual([])

        const back = yield* place.upkeep.restore(
          Option.getOrElse(aside, () => ""),
          plain
        )
        expect(back.aside).toEqual(Option.none())
        expect((yield* within(place)(contents))["messages"]).toEqual(before["messages"])
      })
    )

    it.live("raises the epochs above those of the rooms that it replaces", () =>
      Effect.gen(function* () {
        const place = yield* makePlace
        const file = yield* makeBackup
        yield* within(place)(
          Effect.andThen(
            fill,
            Effect.flatMap(Database, ({ writes }) => writes`UPDATE rooms SET epoch = 70 WHERE id = 'tea'`)
          )
        )
        yield* place.upkeep.restore(file, replacing)
        const { rooms } = yield* within(place)(contents)
        expect(rooms?.map(({ epoch }) => epoch)).toEqual([71, 71])
      })
    )

    it.live("goes on numbering after the largest number", () =>
      Effect.gen(function* () {
        const place = yield* makePlace
        yield* place.upkeep.restore(yield* makeBackup, plain)
        const [row] = yield* within(place)(
          Effect.flatMap(
            Database,
            ({ writes }) => writes<{ id: number }>`
              INSERT INTO audit (key, at, action, detail) VALUES ('a3', 3, 'LoggedIn', '') RETURNING id`
          )
        )
        expect(row?.id).toBe(3)
      })
    )

    it.live("refuses what is no backup, is damaged, or is of a newer program, and changes nothing", () =>
      Effect.gen(function* () {
        const place = yield* makePlace
        const before = yield* within(place)(Effect.andThen(fill, contents))
        const change = (sql: string) => (file: string) => {
          const database = new DatabaseSync(file)
          database.exec(sql)
          database.close()
        }
        const tags = yield* Effect.forEach(
          [
            () => undefined,
            (file: string) => writeFileSync(file, "a letter ".repeat(1_000)),
            (file: string) => writeFileSync(file, ""),
            change("DROP TABLE migrations"),
            change("UPDATE migrations SET name = 'of_another_program' WHERE migration_id = 1"),
            change("PRAGMA foreign_keys = off; DROP TABLE read_markers"),
            change("INSERT INTO migrations (migration_id, name) VALUES (9999, 'of_tomorrow')"),
            change("PRAGMA foreign_keys = off; DELETE FROM accounts WHERE id = 'ada'"),
            (file: string) => truncateSync(file, statSync(file).size - 8_192),
            (file: string) => {
              const bytes = readFileSync(file)
              writeFileSync(file, bytes.fill(0x5a, 4_096 * 3, 4_096 * 9))
            }
          ],
          (spoil) =>
            Effect.flatMap(spoiled(spoil), (file) =>
              Effect.match(place.upkeep.restore(file, { ...replacing }), {
                onFailure: (failure) => {
                  expect(failure.message).toContain(file)
                  expect(failure.message).toMatch(/^[^\n]+[^.]\.$/)
                  return failure._tag
                },
                onSuccess: () => "Restored"
              })
            )
        )
        expect(tags).toEqual([
          "Restored",
          "NotABackup",
          "NotABackup",
          "NotABackup",
          "NotABackup",
          "NotABackup",
          "DatabaseTooNew",
          "FileDamaged",
          "FileDamaged",
          "FileDamaged"
        ])
        const absent = yield* Effect.flip(place.upkeep.restore("/nowhere/copy.db", replacing))
        expect(absent.message).toMatch(/^There is no file \/nowhere\/copy\.db: /)
        expect((yield* within(place)(contents))["messages"]).toEqual(before["messages"])
        expect(partials(place.dataDir)).toEqual([])
      })
    )

    it.live(
      "and a reset, and a migration, are refused while a server has the database",
      () =>
        Effect.gen(function* () {
          const place = yield* makePlace
          const file = yield* makeBackup
          yield* Effect.gen(function* () {
            yield* fill
            const { expectUnused, migrate, reset, restore } = place.upkeep
            const failures = yield* Effect.all([
              Effect.flip(expectUnused),
              Effect.flip(restore(file, replacing)),
              Effect.flip(reset),
              Effect.flip(migrate)
            ])
            expect(failures.map(({ _tag }) => _tag)).toEqual(Array(4).fill("DatabaseInUse"))
            for (const { message } of failures) expect(message).toContain(`The database ${place.upkeep.name} is in use`)
            expect((yield* contents)["messages"]).toHaveLength(2)
          }).pipe(Effect.provide(place.server))
        }),
      60_000
    )
  })

  describe(`${kind} as a whole`, () => {
    it.live("is emptied by a reset, and is up to date then", () =>
      Effect.gen(function* () {
        const place = yield* makePlace
        yield* within(place)(fill)
        yield* place.upkeep.reset
        expect(yield* place.upkeep.migrate).toMatchObject({ from: newestKnown, to: newestKnown })
        expect(Object.values(yield* within(place)(contents)).flat()).toEqual([])
        if (place.url === undefined) {
          expect(readFileSync(join(place.dataDir, "messenger.db")).includes("log-of-lobby")).toBe(false)
        }
      })
    )

    it.live("is made, brought up to date, and left alone when it is", () =>
      Effect.gen(function* () {
        const fresh = yield* makePlace
        expect(yield* fresh.upkeep.migrate).toEqual({ from: 0, to: newestKnown, copy: Option.none() })
        expect(yield* fresh.upkeep.migrate).toEqual({ from: newestKnown, to: newestKnown, copy: Option.none() })
        const older = yield* makePlace
        yield* older.leaveOlder
        expect(yield* older.upkeep.migrate).toMatchObject({ from: 1, to: newestKnown })
      })
    )

    it.live("of a newer program is left alone by everything", () =>
      Effect.gen(function* () {
        const place = yield* makePlace
        const file = yield* makeBackup
        yield* within(place)(
          Effect.flatMap(
            Database,
            ({ writes }) => writes`INSERT INTO migrations (migration_id, name) VALUES (9999, 'of_tomorrow')`
          )
        )
        const { backup, migrate, reset, restore } = place.upkeep
        const all = [backup(), migrate, reset, restore(file, replacing)]
        for (const one of all) expect((yield* Effect.flip(Effect.asVoid(one)))._tag).toBe("DatabaseTooNew")
      })
    )
  })
}

describe("a SQLite file that must be brought up to date", () => {
  it.live("is backed up before, to a file that says of which migration it is", () =>
    Effect.gen(function* () {
      const place = yield* onSqlite
      yield* place.leaveOlder
      yield* within(place)(Effect.void)
      const [name = "", ...others] = readdirSync(join(place.dataDir, "backups"))
      expect(others).toEqual([])
      expect(name).toMatch(/^messenger-at-migration-1-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ\.db$/)
      const into = yield* onSqlite
      expect((yield* into.upkeep.restore(join(place.dataDir, "backups", name), plain)).from).toBe(1)
    })
  )

  it.live("is left as it is when it cannot be backed up", () =>
    Effect.gen(function* () {
      const place = yield* onSqlite
      yield* place.leaveOlder
      writeFileSync(join(place.dataDir, "backups"), "in the way")
      const failure = yield* Effect.flip(within(place)(Effect.void))
      expect(failure._tag).toBe("NotBackedUp")
      expect(failure.message).toMatch(/^[^\n]+\.$/)
      expect(failure.message).toContain(join(place.dataDir, "backups"))
      expect((yield* place.upkeep.backup(join(place.dataDir, "by hand.db"))).migration).toBe(1)
    })
  )
})

describe("a restore into PostgreSQL whose connection is lost", () => {
  it.live("says so in a sentence, and leaves what was there", () =>
    Effect.gen(function* () {
      const from = yield* onSqlite
      yield* within(from)(
        Effect.gen(function* () {
          const { writes: sql } = yield* Database
          yield* fill
          yield* sql`
            WITH RECURSIVE n(i) AS (SELECT 10 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
            INSERT INTO messages (room_id, number, change, author_id, key, state, text, at)
            SELECT 'tea', i, i, 'ada', 'key-' || i, 'Present', printf('%0100d', i), i FROM n`
          yield* sql`UPDATE rooms SET head = 20000, last_message = 20000 WHERE id = 'tea'`
        })
      )
      const { file } = yield* from.upkeep.backup()
      const into = yield* onPostgres
      const before = yield* within(into)(Effect.andThen(fill, contents))
      const stranger = yield* PgClient.make({ url: Redacted.make(into.url ?? "") }).pipe(
        Effect.provide(Reactivity.layer)
      )
      const restoring = yield* Effect.forkChild(Effect.flip(into.upkeep.restore(file, replacing)))
      // As soon as rows go in; a busy machine takes its time until then, at most that of this test.
      yield* stranger`
        SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND query LIKE 'INSERT INTO messages%'`.pipe(
        Effect.repeat({ until: (cut) => cut.length > 0, schedule: Schedule.spaced("5 millis") })
      )
      const failure = yield* Fiber.join(restoring)
      expect(failure._tag).toBe("NotReplaced")
      expect(failure.message).toMatch(/^[^\n]+[^.]\.$/)
      expect(yield* within(into)(contents)).toEqual(before)
    })
  )
})

describe("a copy from SQLite to PostgreSQL", () => {
  it.live("is the same in every row, and leaves the file as it was", () =>
    Effect.gen(function* () {
      const from = yield* onSqlite
      const before = yield* within(from)(Effect.andThen(fill, contents))
      const into = yield* onPostgres
      const url = Redacted.make(into.url ?? "")
      const reseal = (_: string, sealed: string) => sealed
      const { counts } = yield* Upkeep.copy({ dataDir: from.dataDir, url, reseal })
      expect(counts.get("messages")).toBe(2)
      const after = yield* within(into)(contents)
      expect(after).toEqual(before)
      expect(yield* within(from)(contents)).toEqual(before)
      const refused = yield* Effect.flip(Upkeep.copy({ dataDir: from.dataDir, url, reseal }))
      expect(refused._tag).toBe("DatabaseNotEmpty")
      expect(refused.message).not.toContain("--replace")
      expect(partials(from.dataDir)).toEqual([])
    })
  )

  it.live(
    "is refused while a server has either, and from a file of an older version",
    () =>
      Effect.gen(function* () {
        const from = yield* onSqlite
        const into = yield* onPostgres
        const options = {
          dataDir: from.dataDir,
          url: Redacted.make(into.url ?? ""),
          reseal: asSealed,
          wait: "1 second" as const
        }
        const refusal = Effect.map(Effect.flip(Upkeep.copy(options)), ({ _tag }) => _tag)
        expect(yield* refusal).toBe("DatabaseAbsent")
        yield* from.leaveOlder
        expect(yield* refusal).toBe("DatabaseTooOld")
        yield* within(from)(Effect.void)
        expect(yield* Effect.provide(refusal, from.server)).toBe("DatabaseInUse")
        expect(yield* Effect.provide(refusal, into.server)).toBe("DatabaseInUse")
      }),
    60_000
  )
})
