// The server as a process of its own, as an operator starts it.
import { Effect, type Scope } from "effect"
import { spawn } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { mark } from "./Canary.ts"
import { until } from "./WireClient.ts"

/** A server process. */
export interface ServerProcess {
  /** What it has written to standard output and standard error. */
  readonly output: () => string
  readonly errors: () => string
  /** Where it listens, as soon as it says so. */
  readonly url: Effect.Effect<string>
  readonly kill: (signal: NodeJS.Signals) => void
  /** Its exit code, when it has ended by itself. */
  readonly exitCode: Effect.Effect<number | null>
}

const main = fileURLToPath(new URL("../../src/main.ts", import.meta.url))

/** A folder that is gone with the scope. */
export const temporaryFolder: Effect.Effect<string, never, Scope.Scope> = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "messenger-"))),
  (folder) => Effect.sync(() => rmSync(folder, { recursive: true, force: true }))
)

/** Starts a server in `folder` with these settings and no others; killed with the scope, which fails when a canary is in its log. */
export const startProcess = (
  folder: string,
  settings: Readonly<Record<string, string>>,
  args: ReadonlyArray<string> = []
): Effect.Effect<ServerProcess, never, Scope.Scope> =>
  Effect.gen(function* () {
    let output = ""
    let errors = ""
    let ended: { readonly code: number | null } | undefined
    const child = yield* Effect.acquireRelease(
      Effect.sync(() =>
        spawn(process.execPath, [main, ...args], {
          cwd: folder,
          env: { PATH: process.env["PATH"], PORT: "0", ...settings },
          stdio: ["ignore", "pipe", "pipe"]
        })
      ),
      (child) =>
        Effect.sync(() => {
          child.kill("SIGKILL")
          if ((output + errors).includes(mark)) throw new Error(`a secret was written down:\n${output}${errors}`)
        })
    )
    child.stdout.on("data", (data: Buffer) => (output += data.toString()))
    child.stderr.on("data", (data: Buffer) => (errors += data.toString()))
    // After the exit of the process and the end of both streams.
    child.on("close", (code) => {
      ended = { code }
    })
    const urlOf = () => /Messenger runs at (http:\/\/\S+)/.exec(output)?.[1]?.replace("localhost", "127.0.0.1")
    return {
      output: () => output,
      errors: () => errors,
      url: Effect.map(
        until("the server runs", () => urlOf() !== undefined, 20_000),
        () => urlOf() ?? ""
      ),
      kill: (signal) => void child.kill(signal),
      exitCode: Effect.map(
        until("the server has ended", () => ended !== undefined, 20_000),
        () => ended?.code ?? null
      )
    }
  })
