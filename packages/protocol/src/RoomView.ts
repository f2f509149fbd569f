// What a follower of a room knows: a pure fold over the frames of its feed, the same function on server and clients.
// Rows are upserted and the greater change number wins, so an event that arrives twice, late, or beside a history page that
// was read before it does no harm.
import type { User, UserId } from "./Account.ts"
import type { Cursor } from "./Cursor.ts"
import * as Limits from "./Limits.ts"
import type { Message, Page } from "./Message.ts"
import type { Person } from "./Presence.ts"
import type { Room } from "./Room.ts"
import type { RoomChange, RoomEphemeral, RoomFrame, RoomLatest, RoomState } from "./RoomFeed.ts"

/** Somebody who types; `since` is the reader's clock in milliseconds at the last notice. */
export interface Typist {
  readonly user: User
  readonly since: number
}

/** A room as a follower sees it. `messages` is one gapless stretch up to the head, ascending by number. */
export interface RoomView {
  readonly cursor: Cursor | undefined
  readonly epoch: number
  readonly room: Room | undefined
  readonly messages: ReadonlyArray<Message>
  readonly hasOlder: boolean
  readonly isCrowded: boolean
  readonly presentCount: number
  readonly people: ReadonlyMap<UserId, Person>
  readonly typing: ReadonlyMap<UserId, Typist>
}

/** Before the first frame. */
export const empty: RoomView = {
  cursor: undefined,
  epoch: 0,
  room: undefined,
  messages: [],
  hasOlder: false,
  isCrowded: false,
  presentCount: 0,
  people: new Map(),
  typing: new Map()
}

/** The view after one more frame; `now` is the reader's clock in milliseconds. */
export const apply = (view: RoomView, frame: RoomFrame, now: number): RoomView => {
  switch (frame._tag) {
    case "Changes":
      return { ...frame.changes.reduce((next, change) => applyChange(next, change), view), cursor: frame.cursor }
    case "Latest":
      return frame.values.reduce(applyLatest, view)
    case "Ephemeral":
      return applyEphemeral(view, frame.event, now)
    case "Hello":
      return { ...view, epoch: frame.epoch }
    case "Snapshot":
    case "Reset":
      return { ...view, ...fromState(frame.state), cursor: frame.cursor }
    case "Unknown":
      return view
  }
}

/** The view after a page of older history that touches its oldest message. */
export const applyOlder = (view: RoomView, page: Page): RoomView => ({
  ...view,
  messages: upsertAll(view.messages, page.messages),
  hasOlder: page.hasOlder
})

/** Those who type at `now`, in order of their ids; a notice expires by itself. */
export const typists = (view: RoomView, now: number): ReadonlyArray<User> =>
  [...view.typing.values()]
    .filter(({ since }) => now - since < Limits.typingExpiresMillis)
    .map(({ user }) => user)
    .toSorted((a, b) => (a.id < b.id ? -1 : 1))

/** `messages` with `message` in its place, unless a newer version of it is there. */
export const upsert = (messages: ReadonlyArray<Message>, message: Message): ReadonlyArray<Message> => {
  const at = placeOf(messages, message.number)
  const known = messages[at]
  if (known?.number !== message.number) return messages.toSpliced(at, 0, message)
  return known.change >= message.change ? messages : messages.with(at, message)
}

/** `messages` with every row of `rows` upserted. */
export const upsertAll = (messages: ReadonlyArray<Message>, rows: ReadonlyArray<Message>): ReadonlyArray<Message> =>
  rows.reduce(upsert, messages)

const fromState = (state: RoomState) => ({
  room: state.room,
  messages: state.messages,
  hasOlder: state.hasOlder
})

const applyChange = (view: RoomView, change: RoomChange): RoomView => {
  switch (change._tag) {
    case "MessageChanged":
      return withMessage(view, change.message)
    case "RoomChanged":
      return view.room !== undefined && view.room.change >= change.room.change ? view : { ...view, room: change.room }
    case "Unknown":
      return view
  }
}

// A change to a message older than the stretch held is left to the page that will bring it: taking it in would make a hole.
const withMessage = (view: RoomView, message: Message): RoomView => {
  const oldest = view.messages[0]
  if (oldest !== undefined && message.number < oldest.number && view.hasOlder) return view
  const typing = new Map(view.typing)
  // Who has just posted no longer types.
  const hasStopped = message.number === message.change && typing.delete(message.author.id)
  return { ...view, messages: upsert(view.messages, message), typing: hasStopped ? typing : view.typing }
}

const applyLatest = (view: RoomView, latest: RoomLatest): RoomView => {
  switch (latest._tag) {
    case "People":
      return {
        ...view,
        isCrowded: latest.isCrowded,
        presentCount: latest.count,
        people: new Map(latest.people.map((person) => [person.user.id, person]))
      }
    case "PeopleChanged": {
      const people = new Map(view.people)
      for (const person of latest.here) people.set(person.user.id, person)
      for (const id of latest.gone) people.delete(id)
      return { ...view, presentCount: latest.count, people }
    }
    case "Unknown":
      return view
  }
}

const applyEphemeral = (view: RoomView, event: RoomEphemeral, now: number): RoomView => {
  if (event._tag === "Unknown") return view
  const typing = new Map(view.typing)
  if (event.isTyping) typing.set(event.user.id, { user: event.user, since: now })
  else typing.delete(event.user.id)
  return { ...view, typing }
}

// New messages come at the end, so the search starts there.
const placeOf = (messages: ReadonlyArray<Message>, number: number): number => {
  const last = messages.at(-1)
  if (last === undefined || last.number < number) return messages.length
  let low = 0
  let high = messages.length
  while (low < high) {
    const middle = (low + high) >>> 1
    const found = messages[middle]
    if (found !== undefined && found.number < number) low = middle + 1
    else high = middle
  }
  return low
}
