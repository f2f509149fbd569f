// A bounded queue in front of work that is dear: a few at once, some waiting in the order they came, and a refusal at once for
// whoever comes when all places are taken, or as many as one address may have, so that none can take them all. A place is free again when its work ends or its waiter is interrupted.
import { PasswordsBusy } from "@messenger/protocol/Password"
import { Effect, Option, Semaphore } from "effect"

/** Runs work for somebody at that address in its turn, or refuses it at once. */
export type HashQueue = <Result, Failure>(
  address: string,
  work: Effect.Effect<Result, Failure>
) => Effect.Effect<Result, Failure | PasswordsBusy>

/** A queue for `atOnce` and, behind them, `waiting`; `perAddress` of all these places for one address. */
export const make = (options: {
  readonly atOnce: number
  readonly waiting: number
  readonly perAddress: number
  /** When a refused caller may come again: about the time in which a full queue empties. */
  readonly retryAfterMillis: number
}): HashQueue => {
  const turns = Semaphore.makeUnsafe(options.atOnce)
  const places = Semaphore.makeUnsafe(options.atOnce + options.waiting)
  const busy = Effect.fail(new PasswordsBusy({ retryAfterMillis: options.retryAfterMillis }))
  const taken = new Map<string, number>()
  // Only addresses that have a place now are in the table.
  const count = (address: string, change: 1 | -1) => {
    const now = (taken.get(address) ?? 0) + change
    if (now === 0) taken.delete(address)
    else taken.set(address, now)
  }
  const inPlace = <Result, Failure>(address: string, work: Effect.Effect<Result, Failure>) =>
    Effect.acquireUseRelease(
      Effect.sync(() => count(address, 1)),
      // A hash that has begun cannot be stopped: its turn lasts until it ends, else those who give up would let others start
      // beside it.
      () => turns.withPermits(1)(Effect.uninterruptible(work)),
      () => Effect.sync(() => count(address, -1))
    )
  return <Result, Failure>(address: string, work: Effect.Effect<Result, Failure>) =>
    Effect.suspend((): Effect.Effect<Result, Failure | PasswordsBusy> =>
      (taken.get(address) ?? 0) < options.perAddress ? inPlace(address, work) : busy
    ).pipe(
      places.withPermitsIfAvailable(1),
      Effect.flatMap(Option.match({ onSome: Effect.succeed, onNone: () => busy }))
    )
}
