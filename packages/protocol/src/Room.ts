// Rooms: what everybody may know of them, and how asking for one may fail.
import { Schema } from "effect"
import { SequenceNumber } from "./Cursor.ts"
import { normalizeName } from "./Text.ts"

/** The stable id of a room; a link's slug may change, the id never. */
export const RoomId = Schema.String.check(Schema.isPattern(/^[A-Za-z0-9_-]{1,40}$/)).pipe(Schema.brand("RoomId"))
export type RoomId = typeof RoomId.Type

/** A room's part of its URL: lower-case letters, digits and single hyphens. Unique on a server. */
export const Slug = Schema.String.check(Schema.isPattern(/^[\p{L}\p{N}\p{M}]+(?:-[\p{L}\p{N}\p{M}]+)*$/u)).pipe(
  Schema.brand("Slug")
)
export type Slug = typeof Slug.Type

/** A room as a row: `change` is the number it last changed at in its own log. */
export const Room = Schema.Struct({
  id: RoomId,
  slug: Slug,
  name: Schema.String,
  topic: Schema.String,
  /** A private room exists for its members alone. */
  isPrivate: Schema.Boolean,
  change: SequenceNumber
})
export type Room = typeof Room.Type

/** The URL part that a room name asks for; empty when the name has no letter and no digit. */
export const slugOf = (name: string): string =>
  normalizeName(name)
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\p{M}]+/gu, "-")
    .replace(/^-+|-+$/g, "")

/** There is no such room, or none that the asker may see: look at the room list again. */
export class RoomNotFound extends Schema.TaggedError<RoomNotFound>()("RoomNotFound", {}) {}

/** A room of that name, or of one that makes the same link, exists: open it, or choose another name. */
export class RoomNameTaken extends Schema.TaggedError<RoomNameTaken>()("RoomNameTaken", { roomId: RoomId }) {}

/** The asker has made as many rooms as one account may make. */
export class TooManyRooms extends Schema.TaggedError<TooManyRooms>()("TooManyRooms", { limit: Schema.Int }) {}
