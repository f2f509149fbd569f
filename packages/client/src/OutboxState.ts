// What the outbox knows, and every change of it, as pure functions. Entries are in the order in which they were written, over
// all rooms and tabs of one person; per room they are sent in that order, one at a time.
import type { ClientKey } from "@messenger/protocol/Message"
import type { RoomId } from "@messenger/protocol/Room"
import type { EntryState, OutboxEntry, OutboxRefusal, StoredEntry } from "./OutboxEntry.ts"

/** An entry and whether it is on the device's disk; what is not is not sent yet. */
export interface Held extends OutboxEntry {
  readonly isStored: boolean
}

/** All entries, oldest first. */
export type OutboxState = ReadonlyArray<Held>

/** Before anything was read or written. */
export const empty: OutboxState = []

const waiting: EntryState = { _tag: "Waiting", heldUntilMillis: undefined }

/** Appends a new entry. */
export const add = (state: OutboxState, entry: Omit<Held, "isStored" | "state">): OutboxState => [
  ...state,
  { ...entry, isStored: false, state: waiting }
]

/** The entry is on disk, or it turned out that there is none to be had. */
export const stored = (state: OutboxState, key: ClientKey): OutboxState =>
  change(state, key, (entry) => ({ ...entry, isStored: true }))

/** The entry leaves for the server. */
export const sent = (state: OutboxState, key: ClientKey): OutboxState => become(state, key, { _tag: "Sent" })

/** The entry did not get through and goes again, not before `heldUntilMillis` if that is given. */
export const held = (state: OutboxState, key: ClientKey, heldUntilMillis: number | undefined): OutboxState =>
  become(state, key, { _tag: "Waiting", heldUntilMillis })

/** The server took the entry. It stays visible until the view of its room holds it, if somebody looks at that (`isFollowed`). */
export const settled = (state: OutboxState, key: ClientKey, number: number, isFollowed: boolean): OutboxState =>
  isFollowed ? become(state, key, { _tag: "Settled", number }) : removed(state, key)

/** The server will not take the entry as it is. */
export const refused = (state: OutboxState, key: ClientKey, error: OutboxRefusal): OutboxState =>
  become(state, key, { _tag: "Refused", error })

/** The entry is nobody's concern any more. */
export const removed = (state: OutboxState, key: ClientKey): OutboxState =>
  find(state, key) === undefined ? state : state.filter((entry) => entry.key !== key)

/** The view of the room has come to `number`: what was settled up to there is visible in it. */
export const seenUpTo = (state: OutboxState, roomId: RoomId, number: number): OutboxState =>
  without(state, (entry) => entry.roomId === roomId && entry.state._tag === "Settled" && entry.state.number <= number)

/** Nobody looks at the room any more. */
export const unseen = (state: OutboxState, roomId: RoomId): OutboxState =>
  without(state, (entry) => entry.roomId === roomId && entry.state._tag === "Settled")

/** Nothing is on its way any more, for another tab drains from now on. */
export const recalled = (state: OutboxState): OutboxState =>
  state.some(isSent) ? state.map((entry) => (isSent(entry) ? { ...entry, state: waiting } : entry)) : state

/**
 * What the disk holds, which other tabs write too: entries that are gone from it were settled or discarded there, and theirs
 * appear here. Own entries that are not on disk yet stay, at the end.
 */
export const reloaded = (state: OutboxState, entries: ReadonlyArray<StoredEntry>): OutboxState => [
  ...state.filter((entry) => entry.state._tag === "Settled"),
  ...entries.flatMap(({ refusal, ...entry }) => {
    const known = find(state, entry.key)
    if (known?.state._tag === "Settled") return []
    if (refusal !== null) return [{ ...entry, isStored: true, state: { _tag: "Refused" as const, error: refusal } }]
    // A refusal that this tab has just heard is on its way to the disk.
    return [{ ...entry, isStored: true, state: known?.state ?? waiting }]
  }),
  ...state.filter((entry) => !entry.isStored)
]

/** The entry that the room may send next: its first that is neither settled nor refused, once it is on disk. */
export const nextOf = (state: OutboxState, roomId: RoomId): Held | undefined => {
  const first = state.find((entry) => entry.roomId === roomId && isPending(entry))
  return first?.isStored === true ? first : undefined
}

/** The rooms that have something to send. */
export const busyRooms = (state: OutboxState): ReadonlySet<RoomId> =>
  new Set(state.filter(isPending).map(({ roomId }) => roomId))

/** Whether the entry is still to be delivered. */
export const isPending = ({ state }: OutboxEntry): boolean => state._tag === "Waiting" || state._tag === "Sent"

/** The entry of that key. */
export const find = (state: OutboxState, key: ClientKey): Held | undefined => state.find((entry) => entry.key === key)

const isSent = (entry: Held) => entry.state._tag === "Sent"

const without = (state: OutboxState, isOver: (entry: Held) => boolean): OutboxState =>
  state.some(isOver) ? state.filter((entry) => !isOver(entry)) : state

const become = (state: OutboxState, key: ClientKey, next: EntryState): OutboxState =>
  change(state, key, (entry) => ({ ...entry, state: next }))

const change = (state: OutboxState, key: ClientKey, make: (entry: Held) => Held): OutboxState =>
  find(state, key) === undefined ? state : state.map((entry) => (entry.key === key ? make(entry) : entry))
