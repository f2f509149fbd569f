// Frames as JSON, encoded once for all who get them. The pieces of a `Changes` frame are kept apart, so that a ring of encoded
// changes can be put together for any cursor without encoding again.
import type { Cursor } from "@messenger/protocol/Cursor"
import type { Message } from "@messenger/protocol/Message"
import type { Room } from "@messenger/protocol/Room"
import { InboxFrame } from "@messenger/protocol/InboxFeed"
import { MessageChanged, RoomChanged, RoomFrame } from "@messenger/protocol/RoomFeed"
import { Option, Schema } from "effect"

const encodeChange = Schema.encodeUnknownOption(Schema.toCodecJson(MessageChanged))
const encodeRoomRow = Schema.encodeSync(Schema.toCodecJson(RoomChanged))
const encodeRoom = Schema.encodeSync(Schema.toCodecJson(RoomFrame))
const encodeInbox = Schema.encodeSync(Schema.toCodecJson(InboxFrame))

/** One durable event; `undefined` when the row is not of the contract, so that what cannot be published never becomes durable. */
export const encodeMessageChanged = (message: Message): string | undefined =>
  Option.getOrUndefined(
    Option.map(encodeChange({ _tag: "MessageChanged", message }), (encoded) => JSON.stringify(encoded))
  )

/** The room's own row as a durable event. */
export const encodeRoomChanged = (room: Room): string => JSON.stringify(encodeRoomRow({ _tag: "RoomChanged", room }))

/** A `Changes` frame of already encoded changes. */
export const changesFrame = (cursor: Cursor, changes: ReadonlyArray<string>): string =>
  `{"_tag":"Changes","cursor":${JSON.stringify(cursor)},"changes":[${changes.join(",")}]}`

/** Any frame of a room's feed. */
export const roomFrame = (frame: RoomFrame): string => JSON.stringify(encodeRoom(frame))

/** Any frame of an inbox. */
export const inboxFrame = (frame: InboxFrame): string => JSON.stringify(encodeInbox(frame))
