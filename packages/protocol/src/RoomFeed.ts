// The feed of a room: what a follower is told, frame by frame.
//
// Delivery classes. `durable`: has a number, is replayed from the cursor, never missed. `latestWins`: only the newest per key
// counts, and all of it is said again after a gap. `droppable`: may be missed, and expires by itself.
import { Schema, SchemaGetter } from "effect"
import { User, UserId } from "./Account.ts"
import { Cursor, LogId, SequenceNumber } from "./Cursor.ts"
import { Message } from "./Message.ts"
import { Person } from "./Presence.ts"
import { Room } from "./Room.ts"

/** How an event may be delivered; see the head of this module. */
export type DeliveryClass = "durable" | "latestWins" | "droppable"

/** What an event of a newer server decodes to: it is skipped, and its cursor counts. */
export const Unknown = Schema.Struct({ _tag: Schema.tag("Unknown"), tag: Schema.String })

/** Decodes any tag that is none of `known` to `Unknown`, so that yesterday's client goes on. A known tag must decode whole. */
export const unknownTag = (known: ReadonlyArray<string>) =>
  Schema.Struct({
    _tag: Schema.String.check(Schema.makeFilter((tag) => !known.includes(tag), { expected: "a tag not known here" }))
  }).pipe(
    Schema.decodeTo(Unknown, {
      decode: SchemaGetter.transform(({ _tag }) => ({ _tag: "Unknown" as const, tag: _tag })),
      encode: SchemaGetter.transform(({ tag }) => ({ _tag: tag }))
    })
  )

/** A message was posted, edited or deleted: its whole row. Durable. */
export const MessageChanged = Schema.TaggedStruct("MessageChanged", { message: Message })

/** Name or topic of the room changed: its whole row. Durable. */
export const RoomChanged = Schema.TaggedStruct("RoomChanged", { room: Room })

/** A durable event: a whole row, so that applying it twice, or after a newer one, does no harm. */
export const RoomChange = Schema.Union([MessageChanged, RoomChanged, unknownTag(["MessageChanged", "RoomChanged"])])
export type RoomChange = typeof RoomChange.Type

/** Everybody who is present, said whole. In a crowded room `people` is empty and only `count` speaks. */
export const People = Schema.TaggedStruct("People", {
  count: Schema.Int,
  isCrowded: Schema.Boolean,
  people: Schema.Array(Person)
})

/** Who came, changed status, or went since the last of these. Keyed by user. */
export const PeopleChanged = Schema.TaggedStruct("PeopleChanged", {
  count: Schema.Int,
  here: Schema.Array(Person),
  gone: Schema.Array(UserId)
})

/** State of which only the newest counts. */
export const RoomLatest = Schema.Union([People, PeopleChanged, unknownTag(["People", "PeopleChanged"])])
export type RoomLatest = typeof RoomLatest.Type

/** Somebody types, or stopped. Expires after `Limits.typingExpiresMillis`. Droppable. */
export const Typing = Schema.TaggedStruct("Typing", { user: User, isTyping: Schema.Boolean })

/** An event that may be missed. */
export const RoomEphemeral = Schema.Union([Typing, unknownTag(["Typing"])])
export type RoomEphemeral = typeof RoomEphemeral.Type

/** The class of every event of the room feed, by tag. */
export const deliveryClass = {
  MessageChanged: "durable",
  RoomChanged: "durable",
  People: "latestWins",
  PeopleChanged: "latestWins",
  Typing: "droppable"
} as const satisfies Record<Exclude<(RoomChange | RoomLatest | RoomEphemeral)["_tag"], "Unknown">, DeliveryClass>

/** The room and its newest messages, in ascending order. */
export const RoomState = Schema.Struct({
  room: Room,
  messages: Schema.Array(Message),
  hasOlder: Schema.Boolean
})
export type RoomState = typeof RoomState.Type

/** The first frame of every follow, and again when the room has a new owner: compare and go on. */
export const Hello = Schema.TaggedStruct("Hello", { log: LogId, epoch: Schema.Int, head: SequenceNumber })

/** The state at `cursor`, for a follower that came without one. */
export const Snapshot = Schema.TaggedStruct("Snapshot", { cursor: Cursor, state: RoomState })

/** The durable events up to `cursor`, in order, each once. */
export const Changes = Schema.TaggedStruct("Changes", { cursor: Cursor, changes: Schema.Array(RoomChange) })

/** The follower's cursor cannot be continued from (`reason`): drop what is held and start from this state. */
export const Reset = Schema.TaggedStruct("Reset", {
  reason: Schema.Literals(["OtherLog", "PastHead", "TooOld", "CannotCatchUp"]),
  cursor: Cursor,
  state: RoomState
})

/** One or more values of state in which the newest wins. */
export const Latest = Schema.TaggedStruct("Latest", { values: Schema.Array(RoomLatest) })

/** An event that may be missed. */
export const Ephemeral = Schema.TaggedStruct("Ephemeral", { event: RoomEphemeral })

/** One element of the stream that `FollowRoom` answers. */
export const RoomFrame = Schema.Union([
  Changes,
  Latest,
  Ephemeral,
  Hello,
  Snapshot,
  Reset,
  unknownTag(["Changes", "Latest", "Ephemeral", "Hello", "Snapshot", "Reset"])
])
export type RoomFrame = typeof RoomFrame.Type
