// Backups under load, a move to PostgreSQL under the feet of its readers, and kills in the middle.
import { PgClient } from "@effect/sql-pg"
import { expect, inject, it } from "@effect/vitest"
import { Effect, Fiber, Redacted } from "effect"
import { Reactivity } from "effect/reactivity"
import { randomUUID } from "node:crypto"
import { copyFileSync, readdirSync, rmSync, statSync } from "node:fs"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { describe } from "vitest"
import { createDatabase } from "../../../../tests/postgres.ts"
import { browserOf } from "../support/Browser.ts"
import { readEvents } from "../support/EventReader.ts"
import { runCommand, startCommand } from "../support/Command.ts"
import { startProcess, temporaryFolder } from "../support/ServerProcess.ts"
import { until } from "../support/WireClient.ts"

const slow = { timeout: 240_000 }

const password = "correct horse battery"
const SECRET_KEY = "a key of thirty-two characters or more"
const unhurried = { POSTS_PER_MINUTE: "1000000" }

const newDatabase = Effect.promise(() => createDatabase(inject("pgSocketDir"), `upkeep_${randomUUID().slice(0, 8)}`))

/** Settings of a database of either kind. */
const kinds = {
  SQLite: Effect.succeed<Readonly<Record<string, string>>>({}),
  PostgreSQL: Effect.map(newDatabase, (url): Readonly<Record<string, string>> => ({ DATABASE_URL: url, SECRET_KEY }))
}

const done = Effect.fnUntraced(function* (
  folder: string,
  args: ReadonlyArray<string>,
  settings: Readonly<Record<string, string>> = {}
) {
  const { code, errors, output } = yield* runCommand(folder, args, settings)
  expect([errors, code]).toEqual(["", 0])
  return output
})

const post = (browser: ReturnType<typeof browserOf>, room: string, text: string) =>
  Effect.map(browser.post(`/api/v1/rooms/${room}/messages`, { text }), ({ json, status, text: answer }) => {
    if (status !== 201) throw new Error(`${status} ${answer}`)
    return Number(json["number"])
  })

/** What a SQLite file asks for in one column. */
const ask = (file: string, sql: string): ReadonlyArray<Readonly<Record<string, unknown>>> => {
  const database = new DatabaseSync(file, { readOnly: true })
  try {
    return database.prepare(sql).all()
  } finally {
    database.close()
  }
}

for (const [kind, makeSettings] of Object.entries(kinds)) {
  describe(`a backup of ${kind} under load`, () => {
    it.live(
      "holds of each room the beginning of its log, with everything that was acknowledged before it began",
      () =>
        Effect.gen(function* () {
          const settings = { ...unhurried, ...(yield* makeSettings) }
          const folder = yield* temporaryFolder
          const url = yield* (yield* startProcess(folder, settings)).url
          const ada = browserOf({ url })
          yield* ada.post("/register", { username: "ada", email: "ada@example.org", password })
          const rooms = ["lobby"]
          for (const slug of ["tea", "deploys"]) {
            const made = yield* ada.post("/api/v1/rooms", { slug, name: slug, topic: "", private: false })
            if (made.status === 201) rooms.push(slug)
          }
          expect(rooms.length).toBeGreaterThan(1)
          const acknowledged = new Map(rooms.map((room) => [room, 0]))
          const writing = yield* Effect.forkChild(
            Effect.forEach(
              [...rooms, ...rooms],
              (room) =>
                Effect.forever(
                  Effect.map(post(ada, room, `said in ${room}`), (number) =>
                    acknowledged.set(room, Math.max(number, acknowledged.get(room) ?? 0))
                  )
                ),
              { concurrency: "unbounded" }
            )
          )
          yield* until("enough is said", () => [...acknowledged.values()].every((number) => number > 30), 30_000)
          const before = new Map(acknowledged)
          yield* done(folder, ["backup", "--to", "copy.db"], settings)
          const after = new Map(acknowledged)
          yield* Fiber.interrupt(writing)
          for (const room of rooms) expect(after.get(room)).toBeGreaterThan(before.get(room) ?? 0)

          const elsewhere = yield* temporaryFolder
          yield* done(elsewhere, ["restore", join(folder, "copy.db")])
          const rows = ask(
            join(elsewhere, "data/messenger.db"),
            `SELECT slug, head, count(*) AS held, min(number) AS first, max(number) AS last, min(text) AS least, max(text) AS most
             FROM rooms JOIN messages ON room_id = id GROUP BY slug, head`
          )
          expect(new Set(rows.map(({ slug }) => slug))).toEqual(new Set(rooms))
          for (const { first, head, held, last, least, most, slug } of rows) {
            expect([first, held, last]).toEqual([1, head, head])
            expect(head).toBeGreaterThanOrEqual(before.get(String(slug)) ?? 0)
            expect([least, most]).toEqual([`said in ${String(slug)}`, `said in ${String(slug)}`])
          }
        }),
      slow
    )
  })
}

