// Keeps one connection to the server for as long as somebody wants it: opens it, says hello, notices when it dies, waits with
// jitter and tries again. What it is in is ConnectionState; this module only does what the state asks for. Requests and streams
// in flight fail when the connection is lost; to ask and to follow again is what Request.ts and Follow.ts are for.
import type { User, UserId } from "@messenger/protocol/Account"
import { Unauthenticated } from "@messenger/protocol/Handshake"
import type { UpgradeRequired } from "@messenger/protocol/Handshake"
import { sessionEndOf } from "@messenger/protocol/SessionEnd"
import { Cause, Clock, Context, Deferred, Effect, Exit, FiberHandle, Layer, Queue, Random, Result } from "effect"
import { RpcClientError } from "effect/rpc"
import { Socket } from "effect/socket"
import * as ConnectionState from "./ConnectionState.ts"
import * as Heartbeat from "./Heartbeat.ts"
import { isRefusal } from "./Passing.ts"
import type { Readable } from "./Readable.ts"
import { cell, until } from "./Readable.ts"
import type { Signals } from "./Signals.ts"
import * as WireProtocol from "./WireProtocol.ts"

/** One open connection that has been greeted. Its requests fail with `RpcClientError` once it is over. */
export interface Session {
  /** Counts the sessions of this client from 1. */
  readonly number: number
  readonly rpcs: WireProtocol.Rpcs
  readonly user: User
}

/** Whom to connect as, and what the device says about its network. */
export interface ConnectionOptions {
  /** Whom this client speaks for. A server that knows the connection as somebody else is treated as `Unauthenticated`. */
  readonly account: UserId
  readonly signals: Signals
}

/** The server must open the socket and answer the greeting within this, in milliseconds. */
const greetingMillis = 10_000

export class Connection extends Context.Service<
  Connection,
  {
    readonly state: Readable<ConnectionState.ConnectionState>
    /** Connects, or tries again at once, also after a refusal. Does nothing while a socket is open or being opened. */
    readonly connect: () => void
    /** Closes the connection until `connect`. */
    readonly close: () => void
    /** The open session; waits until there is one. */
    readonly session: Effect.Effect<Session>
    /** The open session, if there is one. */
    readonly current: () => Session | undefined
    /** Says that the server refused this session: the connection closes and tries no more by itself. */
    readonly refuse: (session: Session, refusal: ConnectionState.Refusal) => void
    /** It is known from elsewhere that the server would refuse: no further attempt is made by itself. */
    readonly giveUp: (refusal: ConnectionState.Refusal) => void
  }
>()("@messenger/client/Connection") {
  static readonly layer = (options: ConnectionOptions): Layer.Layer<Connection, never, Socket.Socket> =>
    Layer.effect(Connection, make(options))
}

