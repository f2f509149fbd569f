// What of the machinery below becomes weather to a caller: refusals that pass, each with when to come back.
import { ActorCrashed, ActorStopped, CallTimeout, MailboxFull, Quarantined } from "@messenger/otp/ActorError"
import * as ActorError from "@messenger/otp/ActorError"
import { CommandRejected } from "@messenger/protocol/Message"
import { RoomUnavailable, StorageUnavailable } from "@messenger/protocol/Unavailable"
import { DatabaseAway } from "@messenger/storage/StorageFailure"
import { Effect, Schedule } from "effect"

/** When to come back while the database is away, in milliseconds; clients add their own jitter. */
export const retryAfterMillis = 1_000

/** When to come back to a room whose mailbox is full, in milliseconds. */
const fullMillis = 250

type ActorFailure = ActorCrashed | ActorStopped | CallTimeout | MailboxFull | Quarantined | ActorError.CommandRejected

const isActorFailure = (error: unknown): error is ActorFailure =>
  error instanceof ActorCrashed ||
  error instanceof ActorStopped ||
  error instanceof CallTimeout ||
  error instanceof MailboxFull ||
  error instanceof Quarantined ||
  error instanceof ActorError.CommandRejected

/** A database that is away is told to the caller as such. */
export const whenAway = <A, E, R>(effect: Effect.Effect<A, E | DatabaseAway, R>) =>
  Effect.catchIf(
    effect,
    (error): error is DatabaseAway => error instanceof DatabaseAway,
    () => Effect.fail(new StorageUnavailable({ retryAfterMillis }))
  )

/** Repeats what failed because the database is away until it does not. For work that nobody waits for and that may be repeated. */
export const waitedOut = <A, R>(effect: Effect.Effect<A, DatabaseAway, R>): Effect.Effect<A, never, R> =>
  // The schedule has no end, so no failure is left.
  effect.pipe(Effect.retry(Schedule.jittered(Schedule.spaced(retryAfterMillis))), Effect.orDie)

/** What a caller is told of an actor that did not answer. A room that crashes, rests or is full comes back; a timeout decided nothing. */
export const whenResting = <A, E, R>(effect: Effect.Effect<A, E | ActorFailure, R>) =>
  Effect.catchIf(effect, isActorFailure, (failure) => Effect.fail(weatherOf(failure)))

const weatherOf = (failure: ActorFailure) => {
  switch (failure._tag) {
    case "ActorCrashed":
    case "ActorStopped":
      return new RoomUnavailable({ retryAfterMillis })
    case "MailboxFull":
      return new RoomUnavailable({ retryAfterMillis: fullMillis })
    case "Quarantined":
      return new RoomUnavailable({ retryAfterMillis: Math.ceil(failure.retryAfterMillis) })
    case "CallTimeout":
      return new StorageUnavailable({ retryAfterMillis })
    case "CommandRejected":
      return new CommandRejected()
  }
}
