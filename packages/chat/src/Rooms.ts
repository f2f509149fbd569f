// Finds and starts rooms, and asks them. The face that every gateway uses; where a room lives is no gateway's business.
import type { NameInvalid } from "@messenger/protocol/Account"
import type { Cursor } from "@messenger/protocol/Cursor"
import type { Listing } from "@messenger/protocol/InboxFeed"
import type { Principal } from "@messenger/protocol/Handshake"
import type {
  ClientKey,
  CommandRejected,
  EditConflict,
  IdempotencyKeyReused,
  Message,
  MessageInvalid,
  MessageNotFound,
  NotYourMessage,
  Page,
  Receipt
} from "@messenger/protocol/Message"
import type { Person } from "@messenger/protocol/Presence"
import type { Forbidden } from "@messenger/protocol/Rights"
import type { Room, RoomId, RoomNameTaken, RoomNotFound, TooManyRooms } from "@messenger/protocol/Room"
import type { PageAnchor } from "@messenger/protocol/RoomRpcs"
import type { RateLimited, RoomUnavailable, StorageUnavailable, Weather } from "@messenger/protocol/Unavailable"
import type { UserId } from "@messenger/protocol/Account"
import { Context } from "effect"
import type { Effect } from "effect"
import type { Sink } from "./Sink.ts"

/** Who asks; read at the moment of use. */
export type Asker = Principal["Service"]

/** What may come back of a command that changes a log, whatever it changes. */
export type CommandFailure = RoomNotFound | Forbidden | IdempotencyKeyReused | CommandRejected | Weather

export class Rooms extends Context.Service<
  Rooms,
  {
    /**
     * Writes the room's feed to `sink` until it is interrupted: a Hello, what is missed after `cursor` (a snapshot without one),
     * then everything as it happens. The asker is present while this runs. A sink that is full lags, and is resumed from where
     * it stood when it has drained; nothing is kept for it meanwhile. Fails with `RoomNotFound` in the step in which the asker
     * loses a private room, and writes nothing more.
     */
    readonly follow: (
      asker: Asker,
      roomId: RoomId,
      cursor: Cursor | undefined,
      sink: Sink
    ) => Effect.Effect<never, RoomNotFound | Forbidden | Weather>
    /** Posts; answered when the message is on disk. `text` is as it came from outside. An alias is for webhooks alone: see `Webhooks.post`. */
    readonly post: (
      asker: Asker,
      command: { readonly roomId: RoomId; readonly key: ClientKey; readonly text: string }
    ) => Effect.Effect<Receipt, CommandFailure | MessageInvalid>
    /**
     * Replaces the text of one's own message: at version `change` and at no newer one, or, when none is named, at whatever version
     * is the newest when it is numbered.
     */
    readonly edit: (
      asker: Asker,
      command: {
        readonly roomId: RoomId
        readonly key: ClientKey
        readonly number: number
        readonly change?: number | undefined
        readonly text: string
      }
    ) => Effect.Effect<Receipt, CommandFailure | MessageInvalid | MessageNotFound | NotYourMessage | EditConflict>
    /**
     * Leaves a tombstone in place of one's own message; in place of another's with `room.moderate`, which is recorded. `change` as
     * for an edit; who names none meets no `EditConflict`.
     */
    readonly remove: (
      asker: Asker,
      command: {
        readonly roomId: RoomId
        readonly key: ClientKey
        readonly number: number
        readonly change?: number | undefined
      }
    ) => Effect.Effect<Receipt, CommandFailure | MessageNotFound | NotYourMessage | EditConflict>
    /** The room of that id, or of that slug, if the asker may read it. */
    readonly find: (asker: Asker, idOrSlug: string) => Effect.Effect<Listing, RoomNotFound | Forbidden>
    /** Rooms that the asker may read, at most 100 in order of their ids, after `after`. */
    readonly list: (
      asker: Asker,
      after: RoomId | null,
      limit: number
    ) => Effect.Effect<
      { readonly rooms: ReadonlyArray<Listing>; readonly next: RoomId | null },
      Forbidden | RateLimited
    >
    /** One message, also one that was deleted; reads the log and starts no room. */
    readonly message: (
      asker: Asker,
      roomId: RoomId,
      number: number
    ) => Effect.Effect<Message, RoomNotFound | MessageNotFound | Forbidden | RateLimited | StorageUnavailable>
    /** A page of history; reads the log and starts no room. */
    readonly history: (
      asker: Asker,
      roomId: RoomId,
      anchor: PageAnchor,
      limit: number
    ) => Effect.Effect<Page, RoomNotFound | Forbidden | RateLimited | StorageUnavailable>
    /** Who is present, at most 100 at a time in order of their ids, after `after`. */
    readonly people: (
      asker: Asker,
      roomId: RoomId,
      after: UserId | null
    ) => Effect.Effect<
      { readonly people: ReadonlyArray<Person>; readonly next: UserId | null },
      RoomNotFound | Forbidden | RateLimited | RoomUnavailable | StorageUnavailable
    >
    /** A notice that expires by itself; says nothing when the asker does not follow the room. */
    readonly setTyping: (
      asker: Asker,
      roomId: RoomId,
      isTyping: boolean
    ) => Effect.Effect<void, RoomNotFound | Forbidden | RateLimited>
    /** Makes a room that the asker owns; `name` is as it came from outside. The slug of a private room tells its name to nobody. */
    readonly create: (
      asker: Asker,
      room: { readonly name: string; readonly isPrivate: boolean }
    ) => Effect.Effect<Room, NameInvalid | RoomNameTaken | TooManyRooms | Forbidden | RateLimited | StorageUnavailable>
  }
>()("@messenger/chat/Rooms") {}
