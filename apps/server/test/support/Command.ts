// The command line of operators as a process of its own.
import { Effect, type Scope } from "effect"
import { spawn } from "node:child_process"
import { fileURLToPath } from "node:url"
import { mark } from "./Canary.ts"

const cli = fileURLToPath(new URL("../../src/cli/messenger.ts", import.meta.url))

/** What a command came to. */
export interface Ended {
  /** Its exit code; null when it was killed. */
  readonly code: number | null
  readonly output: string
  readonly errors: string
}

/** Starts a command in a folder with these settings and no others; killed with the scope. */
export const startCommand = (
  folder: string,
  args: ReadonlyArray<string>,
  settings: Readonly<Record<string, string>> = {}
): Effect.Effect<{ readonly kill: () => void; readonly ended: Effect.Effect<Ended> }, never, Scope.Scope> =>
  Effect.gen(function* () {
    const env = { PATH: process.env["PATH"], NO_COLOR: "1", ...settings }
    const child = yield* Effect.acquireRelease(
      Effect.sync(() =>
        spawn(process.execPath, [cli, ...args], { cwd: folder, env, stdio: ["ignore", "pipe", "pipe"] })
      ),
      (child) => Effect.sync(() => child.kill("SIGKILL"))
    )
    let [output, errors] = ["", ""]
    child.stdout.on("data", (data: Buffer) => (output += data.toString()))
    child.stderr.on("data", (data: Buffer) => (errors += data.toString()))
    const closed = new Promise<number | null>((resolve) => child.once("close", resolve))
    return {
      kill: () => void child.kill("SIGKILL"),
      ended: Effect.map(
        Effect.promise(() => closed),
        (code) => {
          if ((output + errors).includes(mark)) throw new Error(`a secret was written down:\n${output}${errors}`)
          return { code, output, errors }
        }
      )
    }
  })

/** Runs a command to its end. */
export const runCommand = (
  folder: string,
  args: ReadonlyArray<string>,
  settings: Readonly<Record<string, string>> = {}
): Effect.Effect<Ended> => Effect.scoped(Effect.flatMap(startCommand(folder, args, settings), ({ ended }) => ended))
