import { expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { describe } from "vitest"
import { browserOf } from "../support/Browser.ts"
import { callerOf } from "../support/Caller.ts"
import { runCommand } from "../support/Command.ts"
import { startProcess, temporaryFolder } from "../support/ServerProcess.ts"

const slow = { timeout: 60_000 }

const password = "correct horse battery"

/** A server that runs in a folder, and somebody who registered there. */
const running = Effect.gen(function* () {
  const folder = yield* temporaryFolder
  const url = yield* (yield* startProcess(folder, {})).url
  const browser = browserOf({ url })
  const answer = yield* browser.post("/register", { username: "ada", email: "ada@example.org", password })
  expect(answer.status).toBe(200)
  return { folder, server: { url }, browser }
})

const linkIn = (output: string) => /^(http\S+)#(\S+)$/m.exec(output)?.slice(1) ?? []

describe("npm run messenger", () => {
  it.live(
    "reset-link makes a link to a new password, beside the server that runs",
    () =>
      Effect.gen(function* () {
        const { browser, folder, server } = yield* running
        const caller = yield* callerOf(server, { cookie: browser.cookie(), origin: server.url })
        const { code, errors, output } = yield* runCommand(folder, ["reset-link", "ADA"], {
          PUBLIC_URL: "https://chat.example.org"
        })
        expect([code, errors]).toEqual([0, ""])
        expect(output).toMatch(/give it to them alone\.\n$/)
        const [address, token = ""] = linkIn(output)
        expect(address).toBe("https://chat.example.org/reset")
        const reset = yield* browserOf(server).post("/api/v1/reset", { token, password: "another horse battery" })
        expect([reset.status, reset.json]).toMatchObject([200, { user: { name: "ada" } }])
        expect((yield* caller.closed).code).toBe(4002)
      }),
    slow
  )

  it.live(
    "owner-link makes a link to own the server, and both are in the audit log",
    () =>
      Effect.gen(function* () {
        const { browser, folder, server } = yield* running
        const { code, output } = yield* runCommand(folder, ["owner-link"], { PORT: "4567" })
        expect(code).toBe(0)
        const [address, token] = linkIn(output)
        expect(address).toBe("http://localhost:4567/claim")
        const reset = yield* runCommand(folder, ["reset-link", "ada"])
        for (const said of [output, reset.output]) {
          expect(said).toMatch(/It begins with localhost: set PUBLIC_URL to the address that people use\.\n$/)
        }
        const open = yield* runCommand(folder, ["reset-link", "ada"], { HOST: "192.0.2.9" })
        expect(linkIn(open.output)[0]).toBe("http://192.0.2.9:4000/reset")
        expect(open.output).not.toContain("PUBLIC_URL")
        const caller = yield* callerOf(server, { cookie: browser.cookie(), origin: server.url })
        yield* caller.done("ClaimServer", { token })
        const { entries } = yield* caller.done("ReadAudit", { before: null })
        const actions = JSON.stringify(entries)
        for (const action of ["OwnerLinkMade", "ResetLinkMade", "ServerClaimed"]) expect(actions).toContain(action)
        expect(actions).not.toContain(token)
      }),
    slow
  )

  it.live(
    "says in one sentence what is wrong, and ends with 1",
    () =>
      Effect.gen(function* () {
        const { folder } = yield* running
        const nobody = yield* runCommand(folder, ["reset-link", "grace"])
        expect([nobody.code, nobody.output, nobody.errors]).toEqual([1, "", 'Nobody here logs in as "grace".\n'])
        const elsewhere = yield* runCommand(yield* temporaryFolder, ["owner-link"])
        expect([elsewhere.code, elsewhere.output]).toEqual([1, ""])
        expect(elsewhere.errors).toMatch(/^[^\n]+\.\n$/)
        const setting = yield* runCommand(folder, ["owner-link"], { PORT: "many" })
        expect(setting.code).toBe(1)
        expect(setting.errors).toMatch(/^The setting PORT must be .*\n$/)
        for (const args of [["nonsense"], ["reset-link"]]) {
          expect((yield* runCommand(folder, args)).code).toBe(1)
        }
      }),
    slow
  )

  it.live(
    "tells what there is",
    () =>
      Effect.gen(function* () {
        const folder = yield* temporaryFolder
        const help = yield* runCommand(folder, ["--help"])
        expect([help.code, help.errors]).toEqual([0, ""])
        for (const command of ["reset-link", "owner-link"]) expect(help.output).toContain(command)
        const one = yield* runCommand(folder, ["reset-link", "--help"])
        expect(one.code).toBe(0)
        expect(one.output).toContain("user")
      }),
    slow
  )
})
