// What the reader may do in a room, as far as it is shown; the server decides.
import type { UserId } from "@messenger/protocol/Account"
import type { InboxView } from "@messenger/protocol/InboxView"
import type { Message } from "@messenger/protocol/Message"
import { mayInRoom } from "@messenger/protocol/Rights"
import type { RoomStanding } from "@messenger/protocol/Rights"
import type { Room } from "@messenger/protocol/Room"

/** What the reader is to a room. */
export const standingIn = (inbox: InboxView, room: Pick<Room, "id" | "isPrivate">): RoomStanding => ({
  role: inbox.role ?? "guest",
  // A browser has a session, never an API token.
  scope: null,
  isPrivate: room.isPrivate,
  membership: inbox.memberships.get(room.id) ?? null
})

/** Whether to offer to change what a message says: its author alone may. */
export const mayEdit = (message: Message, me: UserId, standing: RoomStanding): boolean =>
  message.state === "Present" && message.author.id === me && mayInRoom("room.post", standing)

/** Whether to offer to delete a message: its author may, and who keeps order in the room. */
export const mayDelete = (message: Message, me: UserId, standing: RoomStanding): boolean =>
  message.state === "Present" && mayInRoom(message.author.id === me ? "room.post" : "room.moderate", standing)
