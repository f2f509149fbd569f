// A SQLite connection in a thread of its own, seen from the event loop. A thread that died is started again by the next work;
// what it was doing is lost, and fails as such.
import { Effect, Schema } from "effect"
import type { Scope } from "effect"
import { Worker } from "node:worker_threads"
import type { ThreadAnswer, ThreadOptions, ThreadRequest, ThreadResult, ThreadWork } from "./sqliteMessages.ts"

/** The thread ended while it had this work, or before it could take it: what became of the work is not known. */
export class ThreadDied extends Schema.TaggedError<ThreadDied>()("ThreadDied", { cause: Schema.Defect() }) {}

/** One thread, started when there is work. */
export interface SqliteThread {
  /** Hands the work over. Interruption stops waiting for the answer; the work is done all the same. */
  readonly perform: (work: ThreadWork) => Effect.Effect<ThreadResult, ThreadDied>
  /** Ends the thread at once, whatever it does. The next work starts it again. */
  readonly kill: Effect.Effect<void>
}

/** A thread that runs `script` until the scope closes. */
export const makeThread = Effect.fnUntraced(function* (
  script: URL,
  options: ThreadOptions
): Effect.fn.Return<SqliteThread, never, Scope.Scope> {
  let live: LiveThread | undefined
  const kill = Effect.promise(async () => {
    await live?.worker.terminate()
  })
  yield* Effect.addFinalizer(() => kill)
  const alive = (): LiveThread => {
    if (live === undefined || live.isGone) live = new LiveThread(script, options)
    return live
  }
  return {
    perform: (work) =>
      Effect.callback<ThreadResult, ThreadDied>((resume) => {
        alive().ask(work, (answer) =>
          resume(answer instanceof ThreadDied ? Effect.fail(answer) : Effect.succeed(answer))
        )
      }),
    kill
  }
})

/** A started thread: `waiting` holds who has not been answered yet, by the number of the request. */
class LiveThread {
  readonly worker: Worker
  isGone = false
  private readonly waiting = new Map<number, (answer: ThreadResult | ThreadDied) => void>()
  private asked = 0

  constructor(script: URL, options: ThreadOptions) {
    this.worker = new Worker(script, { workerData: options, name: `sqlite-${options.access.toLowerCase()}` })
    this.worker.on("message", ({ id, result }: ThreadAnswer) => this.settle(id, result))
    this.worker.on("error", (cause) => this.die(cause))
    this.worker.on("exit", (code) => this.die(new Error(`the thread ended with code ${code}`)))
  }

  ask(work: ThreadWork, resume: (answer: ThreadResult | ThreadDied) => void): void {
    const request: ThreadRequest = { id: ++this.asked, work }
    this.waiting.set(request.id, resume)
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
    this.worker.postMessage(request)
  }

  private settle(id: number, answer: ThreadResult | ThreadDied): void {
    const resume = this.waiting.get(id)
    this.waiting.delete(id)
    resume?.(answer)
  }

  private die(cause: unknown): void {
    this.isGone = true
    for (const id of this.waiting.keys()) this.settle(id, new ThreadDied({ cause }))
  }
}
