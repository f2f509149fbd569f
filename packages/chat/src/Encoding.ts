// Frames as JSON, encoded once for all who get them. The pieces of a `Changes` frame are kept apart, so that a ring of encoded
// changes can be put together for any cursor without encoding again.
import type { Cursor } from "@messenger/protocol/Cursor"
import type { Message } from "@messenger/protocol/Message"
import type { Room } from "@messenger/protocol/Room"
import { InboxFrame } from "@messenger/protocol/InboxFeed"
import * as Limits from "@messenger/protocol/Limits"
import { MessageChanged, RoomChanged, RoomFrame } from "@messenger/protocol/RoomFeed"
import { Option, Schema } from "effect"
import type { Published } from "./RoomStep.ts"

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

/** The changes in their order, cut into as few frames as the bound of a frame allows; one that is longer goes alone. */
export const batchesOf = (changes: ReadonlyArray<Published>): ReadonlyArray<ReadonlyArray<Published>> => {
  const batches: Array<Array<Published>> = []
  let bytes = Number.POSITIVE_INFINITY
  for (const change of changes) {
    bytes += change.json.length
    if (bytes > Limits.maxBatchBytes) {
      batches.push([])
      bytes = change.json.length
    }
    batches.at(-1)?.push(change)
  }
  return batches
}
