// The client for programs that use no Effect: plain functions, promises, and values to subscribe to. All of it is a thin face
// over MessengerClient; see there for the promises.
import type { User } from "@messenger/protocol/Account"
import * as InboxView from "@messenger/protocol/InboxView"
import type { ClientKey } from "@messenger/protocol/Message"
import type { Status } from "@messenger/protocol/Presence"
import type { Forbidden } from "@messenger/protocol/Rights"
import type { Room, RoomId } from "@messenger/protocol/Room"
import type { SessionError } from "@messenger/protocol/Session"
import { Effect, Layer, ManagedRuntime, Random, Scope } from "effect"
import * as ConnectionState from "./ConnectionState.ts"
import type { FeedState } from "./FeedState.ts"
import type { CreateRoomError } from "./MessengerClient.ts"
import type { OutboxEntry } from "./OutboxEntry.ts"
import * as Outcome from "./Outcome.ts"
import { cell } from "./Readable.ts"
import type { Cell, Readable } from "./Readable.ts"
import * as RoomHandle from "./RoomHandle.ts"
import { runnerOf } from "./Runner.ts"
import * as RunningClient from "./RunningClient.ts"
import * as SessionClient from "./SessionClient.ts"
import * as Signals from "./Signals.ts"
import type { Unreachable } from "./Unreachable.ts"

export type { CreateRoomError } from "./MessengerClient.ts"
export type { Outcome } from "./Outcome.ts"
export type { PeoplePage, RoomHandle, RoomRefusal } from "./RoomHandle.ts"

/** Who uses this client. `Loading` until the server has said it once; it is asked until it answers. */
export type Identity =
  | { readonly _tag: "Loading" }
  /** Nobody is logged in, or the session has ended: `enter` makes a guest. */
  | { readonly _tag: "Anonymous" }
  | { readonly _tag: "Known"; readonly user: User }

/** Where the server is, and what the device can do. */
export interface MessengerOptions {
  /** Origin of the server, such as `location.origin`. */
  readonly server: string
  /** What the device says about its network; in a browser `Signals.browser`, which is the default where there is a document. */
  readonly signals?: Signals.Signals
}

/** The client. It connects by itself as soon as it knows who it speaks for, and comes back by itself after every loss. */
export interface Messenger {
  readonly identity: Readable<Identity>
  readonly connection: Readable<ConnectionState.ConnectionState>
  /** The person's rooms, and how far each is read. Empty while nobody is known. */
  readonly inbox: Readable<FeedState<InboxView.InboxView, Forbidden>>
  /** Messages on their way, of all rooms and tabs, in the order they were written. */
  readonly outbox: Readable<ReadonlyArray<OutboxEntry>>
  /** Makes a guest of that name, or answers who is logged in already. */
  readonly enter: (name: string) => Promise<Outcome.Outcome<User, SessionError | Unreachable>>
  /** Ends the session on the server and closes the connection. */
  readonly leave: () => Promise<Outcome.Outcome<void, SessionError | Unreachable>>
  /** Tries to connect at once; also after a refusal. */
  readonly reconnect: () => void
  /** Follows a room. Only while somebody is known; each call follows anew, so keep the handle. */
  readonly openRoom: (roomId: RoomId) => RoomHandle.RoomHandle
  readonly createRoom: (name: string) => Promise<Outcome.Outcome<Room, CreateRoomError>>
  /** What the person chose to be shown as, on all devices. */
  readonly setStatus: (status: Status) => void
  /** Whether the person gave no input for `Limits.idleAfterMillis`, as seen here. */
  readonly setIdle: (isIdle: boolean) => void
  /** Takes a message out of the outbox for good. One that is on its way cannot be taken back: false. */
  readonly discard: (key: ClientKey) => boolean
  /** Sends a refused message anew, at the end of its room's queue and under a new key, which it answers. */
  readonly resend: (key: ClientKey) => ClientKey | undefined
  /** Ends when outbox and drafts are on the device's disk: await it before a reload. */
  readonly flush: () => Promise<void>
  /** Lets go of everything. Nothing of this client may be used afterwards. */
  readonly close: () => Promise<void>
}

