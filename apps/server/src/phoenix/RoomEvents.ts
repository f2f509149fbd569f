// What the feed of a room is to clients of Phoenix: the events of a topic, and the state that a join is answered with.
import type { User } from "@messenger/protocol/Account"
import type { Cursor, LogId } from "@messenger/protocol/Cursor"
import type { Message } from "@messenger/protocol/Message"
import type { Room } from "@messenger/protocol/Room"
import { RoomFrame, type RoomChange, type RoomState } from "@messenger/protocol/RoomFeed"
import { Schema } from "effect"
import * as Place from "./Place.ts"
import type { Outgoing } from "./Serializer.ts"
import type { TopicPresence } from "./TopicPresence.ts"

/** Frames of a feed, from their JSON without brackets. They were made by this server: what does not decode is a bug. */
export const framesOf = (json: string): ReadonlyArray<RoomFrame> => decodeFrames(JSON.parse(`[${json}]`))

const decodeFrames = Schema.decodeUnknownSync(Schema.toCodecJson(Schema.Array(RoomFrame)))

/** The state that a client begins with. */
export const stateOf = ({ hasOlder, messages, room }: RoomState, cursor: Cursor) => ({
  room: roomOf(room),
  messages: messages.map(messageOf),
  cursor: Place.format(cursor),
  has_older: hasOlder
})

/** What is answered to a client that goes on from `cursor`: it holds the rest. */
export const resumedOf = (room: Room, cursor: Cursor) => ({
  room: roomOf(room),
  messages: [],
  cursor: Place.format(cursor),
  has_older: cursor.number > 0
})

/**
 * Changes of a log for readers who know the messages up to `known`, and those in `introduced`, to which are added those that are told
 * as new: whatever was done to them since they were posted, unless they were deleted.
 */
export const changeEvents = (
  log: LogId,
  changes: ReadonlyArray<RoomChange>,
  known: number,
  introduced: Set<number>
): ReadonlyArray<Outgoing> =>
  changes.flatMap((change): ReadonlyArray<Outgoing> => {
    if (change._tag === "Unknown") return []
    if (change._tag === "RoomChanged") {
      const { room } = change
      return [
        { event: "room_changed", payload: { ...roomOf(room), cursor: Place.format({ log, number: room.change }) } }
      ]
    }
    const { message } = change
    const isNew = message.number > known && !introduced.has(message.number) && message.state !== "Deleted"
    introduced.add(message.number)
    const cursor = Place.format({ log, number: message.change })
    return [{ event: isNew ? "new_message" : "message_changed", payload: { ...messageOf(message), cursor } }]
  })

/** Who came, went, or is of another status. */
export const presenceEvents = (
  presence: TopicPresence,
  ...told: Parameters<TopicPresence["change"]>
): ReadonlyArray<Outgoing> => {
  const { joins, leaves, restated } = presence.change(...told)
  if (Object.keys(joins).length === 0 && Object.keys(leaves).length === 0) return []
  return [
    { event: "presence_diff", payload: { joins, leaves } },
    ...restated.map(({ user, status }) => ({ event: "status", payload: { user: userOf(user), status } }))
  ]
}

/** Somebody types, or stopped. */
export const typingEvent = (user: User, isTyping: boolean): Outgoing => ({
  event: "typing",
  payload: { user: userOf(user), typing: isTyping }
})

const roomOf = ({ id, isPrivate, name, slug, topic }: Room) => ({ id, slug, name, topic, private: isPrivate })

const userOf = ({ id, isApp, isGuest, name }: User) => ({
  id,
  name,
  ...(isGuest ? { guest: true } : {}),
  ...(isApp === true ? { app: true } : {})
})

const messageOf = ({ alias, at, author, editedAt, key, number, state, text }: Message) => ({
  id: number,
  number,
  text,
  user: userOf(author),
  ...(alias === undefined ? {} : { alias }),
  key,
  at,
  inserted_at: new Date(at).toISOString(),
  ...(editedAt === null ? {} : { edited_at: new Date(editedAt).toISOString() }),
  ...(state === "Deleted" ? { deleted: true } : {}),
  ...(state === "Unreadable" ? { unreadable: true } : {})
})
