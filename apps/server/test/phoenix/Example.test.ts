import { expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { spawn } from "node:child_process"
import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { describe } from "vitest"
import { callerOf } from "../support/Caller.ts"
import { guestToken, versions } from "../support/PhoenixClient.ts"
import { startWhole, unlimited } from "../support/WholeServer.ts"
import { until } from "../support/WireClient.ts"

const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8")
const example = /```js\n(import \{ Presence, Socket \} from "phoenix"[\s\S]*?)\n```/.exec(readme)?.[1] ?? ""

/** Runs the example as a program of its own, with that version of the client, and answers what it prints. */
const run = Effect.fnUntraced(function* (url: string, version: string) {
  const program = example
    .replace('"phoenix"', `"phoenix-${version}"`)
    .replace("ws://localhost:4000", url.replace("http", "ws"))
  let output = ""
  const child = yield* Effect.acquireRelease(
    Effect.sync(() =>
      spawn(process.execPath, ["--input-type=module", "-e", program], {
        cwd: fileURLToPath(new URL(".", import.meta.url)),
        stdio: ["ignore", "pipe", "pipe"]
      })
    ),
    (each) => Effect.sync(() => each.kill("SIGKILL"))
  )
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (data: Buffer) => (output += data.toString()))
  return () => output
})

describe("the example of the README", () => {
  for (const version of versions) {
    it.live(
      `runs with the client ${version}`,
      () =>
        Effect.gen(function* () {
          const server = yield* startWhole({}, unlimited)
          const writer = yield* callerOf(server, { authorization: `Bearer ${yield* guestToken(server, "Bob")}` })
          yield* writer.done("PostMessage", { roomId: "lobby", key: "key-00000001", text: "first" })
          const output = yield* run(server.url, version)
          yield* until("its own message", () => output().includes("posted as number 2"), 15_000)
          const edit = { roomId: "lobby", key: "key-00000002", number: 1, change: 1, text: "the first" }
          yield* writer.done("EditMessage", edit)
          yield* until("the edit", () => output().includes("1 is now: the first"), 15_000)
          yield* until("who is present", () => output().includes("Ada is online"), 15_000)
          const lines = output().split("\n")
          expect(new Set(lines.filter((line) => line !== ""))).toEqual(
            new Set(["Bob: first", "Ada is online", "Ada: hello", "posted as number 2", "1 is now: the first"])
          )
        }),
      { timeout: 40_000 }
    )
  }
})
