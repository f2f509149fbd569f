// What is asked of a room's log and what the room is to do about it: the words between `RoomState`, which decides, and `Room`, which
// acts.
import type { User, UserId } from "@messenger/protocol/Account"
import type {
  ClientKey,
  CommandRejected,
  EditConflict,
  IdempotencyKeyReused,
  Message,
  Receipt
} from "@messenger/protocol/Message"
import type { StorageUnavailable } from "@messenger/protocol/Unavailable"
import type { Append, EntryChange } from "@messenger/storage/MessageLog"
import type { Denial } from "./Access.ts"

/** Why a room refuses a command; errors that need the message itself are found before it is submitted. */
export type Refusal = Denial | IdempotencyKeyReused | CommandRejected | EditConflict | StorageUnavailable

/** Where an answer goes; answering twice does nothing. */
export interface Reply {
  readonly succeed: (receipt: Receipt) => void
  readonly fail: (refusal: Refusal) => void
}

/**
 * A change somebody asks for. `base` is the row that an edit or deletion changes, as it was read by this incarnation; `seen` is
 * the version that its author saw, when only that version may be changed.
 */
export interface Command {
  readonly author: User
  readonly key: ClientKey
  readonly hash: string
  readonly change: EntryChange
  readonly base?: Message
  readonly seen?: number
  /** Why its author may not do it; asked when it is numbered, since rights may go while a command waits. */
  readonly denial: () => Denial | undefined
  readonly reply: Reply
}

/** One published change: its number and its encoded event. */
export interface Published {
  readonly number: number
  readonly json: string
}

/** What the actor is to do, in this order. */
export type Step =
  | { readonly _tag: "Answer"; readonly reply: Reply; readonly receipt: Receipt }
  | { readonly _tag: "Refuse"; readonly reply: Reply; readonly refusal: Refusal }
  | { readonly _tag: "Commit"; readonly append: Append }
  | { readonly _tag: "Publish"; readonly changes: ReadonlyArray<Published>; readonly lastMessage: number }
  | { readonly _tag: "AskLog"; readonly keys: ReadonlyArray<KeyOfLog> }
  | { readonly _tag: "AskKey"; readonly key: KeyOfLog; readonly denial: Denial }

/** Names a command in its log. */
export interface KeyOfLog {
  readonly author: UserId
  readonly key: ClientKey
}
