// The program as a process of its own, with real pipes.
import { Effect } from "effect"
import { spawn } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

const main = fileURLToPath(new URL("../src/main.ts", import.meta.url))

/** Starts it with these arguments; killed with the scope. */
export const startChat = (args: ReadonlyArray<string>, env: Readonly<Record<string, string>> = {}) =>
  Effect.gen(function* () {
    let printed = ""
    let said = ""
    let code: number | null | undefined
    // Where it keeps who it is: not on the machine of whoever runs the tests.
    const state = yield* Effect.acquireRelease(
      Effect.sync(() => mkdtempSync(join(tmpdir(), "state-"))),
      (folder) => Effect.sync(() => rmSync(folder, { recursive: true, force: true }))
    )
    const child = yield* Effect.acquireRelease(
      Effect.sync(() =>
        spawn(process.execPath, [main, ...args], {
          env: { PATH: process.env["PATH"], TZ: "UTC", XDG_STATE_HOME: state, ...env },
          stdio: "pipe"
        })
      ),
      (process) => Effect.sync(() => process.kill("SIGKILL"))
    )
    child.stdout.on("data", (data: Buffer) => (printed += data.toString()))
    child.stderr.on("data", (data: Buffer) => (said += data.toString()))
    // It may be gone before it has read what it is given.
    child.stdin.on("error", () => {})
    child.on("close", (ended) => (code = ended))
    return {
      child,
      /** Gives it text to read; `end` is the last. */
      write: (text: string) => void child.stdin.write(text),
      end: (text = "") => void child.stdin.end(text),
      printed: () => printed,
      said: () => said,
      /** Its exit code, once it has ended. */
      exitCode: Effect.map(
        until(`the end of the program, which said: ${said}`, () => code !== undefined),
        () => code
      )
    }
  })

/** Waits for what must be so within 20 s. */
export const until = (what: string, isSo: () => boolean): Effect.Effect<void> =>
  Effect.gen(function* () {
    const deadline = Date.now() + 20_000
    while (!isSo()) {
      if (Date.now() > deadline) throw new Error(`Waited in vain for ${what}`)
      yield* Effect.sleep(20)
    }
  })
