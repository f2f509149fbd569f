// The client for programs that use no Effect: plain functions, promises, and values to subscribe to. All of it is a thin face
// over MessengerClient; see there for the promises.
import type { NameInvalid, User, UserId } from "@messenger/protocol/Account"
import type { InboxView } from "@messenger/protocol/InboxView"
import type { ClientKey, MessageInvalid, Page } from "@messenger/protocol/Message"
import type { Person, Status } from "@messenger/protocol/Presence"
import type { Room, RoomId, RoomNameTaken, RoomNotFound, TooManyRooms } from "@messenger/protocol/Room"
import type { PageAnchor } from "@messenger/protocol/RoomRpcs"
import type { RoomView } from "@messenger/protocol/RoomView"
import type { SessionError } from "@messenger/protocol/Session"
import type { RateLimited, StorageUnavailable } from "@messenger/protocol/Unavailable"
import type { ConnectionState } from "./ConnectionState.ts"
import type { FeedState } from "./FeedState.ts"
import type { OutboxEntry } from "./OutboxEntry.ts"
import type { Readable } from "./Readable.ts"
import type { Signals } from "./Signals.ts"
import type { Unreachable } from "./Unreachable.ts"

/** How an action ended: errors that a person can do something about are values. A promise rejects only for a bug. */
export type Outcome<A, E> = { readonly isOk: true; readonly value: A } | { readonly isOk: false; readonly error: E }

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
  readonly signals?: Signals
}

/** The type of `makeMessenger`, the one way to get a `Messenger`. It asks who is logged in at once, and connects. */
export type MakeMessenger = (options: MessengerOptions) => Messenger

/** Why a room was not made. */
export type CreateRoomError =
  | NameInvalid
  | RoomNameTaken
  | TooManyRooms
  | RateLimited
  | StorageUnavailable
  | Unreachable

/** One page of those present in a room; ask again after `next`. */
export interface PeoplePage {
  readonly people: ReadonlyArray<Person>
  readonly next: UserId | null
}

/**
 * One followed room. The person is present in it while it is open here; `close` it when it is no longer shown. After `close`
 * nothing changes any more, and what was asked answers nothing. A closed room is remembered for a while: opened again, it
 * shows at once what was held and catches up from there.
 */
export interface RoomHandle {
  readonly roomId: RoomId
  readonly feed: Readable<FeedState<RoomView, RoomNotFound>>
  /** True while older history is on its way. */
  readonly isLoadingOlder: Readable<boolean>
  /** Brings a page of older messages into the view; ends when it is there, or when there is nothing older. Waits for a connection. */
  readonly loadOlder: () => Promise<void>
  /** A page of history anywhere in the room, beside the view. Waits for a connection. */
  readonly history: (anchor: PageAnchor, limit: number) => Promise<Outcome<Page, RoomNotFound>>
  /** Who is present, 100 at a time; in a crowded room the view only counts them. Waits for a connection. */
  readonly listPeople: (after: UserId | null) => Promise<Outcome<PeoplePage, RoomNotFound>>
  /** Puts a message into the outbox, where it is visible at once; refused only for its text. */
  readonly send: (text: string) => Outcome<ClientKey, MessageInvalid>
  /** Call it with true on every key press, with false when the text was cleared; it is repeated and forgotten as needed. */
  readonly setTyping: (isTyping: boolean) => void
  /** The reader has seen everything up to message `number`. A lower number than before does nothing. */
  readonly markRead: (number: number) => void
  /** What was written into the composer and not sent; empty when nothing was. Kept over reloads. */
  readonly loadDraft: () => Promise<string>
  /** Keeps the text of the composer; cheap enough for every key press. */
  readonly saveDraft: (text: string) => void
  readonly close: () => void
}

/** The client. It connects by itself as soon as it knows who it speaks for, and comes back by itself after every loss. */
export interface Messenger {
  readonly identity: Readable<Identity>
  readonly connection: Readable<ConnectionState>
  /** The person's rooms, and how far each is read. Empty while nobody is known. */
  readonly inbox: Readable<FeedState<InboxView, never>>
  /** Messages on their way, of all rooms and tabs, in the order they were written. */
  readonly outbox: Readable<ReadonlyArray<OutboxEntry>>
  /** Makes a guest of that name, or answers who is logged in already. */
  readonly enter: (name: string) => Promise<Outcome<User, SessionError | Unreachable>>
  /** Ends the session on the server and closes the connection. */
  readonly leave: () => Promise<Outcome<void, SessionError | Unreachable>>
  /** Tries to connect at once; also after a refusal. */
  readonly reconnect: () => void
  /** Follows a room. Only while somebody is known; each call follows anew, so keep the handle. */
  readonly openRoom: (roomId: RoomId) => RoomHandle
  readonly createRoom: (name: string) => Promise<Outcome<Room, CreateRoomError>>
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
