// A value that changes over time, for readers that are not fibers: a getter, and a synchronous notice after every change.
import { Effect, Queue, Stream } from "effect"

/** A changing value. `subscribe` calls its listener synchronously after each change and answers how to stop. */
export interface Readable<A> {
  readonly get: () => A
  readonly subscribe: (listener: () => void) => () => void
}

/** A `Readable` with its pen. */
export interface Cell<A> extends Readable<A> {
  readonly set: (value: A) => void
}

/** A cell that holds `initial`. Setting the very same value tells nobody. */
export const cell = <A>(initial: A): Cell<A> => {
  const listeners = new Set<() => void>()
  let value = initial
  return {
    get: () => value,
    set: (next) => {
      if (Object.is(value, next)) return
      value = next
      for (const listener of listeners) callGuarded(listener)
    },
    subscribe: (listener) => {
      // Wrapped, so that the same function subscribed twice is two subscriptions.
      const own = () => listener()
      listeners.add(own)
      return () => void listeners.delete(own)
    }
  }
}

/** The value now and after each change; a slow reader misses intermediate values, never the newest. */
export const changes = <A>(source: Readable<A>): Stream.Stream<A> =>
  Stream.callback<A>(
    (queue) =>
      Effect.acquireRelease(
        Effect.sync(() => {
          const stop = source.subscribe(() => void Queue.offerUnsafe(queue, source.get()))
          Queue.offerUnsafe(queue, source.get())
          return stop
        }),
        (stop) => Effect.sync(stop)
      ),
    { bufferSize: 1, strategy: "sliding" }
  )

// A listener's bug surfaces as an uncaught error of its own and never stops whoever set the value.
const callGuarded = (listener: () => void): void => {
  try {
    listener()
  } catch (error) {
    queueMicrotask(() => {
      throw error
    })
  }
}

/** Waits until the value is as asked for; at once when it is. */
export const until = <A>(source: Readable<A>, isSo: (value: A) => boolean): Effect.Effect<void> =>
  Effect.callback<void>((resume) => {
    if (isSo(source.get())) return resume(Effect.void)
    const stop = source.subscribe(() => {
      if (!isSo(source.get())) return
      stop()
      resume(Effect.void)
    })
    return Effect.sync(stop)
  })
