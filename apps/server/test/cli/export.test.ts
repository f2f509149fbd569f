import { expect, it } from "@effect/vitest"
import { RoomExport } from "@messenger/protocol/RoomExport"
import { Effect, Schema } from "effect"
import { spawn } from "node:child_process"
import { existsSync } from "node:fs"
import { readFile, stat } from "node:fs/promises"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { describe } from "vitest"
import { browserOf } from "../support/Browser.ts"
import { callerOf } from "../support/Caller.ts"
import { startProcess, temporaryFolder } from "../support/ServerProcess.ts"

const slow = { timeout: 60_000 }

const cli = fileURLToPath(new URL("../../src/cli/messenger.ts", import.meta.url))

/** Runs the command in a folder, as whoever has a shell there would; `lines` is how many lines of output are read at most. */
const run = (folder: string, args: ReadonlyArray<string>, lines = Infinity) =>
  Effect.callback<{ readonly code: number | null; readonly output: string; readonly errors: string }>((resume) => {
    const env = { PATH: process.env["PATH"], NO_COLOR: "1" }
    const child = spawn(process.execPath, [cli, ...args], { cwd: folder, env, stdio: ["ignore", "pipe", "pipe"] })
    let output = ""
    let errors = ""
    child.stdout.on("data", (data: Buffer) => {
      output += data.toString()
      if (output.split("\n").length > lines) child.stdout.destroy()
    })
    child.stderr.on("data", (data: Buffer) => (errors += data.toString()))
    child.on("close", (code) => resume(Effect.succeed({ code, output, errors })))
  })

const decode = Schema.decodeUnknownSync(Schema.fromJsonString(RoomExport))

/** A folder in which a server ran until a moment ago, or runs still, with a private room in which something was written. */
const used = Effect.gen(function* () {
  const folder = yield* temporaryFolder
  const server = yield* startProcess(folder, { POSTS_PER_MINUTE: "100000" })
  const url = yield* server.url
  const browser = browserOf({ url })
  yield* browser.post("/register", { username: "ada", email: "ada@example.org", password: "correct horse battery" })
  const caller = yield* callerOf({ url }, { cookie: browser.cookie(), origin: url })
  const { id, slug } = yield* caller.done("CreateRoom", { name: "Plans", isPrivate: true })
  for (const text of ["one", "<b>two</b>"]) {
    yield* caller.done("PostMessage", { roomId: id, key: `key-${text.length}-of-it`, text })
  }
  return { folder, caller, id, room: String(slug), server }
})

describe("npm run messenger -- export", () => {
  it.live(
    "writes a room beside the server that runs, to standard output or to a file that only its owner can read",
    () =>
      Effect.gen(function* () {
        const { folder, room } = yield* used
        const printed = yield* run(folder, ["export", room])
        expect([printed.code, printed.errors]).toEqual([0, ""])
        expect(decode(printed.output).messages.map(({ text }) => text)).toEqual(["one", "<b>two</b>"])
        const written = yield* run(folder, ["export", room, "--format", "html", "--to", "plans.html"])
        expect([written.code, written.output, written.errors]).toEqual([
          0,
          `Written to ${join(folder, "plans.html")}.\n`,
          ""
        ])
        const file = join(folder, "plans.html")
        const page = yield* Effect.promise(() => readFile(file, "utf8"))
        expect(page).toMatch(/^<!doctype html>.*&lt;b&gt;two&lt;\/b&gt;.*<\/html>$/s)
        expect((yield* Effect.promise(() => stat(file))).mode & 0o777).toBe(0o600)
        const again = yield* run(folder, ["export", room, "--to", "plans.html"])
        expect([again.code, again.errors]).toEqual([
          1,
          `${join(folder, "plans.html")} is there already: name another file, or remove it first.\n`
        ])
        expect(yield* Effect.promise(() => readFile(file, "utf8"))).toBe(page)
      }),
    slow
  )

  it.live(
    "writes it without a server too, and says in one sentence what is wrong",
    () =>
      Effect.gen(function* () {
        const { folder, id, room, server } = yield* used
        server.kill("SIGTERM")
        expect(yield* server.exitCode).toBe(0)
        // An id may begin with a hyphen.
        expect(
          decode((yield* run(folder, ["export", "--", String(id)])).output).people.map(({ name }) => name)
        ).toEqual(["ada"])
        const nowhere = yield* run(folder, ["export", "nowhere", "--to", "nowhere.json"])
        expect([nowhere.code, nowhere.output, nowhere.errors]).toEqual([1, "", 'There is no room "nowhere" here.\n'])
        expect(existsSync(join(folder, "nowhere.json"))).toBe(false)
        const lost = yield* run(folder, ["export", room, "--to", "no/such/folder.json"])
        expect([lost.code, lost.errors]).toMatchObject([
          1,
          expect.stringMatching(/^\S+\/no\/such\/folder.json cannot be written: .*\n$/)
        ])
        expect((yield* run(folder, ["export", room, "--format", "pdf"])).code).toBe(1)
      }),
    slow
  )

  it.live(
    "ends when nobody reads it any more",
    () =>
      Effect.gen(function* () {
        const { caller, folder, id, room } = yield* used
        const long = "long ".repeat(780)
        for (let at = 0; at < 150; at++) {
          yield* caller.done("PostMessage", { roomId: id, key: `long-${String(at).padStart(4, "0")}`, text: long })
        }
        const { code, errors } = yield* run(folder, ["export", room], 2)
        expect([code, errors]).toEqual([1, "Nobody reads the output any more, so this is no whole export.\n"])
      }),
    slow
  )
})
