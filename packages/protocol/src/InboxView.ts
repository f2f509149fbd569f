// What a person knows of their rooms: a pure fold over the frames of the inbox feed.
import type { User, UserId } from "./Account.ts"
import type { InboxFrame, Listing, Marker, Membership } from "./InboxFeed.ts"
import type { Status } from "./Presence.ts"
import type { RoomRole, ServerRole } from "./Rights.ts"
import type { RoomId } from "./Room.ts"

/** A person's rooms, what they are in each, and how far each is read. */
export interface InboxView {
  readonly me: User | undefined
  readonly role: ServerRole | undefined
  readonly status: Status
  readonly rooms: ReadonlyMap<RoomId, Listing>
  readonly markers: ReadonlyMap<RoomId, number>
  readonly memberships: ReadonlyMap<RoomId, RoomRole>
  /** People as they are now, where that has changed since this client saw them first. */
  readonly profiles: ReadonlyMap<UserId, User>
}

/** Before the first frame. */
export const empty: InboxView = {
  me: undefined,
  role: undefined,
  status: "online",
  rooms: new Map(),
  markers: new Map(),
  memberships: new Map(),
  profiles: new Map()
}

/** The view after one more frame. */
export const apply = (view: InboxView, frame: InboxFrame): InboxView => {
  switch (frame._tag) {
    case "InboxSnapshot":
      return {
        me: frame.me,
        role: frame.role,
        status: frame.status,
        rooms: withListings(new Map(), frame.rooms),
        // A marker never goes back, not even when a snapshot was read before a move that has already been seen.
        markers: withMarkers(frame.me.id === view.me?.id ? view.markers : new Map(), frame.markers),
        memberships: withMemberships(new Map(), frame.memberships),
        profiles: view.profiles
      }
    case "RoomsListed":
      return { ...view, rooms: withListings(view.rooms, frame.rooms) }
    case "MarkersMoved":
      return { ...view, markers: withMarkers(view.markers, frame.markers) }
    case "StatusChosen":
      return { ...view, status: frame.status }
    case "MeChanged":
      return { ...view, me: frame.me, role: frame.role }
    case "MembershipsChanged":
      return {
        ...view,
        memberships: withMemberships(view.memberships, frame.memberships),
        rooms: withoutLeft(view.rooms, frame.memberships)
      }
    case "ProfilesChanged": {
      const profiles = new Map(view.profiles)
      for (const user of frame.users) profiles.set(user.id, user)
      return { ...view, profiles }
    }
    case "Unknown":
      return view
  }
}

/** The person as they are now: names and colours change, and what was received before keeps the old ones. */
export const current = (view: InboxView, user: User): User => view.profiles.get(user.id) ?? user

/** Whether there is a message in the room that this person has not read on any device. */
export const isUnread = (view: InboxView, roomId: RoomId): boolean =>
  (view.rooms.get(roomId)?.lastMessage ?? 0) > (view.markers.get(roomId) ?? 0)

/** How many rooms are unread. */
export const unreadRooms = (view: InboxView): number =>
  [...view.rooms.keys()].filter((roomId) => isUnread(view, roomId)).length

const withListings = (rooms: ReadonlyMap<RoomId, Listing>, listings: ReadonlyArray<Listing>) => {
  const next = new Map(rooms)
  for (const listing of listings) {
    const known = next.get(listing.room.id)
    next.set(listing.room.id, {
      room: known !== undefined && known.room.change > listing.room.change ? known.room : listing.room,
      lastMessage: Math.max(known?.lastMessage ?? 0, listing.lastMessage)
    })
  }
  return next
}

const withMarkers = (markers: ReadonlyMap<RoomId, number>, moved: ReadonlyArray<Marker>) => {
  const next = new Map(markers)
  for (const { roomId, number } of moved) next.set(roomId, Math.max(next.get(roomId) ?? 0, number))
  return next
}

const withMemberships = (memberships: ReadonlyMap<RoomId, RoomRole>, changed: ReadonlyArray<Membership>) => {
  const next = new Map(memberships)
  for (const { roomId, role } of changed) {
    if (role === null) next.delete(roomId)
    else next.set(roomId, role)
  }
  return next
}

const withoutLeft = (rooms: ReadonlyMap<RoomId, Listing>, changed: ReadonlyArray<Membership>) => {
  const next = new Map(rooms)
  for (const { roomId, role } of changed) {
    if (role === null && next.get(roomId)?.room.isPrivate === true) next.delete(roomId)
  }
  return next
}
