// A followed room for programs that use no Effect.
import type { UserId } from "@messenger/protocol/Account"
import type { ClientKey, Message, MessageInvalid, Page, Receipt } from "@messenger/protocol/Message"
import type { Person } from "@messenger/protocol/Presence"
import type { Forbidden } from "@messenger/protocol/Rights"
import type { RoomId, RoomNotFound } from "@messenger/protocol/Room"
import type { PageAnchor } from "@messenger/protocol/RoomRpcs"
import type { RoomView } from "@messenger/protocol/RoomView"
import { Effect, Exit, Scope } from "effect"
import type { EditRefusal, RemoveRefusal } from "./Edits.ts"
import type { FeedState } from "./FeedState.ts"
import type { MessengerClient } from "./MessengerClient.ts"
import * as Outcome from "./Outcome.ts"
import type { Readable } from "./Readable.ts"
import type { Runner } from "./Runner.ts"

/** Why a room answers nothing: it is not there for this person, or the token in use does not reach that far. */
export type RoomRefusal = RoomNotFound | Forbidden

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
  readonly feed: Readable<FeedState<RoomView, RoomRefusal>>
  /** True while older history is on its way. */
  readonly isLoadingOlder: Readable<boolean>
  /** Brings a page of older messages into the view; ends when it is there, or when there is nothing older. Waits for a connection. */
  readonly loadOlder: () => Promise<void>
  /** A page of history anywhere in the room, beside the view. Waits for a connection. */
  readonly history: (anchor: PageAnchor, limit: number) => Promise<Outcome.Outcome<Page, RoomRefusal>>
  /** Who is present, 100 at a time; in a crowded room the view only counts them. Waits for a connection. */
  readonly listPeople: (after: UserId | null) => Promise<Outcome.Outcome<PeoplePage, RoomRefusal>>
  /** Puts a message into the outbox, where it is visible at once; refused only for its text. */
  readonly send: (text: string) => Outcome.Outcome<ClientKey, MessageInvalid>
  /**
   * Gives a message of one's own another text. It waits for a connection and is asked until it is answered, also when the room is
   * closed meanwhile, but not over a reload; until the view has it, it stands in the messenger's `changes`. Pass the message as it
   * was when the editing began: if it has changed since, the answer is `EditConflict`.
   */
  readonly edit: (
    message: Pick<Message, "number" | "change">,
    text: string
  ) => Promise<Outcome.Outcome<Receipt, EditRefusal>>
  /** Deletes message `number`, one's own or with the right to moderate another's; asked as an edit is. */
  readonly remove: (number: number) => Promise<Outcome.Outcome<Receipt, RemoveRefusal>>
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

/** Opens a room of the client. */
export const open = (client: MessengerClient["Service"], roomId: RoomId, { now, later, start }: Runner): RoomHandle => {
  const scope = Scope.makeUnsafe()
  const room = now(Scope.provide(client.openRoom(roomId), scope))
  return {
    roomId,
    feed: room.feed,
    isLoadingOlder: room.isLoadingOlder,
    // A room that is gone has nothing older, and its feed says that it is gone.
    loadOlder: () =>
      later(Effect.catchTags(room.loadOlder, { RoomNotFound: () => Effect.void, Forbidden: () => Effect.void }), scope),
    history: (anchor, limit) => later(Outcome.of(room.history(anchor, limit)), scope),
    listPeople: (after) => later(Outcome.of(room.listPeople(after)), scope),
    send: (text) => Outcome.fromResult(room.send(text)),
    edit: (message, text) => later(Outcome.of(client.edits.edit(roomId, message, text))),
    remove: (number) => later(Outcome.of(client.edits.remove(roomId, number))),
    setTyping: (isTyping) => void later(room.setTyping(isTyping), scope),
    markRead: room.markRead,
    loadDraft: () => later(client.outbox.draft(roomId), scope),
    saveDraft: (text) => client.outbox.setDraft(roomId, text),
    close: () => start(Scope.close(scope, Exit.void))
  }
}
