// A real server, as a process of its own, with an owner and a program.
import { Effect, Redacted } from "effect"
import { startProcess, temporaryFolder } from "../../../apps/server/test/support/ServerProcess.ts"
import { connectBot } from "../src/Bot.ts"
import * as SessionClient from "../src/SessionClient.ts"

const ownerToken = "makes the first owner of this server"
const password = "correct horse battery"

/** Runs while the scope is open; `settings` as in the environment. */
export const make = Effect.fnUntraced(function* (settings: Readonly<Record<string, string>> = {}) {
  const folder = yield* temporaryFolder
  const running = yield* startProcess(folder, { OWNER_TOKEN: ownerToken, ...settings })
  const server = yield* running.url
  const registering = { username: "ada", email: "ada@example.org", password, remember: true }
  const { cookie } = yield* Effect.orDie(
    SessionClient.make({ server, headers: { origin: server } }).register(registering)
  )
  /** The owner of the server, at a keyboard. */
  const ada = yield* Effect.acquireRelease(
    Effect.promise(() => connectBot({ server, cookie })),
    (bot) => Effect.promise(bot.close)
  )
  yield* Effect.promise(() => ada.call("ClaimServer", { token: ownerToken }))
  return {
    ...running,
    folder,
    server,
    ada,
    /** Makes a program of that name; answers its token. */
    addProgram: (name: string): Effect.Effect<string> =>
      Effect.promise(async () => {
        const { id } = await ada.call("CreateServiceAccount", { name })
        const confirmed = { userId: id, name: "test", scope: "write", password: Redacted.make(password) } as const
        return (await ada.call("CreateApiToken", confirmed)).secret
      })
  }
})

/** A server with its owner. */
export type RealServer = Effect.Success<ReturnType<typeof make>>