/** The client of one server. It asks who is logged in at once, and connects when somebody is. */
export const makeMessenger = ({ server, signals = defaultSignals() }: MessengerOptions): Messenger => {
  const sessions = SessionClient.make({ server })
  const runtime = ManagedRuntime.make(Layer.empty)
  const scope = Scope.makeUnsafe()
  const { later, start, close } = runnerOf(runtime)
  const identity = cell<Identity>({ _tag: "Loading" })
  const connection = cell(ConnectionState.initial)
  const inbox = cell(emptyInbox)
  const outbox = cell<ReadonlyArray<OutboxEntry>>([])
  // The client of whoever is known, and how to stop showing what it knows.
  let running: { readonly client: RunningClient.RunningClient; readonly unmirror: () => void } | undefined
  // Refusals in a row that the session's answer did not explain.
  let unexplained = 0

  const mirror = ({ client }: RunningClient.RunningClient) => {
    const stops = [
      mirrorTo(connection, client.connection.state),
      mirrorTo(inbox, client.inbox.feed),
      mirrorTo(outbox, client.outbox.entries),
      client.connection.state.subscribe(() => onConnection(client.connection.state.get()))
    ]
    return () => {
      for (const stop of stops) stop()
    }
  }

  const stop = (): Promise<void> => {
    const stopping = running
    running = undefined
    stopping?.unmirror()
    connection.set(ConnectionState.initial)
    inbox.set(emptyInbox)
    outbox.set([])
    return stopping?.client.runner.close() ?? Promise.resolve()
  }

  /** From now on this is the client of `user`; with the same user as before it only connects again. */
  const become = (user: User | null): void => {
    if (user === null) {
      void stop()
      return identity.set({ _tag: "Anonymous" })
    }
    if (running?.client.user.id !== user.id) {
      void stop()
      const client = RunningClient.start({ server, user, signals })
      running = { client, unmirror: mirror(client) }
    }
    identity.set({ _tag: "Known", user })
    running?.client.client.connection.connect()
  }

  /** Asks who is logged in until there is an answer. */
  const identify = Effect.gen(function* () {
    for (let failures = 0; ; failures++) {
      const answer = yield* Effect.result(sessions.current)
      if (answer._tag === "Success") return become(answer.success)
      yield* Effect.sleep(ConnectionState.waitMillis(failures, yield* Random.next))
    }
  })

  const onConnection = (state: ConnectionState.ConnectionState) => {
    if (state._tag === "Open") unexplained = 0
    // The session may have ended, on another device or by another tab, or be another's now.
    if (state._tag !== "Refused" || state.refusal._tag !== "Unauthenticated") return
    const wait = Effect.flatMap(Random.next, (jitter) =>
      Effect.sleep(unexplained === 0 ? 0 : ConnectionState.waitMillis(unexplained, jitter))
    )
    start(Effect.andThen(wait, identify))
    unexplained++
  }

  const known = (): RunningClient.RunningClient => {
    if (running === undefined) throw new Error("Nobody is known: look at `identity` first")
    return running.client
  }

  start(identify)

  return {
    identity,
    connection,
    inbox,
    outbox,
    enter: (name) =>
      later(
        Outcome.of(
          Effect.map(sessions.enter(name), ({ user }) => {
            become(user)
            return user
          })
        ),
        scope
      ),
    leave: () => later(Outcome.of(Effect.map(sessions.leave, () => become(null))), scope),
    reconnect: () => running?.client.client.connection.connect(),
    openRoom: (roomId) => {
      const { client, runner } = known()
      return RoomHandle.open(client, roomId, runner)
    },
    createRoom: (name) => later(Outcome.of(known().client.createRoom(name)), scope),
    setStatus: (status) => running?.client.client.inbox.setStatus(status),
    setIdle: (isIdle) => running?.client.client.inbox.setIdle(isIdle),
    discard: (key) => running?.client.client.outbox.discard(key) ?? false,
    resend: (key) => running?.client.client.outbox.resend(key),
    flush: () => later(running?.client.client.outbox.flush ?? Effect.void, scope),
    close: async () => {
      await stop()
      await close()
    }
  }
}

const emptyInbox: FeedState<InboxView.InboxView, Forbidden> = { view: InboxView.empty, status: { _tag: "Opening" } }

const defaultSignals = (): Signals.Signals => (typeof document === "undefined" ? Signals.silent : Signals.browser)

const mirrorTo = <A>(target: Cell<A>, source: Readable<A>): (() => void) => {
  target.set(source.get())
  return source.subscribe(() => target.set(source.get()))
}
