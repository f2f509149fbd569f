import { expect, it } from "@effect/vitest"
import { contractVersion } from "@messenger/protocol/Handshake"
import { Effect } from "effect"
import { readdirSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { describe } from "vitest"
import { MemoryServer } from "../../../packages/client/test/MemoryServer.ts"
import * as RealServer from "../../../packages/client/test/realServer.ts"
import * as SocketServer from "../../../packages/client/test/SocketServer.ts"
import { startProcess } from "../../server/test/support/ServerProcess.ts"
import { startChat, until } from "./process.ts"

// Processes are started here, several at a time on a busy machine.
const slow = { timeout: 90_000 }

const textsIn = (real: RealServer.RealServer) =>
  Effect.map(
    Effect.promise(() => real.ada.history("lobby", { _tag: "Newest" }, 100)),
    ({ messages }) => messages.map(({ text }) => text)
  )

/** Waits until somebody of that name hears what is posted. */
const untilPresent = (real: RealServer.RealServer, name: string) =>
  Effect.promise(async () => {
    for (let tries = 0; tries < 400; tries++) {
      if ((await real.ada.people("lobby")).some(({ user }) => user.name === name)) return
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    throw new Error(`${name} did not come`)
  })

describe("a terminal", () => {
  it.live(
    "posts the lines that it reads, and ends when the server has all of them",
    () =>
      Effect.gen(function* () {
        const real = yield* RealServer.make()
        const chat = yield* startChat(["--server", real.server, "--room", "lobby", "--name", "pipe"])
        const long = `${"a".repeat(4_000)}${"b".repeat(10)}`
        chat.end(`first\n\n  \nsecond\n${long}\nno end of line`)
        expect(yield* chat.exitCode).toBe(0)
        expect([chat.printed(), chat.said()]).toEqual(["", ""])
        expect(yield* textsIn(real)).toEqual(["first", "second", "a".repeat(4_000), "b".repeat(10), "no end of line"])
      }),
    slow
  )

  it.live(
    "prints what others write, who they are, and nothing that a terminal obeys",
    () =>
      Effect.gen(function* () {
        const real = yield* RealServer.make()
        const token = yield* real.addProgram("robot")
        const chat = yield* startChat(["--server", real.server, "--name", "reader", "--follow"])
        chat.end("hello")
        yield* untilPresent(real, "reader")
        const receipt = yield* Effect.promise(() =>
          real.ada.post("lobby", "watch \u202egnirts\u202c\n12:00 bob: I was here")
        )
        yield* Effect.promise(() =>
          real.ada.edit("lobby", { number: receipt.number, change: receipt.number }, "mended")
        )
        yield* Effect.promise(() => real.ada.remove("lobby", receipt.number))
        const robot = yield* startChat(["--server", real.server], { MESSENGER_TOKEN: token })
        robot.end("beep")
        const guest = yield* startChat(["--server", real.server, "--name", "gus"])
        guest.end("hi")
        yield* until("all lines", () => chat.printed().includes("(app): beep") && chat.printed().includes("gus"))
        const lines = chat
          .printed()
          .replace(/^\d\d:\d\d/gm, "HH:MM")
          .trim()
          .split("\n")
        expect(lines.slice(0, 4)).toEqual([
          "HH:MM ada: watch \\u{202e}gnirts\\u{202c}",
          "      12:00 bob: I was here",
          "HH:MM ada edited: mended",
          "HH:MM ada: (deleted)"
        ])
        expect(lines.slice(4).toSorted()).toEqual(["HH:MM gus (guest): hi", "HH:MM robot (app): beep"])
        chat.child.kill("SIGINT")
        expect(yield* chat.exitCode).toBe(0)
        expect(chat.said()).toBe("")
      }),
    slow
  )

  it.live(
    "says that it is disconnected and back, and loses nothing that it reads meanwhile",
    () =>
      Effect.gen(function* () {
        const real = yield* RealServer.make()
        const port = new URL(real.server).port
        const chat = yield* startChat(["--server", real.server, "--name", "tail", "--quiet"])
        chat.write("before\n")
        while (!(yield* textsIn(real)).includes("before")) yield* Effect.sleep(20)
        real.kill("SIGKILL")
        yield* until("the loss", () => chat.said().includes("Disconnected"))
        chat.end("meanwhile\n")
        yield* Effect.andThen(real.exitCode, startProcess(real.folder, { PORT: port }))
        expect(yield* chat.exitCode).toBe(0)
        expect(chat.said()).toBe("Disconnected, and trying again.\nConnected again.\n")
        expect(yield* textsIn(real)).toEqual(["before", "meanwhile"])
      }),
    slow
  )

  it.live(
    "names a line that was refused and goes on with the next; reads its token from a file",
    () =>
      Effect.gen(function* () {
        const real = yield* RealServer.make()
        const file = join(real.folder, "token")
        writeFileSync(file, `${yield* real.addProgram("robot")}\n`)
        const chat = yield* startChat(["--server", real.server, "--token-file", "token"], { INIT_CWD: real.folder })
        chat.end("good\n\u0007bell\nalso good\n")
        expect(yield* chat.exitCode).toBe(7)
        expect(chat.said()).toBe("Line 2 was refused: it holds control characters.\nOne line was refused.\n")
        expect(yield* textsIn(real)).toEqual(["good", "also good"])
      }),
    slow
  )

  it.live(
    "says what may not have been sent when it is told to leave",
    () =>
      Effect.gen(function* () {
        const server = yield* SocketServer.make
        yield* server.addRoom("lobby")
        // The server never answers.
        server.script.post.before.push(Effect.never)
        const chat = yield* startChat(["--server", server.origin, "--name", "tail"])
        chat.write("never\n")
        yield* until("the message", () => server.wireIds("PostMessage").length > 0)
        chat.child.kill("SIGINT")
        expect(yield* chat.exitCode).toBe(130)
        expect(chat.said()).toBe("Messages that may not have been sent: 1.\n")
      }).pipe(Effect.provide(MemoryServer.layer)),
    slow
  )

  it.live(
    "ends quietly when nobody reads what it prints any more",
    () =>
      Effect.gen(function* () {
        const real = yield* RealServer.make()
        const chat = yield* startChat(["--server", real.server, "--name", "head"])
        yield* untilPresent(real, "head")
        chat.child.stdout.destroy()
        yield* Effect.promise(() => real.ada.post("lobby", "into the void"))
        expect(yield* chat.exitCode).toBe(0)
        expect(chat.said()).toBe("")
      }),
    slow
  )
})

describe("a guest", () => {
  it.live(
    "is the same one in the next run, and a new one when its session is gone",
    () =>
      Effect.gen(function* () {
        const real = yield* RealServer.make()
        const state = join(real.folder, "state")
        const says = Effect.fnUntraced(function* (text: string) {
          const chat = yield* startChat(["--server", real.server, "--name", "gus"], { XDG_STATE_HOME: state })
          chat.end(text)
          expect([yield* chat.exitCode, chat.said()]).toEqual([0, ""])
        })
        yield* says("first")
        yield* says("second")
        const [file = ""] = readdirSync(join(state, "messenger"))
        expect(statSync(join(state, "messenger", file)).mode & 0o777).toBe(0o600)
        const { messages } = yield* Effect.promise(() => real.ada.history("lobby", { _tag: "Newest" }, 10))
        expect(messages.map(({ text }) => text)).toEqual(["first", "second"])
        expect(new Set(messages.map(({ author }) => author.id)).size).toBe(1)
        writeFileSync(join(state, "messenger", file), "messenger_session=gone")
        yield* says("third")
        const page = yield* Effect.promise(() => real.ada.history("lobby", { _tag: "Newest" }, 10))
        expect(new Set(page.messages.map(({ author }) => author.id)).size).toBe(2)
      }),
    slow
  )
})

describe("somebody at a keyboard", () => {
  it.live(
    "is told who they are and where, what was written before, and how to leave",
    () =>
      Effect.gen(function* () {
        const real = yield* RealServer.make()
        for (let i = 1; i <= 12; i++) yield* Effect.promise(() => real.ada.post("lobby", `line ${i}`))
        const chat = yield* startChat(["--server", `${real.server}/r/lobby`, "--name", "gus"], {
          NODE_OPTIONS: "--import=data:text/javascript,process.stdin.isTTY=process.stdout.isTTY=true",
          NO_COLOR: "1"
        })
        yield* until("what was before", () => chat.printed().includes("line 12\n"))
        expect(chat.said()).toBe(`You are gus (guest) in lobby at ${real.server}. Enter posts a line; Ctrl-D leaves.\n`)
        expect(chat.printed().trim().split("\n")).toHaveLength(10)
        chat.write("/help\n/shrug\n")
        yield* Effect.promise(() => real.ada.post("lobby", "and now"))
        yield* until("what comes", () => chat.printed().includes("and now"))
        yield* until("the help", () => chat.said().includes("/quit leaves"))
        chat.write("/quit\nnever\n")
        expect(yield* chat.exitCode).toBe(0)
        expect((yield* textsIn(real)).slice(12).toSorted()).toEqual(["/shrug", "and now"])
      }),
    slow
  )
})

describe("a terminal that cannot chat says why in one sentence", () => {
  const ends = Effect.fnUntraced(function* (args: ReadonlyArray<string>, env: Readonly<Record<string, string>> = {}) {
    const chat = yield* startChat(args, env)
    chat.end("hello\n")
    const code = yield* chat.exitCode
    expect(chat.printed()).toBe("")
    return [code, chat.said()]
  })

  it.live(
    "without a server, a room, a token that is known, or a name of its own, and with what contradicts itself",
    () =>
      Effect.gen(function* () {
        const real = yield* RealServer.make()
        const to = ["--server", real.server]
        expect(yield* ends(["--server", "http://127.0.0.1:9"])).toEqual([
          3,
          "No Messenger server answers at http://127.0.0.1:9.\n"
        ])
        expect(yield* ends([...to, "--room", "attic"])).toEqual([
          4,
          'There is no room "attic" here, or none that you may see.\n'
        ])
        expect(yield* ends(to, { MESSENGER_TOKEN: "mat_wrong" })).toEqual([
          5,
          "The server does not know this token: was it revoked?\n"
        ])
        expect(yield* ends([...to, "--name", "ada"])).toEqual([
          5,
          'Somebody is called "ada" already: choose another --name.\n'
        ])
        expect(yield* ends(["--server", "localhost:4000"])).toEqual([
          2,
          '--server takes an origin such as https://chat.example.org, or the link of a room such as https://chat.example.org/r/lobby, and this is "localhost:4000".\n'
        ])
        expect(yield* ends(["--server", `${real.server}/r/attic`])).toEqual([
          4,
          'There is no room "attic" here, or none that you may see.\n'
        ])
        expect(yield* ends(["--server", `${real.server}/r/attic`, "--room", "lobby"])).toEqual([
          2,
          '--server links to the room "attic", and --room names another.\n'
        ])
        expect(yield* ends([...to, "--name", "gus"], { MESSENGER_TOKEN: "mat_any" })).toEqual([
          2,
          "--name is for guests, and a token says already who one is: leave out one of the two.\n"
        ])
        expect(yield* ends([...to, "--token-file", "/nowhere"])).toEqual([
          2,
          'There is no token to be read in "/nowhere".\n'
        ])
      }),
    slow
  )

  it.live(
    "where the contract has moved on",
    () =>
      Effect.gen(function* () {
        const server = yield* SocketServer.make
        server.setContract(contractVersion + 1)
        expect(yield* ends(["--server", server.origin, "--name", "old"])).toEqual([
          6,
          `The server speaks version ${contractVersion + 1} of the contract and this program ${contractVersion}: install the other version of it.\n`
        ])
      }).pipe(Effect.provide(MemoryServer.layer)),
    slow
  )
})
