// The client for programs that use no Effect: plain functions, promises, and values to subscribe to. All of it is a thin face
// over MessengerClient; see there for the promises.
import type { User } from "@messenger/protocol/Account"
import type { UpgradeRequired } from "@messenger/protocol/Handshake"
import type { InboxView } from "@messenger/protocol/InboxView"
import type { ClientKey } from "@messenger/protocol/Message"
import type { Status } from "@messenger/protocol/Presence"
import type { Forbidden } from "@messenger/protocol/Rights"
import type { Room, RoomId } from "@messenger/protocol/Room"
import type { SessionError } from "@messenger/protocol/Session"
import { Effect, Layer, ManagedRuntime, Scope } from "effect"
import type * as Calls from "./Calls.ts"
import type { CallArguments, CallSuccess, CallTag } from "./Calls.ts"
import type { ConnectionState } from "./ConnectionState.ts"
import * as CurrentClient from "./CurrentClient.ts"
import * as Device from "./Device.ts"
import type { PendingChange } from "./Edits.ts"
import type { FeedState } from "./FeedState.ts"
import * as Identity from "./Identity.ts"
import type { OutboxEntry } from "./OutboxEntry.ts"
import * as Outcome from "./Outcome.ts"
import type { Readable } from "./Readable.ts"
import * as RoomHandle from "./RoomHandle.ts"
import { runnerOf } from "./Runner.ts"
import * as SessionClient from "./SessionClient.ts"
import type { LoggingIn, Registering } from "./SessionClient.ts"
import * as Signals from "./Signals.ts"
import { Unreachable } from "./Unreachable.ts"

export type { CallArguments, CallSuccess, CallTag } from "./Calls.ts"
export type { EditRefusal, PendingChange, RemoveRefusal } from "./Edits.ts"
export type { Identity, ServerTerms } from "./Identity.ts"
export type { Outcome } from "./Outcome.ts"
export type { PeoplePage, RoomHandle, RoomRefusal } from "./RoomHandle.ts"
export type { LoggingIn, Registering } from "./SessionClient.ts"

/** Why a call answers nothing: `UpgradeRequired` means that this program is too old, and after `Unreachable` it is unknown whether it was done. */
export type CallFailure<Tag extends CallTag> = Calls.CallFailure<Tag> | UpgradeRequired

/** Why a room was not made. After `Unreachable` it may have been made: look at the room list. */
export type CreateRoomError = CallFailure<"CreateRoom">

/** How a request for a session ends. */
export type SessionOutcome = Outcome.Outcome<User, SessionError | Unreachable>

/** Where the server is, and what the device can do. */
export interface MessengerOptions {
  /** Origin of the server, such as `location.origin`. */
  readonly server: string
  /** What the device says about its network; in a browser `Signals.browser`, which is the default where there is a document. */
  readonly signals?: Signals.Signals
  /** An API token or a socket token, for programs: it says who this is, so there is nothing to enter or to log in to. */
  readonly bearer?: string
  /** Where messages wait that are not sent yet, and drafts: `Device.standard` unless it says otherwise. */
  readonly store?: Device.Device
}

