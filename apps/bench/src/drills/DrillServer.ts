// The server that a drill breaks: a process that is killed and started again on the same port and database, and whose rooms can be
// crashed one by one.
import { Effect, Exit, Schema, Scope } from "effect"
import { createInterface } from "node:readline"
import * as Child from "../Child.ts"
import { ChildFailed } from "../Child.ts"
import { freePort, untilReady } from "../peers/Peer.ts"

/** The metrics page could not be read. */
export class NoMetrics extends Schema.TaggedError<NoMetrics>()("NoMetrics", { reason: Schema.String }) {}

/** One server over its whole life, however often it is killed. */
export interface DrillServer {
  /** Its origin; the same after every start. */
  readonly url: string
  /** Kills it at once (SIGKILL), and waits until it is gone. */
  readonly kill: Effect.Effect<void>
  /** Starts it, and waits until it is ready. */
  readonly start: Effect.Effect<void, ChildFailed>
  /** Fails when it ends although nobody killed it. */
  readonly ended: Effect.Effect<never, ChildFailed>
  /** Crashes these rooms in one breath; answers those that ran, and so crashed. */
  readonly crash: (roomIds: ReadonlyArray<string>) => Effect.Effect<ReadonlyArray<string>, ChildFailed>
  /** The numbers at `/metrics`, by series as it is written there. */
  readonly metrics: Effect.Effect<ReadonlyMap<string, number>, NoMetrics>
}

const module = new URL("../../../server/src/drill.ts", import.meta.url).pathname
const endsWithParent = new URL("../peers/usage.ts", import.meta.url).pathname

/** Limits are for people, and a drill is not one. */
const settings = {
  POSTS_PER_MINUTE: "1000000",
  FOLLOWS_PER_MINUTE: "1000000",
  GUESTS_PER_MINUTE: "1000000",
  SOCKETS_PER_ADDRESS: "0",
  SOCKETS_PER_USER: "0",
  LOG_LEVEL: "None",
  HOST: "127.0.0.1"
}

/** Longer than a server waits for the lease of one that was killed. */
const readyWithin = "60 seconds"

interface Running {
  readonly child: Child.Child
  readonly lines: AsyncIterator<string>
  readonly scope: Scope.Closeable
}

/** A server that is not started yet; `database` is where its data is, as settings. It is gone when the scope closes. */
export const make = Effect.fnUntraced(function* (
  database: Readonly<Record<string, string>>
): Effect.fn.Return<DrillServer, never, Scope.Scope> {
  const port = yield* freePort
  const url = `http://127.0.0.1:${port}`
  let running: Running | undefined

  const start = Effect.gen(function* () {
    const scope = yield* Scope.make()
    const child = yield* Child.start({
      module,
      execArgv: ["--import", endsWithParent],
      env: { ...settings, ...database, PORT: String(port) }
    }).pipe(Scope.provide(scope))
    running = { child, scope, lines: createInterface({ input: child.stdout })[Symbol.asyncIterator]() }
    yield* untilReady(url).pipe(
      Effect.raceFirst(child.ended),
      Effect.timeoutOrElse({
        duration: readyWithin,
        orElse: () => Effect.fail(new ChildFailed({ module, reason: "did not get ready", output: child.output() }))
      })
    )
  })

  const kill = Effect.suspend(() => {
    const dying = running
    running = undefined
    return dying === undefined ? Effect.void : Scope.close(dying.scope, Exit.void)
  })
  yield* Effect.addFinalizer(() => kill)

  const live = Effect.suspend(() =>
    running === undefined
      ? Effect.fail(new ChildFailed({ module, reason: "is not running", output: "" }))
      : Effect.succeed(running)
  )

  const crash = Effect.fnUntraced(function* (roomIds: ReadonlyArray<string>) {
    const { child, lines } = yield* live
    child.stdin.write(roomIds.map((roomId) => `crash ${roomId}\n`).join(""))
    const crashed: Array<string> = []
    for (let answers = 0; answers < roomIds.length;) {
      const line = yield* Effect.raceFirst(
        Effect.promise(() => lines.next()),
        child.ended
      )
      const answer = /^(crashed|not running) (\S+)$/.exec(String(line.value))
      if (answer === null) continue
      answers++
      if (answer[1] === "crashed" && answer[2] !== undefined) crashed.push(answer[2])
    }
    return crashed
  })

  // Whoever was killed on purpose is replaced; one that ends by itself is not.
  const ended = Effect.suspend(() => {
    const watched = running
    if (watched === undefined) return Effect.sleep("50 millis")
    return watched.child.ended.pipe(
      Effect.catchTag("ChildFailed", (failure) => (running === watched ? Effect.fail(failure) : Effect.void))
    )
  }).pipe(Effect.forever)

  const metrics = Effect.tryPromise({
    try: async (signal) => {
      const response = await fetch(`${url}/metrics`, { signal })
      if (!response.ok) throw new Error(`/metrics answers ${response.status}`)
      return parseMetrics(await response.text())
    },
    catch: (cause) => new NoMetrics({ reason: String(cause) })
  })

  return { url, kill, start, ended, crash, metrics }
})

/** The samples of a page in the text format of Prometheus. */
export const parseMetrics = (page: string): ReadonlyMap<string, number> =>
  new Map(
    page
      .split("\n")
      .filter((line) => line !== "" && !line.startsWith("#"))
      .map((line) => {
        const end = line.lastIndexOf(" ")
        return [line.slice(0, end), Number(line.slice(end + 1))] as const
      })
  )
