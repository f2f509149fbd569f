/**
 * Whoever depends on a member of the tree learns of the end of each of its incarnations exactly once: `monitor/2` of Erlang, except
 * that a monitor here watches the place in the tree and not one process, so it lasts over restarts until it is given up.
 */
import { Effect, Queue, Stream, type Scope } from "effect"
import type { ExitReason } from "./ExitReason.ts"

/** An incarnation ended. Whether another follows is up to its supervisor. */
export interface Down {
  readonly path: string
  readonly incarnation: number
  readonly reason: ExitReason
}

/** What can be watched: references to actors, handles of supervisors. */
export interface Monitorable {
  /**
   * Calls back after each end of an incarnation, never in the middle of somebody else's turn. Answers a function that gives the
   * monitor up; it may be called from anywhere, any number of times.
   */
  monitor(onDown: (down: Down) => void): () => void
}

/** Calls back, usually with a signal to an actor, for as long as the scope is open. */
export const watch = (target: Monitorable, onDown: (down: Down) => void): Effect.Effect<void, never, Scope.Scope> =>
  Effect.asVoid(
    Effect.acquireRelease(
      Effect.sync(() => target.monitor(onDown)),
      (demonitor) => Effect.sync(demonitor)
    )
  )

/** Every end from now on, in order. */
export const downs = (target: Monitorable): Stream.Stream<Down> =>
  Stream.callback<Down>((queue) => watch(target, (down) => Queue.offerUnsafe(queue, down)))
