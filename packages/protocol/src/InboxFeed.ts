// The feed of a person: which rooms there are, what is new in them, and how far this person has read, on any device.
// All of it is `latestWins`: every open begins with a whole snapshot, so it needs no cursor.
import { Schema } from "effect"
import { User } from "./Account.ts"
import { SequenceNumber } from "./Cursor.ts"
import { Status } from "./Presence.ts"
import { RoomRole, ServerRole } from "./Rights.ts"
import { Room, RoomId } from "./Room.ts"
import { unknownTag } from "./RoomFeed.ts"

/** A room of the list; `lastMessage` is the number of the newest message in it, 0 when there is none. */
export const Listing = Schema.Struct({ room: Room, lastMessage: SequenceNumber })
export type Listing = typeof Listing.Type

/** How far a person has read a room: a number that only goes forward. */
export const Marker = Schema.Struct({ roomId: RoomId, number: SequenceNumber })
export type Marker = typeof Marker.Type

/** What this person is in a room; null when they are no member, or no longer. */
export const Membership = Schema.Struct({ roomId: RoomId, role: Schema.NullOr(RoomRole) })
export type Membership = typeof Membership.Type

/** Everything a person's inbox holds: of private rooms those this person is a member of. */
export const InboxSnapshot = Schema.TaggedStruct("InboxSnapshot", {
  me: User,
  role: ServerRole,
  status: Status,
  rooms: Schema.Array(Listing),
  markers: Schema.Array(Marker),
  memberships: Schema.Array(Membership)
})

/** Who this person is, or what they may do on the server, has changed. */
export const MeChanged = Schema.TaggedStruct("MeChanged", { me: User, role: ServerRole })

/** What this person is in rooms has changed. A private room whose membership is over is gone. */
export const MembershipsChanged = Schema.TaggedStruct("MembershipsChanged", { memberships: Schema.Array(Membership) })

/** People now bear another name or colour: to be shown wherever they are seen, in old messages too. */
export const ProfilesChanged = Schema.TaggedStruct("ProfilesChanged", { users: Schema.Array(User) })

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
  MeChanged,
  MembershipsChanged,
  ProfilesChanged,
  unknownTag([
    "InboxSnapshot",
    "RoomsListed",
    "MarkersMoved",
    "StatusChosen",
    "MeChanged",
    "MembershipsChanged",
    "ProfilesChanged"
  ])
])
export type InboxFrame = typeof InboxFrame.Type