describe("a copy to PostgreSQL", () => {
  it.live(
    "keeps places, sessions and numbers: a reader goes on from its cursor, and the next message has the next number",
    () =>
      Effect.gen(function* () {
        const folder = yield* temporaryFolder
        const { browser, cursor } = yield* Effect.scoped(
          Effect.gen(function* () {
            const server = yield* startProcess(folder, unhurried)
            const url = yield* server.url
            const browser = browserOf({ url })
            yield* browser.post("/register", { username: "ada", email: "ada@example.org", password })
            for (const text of ["one", "two"]) yield* post(browser, "lobby", text)
            const reader = yield* readEvents({ url }, "/api/v1/rooms/lobby/events", { cookie: browser.cookie() })
            const { id } = yield* reader.waitFor("ready")
            // Said while the reader looks away.
            for (const text of ["three", "four"]) yield* post(browser, "lobby", text)
            server.kill("SIGTERM")
            yield* server.exitCode
            return { browser, cursor: id ?? "" }
          })
        )
        const address = yield* newDatabase
        const said = yield* done(folder, ["copy", "--to", address], { SECRET_KEY })
        expect(said).toContain("messages: 4")

        const url = yield* (yield* startProcess(folder, { ...unhurried, DATABASE_URL: address, SECRET_KEY })).url
        const reader = yield* readEvents({ url }, "/api/v1/rooms/lobby/events", {
          cookie: browser.cookie(),
          "last-event-id": cursor
        })
        const answer = yield* browserOf({ url }).get("/api/v1/rooms/lobby/messages", { cookie: browser.cookie() })
        expect(answer.status).toBe(200)
        const again = browserOf({ url })
        yield* again.post("/login", { username: "ada", password })
        expect(yield* post(again, "lobby", "five")).toBe(5)
        const messages = () => reader.told().filter(({ event }) => event === "message")
        yield* until("all is told", () => messages().length >= 3)
        expect(messages().map(({ id }) => id)).toEqual([3, 4, 5].map((number) => cursor.replace(/~\d+$/, `~${number}`)))
        expect(reader.told().map(({ event }) => event)).not.toContain("reset")
      }),
    slow
  )
})

/** Leaves a database of so many messages in a folder; answers where. */
const leaveMany = Effect.fnUntraced(function* (count: number) {
  const folder = yield* temporaryFolder
  yield* done(folder, ["migrate"])
  const file = join(folder, "data/messenger.db")
  const database = new DatabaseSync(file)
  database.exec(`
    INSERT INTO accounts (id, kind, name, name_fold, status, created_at) VALUES ('ada', 'member', 'Ada', 'ada', 'online', 1);
    INSERT INTO rooms (id, slug, name, topic, change, log_id, epoch, head, last_message, created_at)
      VALUES ('lobby', 'lobby', 'Lobby', '', 0, 'log-of-before', 1, ${count}, ${count}, 1);
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${count})
      INSERT INTO messages (room_id, number, change, author_id, key, state, text, at)
      SELECT 'lobby', i, i, 'ada', 'key-' || i, 'Present', printf('message %d %0100d', i, i), i FROM n;`)
  database.close()
  return { folder, file }
})

const summary = `SELECT (SELECT count(*) FROM messages) AS messages, (SELECT count(*) FROM rooms) AS rooms,
  (SELECT count(*) FROM accounts) AS accounts, (SELECT max(number) FROM messages) AS last`

/** Kills a command at ever later moments of its work, until it has done it; answers how many kills came before that. */
const killed = Effect.fnUntraced(function* <Failure>(
  start: ReturnType<typeof startCommand>,
  hasBegun: () => boolean,
  isDone: Effect.Effect<boolean, Failure>
) {
  for (let [kills, pause] = [0, 0]; ; [kills, pause] = [kills + 1, pause * 1.6 + 15]) {
    yield* Effect.scoped(
      Effect.gen(function* () {
        const { ended, kill } = yield* start
        const waiting = yield* Effect.forkChild(ended)
        yield* Effect.raceFirst(until("it has begun", hasBegun, 60_000), Fiber.join(waiting))
        yield* Effect.promise(() => new Promise((resolve) => setTimeout(resolve, pause)))
        kill()
        const { code, errors } = yield* Fiber.join(waiting)
        expect([errors, code === 1]).toEqual(["", false])
      })
    )
    if (yield* isDone) return kills
  }
})