/** The client. It connects by itself as soon as it knows who it speaks for, and comes back by itself after every loss. */
export interface Messenger {
  readonly identity: Readable<Identity.Identity>
  /** Who may come in. Undefined until the server has said it once. */
  readonly server: Readable<Identity.ServerTerms | undefined>
  readonly connection: Readable<ConnectionState>
  /**
   * The person's rooms, what they are in each, and how far each is read. Empty while nobody is known. Names and colours in messages
   * are as they were when they were received; `InboxView.current` of this view says what they are now.
   */
  readonly inbox: Readable<FeedState<InboxView, Forbidden>>
  /** Messages on their way, of all rooms and tabs, in the order they were written. */
  readonly outbox: Readable<ReadonlyArray<OutboxEntry>>
  /** Edits and removals on their way, of all rooms, each until it is refused or its room's view shows it. */
  readonly changes: Readable<ReadonlyArray<PendingChange>>
  /** Makes a guest of that name, or answers who is logged in already. */
  readonly enter: (name: string) => Promise<SessionOutcome>
  /** Makes an account and logs in. A guest keeps who they are, with rooms, messages, outbox and drafts. */
  readonly register: (registering: Registering) => Promise<SessionOutcome>
  /**
   * Logs in. What a guest, or another account, had not sent yet is kept on this device for them, and is never sent under the name
   * of who logs in.
   */
  readonly login: (loggingIn: LoggingIn) => Promise<SessionOutcome>
  /** Takes a new password; every other session of the account ends. */
  readonly changePassword: (change: {
    readonly password: string
    readonly newPassword: string
  }) => Promise<SessionOutcome>
  /** Takes a new password by the token of a reset link, and logs in; every other session of the account ends. */
  readonly resetPassword: (reset: { readonly token: string; readonly password: string }) => Promise<SessionOutcome>
  /** Ends the session on the server and closes the connection. */
  readonly leave: () => Promise<Outcome.Outcome<void, SessionError | Unreachable>>
  /** Tries to connect at once; also after a refusal. */
  readonly reconnect: () => void
  /** Follows a room. Only while somebody is known; each call follows anew, so keep the handle. */
  readonly openRoom: (roomId: RoomId) => RoomHandle.RoomHandle
  readonly createRoom: (
    name: string,
    options?: { readonly isPrivate?: boolean }
  ) => Promise<Outcome.Outcome<Room, CreateRoomError>>
  /**
   * Asks for what is neither a room's nor the inbox's, by its name in the contract (`AccountRpcs`, `MemberRpcs`, `PeopleRpcs`), once;
   * see `MessengerClient.call` for what may be asked again after `Unreachable`. Passwords are `Redacted`. A payload outside the bounds
   * of the contract is a bug of the caller: the promise rejects.
   */
  readonly call: <Tag extends CallTag>(
    tag: Tag,
    ...payload: CallArguments<Tag>
  ) => Promise<Outcome.Outcome<CallSuccess<Tag>, CallFailure<Tag>>>
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
export const makeMessenger = ({
  server,
  signals = Signals.standard(),
  bearer,
  store = Device.standard
}: MessengerOptions): Messenger => {
  const scope = Scope.makeUnsafe()
  const runner = runnerOf(ManagedRuntime.make(Layer.empty))
  const sessions = SessionClient.make(bearer === undefined ? { server } : { server, bearer })
  const current = CurrentClient.make({ server, signals, bearer, store })
  const who = Identity.make(sessions, current, runner, bearer !== undefined)
  const later = <A, E>(effect: Effect.Effect<A, E>) => runner.later(Outcome.of(effect), scope)

  const call = <Tag extends CallTag>(
    tag: Tag,
    ...payload: CallArguments<Tag>
  ): Promise<Outcome.Outcome<CallSuccess<Tag>, CallFailure<Tag>>> => {
    const client = current.get()?.client
    // The session may have ended while a person made up their mind.
    if (client === undefined) return later(Effect.fail(new Unreachable({ cause: "Nobody is known" })))
    return later(client.call(tag, ...payload))
  }

  return {
    identity: who.identity,
    server: who.server,
    connection: current.connection,
    inbox: current.inbox,
    outbox: current.outbox,
    changes: current.changes,
    enter: (name) => later(who.begin(sessions.enter(name))),
    register: (registering) => later(who.begin(sessions.register(registering))),
    login: (loggingIn) => later(who.begin(sessions.login(loggingIn))),
    changePassword: ({ password, newPassword }) => later(who.begin(sessions.changePassword(password, newPassword))),
    resetPassword: ({ token, password }) => later(who.begin(sessions.resetPassword(token, password))),
    leave: () => later(who.leave),
    reconnect: () => current.get()?.client.connection.connect(),
    openRoom: (roomId) => {
      const running = current.get()
      if (running === undefined) throw new Error("Nobody is known: look at `identity` first")
      return RoomHandle.open(running.client, roomId, running.runner)
    },
    createRoom: (name, options) => call("CreateRoom", { name, ...options }),
    call,
    setStatus: (status) => current.get()?.client.inbox.setStatus(status),
    setIdle: (isIdle) => current.get()?.client.inbox.setIdle(isIdle),
    discard: (key) => current.get()?.client.outbox.discard(key) ?? false,
    resend: (key) => current.get()?.client.outbox.resend(key),
    flush: () => runner.later(current.get()?.client.outbox.flush ?? Effect.void, scope),
    close: async () => {
      await current.stop()
      await runner.close()
    }
  }
}
