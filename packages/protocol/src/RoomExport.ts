// The conversation of a room as a file: what the JSON of an export holds. The HTML of an export says the
// same for people to read.
import { Schema } from "effect"
import { UserId } from "./Account.ts"
import { SequenceNumber } from "./Cursor.ts"
import { Alias } from "./Message.ts"
import { RoomId, Slug } from "./Room.ts"

/** What an export may be. */
export const ExportFormat = Schema.Literals(["json", "html"])
export type ExportFormat = typeof ExportFormat.Type

const Moment = Schema.DateTimeUtcFromString

/** A message as it is when it is exported; `text` is empty unless it is `Present`. Times are ISO 8601, UTC. */
export const ExportedMessage = Schema.Struct({
  number: SequenceNumber,
  at: Moment,
  /** One of `people`. */
  author: UserId,
  /** What a webhook asked to be shown as; it proves nothing. */
  alias: Schema.optionalKey(Alias),
  state: Schema.Literals(["Present", "Deleted", "Unreadable"]),
  text: Schema.String,
  /** When it was edited last. */
  editedAt: Schema.NullOr(Moment)
})

/** Somebody who wrote in the room, by the name of now. */
export const ExportedPerson = Schema.Struct({
  id: UserId,
  name: Schema.String,
  isGuest: Schema.Boolean,
  isApp: Schema.Boolean
})

/**
 * Everything that was in the room's log up to the number `head`, where it stood at `exportedAt`: `messages` from the oldest to the
 * newest, then the `people` who wrote them. A file that was cut off is no JSON. A field may be added to a version, never taken away.
 */
export class RoomExport extends Schema.Class<RoomExport>("RoomExport")({
  version: Schema.Literal(1),
  exportedAt: Moment,
  room: Schema.Struct({
    id: RoomId,
    slug: Slug,
    name: Schema.String,
    topic: Schema.String,
    isPrivate: Schema.Boolean
  }),
  head: SequenceNumber,
  messages: Schema.Array(ExportedMessage),
  people: Schema.Array(ExportedPerson)
}) {}
