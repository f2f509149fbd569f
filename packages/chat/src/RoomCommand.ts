// What reaches a room: commands through its bounded mailbox, signals beside it.
import type { ReplyTo } from "@messenger/otp/Behaviour"
import type { User, UserId } from "@messenger/protocol/Account"
import type { Cursor } from "@messenger/protocol/Cursor"
import type { Message, MessageNotFound, NotYourMessage, Receipt } from "@messenger/protocol/Message"
import type { Person } from "@messenger/protocol/Presence"
import type { RoomNotFound } from "@messenger/protocol/Room"
import type { CommitOutcome, KnownKey, Opened } from "@messenger/storage/MessageLog"
import type { DatabaseAway, OutcomeUnknown } from "@messenger/storage/StorageFailure"
import type { Exit } from "effect"
import type { Denial } from "./Access.ts"
import type { Joined, Prelude } from "./Attendance.ts"
import type { Follower } from "./Fanout.ts"
import type { Asker } from "./Rooms.ts"
import type { Command as Change, KeyOfLog, Published, Refusal } from "./RoomStep.ts"

/** What may be asked of a room. */
export type RoomCommand =
  | { readonly _tag: "Post"; readonly change: Change }
  | {
      readonly _tag: "Revise"
      readonly asker: Asker
      readonly change: Omit<Change, "base" | "reply" | "denial">
      readonly message: number
      readonly reply: ReplyTo<Receipt, Refusal | MessageNotFound | NotYourMessage>
    }
  | {
      readonly _tag: "Join"
      readonly follower: Follower
      readonly cursor: Cursor | undefined
      readonly prelude: Prelude | undefined
      readonly reply: ReplyTo<Joined, RoomNotFound>
    }
  | { readonly _tag: "Typing"; readonly user: User; readonly isTyping: boolean }
  | {
      readonly _tag: "ListPeople"
      readonly after: UserId | null
      readonly reply: ReplyTo<{ readonly people: ReadonlyArray<Person>; readonly next: UserId | null }>
    }

/** What reaches a room outside the bound of its mailbox. */
export type RoomSignal =
  | { readonly _tag: "Left"; readonly userId: UserId }
  | { readonly _tag: "PersonChanged"; readonly userId: UserId }
  | { readonly _tag: "Flush" }
  | { readonly _tag: "AskAgain" }
  | { readonly _tag: "Committed"; readonly exit: Exit.Exit<CommitOutcome, DatabaseAway | OutcomeUnknown> }
  | {
      readonly _tag: "KeyAnswered"
      readonly key: KeyOfLog
      readonly denial: Denial
      readonly exit: Exit.Exit<ReadonlyArray<KnownKey>, DatabaseAway>
    }
  | { readonly _tag: "Recorded" }
  | { readonly _tag: "LogAnswered"; readonly exit: Exit.Exit<Answer, DatabaseAway | OutcomeUnknown | RoomNotFound> }
  | { readonly _tag: "ReadAgain"; readonly command: Extract<RoomCommand, { _tag: "Revise" }> }
  | {
      readonly _tag: "RowRead"
      readonly command: Extract<RoomCommand, { _tag: "Revise" }>
      readonly exit: Exit.Exit<Row, DatabaseAway>
    }

/** A row to be revised, and whether its revision is in the log already. */
export interface Row {
  readonly messages: ReadonlyArray<Message>
  readonly known: ReadonlyArray<KnownKey>
}

/** What the log says when it is asked about a lost outcome. */
export interface Answer {
  readonly opened: Opened
  readonly known: ReadonlyArray<KnownKey>
  readonly changes: ReadonlyArray<Published>
}
