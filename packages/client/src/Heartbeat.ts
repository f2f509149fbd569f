// Finds out that a server is gone although its socket says nothing: a cable pulled, a laptop that slept, a router that forgot.
import { Clock, Effect, Schema } from "effect"

/** Nothing came from the server for too long. */
export class ServerSilent extends Schema.TaggedError<ServerSilent>()("ServerSilent", {}) {}

/** A connection silent for this long is asked whether it lives, in milliseconds. */
export const askAfterMillis = 10_000

/** It is given up without an answer after this long; together with `askAfterMillis` less than 30 s. */
export const patienceMillis = 15_000

/** After a sign that the network changed the answer must come sooner than usual. */
export const probePatienceMillis = 5_000

/** A timer that is late by more proves nothing about the server: this program was paused, so it asks once more. */
const lateMillis = 2_000

/** Runs until the server is silent. `probes` are the moments at which the connection is asked at once. */
export const watch = Effect.fnUntraced(function* <Failure>(options: {
  /** When the server was last heard, and how often so far. */
  readonly heard: () => { readonly atMillis: number; readonly frames: number }
  readonly ping: Effect.Effect<void, Failure>
  readonly probes: Effect.Effect<void>
}): Effect.fn.Return<never, ServerSilent | Failure> {
  const clock = yield* Clock.Clock
  const now = () => clock.currentTimeMillisUnsafe()
  /** Sleeps, and answers whether a probe was asked for meanwhile. */
  const sleep = (millis: number) =>
    Effect.raceFirst(Effect.as(Effect.sleep(millis), false), Effect.as(options.probes, true))

  let isProbe = false
  while (true) {
    const silentFor = now() - options.heard().atMillis
    if (!isProbe && silentFor < askAfterMillis) {
      isProbe = yield* sleep(askAfterMillis - silentFor)
      continue
    }
    const askedAt = now()
    const { frames } = options.heard()
    const patience = isProbe ? probePatienceMillis : patienceMillis
    yield* options.ping
    isProbe = yield* sleep(patience)
    if (isProbe || options.heard().frames > frames) continue
    const wasLate = now() - askedAt - patience > lateMillis
    if (!wasLate) return yield* new ServerSilent()
    isProbe = true
  }
})
