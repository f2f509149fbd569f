// One followed feed: the fold of its frames, and whether the fold is up to date. The same for rooms and the inbox; what differs
// is in FeedDefinition.
import { Clock, Effect } from "effect"
import type { Cause, Queue, Scope } from "effect"
import { Connection } from "./Connection.ts"
import type { FeedState, FeedStatus } from "./FeedState.ts"
import { follow } from "./Follow.ts"
import type { Passing } from "./Passing.ts"
import { cell } from "./Readable.ts"
import type { Readable } from "./Readable.ts"
import type { Rpcs } from "./WireProtocol.ts"

/** What tells one kind of feed from another. */
export interface FeedDefinition<View, Frame, Failure> {
  /** What is held before the first frame. */
  readonly initial: View
  /** Whether `initial` is more than nothing. */
  readonly isRemembered: boolean
  readonly open: (
    rpcs: Rpcs,
    view: View
  ) => Effect.Effect<Queue.Dequeue<Frame, Failure | Cause.Done>, never, Scope.Scope>
  /** The pure fold of the protocol. */
  readonly apply: (view: View, frame: Frame, nowMillis: number) => View
  /** Whether the view holds everything the server had said by now; asked after each frame. */
  readonly isCaughtUp: (view: View, frame: Frame) => boolean
  /** Whether the view cannot be continued from this frame, so that the feed must be opened anew; `isFirst` of an opening. */
  readonly isBroken: (view: View, frame: Frame, isFirst: boolean) => boolean
  /** Told of frames when the view holds them. */
  readonly onFolded: (frames: ReadonlyArray<Frame>, view: View) => void
  /** Fails when it is known from elsewhere that the feed is over. */
  readonly over?: Effect.Effect<never, Exclude<Failure, Passing>>
}

/** A feed that is followed until its scope closes. */
export interface FeedClient<View, Failure> extends Readable<FeedState<View, Failure>> {
  /** Changes the view by what this side knows already, until the server says otherwise. */
  readonly amend: (change: (view: View) => View) => void
}

/** Follows the feed as long as the scope is open. */
export const make = Effect.fnUntraced(function* <View, Frame, Failure>(
  definition: FeedDefinition<View, Frame, Failure>
): Effect.fn.Return<FeedClient<View, Exclude<Failure, Passing>>, never, Connection | Scope.Scope> {
  type State = FeedState<View, Exclude<Failure, Passing>>
  const connection = yield* Connection
  const clock = yield* Clock.Clock
  const initialStatus: FeedStatus<never> = { _tag: definition.isRemembered ? "Behind" : "Opening" }
  const state = cell<State>({ view: definition.initial, status: initialStatus })

  const fold = (frames: ReadonlyArray<Frame>, isFirstBatch: boolean): boolean => {
    let { view, status } = state.get()
    let folded = 0
    for (const frame of frames) {
      if (definition.isBroken(view, frame, isFirstBatch && folded === 0)) {
        status = { _tag: "Behind" }
        break
      }
      view = definition.apply(view, frame, clock.currentTimeMillisUnsafe())
      status = definition.isCaughtUp(view, frame) ? live : { _tag: "Behind" }
      folded++
    }
    state.set({ view, status })
    definition.onFolded(frames.slice(0, folded), view)
    return folded === frames.length
  }

  yield* follow(connection, {
    open: (rpcs) => definition.open(rpcs, state.get().view),
    onFrames: fold,
    onInterruption: (interruption) => {
      const { view, status } = state.get()
      const isOpening = status._tag === "Opening" && interruption._tag === "Lost"
      state.set({
        view,
        status: interruption._tag === "Held" ? interruption : { _tag: isOpening ? "Opening" : "Behind" }
      })
    }
  }).pipe(
    Effect.raceFirst(definition.over ?? Effect.never),
    Effect.catch((error) =>
      Effect.sync(() => state.set({ view: state.get().view, status: { _tag: "Failed", error } }))
    ),
    Effect.forkScoped
  )

  return {
    get: state.get,
    subscribe: state.subscribe,
    amend: (change) => {
      const { view, status } = state.get()
      const amended = change(view)
      if (amended !== view) state.set({ view: amended, status })
    }
  }
})

const live: FeedStatus<never> = { _tag: "Live" }
