// Follows a feed through everything that ends a stream: a lost connection, weather, a server that lets go, a bug over there. It
// is opened again each time, with whatever cursor its owner has by then. Frames are handed over synchronously as they arrive,
// so the reader of the connection never waits for a consumer.
import { Cause, Clock, Effect, Exit, Queue, Random, Result } from "effect"
import type { Scope } from "effect"
import type { Weather } from "@messenger/protocol/Unavailable"
import * as ConnectionState from "./ConnectionState.ts"
import { sessionAfter } from "./Connection.ts"
import type { Connection } from "./Connection.ts"
import { isAnswer, isRefusal, isWeather, patienceMillis } from "./Passing.ts"
import type { Passing } from "./Passing.ts"
import type { Rpcs } from "./WireProtocol.ts"

/** What became of a follow. */
export type Interruption =
  | { readonly _tag: "Lost" }
  | { readonly _tag: "Held"; readonly by: Weather; readonly untilMillis: number }

/** What is followed and where it goes. */
export interface FollowOptions<Frame, Failure> {
  /** Asks for the feed from where its owner stands now. */
  readonly open: (rpcs: Rpcs) => Effect.Effect<Queue.Dequeue<Frame, Failure | Cause.Done>, never, Scope.Scope>
  /** Takes what arrived, and answers whether to go on; if not, the feed is let go of and opened again. `isFirst` of this opening. */
  readonly onFrames: (frames: ReadonlyArray<Frame>, isFirst: boolean) => boolean
  /** The feed ended for now, and will be opened again. */
  readonly onInterruption: (interruption: Interruption) => void
  /** What to wait for before it is opened again, besides a connection. */
  readonly ready?: Effect.Effect<void>
}

/** Frames that may wait for their fold, which never takes longer than one turn of its fiber. */
const foldBacklog = 64

/** Follows until the server gives an answer that is final. */
export const follow = Effect.fnUntraced(function* <Frame, Failure>(
  connection: Connection["Service"],
  options: FollowOptions<Frame, Failure>
): Effect.fn.Return<never, Exclude<Failure, Passing>> {
  const clock = yield* Clock.Clock
  let session = yield* connection.session
  // Openings in a row that ended, not for want of a connection, before one frame.
  let failures = 0

  while (true) {
    if (options.ready !== undefined) yield* options.ready
    let isFirst = true
    const consume = Effect.gen(function* () {
      const queue = yield* options.open(session.rpcs)
      let isWanted = true
      while (isWanted) {
        isWanted = options.onFrames(yield* Queue.takeAll(queue), isFirst)
        isFirst = false
        failures = 0
      }
    })
    const exit = yield* Effect.exit(Effect.scoped(consume))
    if (Exit.isSuccess(exit)) continue
    const failure = Cause.findError(exit.cause)

    if (Result.isFailure(failure) || Cause.isDone(failure.success)) {
      // A defect here or there, or a server that ended what never ends.
      if (Cause.hasDies(exit.cause)) yield* Effect.logWarning("A feed ended by a defect", exit.cause)
      options.onInterruption({ _tag: "Lost" })
      yield* Effect.sleep(ConnectionState.waitMillis(failures++, yield* Random.next))
      session = yield* connection.session
      continue
    }
    const error = failure.success
    if (isAnswer(error)) return yield* Effect.fail(error)
    if (isWeather(error)) {
      const wait = yield* patienceMillis(error)
      options.onInterruption({ _tag: "Held", by: error, untilMillis: clock.currentTimeMillisUnsafe() + wait })
      yield* Effect.sleep(wait)
      session = yield* connection.session
    } else {
      options.onInterruption({ _tag: "Lost" })
      if (isRefusal(error)) connection.refuse(session, error)
      session = yield* sessionAfter(connection, session)
    }
  }
})

/** The options with which every feed is opened: as a queue, since what arrives is taken as it comes. */
export const asQueue = { asQueue: true, streamBufferSize: foldBacklog } as const
