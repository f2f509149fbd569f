import { expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { describe } from "vitest"
import { browserOf } from "./support/Browser.ts"
import { callerOf } from "./support/Caller.ts"
import { startProcess, temporaryFolder } from "./support/ServerProcess.ts"

// Processes are started here, several at a time on a busy machine.
const slow = { timeout: 60_000 }

const password = "correct horse battery"

/** Runs a server in a folder until it has said all that it says at its start, and does something with it. */
const during = <A, E, R>(
  folder: string,
  settings: Readonly<Record<string, string>>,
  use: (server: { readonly url: string; readonly output: string }) => Effect.Effect<A, E, R>
) =>
  Effect.scoped(
    Effect.gen(function* () {
      const server = yield* startProcess(folder, { LOG_LEVEL: "Debug", ...settings })
      const url = yield* server.url
      const result = yield* use({ url, output: server.output() })
      server.kill("SIGTERM")
      expect(yield* server.exitCode).toBe(0)
      return { result, output: server.output(), errors: server.errors() }
    })
  )

const tokenIn = (output: string) => /^http:\/\/localhost:\d+\/claim#(\S+)$/m.exec(output)?.[1] ?? ""

/** Registers, or logs in, and claims the server. */
const claim = Effect.fnUntraced(function* (server: { readonly url: string }, token: string) {
  const browser = browserOf(server)
  const registered = yield* browser.post("/register", { username: "ada", email: "ada@example.org", password })
  if (registered.status !== 200) yield* browser.post("/login", { username: "ada", password })
  const caller = yield* callerOf(server, { cookie: browser.cookie(), origin: server.url })
  return yield* caller.call("ClaimServer", { token })
})

describe("the link to own a server", () => {
  it.live(
    "is printed at each start until somebody has used it, each a new one that voids the last",
    () =>
      Effect.gen(function* () {
        const folder = yield* temporaryFolder
        const first = yield* during(folder, {}, ({ output }) => Effect.succeed(tokenIn(output)))
        expect(first.result).toMatch(/^\S{40,}$/)
        const second = yield* during(folder, {}, (server) =>
          Effect.gen(function* () {
            expect(tokenIn(server.output)).not.toBe(first.result)
            expect(yield* claim(server, first.result)).toMatchObject({ error: { _tag: "LinkInvalid" } })
            expect((yield* claim(server, tokenIn(server.output)))._tag).toBe("Success")
            return tokenIn(server.output)
          })
        )
        // Written once, for who started it: no line of the log has it.
        for (const { errors, output, result } of [first, second]) {
          expect((output + errors).split(result).length).toBe(2)
        }
        const third = yield* during(folder, {}, ({ output }) => Effect.succeed(tokenIn(output)))
        expect(third.output).not.toContain("/claim#")
      }),
    slow
  )

  it.live(
    "is not printed where the operator has set a token, which makes the first owner",
    () =>
      Effect.gen(function* () {
        const token = "makes the first owner of this server"
        const { output } = yield* during(yield* temporaryFolder, { OWNER_TOKEN: token }, (server) =>
          Effect.gen(function* () {
            expect((yield* claim(server, token))._tag).toBe("Success")
          })
        )
        expect(output).not.toContain("/claim#")
        expect(output).not.toContain(token)
      }),
    slow
  )
})
