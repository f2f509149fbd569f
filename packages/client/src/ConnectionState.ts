// The life of a connection as a pure machine: what it is in, what may happen to it, and what it is in afterwards. It keeps no
// timers and opens no sockets; Connection.ts does what the state asks for.
import type { User } from "@messenger/protocol/Account"
import type { Unauthenticated, UpgradeRequired } from "@messenger/protocol/Handshake"
import { Schema } from "effect"

/**
 * The server closed the connection because its session, or the token it came with, is over. `Renewed`: there is a new session, so ask
 * who one is and connect again. Else log in.
 */
export class SessionEnded extends Schema.TaggedError<SessionEnded>()("SessionEnded", {
  end: Schema.Literals(["SignedOut", "Revoked", "Expired", "Deactivated", "Deleted", "Renewed"])
}) {}

/** Why a connection is not tried again by itself: log in, or load the new client. */
export type Refusal = Unauthenticated | UpgradeRequired | SessionEnded

/** What a connection is in. Times are milliseconds of the reader's clock; `attempt` counts the failures in a row. */
export type ConnectionState =
  /** Nobody has asked for a connection yet, or it was closed on purpose. */
  | { readonly _tag: "Closed" }
  | { readonly _tag: "Connecting"; readonly attempt: number }
  /** `serverClockAheadMillis` is how far the server's clock is ahead of the reader's. */
  | {
      readonly _tag: "Open"
      readonly attempt: number
      readonly sinceMillis: number
      readonly user: User
      readonly node: string
      readonly serverClockAheadMillis: number
    }
  /** Tries again at `untilMillis`. `isDraining`: the server said that it restarts. */
  | {
      readonly _tag: "Waiting"
      readonly attempt: number
      readonly untilMillis: number
      readonly isDraining: boolean
    }
  /** The device says that it has no network; tries at once when that changes, and at `untilMillis` in case it is wrong. */
  | { readonly _tag: "Offline"; readonly attempt: number; readonly untilMillis: number }
  /** Not tried again until somebody asks. */
  | { readonly _tag: "Refused"; readonly refusal: Refusal }

/** What may happen to a connection. `jitter` is a random number from 0 up to 1, given from outside so that this stays pure. */
export type ConnectionEvent =
  | { readonly _tag: "ConnectAsked" }
  | { readonly _tag: "CloseAsked" }
  | {
      readonly _tag: "Opened"
      readonly nowMillis: number
      readonly user: User
      readonly node: string
      readonly serverNowMillis: number
    }
  /** The socket is gone, or could not be opened; `closeCode` is that of the WebSocket when there was one. */
  | {
      readonly _tag: "Lost"
      readonly nowMillis: number
      readonly closeCode: number | undefined
      readonly isOnline: boolean
      readonly jitter: number
    }
  | { readonly _tag: "WasRefused"; readonly refusal: Refusal }
  | { readonly _tag: "WaitOver" }
  /** The device has a network again, or its tab is looked at again. */
  | { readonly _tag: "Woke" }

/** The first wait after a loss is at most this long, in milliseconds; each further one may be twice as long ... */
export const firstWaitMillis = 1_000

/** ... up to this. Less than the 30 s after which a server forgets a silent connection, so presence rarely flickers. */
export const longestWaitMillis = 20_000

/** A connection that lived shorter than this counts as one more failure, so that a server that drops everybody is not hammered. */
export const stableAfterMillis = 10_000

/** After a restart was announced, all clients come back spread over this, in milliseconds. */
export const drainSpreadMillis = 3_000

// RFC 6455, 7.4.1, and the IANA registry: Going Away, Service Restart.
const drainingCodes: ReadonlySet<number | undefined> = new Set([1001, 1012])

/** Before anything happened. */
export const initial: ConnectionState = { _tag: "Closed" }

/** The state after one more event; an event that means nothing in a state leaves it as it is. */
export const next = (state: ConnectionState, event: ConnectionEvent): ConnectionState => {
  switch (event._tag) {
    case "ConnectAsked":
      return hasSocket(state) ? state : { _tag: "Connecting", attempt: 0 }
    case "CloseAsked":
      return state._tag === "Closed" ? state : { _tag: "Closed" }
    case "Opened":
      return state._tag === "Connecting"
        ? {
            _tag: "Open",
            attempt: state.attempt,
            sinceMillis: event.nowMillis,
            user: event.user,
            node: event.node,
            serverClockAheadMillis: event.serverNowMillis - event.nowMillis
          }
        : state
    case "Lost":
      return hasSocket(state) ? afterLoss(state, event) : state
    case "WasRefused":
      return hasSocket(state) || isWaiting(state) ? { _tag: "Refused", refusal: event.refusal } : state
    case "WaitOver":
    case "Woke":
      return isWaiting(state) ? { _tag: "Connecting", attempt: state.attempt } : state
  }
}

/** Whether a socket is open or being opened in this state. */
export const hasSocket = (state: ConnectionState): state is Extract<ConnectionState, { _tag: "Connecting" | "Open" }> =>
  state._tag === "Connecting" || state._tag === "Open"

/** Whether this state ends by itself. */
export const isWaiting = (state: ConnectionState): state is Extract<ConnectionState, { _tag: "Waiting" | "Offline" }> =>
  state._tag === "Waiting" || state._tag === "Offline"

/** Full jitter: anything from nothing to twice the last bound, so that many clients never come back together. */
export const waitMillis = (failures: number, jitter: number): number =>
  Math.floor(jitter * Math.min(longestWaitMillis, firstWaitMillis * 2 ** Math.min(failures, 16)))

const afterLoss = (
  state: Extract<ConnectionState, { _tag: "Connecting" | "Open" }>,
  { nowMillis, closeCode, isOnline, jitter }: Extract<ConnectionEvent, { _tag: "Lost" }>
): ConnectionState => {
  const wasStable = state._tag === "Open" && nowMillis - state.sinceMillis >= stableAfterMillis
  const failures = wasStable ? 0 : state.attempt
  if (!isOnline) return { _tag: "Offline", attempt: failures + 1, untilMillis: nowMillis + longestWaitMillis }
  const isDraining = state._tag === "Open" && drainingCodes.has(closeCode)
  const wait = isDraining ? Math.floor(jitter * drainSpreadMillis) : waitMillis(failures, jitter)
  return { _tag: "Waiting", attempt: failures + 1, untilMillis: nowMillis + wait, isDraining }
}
