import { expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { spawn } from "node:child_process"
import { fileURLToPath } from "node:url"
import { describe } from "vitest"
import { browserOf } from "../support/Browser.ts"
import { startProcess, temporaryFolder } from "../support/ServerProcess.ts"

// Processes are started here, several at a time on a busy machine.
const slow = { timeout: 90_000 }

const cli = fileURLToPath(new URL("../../src/cli/messenger.ts", import.meta.url))

/** Runs the command in a folder, as whoever has a shell there would. */
const seed = (folder: string, ...args: ReadonlyArray<string>) =>
  Effect.callback<{ readonly code: number | null; readonly output: string; readonly errors: string }>((resume) => {
    const env = { PATH: process.env["PATH"], NO_COLOR: "1" }
    const child = spawn(process.execPath, [cli, "seed", ...args], {
      cwd: folder,
      env,
      stdio: ["ignore", "pipe", "pipe"]
    })
    let output = ""
    let errors = ""
    child.stdout.on("data", (data: Buffer) => (output += data.toString()))
    child.stderr.on("data", (data: Buffer) => (errors += data.toString()))
    child.on("close", (code) => resume(Effect.succeed({ code, output, errors })))
  })

describe("npm run db:seed", () => {
  it.live(
    "fills an empty database and says how to log in, once",
    () =>
      Effect.gen(function* () {
        const folder = yield* temporaryFolder
        const { code, errors, output } = yield* seed(folder)
        expect([code, errors]).toEqual([0, ""])
        expect(output).toContain("50 people, 2 apps, 20 rooms and 20,000 messages")
        const password = /^ {4}(\S{12,})$/m.exec(output)?.[1] ?? ""

        const again = yield* seed(folder)
        expect([again.code, again.output]).toEqual([1, ""])
        expect(again.errors).toMatch(/^There are people or messages here already.*--add\.\n$/)

        const server = yield* startProcess(folder, {})
        const url = yield* server.url
        // It has an owner: no link to own it is printed.
        expect(server.output()).not.toContain("/claim")
        for (const [username, role] of [
          ["ada", "owner"],
          ["wren", "member"]
        ] as const) {
          const answer = yield* browserOf({ url }).post("/login", { username, password })
          expect([answer.status, answer.json]).toMatchObject([200, { role }])
        }

        const beside = yield* seed(folder, "--add")
        expect([beside.code, beside.output]).toEqual([1, ""])
        expect(beside.errors).toMatch(/^The database .* is in use by another server: stop that one first\.\n$/)
      }),
    slow
  )

  it.live(
    "takes a password that is good enough, and no other",
    () =>
      Effect.gen(function* () {
        const folder = yield* temporaryFolder
        const short = yield* seed(folder, "--password", "short")
        expect([short.code, short.output]).toEqual([1, ""])
        expect(short.errors).toMatch(/^That password cannot be taken \(TooShort\).*\n$/)
        const good = yield* seed(folder, "--seed", "7", "--password", "a friendly heron")
        expect(good.code).toBe(0)
        expect(good.output).toContain("(seed 7)")
        const url = yield* (yield* startProcess(folder, {})).url
        const answer = yield* browserOf({ url }).post("/login", { username: "ada", password: "a friendly heron" })
        expect(answer.status).toBe(200)
      }),
    slow
  )
})
