// Of all tabs of one person, one sends what is in the outbox. It is a matter of order and of economy: a message that two tabs
// send is still posted once, by its key.
import { Clock, Context, Effect, Layer } from "effect"
import type { Scope } from "effect"
import { randomName } from "./Keys.ts"
import { OutboxStore } from "./OutboxStore.ts"

/** A lease is over this long after its holder was last seen, in milliseconds ... */
export const leaseMillis = 6_000

/** ... and is renewed, or asked for, this often: three times, so that two late timers lose nothing. */
export const renewMillis = 2_000

export class DrainLock extends Context.Service<
  DrainLock,
  {
    /** Waits until nobody else sends. The right is held until the scope closes, or until `lost` ends, which may be never. */
    readonly acquire: Effect.Effect<{ readonly lost: Effect.Effect<void> }, never, Scope.Scope>
  }
>()("@messenger/client/DrainLock") {
  /** For a program that is the only one with this outbox. */
  static readonly layerAlone: Layer.Layer<DrainLock> = Layer.sync(DrainLock, () =>
    DrainLock.of({ acquire: Effect.succeed({ lost: Effect.never }) })
  )

  /** The browser's Web Locks: the right passes on at once when a tab closes. They need a secure context. */
  static readonly layerWebLocks = (locks: LockManager, name: string): Layer.Layer<DrainLock, never, OutboxStore> =>
    Layer.effect(
      DrainLock,
      Effect.map(OutboxStore, (store) =>
        DrainLock.of({
          acquire: Effect.gen(function* () {
            // A store that does not work is shared with nobody: each tab sends what it has in memory.
            const isShared = yield* Effect.isSuccess(store.entries)
            if (isShared) yield* webLock(locks, name)
            return { lost: Effect.never }
          })
        })
      )
    )

  /** A lease in the store, for pages without a secure context: the right of a tab that closed or froze passes on after `leaseMillis`. */
  static readonly layerLease: Layer.Layer<DrainLock, never, OutboxStore> = Layer.effect(
    DrainLock,
    Effect.map(OutboxStore, (store) => DrainLock.of({ acquire: lease(store) }))
  )
}

const webLock = Effect.fnUntraced(function* (locks: LockManager, name: string) {
  const abort = new AbortController()
  const { promise: isOver, resolve: end } = Promise.withResolvers<void>()
  yield* Effect.addFinalizer(() =>
    Effect.sync(() => {
      abort.abort()
      end()
    })
  )
  yield* Effect.callback<void>((resume) => {
    locks
      .request(name, { signal: abort.signal }, () => {
        resume(Effect.void)
        return isOver
      })
      .catch((cause: unknown) => {
        if (!abort.signal.aborted) resume(Effect.die(cause))
      })
  })
})

const lease = Effect.fnUntraced(function* (store: OutboxStore["Service"]) {
  const clock = yield* Clock.Clock
  const holder = randomName()
  const now = () => clock.currentTimeMillisUnsafe()
  // Until when this tab may believe that it has the right.
  let untilMillis = 0
  // A store that does not work is shared with nobody: each tab sends what it has in memory.
  const take = Effect.suspend(() => {
    const until = now() + leaseMillis
    return store.lease(holder, now(), until).pipe(
      Effect.catchTag("StoreUnavailable", () => Effect.succeed(true)),
      Effect.tap((isTaken) => Effect.sync(() => void (untilMillis = isTaken ? until : 0)))
    )
  })
  yield* Effect.addFinalizer(() => Effect.ignore(store.release(holder)))
  while (!(yield* take)) yield* Effect.sleep(renewMillis)
  const lost = Effect.gen(function* () {
    while (true) {
      yield* Effect.sleep(renewMillis)
      // A tab that was frozen past its lease may have been replaced, even if it could take the lease again.
      if (now() >= untilMillis || !(yield* take)) return
    }
  })
  return { lost }
})
