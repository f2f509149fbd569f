// A bounded queue in front of work that is dear: a few at once, some waiting in the order they came, and a refusal at once for
// whoever comes when all places are taken. A place is free again when its work ends or its waiter is interrupted.
import { PasswordsBusy } from "@messenger/protocol/Password"
import { Effect, Option, Semaphore } from "effect"

/** Runs work in its turn, or refuses it at once. */
export type HashQueue = <Result, Failure>(
  work: Effect.Effect<Result, Failure>
) => Effect.Effect<Result, Failure | PasswordsBusy>

/** A queue for `atOnce` and, behind them, `waiting`. */
export const make = (options: {
  readonly atOnce: number
  readonly waiting: number
  /** When a refused caller may come again: about the time in which a full queue empties. */
  readonly retryAfterMillis: number
}): HashQueue => {
  const turns = Semaphore.makeUnsafe(options.atOnce)
  const places = Semaphore.makeUnsafe(options.atOnce + options.waiting)
  return (work) =>
    // A hash that has begun cannot be stopped: its turn lasts until it ends, else those who give up would let others start
    // beside it.
    turns
      .withPermits(1)(Effect.uninterruptible(work))
      .pipe(
        places.withPermitsIfAvailable(1),
        Effect.flatMap(
          Option.match({
            onSome: Effect.succeed,
            onNone: () => Effect.fail(new PasswordsBusy({ retryAfterMillis: options.retryAfterMillis }))
          })
        )
      )
}
