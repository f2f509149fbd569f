// What is done to a database as a whole, by the real command line beside real servers.
import { expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { describe } from "vitest"
import { browserOf } from "../support/Browser.ts"
import { callerOf } from "../support/Caller.ts"
import { canary } from "../support/Canary.ts"
import { runCommand, type Ended } from "../support/Command.ts"
import { startProcess, temporaryFolder } from "../support/ServerProcess.ts"

const slow = { timeout: 120_000 }

const password = "correct horse battery"
const ownerToken = "makes the first owner of it"

/** A refusal is one sentence on standard error, and 1. */
const refused = (ended: Ended): string => {
  expect([ended.code, ended.output]).toEqual([1, ""])
  expect(ended.errors).toMatch(/^[^\n]+[^.]\.\n$/)
  return ended.errors
}

const done = (ended: Ended): string => {
  expect([ended.errors, ended.code]).toEqual(["", 0])
  return ended.output
}

const database = (folder: string, sql: string) => {
  const file = new DatabaseSync(join(folder, "data/messenger.db"))
  file.exec(sql)
  file.close()
}

/** A folder whose server has run, with a message by Ada in it, and an outgoing webhook. */
const used = Effect.fnUntraced(function* (settings: Readonly<Record<string, string>> = {}) {
  const folder = yield* temporaryFolder
  const secret = yield* Effect.scoped(
    Effect.gen(function* () {
      const server = yield* startProcess(folder, {
        OWNER_TOKEN: ownerToken,
        WEBHOOK_ALLOW: "127.0.0.1",
        ...settings
      })
      const url = yield* server.url
      const browser = browserOf({ url })
      yield* browser.post("/register", { username: "ada", email: "ada@example.org", password })
      const posted = yield* browser.post("/api/v1/rooms/lobby/messages", { text: "one" })
      expect(posted.status).toBe(201)
      const caller = yield* callerOf({ url }, { cookie: browser.cookie(), origin: url })
      yield* caller.done("ClaimServer", { token: ownerToken })
      const made = yield* caller.done("CreateOutgoingWebhook", {
        roomId: "lobby",
        url: "http://127.0.0.1:9/",
        events: ["message.posted"]
      })
      server.kill("SIGTERM")
      yield* server.exitCode
      return String(made["secret"])
    })
  )
  return { folder, secret }
})

const sealedIn = (folder: string): string => {
  const file = new DatabaseSync(join(folder, "data/messenger.db"), { readOnly: true })
  const row = file.prepare("SELECT sealed_secret FROM outgoing_webhooks").get()
  file.close()
  return String(row?.["sealed_secret"])
}

describe("the database commands", () => {
  it.live(
    "make, back up, restore and empty the database, and say each in a sentence",
    () =>
      Effect.gen(function* () {
        const folder = yield* temporaryFolder
        const run = (...args: ReadonlyArray<string>) => runCommand(folder, args)
        expect(refused(yield* run("backup"))).toContain("There is no database of Messenger at data/messenger.db")
        expect(done(yield* run("migrate"))).toMatch(/^The database \S+ was made \(migration \d+\)\.\n$/)
        expect(done(yield* run("migrate"))).toMatch(/^The database \S+ is up to date \(migration \d+\)\.\n$/)
        expect(done(yield* run("backup", "--to", "copy.db"))).toContain(`backed up to ${join(folder, "copy.db")}`)
        expect(refused(yield* run("backup", "--to", "copy.db"))).toContain("copy.db already")
        expect(done(yield* run("backup"))).toContain(`backed up to ${join(folder, "data/backups/messenger-2")}`)
        expect(refused(yield* run("reset"))).toMatch(
          /^This deletes everything in data\/messenger\.db\..* add --yes\.\n$/
        )
        expect(done(yield* run("reset", "--yes"))).toMatch(/^The database \S+ is empty now[^\n]+\.\n$/)
        expect(done(yield* run("restore", "copy.db"))).toContain(
          `The backup ${join(folder, "copy.db")} was restored into data/messenger.db.`
        )
        expect(refused(yield* run("restore", "nothing.db"))).toContain(`There is no file ${join(folder, "nothing.db")}`)
        for (const args of [
          ["backup", "--to", ""],
          ["restore", ""],
          ["export", "lobby", "--to", ""]
        ]) {
          expect(refused(yield* run(...args))).toContain("needs a name")
        }
        expect(refused(yield* run("copy", "--to", "mysql://host/name"))).toContain("begins with postgres://")
        expect(refused(yield* run("copy", "--to", "postgres://host/name"))).toContain("SECRET_KEY")
        for (const mark of ["#", "?", "/"]) {
          for (const address of [`12${mark}34@host/name`, `a@12${mark}34@host/name`]) {
            const said = refused(yield* run("copy", "--to", `postgres://user:${address}`))
            expect(said).toContain("%40")
            expect(said).not.toMatch(/12|34/)
            const settings = { DATABASE_URL: `postgres://user:${address}`, SECRET_KEY: "x".repeat(40) }
            const started = yield* runCommand(folder, ["migrate"], settings)
            expect([started.code, started.output]).toEqual([1, ""])
            expect(started.errors).toContain("%40")
            expect(started.errors).not.toMatch(/12|34/)
          }
        }
      }),
    slow
  )

  it.live(
    "are refused while a server runs, but for the backup; what was there is put aside",
    () =>
      Effect.gen(function* () {
        const { folder } = yield* used()
        const run = (...args: ReadonlyArray<string>) => runCommand(folder, args)
        yield* Effect.scoped(
          Effect.gen(function* () {
            yield* (yield* startProcess(folder, {})).url
            expect(done(yield* run("backup", "--to", "copy.db"))).toContain("rooms: 2, messages: 1")
            for (const args of [["migrate"], ["reset"], ["reset", "--yes"], ["restore", "copy.db", "--replace"]]) {
              expect(refused(yield* run(...args))).toContain(
                "The database data/messenger.db is in use by another server"
              )
            }
          })
        )
        expect(refused(yield* run("restore", "copy.db"))).toContain("add --replace")
        const said = done(yield* run("restore", "copy.db", "--replace"))
        const aside = /lies in (\S+)\.\n/.exec(said)?.[1] ?? ""
        expect(existsSync(join(folder, aside))).toBe(true)
        expect(said).toContain("Everybody logs in again")
      }),
    slow
  )

  it.live(
    "say the whole line to type to whoever came by npm, which keeps flags for itself",
    () =>
      Effect.gen(function* () {
        const { folder } = yield* used()
        const byNpm = (...args: ReadonlyArray<string>) =>
          runCommand(folder, args, { npm_lifecycle_script: `node apps/server/src/cli/messenger.ts ${args[0]}` })
        done(yield* byNpm("backup", "--to", "a copy.db"))
        expect(refused(yield* byNpm("reset"))).toMatch(/ type "npm run db:reset -- --yes"\.\n$/)
        expect(refused(yield* byNpm("seed"))).toMatch(/ type "npm run db:seed -- --add"\.\n$/)
        expect(refused(yield* byNpm("restore", "a copy.db"))).toMatch(
          / type "npm run restore -- '\S+\/a copy\.db' --replace"\.\n$/
        )
      }),
    slow
  )

  it.live(
    "keep the server's key beside the copy, and seal the secrets of webhooks for the server that they go to",
    () =>
      Effect.gen(function* () {
        const { folder, secret } = yield* used()
        const said = done(yield* runCommand(folder, ["backup", "--to", "copy.db"]))
        expect(said).toContain(`in ${join(folder, "copy.db.key")}`)
        expect(statSync(join(folder, "copy.db.key")).mode & 0o777).toBe(0o600)
        const key = readFileSync(join(folder, "copy.db.key"))
        expect(key).toEqual(readFileSync(join(folder, "data/secret.key")))

        // A folder without a key takes it over; one with a key of its own has them sealed anew, and so has one with SECRET_KEY.
        const [fresh, other, keyed] = [yield* temporaryFolder, yield* temporaryFolder, yield* temporaryFolder]
        mkdirSync(join(other, "data"))
        writeFileSync(join(other, "data/secret.key"), Buffer.alloc(32, 7), { mode: 0o600 })
        const own = canary().padEnd(40, "x")
        done(yield* runCommand(fresh, ["restore", join(folder, "copy.db")]))
        done(yield* runCommand(other, ["restore", join(folder, "copy.db")]))
        done(yield* runCommand(keyed, ["restore", join(folder, "copy.db")], { SECRET_KEY: own }))
        expect(readFileSync(join(fresh, "data/secret.key"))).toEqual(key)
        expect(sealedIn(fresh)).toBe(sealedIn(folder))
        expect(new Set([sealedIn(folder), sealedIn(other), sealedIn(keyed)]).size).toBe(3)
        expect(existsSync(join(keyed, "data/secret.key"))).toBe(false)
        expect(secret).not.toBe("undefined")

        // Back again without that key nobody opens them, and whoever restores is told.
        done(yield* runCommand(keyed, ["backup", "--to", "copy.db"], { SECRET_KEY: own }))
        const told = done(yield* runCommand(folder, ["restore", join(keyed, "copy.db"), "--replace"]))
        expect(told).toContain("sealed with a key that is not here: 1.")
        const opened = done(
          yield* runCommand(folder, ["restore", join(keyed, "copy.db"), "--replace"], {
            SECRET_KEY: canary().padEnd(40, "x"),
            SECRET_KEY_PREVIOUS: own
          })
        )
        expect(opened).not.toContain("sealed with a key")
      }),
    slow
  )

  it.live(
    "take no key from beside a file that is no backup",
    () =>
      Effect.gen(function* () {
        const folder = yield* temporaryFolder
        writeFileSync(join(folder, "letter.db"), "a letter ".repeat(1_000))
        writeFileSync(join(folder, "letter.db.key"), Buffer.alloc(32, 7), { mode: 0o600 })
        expect(refused(yield* runCommand(folder, ["restore", "letter.db"]))).toContain("is no backup")
        expect(existsSync(join(folder, "data/secret.key"))).toBe(false)
      }),
    slow
  )

  it.live(
    "mean by a file the one in the folder in which npm was called",
    () =>
      Effect.gen(function* () {
        const folder = yield* temporaryFolder
        const below = join(folder, "below")
        mkdirSync(below)
        done(yield* runCommand(folder, ["migrate"]))
        const settings = { INIT_CWD: below, npm_package_json: join(folder, "package.json") }
        done(yield* runCommand(folder, ["backup", "--to", "copy.db"], settings))
        expect(existsSync(join(below, "copy.db"))).toBe(true)
        done(yield* runCommand(folder, ["backup", "--to", "copy.db"], { INIT_CWD: below }))
        expect(existsSync(join(folder, "copy.db"))).toBe(true)
      }),
    slow
  )

  it.live(
    "say in one sentence that a database is newer than the program, and so does the server",
    () =>
      Effect.gen(function* () {
        const { folder } = yield* used()
        done(yield* runCommand(folder, ["backup", "--to", "copy.db"]))
        database(folder, "INSERT INTO migrations (migration_id, name) VALUES (9999, 'of_tomorrow')")
        const server = yield* startProcess(folder, {})
        expect(yield* server.exitCode).toBe(1)
        expect(server.errors()).toMatch(/^The database \S+ is newer \(migration 9999\) than this program[^\n]+\.\n$/)
        for (const args of [["migrate"], ["backup"], ["reset", "--yes"], ["restore", "copy.db"], ["owner-link"]]) {
          expect(refused(yield* runCommand(folder, args))).toContain("is newer (migration 9999) than this program")
        }
      }),
    slow
  )

  it.live(
    "and the server back a database up before they bring it up to date, and say where",
    () =>
      Effect.gen(function* () {
        const { folder } = yield* used()
        // What the fourth migration made is gone, as if it had never been.
        database(
          folder,
          `DROP TABLE deliveries; DROP TABLE outgoing_webhooks; DROP TABLE incoming_webhooks;
           ALTER TABLE messages DROP COLUMN alias_name; ALTER TABLE messages DROP COLUMN alias_emoji;
           DELETE FROM migrations WHERE migration_id >= 4`
        )
        writeFileSync(join(folder, "data/backups"), "in the way")
        const refusedServer = yield* startProcess(folder, {})
        expect(yield* refusedServer.exitCode).toBe(1)
        expect(refusedServer.errors()).toMatch(
          /^The database \S+ must be brought up to date and could not be[^\n]+\.\n$/
        )
        rmSync(join(folder, "data/backups"))
        const server = yield* startProcess(folder, {})
        yield* server.url
        const [name = ""] = readdirSync(join(folder, "data/backups"))
        expect(name).toMatch(/^messenger-at-migration-3-/)
        expect(server.output().match(/the database was backed up to \S+/g)).toEqual([
          `the database was backed up to data/backups/${name}`
        ])
      }),
    slow
  )
})
