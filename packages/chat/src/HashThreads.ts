// Hashes stand back. They run on the threads of Node's pool, each for 20 ms without a pause; on a machine whose processors are all
// busy, the event loop and the threads that commit would wait behind them, several times for one message. With a lower priority
// hashes take what nobody else wants, and about a tenth of what everybody wants. It is the whole pool that stands back: what else
// runs there (files, names, compression) delays no message either.
import { randomBytes } from "node:crypto"
import { readdirSync, readFileSync } from "node:fs"
import { constants, getPriority, setPriority } from "node:os"
import { Effect, Schema } from "effect"

/** The system does not let this process lower the priority of its own threads. */
export class PriorityRefused extends Schema.TaggedError<PriorityRefused>()("PriorityRefused", {
  cause: Schema.Defect()
}) {}

/**
 * Lowers the priority of the pool's threads, and answers how many they are. Only Linux gives threads a priority of their own
 * (setpriority(2), "C library/kernel differences"); elsewhere nothing changes, and it answers 0.
 */
export const standBack: Effect.Effect<number, PriorityRefused> = Effect.suspend(() =>
  process.platform === "linux"
    ? Effect.andThen(poolStarted, Effect.try({ try: lowerPool, catch: (cause) => new PriorityRefused({ cause }) }))
    : Effect.succeed(0)
)

// The pool starts, all threads at once, with the first work that it is given.
const poolStarted = Effect.callback<void>((resume) => randomBytes(1, () => resume(Effect.void)))

const threads = "/proc/self/task"

/** What libuv calls the threads of its pool, since 1.50. */
const poolThread = "libuv-worker"

const level = constants.priority.PRIORITY_BELOW_NORMAL

const lowerPool = (): number => {
  const pool = readdirSync(threads).filter((thread) => nameOf(thread) === poolThread)
  for (const thread of pool) {
    // Not raised, should the whole server run at a lower one already: that needs a privilege.
    if (getPriority(Number(thread)) < level) setPriority(Number(thread), level)
  }
  return pool.length
}

const nameOf = (thread: string): string | undefined => {
  try {
    return readFileSync(`${threads}/${thread}/comm`, "utf8").trim()
  } catch {
    // It ended meanwhile, which a thread of the pool never does.
    return undefined
  }
}
