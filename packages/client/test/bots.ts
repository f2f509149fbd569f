// Bots in tests over real sockets.
import { Effect } from "effect"
import { connectBot } from "../src/Bot.ts"
import type { BotOptions } from "../src/Bot.ts"
import type { Signals } from "../src/Signals.ts"
import { userOf } from "./MemoryServer.ts"
import type * as SocketServer from "./SocketServer.ts"

/** The program of the tests. */
export const robot = { ...userOf("robot"), isGuest: false, isApp: true } as const

/** The token that the server is told of. */
export const bearer = "mat_secret"

/** A device that wakes all the time: a lost connection is tried again at once. */
export const restless: Signals = (listener) => {
  const timer = setInterval(() => listener("Woke"), 20)
  return () => clearInterval(timer)
}

/** A bot of that server; closed with the scope. */
export const botOf = (server: Effect.Success<typeof SocketServer.make>, options: Partial<BotOptions> = {}) => {
  server.addBearer(bearer, robot)
  return Effect.acquireRelease(
    Effect.promise(() => connectBot({ server: server.origin, bearer, signals: restless, ...options })),
    (bot) => Effect.promise(bot.close)
  )
}

/** An iteration that is read one by one, each within 5 s; let go of with the scope. */
export const reading = <A>(iterable: AsyncIterable<A>) =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const iterator = iterable[Symbol.asyncIterator]()
      return {
        /** The rest of it, for a loop. */
        raw: { [Symbol.asyncIterator]: () => iterator },
        next: Effect.timeout(
          Effect.promise(() => iterator.next()),
          "5 seconds"
        ),
        stop: Effect.promise(async () => void (await iterator.return?.()))
      }
    }),
    ({ stop }) => stop
  )

/** What a promise rejects with. */
export const rejectionOf = (promise: Promise<unknown>): Effect.Effect<unknown> => {
  const rejection = promise.then(
    () => Promise.reject(new Error("It was answered")),
    (error: unknown) => error
  )
  return Effect.orDie(
    Effect.timeout(
      Effect.promise(() => rejection),
      "5 seconds"
    )
  )
}

/** Waits for what must be so within 5 s. */
export const eventually = (isSo: () => boolean): Effect.Effect<void> =>
  Effect.suspend(() => (isSo() ? Effect.void : Effect.andThen(Effect.sleep(5), eventually(isSo)))).pipe(
    Effect.timeout("5 seconds"),
    Effect.orDie
  )
