// Reads of the log for those who catch up. Equal reads at one time are read and encoded once for all who ask: after a restart
// of the server everybody asks for the same.
import type { Cursor } from "@messenger/protocol/Cursor"
import * as Limits from "@messenger/protocol/Limits"
import type { Page } from "@messenger/protocol/Message"
import { RoomNotFound } from "@messenger/protocol/Room"
import type { Room, RoomId } from "@messenger/protocol/Room"
import type { StorageUnavailable } from "@messenger/protocol/Unavailable"
import type { ChangePage, MessageLog } from "@messenger/storage/MessageLog"
import type { Rooms as RoomTable } from "@messenger/storage/Rooms"
import { Cache, Effect, Exit, Option } from "effect"
import type { Prelude } from "./Attendance.ts"
import { changesFrame, encodeMessageChanged, encodeRoomChanged, roomFrame } from "./Encoding.ts"
import type { Published } from "./RoomStep.ts"
import { broadcast } from "./Sink.ts"
import type { Broadcast } from "./Sink.ts"
import { whenAway } from "./Weather.ts"

/** Why a follower is given the state anew instead of the changes it missed. */
export type ResetReason = "OtherLog" | "PastHead" | "TooOld" | "CannotCatchUp"

/** One page of missed changes, ready to be written. */
export interface Missed {
  readonly frames: Broadcast
  readonly cursor: Cursor
  readonly head: number
}

/** The changes of a page in the order of their numbers, encoded. */
export const publishedOf = (page: ChangePage): ReadonlyArray<Published> => {
  const messages = page.messages.map((message) => ({
    number: message.change,
    // A row that is not of the contract is shown as unreadable; the row before it was, or it could not be here.
    json: encodeMessageChanged(message) ?? encodeMessageChanged({ ...message, state: "Unreadable", text: "" }) ?? ""
  }))
  const rooms = Option.match(page.room, {
    onNone: () => [],
    onSome: (room) => [{ number: room.change, json: encodeRoomChanged(room) }]
  })
  return [...messages, ...rooms].toSorted((a, b) => a.number - b.number)
}

/** Every change past `after` up to `head`. For the short stretch between what was published and what is durable. */
export const readChanges = Effect.fnUntraced(function* (
  log: MessageLog["Service"],
  roomId: RoomId,
  after: number,
  head: number
) {
  const changes: Array<Published> = []
  let at = after
  while (at < head) {
    const page = yield* log.changesAfter(roomId, at, Limits.maxBatchBytes)
    if (Option.isNone(page) || page.value.cursor.number <= at) break
    changes.push(...publishedOf(page.value))
    at = page.value.cursor.number
  }
  return changes
})

/** How long an equal read is shared, in milliseconds: long enough for a crowd that returns at once. */
const sharedMillis = 1_000

/** Shared reads over one log. `head` is where the room said its log stands: an older read is no answer. */
export const make = Effect.fnUntraced(function* (log: MessageLog["Service"], rooms: RoomTable["Service"]) {
  const shared = <A>(lookup: (key: string) => Effect.Effect<A, RoomNotFound | StorageUnavailable>) =>
    Cache.makeWith(lookup, {
      capacity: 512,
      timeToLive: (exit) => (Exit.isSuccess(exit) ? sharedMillis : 0)
    })

  const missed = yield* shared((key) => {
    const { roomId, number } = parseKey(key)
    return log.changesAfter(roomId, number, Limits.maxBatchBytes).pipe(
      Effect.flatMap(orNotFound),
      Effect.map((page): Missed => {
        const json = changesFrame(
          page.cursor,
          publishedOf(page).map((each) => each.json)
        )
        return { frames: broadcast("durable", [json], page.cursor.number), cursor: page.cursor, head: page.head }
      }),
      whenAway
    )
  })

  const newest = yield* shared((key) => {
    const { roomId } = parseKey(key)
    return Effect.all([log.page(roomId, { _tag: "Newest" }, Limits.snapshotMessages), rooms.find(roomId)]).pipe(
      Effect.flatMap(([page, listing]) => Effect.all([orNotFound(page), orNotFound(listing)])),
      Effect.map(([page, { room }]) => newestState(page, room)),
      whenAway
    )
  })

  return {
    /** A page of what was missed after `number`. */
    missed: (roomId: RoomId, number: number, head: number) => Cache.get(missed, keyOf(roomId, number, head)),
    /** The newest state, as a snapshot or, with a reason, as a reset. */
    state: (roomId: RoomId, head: number, reason: ResetReason | undefined) =>
      Effect.map(Cache.get(newest, keyOf(roomId, 0, head)), (as) => as(reason))
  }
})

/** The newest state, encoded once for each reason that it is given for. */
const newestState = ({ cursor, hasOlder, messages }: Page, room: Room) => {
  const state = { room, messages, hasOlder }
  const preludes = new Map<ResetReason | undefined, Prelude>()
  return (reason: ResetReason | undefined): Prelude => {
    const known = preludes.get(reason)
    if (known !== undefined) return known
    const frame = roomFrame(
      reason === undefined ? { _tag: "Snapshot", cursor, state } : { _tag: "Reset", reason, cursor, state }
    )
    const prelude = { cursor, frames: broadcast("durable", [frame], cursor.number) }
    preludes.set(reason, prelude)
    return prelude
  }
}

/** What `make` answers. */
export type LogReader = Effect.Success<ReturnType<typeof make>>

const orNotFound = <A>(found: Option.Option<A>) =>
  Option.match(found, { onNone: () => Effect.fail(new RoomNotFound()), onSome: Effect.succeed })

const keyOf = (roomId: RoomId, number: number, head: number): string => JSON.stringify([roomId, number, head])
const parseKey = (key: string): { readonly roomId: RoomId; readonly number: number } => {
  const [roomId, number] = JSON.parse(key)
  return { roomId, number }
}
