// Starts one of the servers that are measured, each as a process of its own on a free port, with the same Node and the same
// flags.
import { Effect, Schedule, Schema } from "effect"
import type { Scope } from "effect"
import { mkdtemp, rm } from "node:fs/promises"
import { createServer } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Child from "../Child.ts"
import { ChildFailed } from "../Child.ts"
import type { PeerName } from "../load/Dialect.ts"
import { Late } from "../load/Late.ts"

/** What a server process has used since its start, and holds now. */
export const Usage = Schema.Struct({ cpuSeconds: Schema.Number, rssBytes: Schema.Number })
export type Usage = typeof Usage.Type

/** A server that is ready. */
export interface Peer {
  /** Its origin. */
  readonly url: string
  readonly usage: Effect.Effect<Usage, ChildFailed>
  /** The same after its garbage has been collected. */
  readonly collected: Effect.Effect<Usage, ChildFailed>
  /** How late its event loop ran since this was last asked. */
  readonly late: Effect.Effect<Late, ChildFailed>
}

const here = (module: string): string => new URL(module, import.meta.url).pathname

const modules: Readonly<Record<PeerName, string>> = {
  raw: here("raw.ts"),
  durable: here("raw.ts"),
  plain: here("plain.ts"),
  messenger: here("../../../server/src/main.ts")
}

/** Long enough for a busy machine. */
const readyWithin = "60 seconds"

/** What lets any load through the limits of a server; the others know none of these names. */
const settings = {
  POSTS_PER_MINUTE: "1000000",
  FOLLOWS_PER_MINUTE: "1000000",
  GUESTS_PER_MINUTE: "1000000",
  SOCKETS_PER_ADDRESS: "0",
  SOCKETS_PER_USER: "0",
  // So that load may come from as many addresses as it says.
  TRUSTED_PROXIES: "127.0.0.0/8",
  LOG_LEVEL: "Warn"
}

/** Starts a server whose data, if it keeps any, is in that folder; it ends when the scope closes. */
export const start = Effect.fnUntraced(function* (
  name: PeerName,
  dataDir: string
): Effect.fn.Return<Peer, ChildFailed, Scope.Scope> {
  const port = yield* freePort
  const url = `http://127.0.0.1:${port}`
  const child = yield* Child.start({
    module: modules[name],
    execArgv: ["--expose-gc", "--import", here("usage.ts")],
    env: {
      ...settings,
      ...(name === "durable" ? { DURABLE: "yes" } : {}),
      PORT: String(port),
      HOST: "127.0.0.1",
      DATA_DIR: dataDir,
      NODE_ENV: "production"
    }
  })
  yield* untilReady(url).pipe(
    Effect.raceFirst(child.ended),
    Effect.timeoutOrElse({
      duration: readyWithin,
      orElse: () =>
        Effect.fail(new ChildFailed({ module: modules[name], reason: "did not get ready", output: child.output() }))
    })
  )
  return {
    url,
    usage: child.ask({ _tag: "Usage" }, Usage),
    collected: child.ask({ _tag: "Collect" }, Usage),
    late: child.ask({ _tag: "Late" }, Late)
  }
})

/** Waits until a server answers that it is ready, however long that takes. */
export const untilReady = (url: string): Effect.Effect<void> =>
  Effect.tryPromise((signal) => fetch(`${url}/readyz`, { signal })).pipe(
    Effect.filterOrFail(({ ok }) => ok),
    Effect.retry({ schedule: Schedule.spaced("50 millis") }),
    Effect.orDie,
    Effect.asVoid
  )

/** A port that nobody listens on at this moment. */
export const freePort: Effect.Effect<number> = Effect.callback((resume) => {
  const server = createServer()
  server.listen(0, "127.0.0.1", () => {
    const address = server.address()
    const port = typeof address === "object" && address !== null ? address.port : 0
    server.close(() => resume(Effect.succeed(port)))
  })
})

/** A folder that is gone with the scope. */
export const temporaryFolder: Effect.Effect<string, never, Scope.Scope> = Effect.acquireRelease(
  Effect.promise(() => mkdtemp(join(tmpdir(), "messenger-bench-"))),
  (folder) => Effect.promise(() => rm(folder, { recursive: true, force: true }))
)