const make = Effect.fnUntraced(function* ({ account, signals }: ConnectionOptions) {
  const socket = yield* Socket.Socket
  const clock = yield* Clock.Clock
  const attempt = yield* FiberHandle.make<void>()
  const timer = yield* FiberHandle.make<void>()
  const events = yield* Queue.unbounded<ConnectionState.ConnectionEvent>()
  const probes = yield* Queue.sliding<void>(1)
  const state = cell(ConnectionState.initial)
  // What the device says; it may be wrong.
  let isOnline = true
  let sessions = 0
  // Completed while a session is open; a new one takes its place before the old session's requests fail.
  let opened = Deferred.makeUnsafe<Session>()
  let current: Session | undefined

  const dispatch = (event: ConnectionState.ConnectionEvent) => void Queue.offerUnsafe(events, event)
  const now = () => clock.currentTimeMillisUnsafe()

  /** Opens, greets and reads until the connection ends; only a failure ends it. */
  const live = Effect.gen(function* () {
    const { pull } = yield* socket.reader
    const writer = yield* socket.writer
    const wire = yield* WireProtocol.make(writer.write)
    yield* Effect.addFinalizer(() =>
      Effect.suspend(() => {
        if (current?.rpcs === wire.rpcs) {
          current = undefined
          opened = Deferred.makeUnsafe()
        }
        return wire.fail(new RpcClientError.RpcClientError({ reason: new Socket.SocketCloseError({ code: 1006 }) }))
      })
    )
    let heard = { atMillis: now(), frames: 0 }
    const read = Effect.forever(
      Effect.flatMap(pull, (frames) => {
        heard = { atMillis: now(), frames: heard.frames + frames.length }
        return Effect.forEach(frames, wire.receive, { discard: true })
      })
    )
    const greet = Effect.gen(function* () {
      const { user, node, now: serverNowMillis } = yield* WireProtocol.greet(wire.rpcs)
      if (user.id !== account) return yield* new Unauthenticated()
      current = { number: ++sessions, rpcs: wire.rpcs, user }
      dispatch({ _tag: "Opened", nowMillis: now(), user, node, serverNowMillis })
      yield* Deferred.succeed(opened, current)
    })
    const watch = Heartbeat.watch({
      heard: () => heard,
      ping: wire.ping,
      probes: Queue.take(probes)
    })
    return yield* Effect.raceFirst(read, Effect.andThen(Effect.timeout(greet, greetingMillis), watch))
  }).pipe(Effect.scoped)

  const attemptOnce = Effect.gen(function* () {
    const exit = yield* Effect.exit(live)
    if (!Exit.isFailure(exit)) return
    const failure = Cause.findError(exit.cause)
    if (Result.isFailure(failure)) yield* Effect.logWarning("The connection ended by a defect", exit.cause)
    else if (isRefusal(failure.success)) return dispatch({ _tag: "WasRefused", refusal: failure.success })
    const closeCode = Result.isSuccess(failure) ? closeCodeOf(failure.success) : undefined
    const end = closeCode === undefined ? undefined : sessionEndOf(closeCode)
    if (end !== undefined) return dispatch({ _tag: "WasRefused", refusal: new ConnectionState.SessionEnded({ end }) })
    dispatch({
      _tag: "Lost",
      nowMillis: now(),
      closeCode,
      isOnline,
      jitter: yield* Random.next
    })
  })

  /** Starts and stops what the new state asks for. */
  const enter = Effect.fnUntraced(function* (before: ConnectionState.ConnectionState) {
    const after = state.get()
    if (after === before) return
    const isNewAttempt = after._tag === "Connecting"
    if (isNewAttempt || !ConnectionState.hasSocket(after)) yield* FiberHandle.clear(attempt)
    yield* FiberHandle.clear(timer)
    if (isNewAttempt) yield* FiberHandle.run(attempt, attemptOnce)
    if (ConnectionState.isWaiting(after)) {
      const wait = Effect.sleep(Math.max(0, after.untilMillis - now()))
      yield* FiberHandle.run(
        timer,
        Effect.map(wait, () => dispatch({ _tag: "WaitOver" }))
      )
    }
  })

  yield* Queue.take(events).pipe(
    Effect.flatMap((event) => {
      const before = state.get()
      state.set(ConnectionState.next(before, event))
      return enter(before)
    }),
    Effect.forever,
    Effect.forkScoped
  )

  yield* Effect.acquireRelease(
    Effect.sync(() =>
      signals((signal) => {
        isOnline = signal !== "Offline"
        Queue.offerUnsafe(probes, undefined)
        if (isOnline) dispatch({ _tag: "Woke" })
      })
    ),
    (stop) => Effect.sync(stop)
  )

  return Connection.of({
    state,
    connect: () => dispatch({ _tag: "ConnectAsked" }),
    close: () => dispatch({ _tag: "CloseAsked" }),
    session: Effect.suspend(() => Deferred.await(opened)),
    current: () => current,
    refuse: (session, refusal) => {
      if (current === session) dispatch({ _tag: "WasRefused", refusal })
    },
    giveUp: (refusal) => dispatch({ _tag: "WasRefused", refusal })
  })
})

/** The session to ask again on after `lost` let go of a request: the next one, or the same after a pause if it still lives. */
export const sessionAfter = Effect.fnUntraced(function* (connection: Connection["Service"], lost: Session) {
  if (connection.current() === lost) yield* Effect.sleep(ConnectionState.waitMillis(0, yield* Random.next))
  return yield* connection.session
})

/** Fails once the connection is refused, and ends in no other way: until somebody acts on it, nothing is answered any more. */
export const refused = (connection: Connection["Service"]): Effect.Effect<never, ConnectionState.Refusal> =>
  failingWith(connection, (state) => (state._tag === "Refused" ? state.refusal : undefined))

/** Fails once this client is too old for the server, which nothing but another client changes; ends in no other way. */
export const outdated = (connection: Connection["Service"]): Effect.Effect<never, UpgradeRequired> =>
  failingWith(connection, (state) =>
    state._tag === "Refused" && state.refusal._tag === "UpgradeRequired" ? state.refusal : undefined
  )

const failingWith = <Refusal extends ConnectionState.Refusal>(
  { state }: Pick<Connection["Service"], "state">,
  refusalIn: (state: ConnectionState.ConnectionState) => Refusal | undefined
): Effect.Effect<never, Refusal> => {
  const hasRefusal = (now: ConnectionState.ConnectionState) => refusalIn(now) !== undefined
  return Effect.flatMap(until(state, hasRefusal), () => {
    const refusal = refusalIn(state.get())
    // Somebody acted on it at once.
    return refusal === undefined ? failingWith({ state }, refusalIn) : Effect.fail(refusal)
  })
}

const closeCodeOf = (error: unknown): number | undefined =>
  error instanceof Socket.SocketError && error.reason._tag === "SocketCloseError" ? error.reason.code : undefined
