// What people write. A message is a row of its room's log: it carries the number it was created at, which names it in the
// room, and the number it last changed at, which decides between two versions of it.
import { Schema } from "effect"
import { User } from "./Account.ts"
import { Cursor, SequenceNumber } from "./Cursor.ts"
import * as Limits from "./Limits.ts"
import { codePoints } from "./Text.ts"

/** Made by the client, unique per room and author: the same key posts once, however often it is sent. */
export const ClientKey = Schema.String.check(Schema.isPattern(/^[A-Za-z0-9_-]{8,64}$/)).pipe(Schema.brand("ClientKey"))
export type ClientKey = typeof ClientKey.Type

/**
 * What a webhook wants to be shown as, beside its own name and mark. It is said by whoever knows the webhook's address and proves
 * nothing: show it only with the mark of a program. `emoji` is one Unicode emoji.
 */
export const Alias = Schema.Struct({ name: Schema.String, emoji: Schema.optionalKey(Schema.String) })
export type Alias = typeof Alias.Type

/**
 * One message. `text` is empty when the message was deleted, or when its row does not decode (`Unreadable`).
 * `at` and `editedAt` are milliseconds since 1970, UTC.
 */
export const Message = Schema.Struct({
  number: SequenceNumber,
  change: SequenceNumber,
  author: User,
  /** Only of a webhook, whose `author` is marked as a program. */
  alias: Schema.optionalKey(Alias),
  key: ClientKey,
  state: Schema.Literals(["Present", "Deleted", "Unreadable"]),
  text: Schema.String,
  at: Schema.Int,
  editedAt: Schema.NullOr(Schema.Int)
})
export type Message = typeof Message.Type

/** What a command that changed the log answers: where it stands, also when the same key is sent again. */
export const Receipt = Schema.Struct({ number: SequenceNumber, cursor: Cursor, at: Schema.Int })
export type Receipt = typeof Receipt.Type

/** A stretch of history in ascending order of `number`. */
export const Page = Schema.Struct({
  messages: Schema.Array(Message),
  cursor: Cursor,
  hasOlder: Schema.Boolean,
  hasNewer: Schema.Boolean
})
export type Page = typeof Page.Type

/** The text cannot be posted as it is; `reason` says what to change, `limit` is in code points. */
export class MessageInvalid extends Schema.TaggedError<MessageInvalid>()("MessageInvalid", {
  reason: Schema.Literals(["Empty", "TooLong", "ForbiddenCharacters"]),
  limit: Schema.Int
}) {}

/** The key was used before for something else: a new message needs a new key. */
export class IdempotencyKeyReused extends Schema.TaggedError<IdempotencyKeyReused>()("IdempotencyKeyReused", {}) {}

/** There is no such message in the room, or it was deleted. */
export class MessageNotFound extends Schema.TaggedError<MessageNotFound>()("MessageNotFound", {}) {}

/** Only its author may do this to the message. */
export class NotYourMessage extends Schema.TaggedError<NotYourMessage>()("NotYourMessage", {}) {}

/** The message has changed since the asker saw it; `change` is the number it stands at now. */
export class EditConflict extends Schema.TaggedError<EditConflict>()("EditConflict", { change: SequenceNumber }) {}

/** This command made the room fail and is refused for good: change it before sending it again. */
export class CommandRejected extends Schema.TaggedError<CommandRejected>()("CommandRejected", {}) {}

/** Decodes the text of a message: trimmed, line ends as \n, well-formed, without U+0000 and other invisible controls. */
export const parseMessageText = (raw: string): string | MessageInvalid => {
  const text = raw.replace(/\r\n?/g, "\n").trim()
  const limit = Limits.maxMessageCodePoints
  if (text.length === 0) return new MessageInvalid({ reason: "Empty", limit })
  // Two code units a code point at the most: longer needs no counting.
  if (text.length > 2 * limit || codePoints(text) > limit) return new MessageInvalid({ reason: "TooLong", limit })
  const isForbidden = !text.isWellFormed() || /[^\P{Cc}\n\t]/u.test(text)
  return isForbidden ? new MessageInvalid({ reason: "ForbiddenCharacters", limit }) : text
}