const hasPartial = (folder: string) => () =>
  readdirSync(folder, { recursive: true }).some((name) => String(name).endsWith(".partial"))

const clear = (folder: string) => {
  for (const name of readdirSync(folder, { recursive: true })) {
    if (String(name).includes(".partial")) rmSync(join(folder, String(name)))
  }
}

describe("a kill in the middle", () => {
  it.live(
    "of a restore into SQLite leaves what was there, or what was to be there",
    () =>
      Effect.gen(function* () {
        const [old, backup] = [yield* leaveMany(15_000), yield* leaveMany(20_000)]
        yield* done(backup.folder, ["backup", "--to", "copy.db"])
        const target = yield* temporaryFolder
        yield* done(target, ["migrate"])
        copyFileSync(old.file, join(target, "data/messenger.db"))
        const kills = yield* killed(
          startCommand(target, ["restore", join(backup.folder, "copy.db"), "--replace"]),
          hasPartial(join(target, "data")),
          Effect.sync(() => {
            clear(join(target, "data"))
            const file = join(target, "data/messenger.db")
            // As the next server opens it.
            const database = new DatabaseSync(file)
            expect(database.prepare("PRAGMA integrity_check").get()).toEqual({ integrity_check: "ok" })
            database.close()
            const [found] = ask(file, summary)
            expect([15_000, 20_000]).toContain(found?.["messages"])
            expect(found?.["last"]).toBe(found?.["messages"])
            return found?.["messages"] === 20_000
          })
        )
        expect(kills).toBeGreaterThan(2)
      }),
    slow
  )

  it.live(
    "of a restore into SQLite while its pages go in leaves a database that is whole",
    () =>
      Effect.gen(function* () {
        const [{ folder, file }, { folder: other }] = [yield* leaveMany(15_000), yield* leaveMany(60_000)]
        yield* done(other, ["backup", "--to", "copy.db"])
        const isWriting = () => (statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0
        for (let round = 0; round < 3; round++) {
          yield* Effect.scoped(
            Effect.gen(function* () {
              const { ended, kill } = yield* startCommand(folder, ["restore", join(other, "copy.db"), "--replace"])
              const waiting = yield* Effect.forkChild(ended)
              yield* Effect.raceFirst(until("it writes", isWriting, 60_000), Fiber.join(waiting))
              kill()
              yield* Fiber.join(waiting)
            })
          )
          const database = new DatabaseSync(file)
          expect(database.prepare("PRAGMA integrity_check").get()).toEqual({ integrity_check: "ok" })
          expect([15_000, 60_000]).toContain(database.prepare(summary).get()?.["messages"])
          database.close()
        }
      }),
    slow
  )

  for (const command of ["restore", "copy"]) {
    it.live(
      `of a ${command} to PostgreSQL leaves nothing, or all of it`,
      () =>
        Effect.gen(function* () {
          const { folder } = yield* leaveMany(20_000)
          yield* done(folder, ["backup", "--to", "copy.db"])
          const url = yield* newDatabase
          const target = command === "copy" ? folder : yield* temporaryFolder
          const sql = yield* PgClient.make({ url: Redacted.make(url) }).pipe(Effect.provide(Reactivity.layer))
          const args = command === "copy" ? ["copy", "--to", url] : ["restore", join(folder, "copy.db")]
          const settings = { SECRET_KEY, ...(command === "copy" ? {} : { DATABASE_URL: url }) }
          const isDone = Effect.gen(function* () {
            clear(target)
            // The lease of whoever was killed expires by itself, which takes longer than this test has patience for.
            yield* sql`DELETE FROM server_lease`
            const [found] = yield* sql<{ messages: string | null }>`SELECT to_regclass('messages')::text AS messages`
            if (found?.messages === null) return false
            const rows = yield* sql<Readonly<Record<string, unknown>>>`${sql.literal(summary)}`
            expect(Object.values(rows[0] ?? {}).map(Number)).toEqual([20_000, 1, 1, 20_000])
            return true
          })
          expect(yield* killed(startCommand(target, args, settings), hasPartial(target), isDone)).toBeGreaterThan(2)
        }),
      slow
    )
  }
})
