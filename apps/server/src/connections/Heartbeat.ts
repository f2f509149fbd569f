// One heartbeat for all connections: asks the silent whether they are there, and gives up the dead, the stuck, those that
// never said who they are, and those whose token has run out.
import { sessionEndCode } from "@messenger/protocol/SessionEnd"
import { Clock, Context, Duration, Effect, Schedule } from "effect"
import { GatewayCounts } from "../GatewayCounts.ts"
import { Connection } from "./Connection.ts"
import { Connections } from "./Connections.ts"
import { closeCode } from "./Peer.ts"

/** When a connection is given up. */
export interface Timings {
  /** How exactly the others are kept: a silent peer is gone `deadAfter + beatEvery` after its last byte, together 30 seconds. */
  readonly beatEvery: Duration.Duration
  /** A peer that said nothing for this long is asked whether it is there. At most half of `deadAfter`, so that it can answer. */
  readonly pingAfter: Duration.Duration
  /** A peer of which no byte came for this long is gone. */
  readonly deadAfter: Duration.Duration
  /** A reader that takes not one byte for this long is told to come back later. */
  readonly stuckAfter: Duration.Duration
  /** A connection must have been greeted within this time. */
  readonly greetWithin: Duration.Duration
}

/** The timings in use; tests run on shorter ones. */
export const HeartbeatTimings = Context.Reference<Timings>("@messenger/server/connections/HeartbeatTimings", {
  defaultValue: () => ({
    beatEvery: Duration.seconds(1),
    pingAfter: Duration.millis(14_500),
    deadAfter: Duration.seconds(29),
    stuckAfter: Duration.seconds(30),
    greetWithin: Duration.seconds(10)
  })
})

/** Beats until it is interrupted. */
export const run: Effect.Effect<never, never, Connections | GatewayCounts> = Effect.gen(function* () {
  const connections = yield* Connections
  const counts = yield* GatewayCounts
  const timings = yield* HeartbeatTimings
  const clock = yield* Clock.Clock
  const limits: Limits = {
    pingAfter: Duration.toMillis(timings.pingAfter),
    deadAfter: Duration.toMillis(timings.deadAfter),
    stuckAfter: Duration.toMillis(timings.stuckAfter),
    greetWithin: Duration.toMillis(timings.greetWithin)
  }
  const beat = Effect.sync(() => {
    const now = clock.currentTimeMillisUnsafe()
    for (const open of connections.all()) {
      const goesOn = open instanceof Connection ? visit(open, now, limits) : (open.visit?.(now, limits) ?? true)
      if (!goesOn) counts.droppedConnections++
    }
  })
  return yield* beat.pipe(Effect.repeat(Schedule.spaced(timings.beatEvery)), Effect.andThen(Effect.never))
})

/** When a connection is given up, in milliseconds; see `Timings`. */
export interface Limits {
  readonly pingAfter: number
  readonly deadAfter: number
  readonly stuckAfter: number
  readonly greetWithin: number
}

// Whether the connection goes on.
const visit = (connection: Connection, now: number, limits: Limits): boolean => {
  const until = connection.peer.holder?.until ?? null
  if (until !== null && now >= until) {
    connection.close(sessionEndCode.Expired, "Expired")
    return false
  }
  if (connection.stalled !== undefined) {
    const { unsentBytes } = connection.fastlane
    if (unsentBytes !== connection.stalled.unsentBytes) connection.stalled = { since: now, unsentBytes }
    else if (now - connection.stalled.since >= limits.stuckAfter) {
      connection.close(closeCode.tryAgainLater, "nothing was read from this connection for too long")
      return false
    }
    return true
  }
  if (!connection.isGreeted && now - connection.openedAt >= limits.greetWithin) {
    connection.close(closeCode.policyViolation, "no handshake")
    return false
  }
  // Whoever is paused cannot be heard, and waits for answers that are on their way.
  if (connection.isPaused) return true
  const { receivedBytes } = connection
  if (receivedBytes !== connection.heardBytes) {
    connection.heardBytes = receivedBytes
    connection.heardAt = now
    return true
  }
  const silence = now - connection.heardAt
  if (silence >= limits.deadAfter) {
    connection.destroy()
    return false
  }
  if (silence >= limits.pingAfter && now - connection.pingedAt >= limits.pingAfter) {
    connection.pingedAt = now
    connection.ping()
  }
  return true
}
