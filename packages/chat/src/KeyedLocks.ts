// One at a time per key, so that what is written and what is then said of it in memory have one order.
import { Effect, Semaphore } from "effect"

interface Lock {
  readonly turn: Semaphore.Semaphore
  /** Who has it or waits for it; the lock is forgotten with the last. */
  users: number
}

/** As many locks as there are keys in use. */
export class KeyedLocks<Key> {
  private readonly locks = new Map<Key, Lock>()

  /** Runs the effect when all earlier ones of this key have ended. */
  run<A, E, R>(key: Key, effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> {
    return Effect.acquireUseRelease(
      Effect.sync(() => this.enter(key)),
      ({ turn }) => turn.withPermits(1)(effect),
      (lock) => Effect.sync(() => this.leave(key, lock))
    )
  }

  private enter(key: Key): Lock {
    const lock = this.locks.get(key) ?? { turn: Semaphore.makeUnsafe(1), users: 0 }
    this.locks.set(key, lock)
    lock.users++
    return lock
  }

  private leave(key: Key, lock: Lock): void {
    lock.users--
    if (lock.users === 0) this.locks.delete(key)
  }
}
