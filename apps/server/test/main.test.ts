import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { DatabaseSync } from "node:sqlite"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { chmodSync, mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { startProcess, temporaryFolder } from "./support/ServerProcess.ts"
import { enter, open, until } from "./support/WireClient.ts"

// Processes are started here, several at a time on a busy machine.
const slow = { timeout: 60_000 }

/** Starts a server that cannot, and answers what it says. */
const failedStart = (folder: string, settings: Record<string, string>, args: ReadonlyArray<string> = []) =>
  Effect.gen(function* () {
    const server = yield* startProcess(folder, settings, args)
    const code = yield* server.exitCode
    return { code, output: server.output(), sentence: server.errors() }
  })

const isOneSentence = (text: string) => /^[A-Z][^\n]*\.\n$/.test(text)

const takenPort = Effect.acquireRelease(
  Effect.callback<ReturnType<typeof createServer>>((resume) => {
    const server = createServer()
    server.listen(0, "127.0.0.1", () => resume(Effect.succeed(server)))
  }),
  (server) => Effect.sync(() => server.close())
).pipe(
  Effect.map((server) => {
    const address: AddressInfo | string | null = server.address()
    return address !== null && typeof address === "object" ? address.port : 0
  })
)

describe("a server that cannot start says why in one sentence and fails", () => {
  it.live(
    "when a setting is wrong",
    () =>
      Effect.gen(function* () {
        const { code, sentence } = yield* failedStart(yield* temporaryFolder, { PORT: "http" })
        expect(sentence).toBe('The setting PORT must be a whole number from 0 to 65535, but is "http".\n')
        expect(code).toBe(1)
      }),
    slow
  )

  it.live(
    "when the setting stands in .env",
    () =>
      Effect.gen(function* () {
        const folder = yield* temporaryFolder
        writeFileSync(join(folder, ".env"), "PUBLIC_URL=chat.example.org\n")
        const { code, sentence } = yield* failedStart(folder, {})
        expect(sentence).toContain("PUBLIC_URL")
        expect(isOneSentence(sentence)).toBe(true)
        expect(code).toBe(1)
      }),
    slow
  )

  it.live(
    "when the port is taken",
    () =>
      Effect.gen(function* () {
        const port = yield* takenPort
        const { code, sentence, output } = yield* failedStart(yield* temporaryFolder, { PORT: String(port) })
        expect(sentence).toContain(`Port ${port} of 127.0.0.1 is in use`)
        expect(isOneSentence(sentence)).toBe(true)
        expect(output).toBe("")
        expect(code).toBe(1)
      }),
    slow
  )

  it.live(
    "when the data folder cannot be written",
    () =>
      Effect.gen(function* () {
        const folder = yield* temporaryFolder
        writeFileSync(join(folder, "file"), "")
        const { code, sentence } = yield* failedStart(folder, { DATA_DIR: join(folder, "file", "data") })
        expect(sentence).toContain("cannot be written")
        expect(isOneSentence(sentence)).toBe(true)
        expect(code).toBe(1)
      }),
    slow
  )

  it.live(
    "when another server has the database",
    () =>
      Effect.gen(function* () {
        const folder = yield* temporaryFolder
        const first = yield* startProcess(folder, {})
        yield* first.url
        const { code, sentence } = yield* failedStart(folder, {})
        expect(sentence).toContain("in use by another server")
        expect(isOneSentence(sentence)).toBe(true)
        expect(code).toBe(1)
      }),
    slow
  )

  it.live(
    "when the database is newer than the program",
    () =>
      Effect.gen(function* () {
        const folder = yield* temporaryFolder
        const first = yield* startProcess(folder, {})
        yield* first.url
        first.kill("SIGTERM")
        yield* first.exitCode
        const database = new DatabaseSync(join(folder, "data/messenger.db"))
        database.exec("INSERT INTO migrations (migration_id, name) VALUES (9999, 'tomorrow')")
        database.close()
        const { code, sentence } = yield* failedStart(folder, {})
        expect(sentence).toContain("newer")
        expect(isOneSentence(sentence)).toBe(true)
        expect(code).toBe(1)
      }),
    slow
  )

  it.live(
    "when there is no PostgreSQL at the address, without telling its password",
    () =>
      Effect.gen(function* () {
        const port = yield* takenPort
        const { code, sentence } = yield* failedStart(yield* temporaryFolder, {
          DATABASE_URL: `postgres://ada:secret@127.0.0.1:${port + 1}/chat`,
          SECRET_KEY: "a key of at least thirty-two characters"
        })
        expect(sentence).toContain("cannot be opened")
        expect(sentence).not.toContain("secret")
        expect(isOneSentence(sentence)).toBe(true)
        expect(code).toBe(1)
      }),
    slow
  )

  it.live(
    "when its key is none, or is missing beside a database elsewhere",
    () =>
      Effect.gen(function* () {
        const folder = yield* temporaryFolder
        mkdirSync(join(folder, "data"))
        writeFileSync(join(folder, "data/secret.key"), "half a key", { mode: 0o600 })
        const broken = yield* failedStart(folder, {})
        expect(broken.sentence).toContain("holds no key")
        expect(isOneSentence(broken.sentence)).toBe(true)
        expect(broken.code).toBe(1)
        const missing = yield* failedStart(folder, { DATABASE_URL: "postgres://ada:secret@127.0.0.1/chat" })
        expect(missing.sentence).toContain("SECRET_KEY must be set")
        expect(isOneSentence(missing.sentence)).toBe(true)
      }),
    slow
  )

  it.live(
    "when it is given an option that does not exist",
    () =>
      Effect.gen(function* () {
        const { code, sentence } = yield* failedStart(yield* temporaryFolder, {}, ["--prot=80"])
        expect(sentence).toContain("--prot=80")
        expect(code).toBe(1)
      }),
    slow
  )
})

describe("the server process", () => {
  it.live(
    "keeps its files from others on the machine, in a folder that is open to them",
    () =>
      Effect.gen(function* () {
        const folder = yield* temporaryFolder
        const data = join(folder, "data")
        mkdirSync(data)
        chmodSync(data, 0o755)
        yield* (yield* startProcess(folder, {})).url
        const files = readdirSync(data)
        expect(files).toEqual(expect.arrayContaining(["messenger.db", "messenger.db-wal", "messenger.db-shm"]))
        expect(new Set(files.map((name) => statSync(join(data, name)).mode & 0o777))).toEqual(new Set([0o600]))
      }),
    slow
  )

  it.live(
    "prints its settings when asked for help, and does not start",
    () =>
      Effect.gen(function* () {
        const { code, output } = yield* failedStart(yield* temporaryFolder, {}, ["--help"])
        expect(output).toContain("DATABASE_URL")
        expect(code).toBe(0)
      }),
    slow
  )

  it.live(
    "says where to go and how to let others in",
    () =>
      Effect.gen(function* () {
        const server = yield* startProcess(yield* temporaryFolder, {})
        yield* server.url
        expect(server.output()).toContain("HOST=0.0.0.0")
        expect(server.output()).toContain("PUBLIC_URL")
        expect(server.errors()).toBe("")
      }),
    slow
  )

  it.live(
    "keeps a message over a stop, tells its clients to come back, and ends with 0",
    () =>
      Effect.gen(function* () {
        const folder = yield* temporaryFolder
        const first = yield* startProcess(folder, {})
        const url = yield* first.url
        const cookie = yield* enter({ url }, "Ada")
        const client = yield* open({ url }, { headers: { cookie, origin: url } })
        client.ask("hello", "Handshake", { contract: 1 })
        client.ask("inbox", "FollowInbox")
        yield* client.exitOf("hello")
        client.ask("post", "PostMessage", { roomId: "lobby", key: "key-00000001", text: "before the stop" })
        expect((yield* client.exitOf("post"))._tag).toBe("Success")
        first.kill("SIGTERM")
        expect((yield* client.closed).code).toBe(1012)
        expect(yield* first.exitCode).toBe(0)
        expect(first.errors()).toBe("")

        const second = yield* startProcess(folder, {})
        const again = yield* second.url
        const back = yield* open({ url: again }, { headers: { cookie, origin: again } })
        back.ask("hello", "Handshake", { contract: 1 })
        expect((yield* back.exitOf("hello"))._tag).toBe("Success")
        back.ask("room", "FollowRoom", { roomId: "lobby" })
        yield* until("the message", () => JSON.stringify(back.received).includes("before the stop"))
        second.kill("SIGINT")
        expect(yield* second.exitCode).toBe(0)
      }),
    slow
  )
})
