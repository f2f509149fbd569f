// A bot and a real server, each a process that may be killed.
import { expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { spawn } from "node:child_process"
import { once } from "node:events"
import { globSync } from "node:fs"
import { join } from "node:path"
import { describe } from "vitest"
import { startProcess, temporaryFolder } from "../../../apps/server/test/support/ServerProcess.ts"
import { connectBot } from "../src/Bot.ts"
import { inFolder } from "../src/FileOutboxStore.ts"
import { reading } from "./bots.ts"
import * as RealServer from "./realServer.ts"

const slow = { timeout: 90_000 }

/** The server again, where it was, with what it had. */
const restart = Effect.fnUntraced(function* (real: RealServer.RealServer) {
  yield* real.exitCode
  const again = yield* startProcess(real.folder, { PORT: new URL(real.server).port })
  yield* again.url
})

describe("a bot", () => {
  it.live(
    "posts in rooms that it has just made, by their ids and by their names in links",
    () =>
      Effect.gen(function* () {
        const { ada } = yield* RealServer.make()
        for (const name of ["Tea", "Cake"]) {
          const { id, slug } = yield* Effect.promise(() => ada.call("CreateRoom", { name }))
          expect(yield* Effect.promise(() => ada.post(name === "Tea" ? id : slug, "hello"))).toMatchObject({
            number: 1
          })
        }
        expect((yield* Effect.promise(() => ada.rooms())).map(({ slug }) => slug)).toContain("tea")
      }),
    slow
  )

  it.live(
    "comes with a socket token, and hears all that is posted over a crash of the server",
    () =>
      Effect.gen(function* () {
        const real = yield* RealServer.make()
        const { token } = yield* Effect.promise(() => real.ada.call("CreateSocketToken"))
        const bot = yield* Effect.acquireRelease(
          Effect.promise(() => connectBot({ server: real.server, bearer: token })),
          ({ close }) => Effect.promise(close)
        )
        expect(bot.user).toEqual(real.ada.user)
        const { cursor } = yield* Effect.promise(() => real.ada.post("lobby", "first"))
        const messages = yield* reading(bot.messages("lobby", { cursor }))
        yield* Effect.promise(() => real.ada.post("lobby", "before"))
        expect((yield* messages.next).value).toMatchObject({ text: "before" })
        real.kill("SIGKILL")
        const posting = real.ada.post("lobby", "written while it was down")
        yield* restart(real)
        const receipt = yield* Effect.promise(() => posting)
        const heard = yield* Effect.promise(() => messages.raw[Symbol.asyncIterator]().next())
        expect(heard.value).toMatchObject({ text: "written while it was down", number: receipt.number })
      }),
    slow
  )

  it.live(
    "that was killed with messages in its folder sends them in its next run, once and in order",
    () =>
      Effect.gen(function* () {
        const real = yield* RealServer.make()
        const bearer = yield* real.addProgram("robot")
        const folder = yield* temporaryFolder
        const child = yield* Effect.acquireRelease(
          Effect.sync(() =>
            spawn(process.execPath, [join(import.meta.dirname, "posting.ts"), real.server, bearer, folder], {
              stdio: ["pipe", "pipe", "inherit"]
            })
          ),
          (process) => Effect.sync(() => process.kill("SIGKILL"))
        )
        yield* Effect.promise(() => once(child.stdout, "data"))
        real.kill("SIGKILL")
        yield* real.exitCode
        child.stdin.write("go")
        while (globSync("*/entries/*.json", { cwd: folder }).length < 3) yield* Effect.sleep(20)
        child.kill("SIGKILL")
        yield* restart(real)
        yield* Effect.acquireRelease(
          Effect.promise(() => connectBot({ server: real.server, bearer, store: inFolder(folder) })),
          ({ close }) => Effect.promise(close)
        )
        const texts = async () =>
          (await real.ada.history("lobby", { _tag: "Newest" }, 10)).messages.map(({ text }) => text)
        while ((yield* Effect.promise(texts)).length < 3) yield* Effect.sleep(50)
        while (globSync("*/entries/*.json", { cwd: folder }).length > 0) yield* Effect.sleep(20)
        expect(yield* Effect.promise(texts)).toEqual(["one", "two", "three"])
      }),
    slow
  )
})
