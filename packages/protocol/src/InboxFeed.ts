// The feed of a person: which rooms there are, what is new in them, and how far this person has read, on any device.
// All of it is `latestWins`: every open begins with a whole snapshot, so it needs no cursor.
import { Schema } from "effect"
import { User } from "./Account.ts"
import { SequenceNumber } from "./Cursor.ts"
import { Status } from "./Presence.ts"
import { Room, RoomId } from "./Room.ts"
import { unknownTag } from "./RoomFeed.ts"

/** A room of the list; `lastMessage` is the number of the newest message in it, 0 when there is none. */
export const Listing = Schema.Struct({ room: Room, lastMessage: SequenceNumber })
export type Listing = typeof Listing.Type

/** How far a person has read a room: a number that only goes forward. */
export const Marker = Schema.Struct({ roomId: RoomId, number: SequenceNumber })
export type Marker = typeof Marker.Type

/** Everything a person's inbox holds. */
export const InboxSnapshot = Schema.TaggedStruct("InboxSnapshot", {
  me: User,
  status: Status,
  rooms: Schema.Array(Listing),
  markers: Schema.Array(Marker)
})

/** Rooms that are new or have new messages, by room id. */
export const RoomsListed = Schema.TaggedStruct("RoomsListed", { rooms: Schema.Array(Listing) })

/** The reader, on whatever device, has read up to here. */
export const MarkersMoved = Schema.TaggedStruct("MarkersMoved", { markers: Schema.Array(Marker) })

/** The status this person chose, on whatever device. */
export const StatusChosen = Schema.TaggedStruct("StatusChosen", { status: Status })

/** One element of the stream that `FollowInbox` answers. */
export const InboxFrame = Schema.Union([
  InboxSnapshot,
  RoomsListed,
  MarkersMoved,
  StatusChosen,
  unknownTag(["InboxSnapshot", "RoomsListed", "MarkersMoved", "StatusChosen"])
])
export type InboxFrame = typeof InboxFrame.Type
