// What happens in a room, one event after the other: the frames of its feed, told apart into what was posted, edited and deleted.
// Every posted message is told once, in the order of the log, whatever the connection does meanwhile.
//
// A log keeps one row per message, at the number of its last change. Whoever catches up on a message that was posted and edited
// meanwhile gets one row, where the edit stands; the number at which it was posted is then missing from what arrives. Such numbers
// are kept, so that the row is told as posted when it comes, and not as an edit of something that nobody was told of.
import type { Cursor } from "@messenger/protocol/Cursor"
import type { Message, Page } from "@messenger/protocol/Message"
import type { Room } from "@messenger/protocol/Room"
import type { RoomChange, RoomFrame } from "@messenger/protocol/RoomFeed"
import { Effect, Option, Stream } from "effect"

/** Something that happened. To go on after it, also in another run of the program, follow from its `cursor`. */
export type RoomEvent = { readonly cursor: Cursor } & (
  | { readonly _tag: "Posted"; readonly message: Message }
  | { readonly _tag: "Edited"; readonly message: Message }
  | { readonly _tag: "Deleted"; readonly message: Message }
  /** Name or topic. */
  | { readonly _tag: "RoomChanged"; readonly room: Room }
  /**
   * The log could not be continued. `TooOld` and `CannotCatchUp`: what was posted meanwhile follows, each once; what was edited or
   * deleted of older messages is not told. `OtherLog` and `PastHead`: the server goes on from a backup, and the events after this one
   * are what happens from now on.
   */
  | { readonly _tag: "Reset"; readonly reason: ResetReason; readonly room: Room }
)

type ResetReason = Extract<RoomFrame, { readonly _tag: "Reset" }>["reason"]

/** A message, and where it stands for whoever wants to go on after it. */
export type PostedMessage = Message & { readonly cursor: Cursor }

/** How many messages are asked for at once after a reset. */
const pageMessages = 100

/** Numbers of messages that are still to come are kept up to this many; a log in which more were edited meanwhile is rare. */
const skippedAtMost = 10_000

/** The events of frames that begin at `from`; without it, with what happens after the first snapshot. */
export const stream = <E, E2>(options: {
  readonly frames: Stream.Stream<RoomFrame, E>
  readonly from: Cursor | undefined
  /** The page of messages after a number. */
  readonly pageAfter: (number: number, limit: number) => Effect.Effect<Page, E2>
}): Stream.Stream<RoomEvent, E | E2> =>
  Stream.suspend(() => {
    const place = startingAt(options.from)

    /** What was posted after `number` and up to the cursor, page by page. */
    const postedAfter = (number: number, upTo: Cursor): Stream.Stream<RoomEvent, E2> =>
      Stream.paginate(number, (after) =>
        Effect.map(options.pageAfter(after, pageMessages), ({ messages, hasNewer }) => {
          const last = messages.at(-1)?.number ?? upTo.number
          const events = messages
            .filter((message) => message.number <= upTo.number && message.state !== "Deleted")
            .map((message) => ({ _tag: "Posted" as const, message, cursor: { log: upTo.log, number: message.number } }))
          return [events, hasNewer && last < upTo.number ? Option.some(last) : Option.none()]
        })
      )

    return Stream.flatMap(options.frames, (frame): Stream.Stream<RoomEvent, E2> => {
      switch (frame._tag) {
        case "Changes":
          return Stream.fromIterable(place.take(frame.cursor, frame.changes))
        case "Snapshot":
          place.startAt(frame.cursor)
          return Stream.empty
        case "Reset": {
          const { cursor, reason, state } = frame
          const before = place.startAt(cursor)
          const reset = Stream.succeed<RoomEvent>({ _tag: "Reset", reason, room: state.room, cursor: before ?? cursor })
          return before === undefined || before.log !== cursor.log || reason === "PastHead"
            ? Stream.map(reset, (event) => ({ ...event, cursor }))
            : Stream.concat(reset, postedAfter(before.number, cursor))
        }
        default:
          return Stream.empty
      }
    })
  })

/** The messages among the events that were posted. */
export const messages = <E>(events: Stream.Stream<RoomEvent, E>): Stream.Stream<PostedMessage, E> =>
  Stream.flatMap(events, (event) =>
    event._tag === "Posted" ? Stream.succeed({ ...event.message, cursor: event.cursor }) : Stream.empty
  )

// How far the log was told.
const startingAt = (from: Cursor | undefined) => {
  let cursor = from
  // Up to the cursor, what has not arrived yet: it comes with its last change, or was the change of something that came later.
  const skipped = new Set<number>()

  const skip = (from: number, until: number) => {
    for (let number = Math.max(from, until - skippedAtMost); number < until; number++) skipped.add(number)
    for (const oldest of skipped) {
      if (skipped.size <= skippedAtMost) return
      skipped.delete(oldest)
    }
  }

  const eventOf = (change: RoomChange) => {
    switch (change._tag) {
      case "MessageChanged": {
        const { message } = change
        const isNew = message.number === message.change || skipped.delete(message.number)
        // Nobody was told of it, and there is nothing left of it.
        if (isNew && message.state === "Deleted") return undefined
        if (isNew) return { _tag: "Posted" as const, message }
        return { _tag: message.state === "Deleted" ? ("Deleted" as const) : ("Edited" as const), message }
      }
      case "RoomChanged":
        return { _tag: "RoomChanged" as const, room: change.room }
      case "Unknown":
        return undefined
    }
  }

  return {
    /** From now on events begin after the cursor; answers where they stood. */
    startAt: (next: Cursor): Cursor | undefined => {
      const before = cursor
      cursor = next
      skipped.clear()
      return before
    },
    /** What changed up to `next`. */
    take: (next: Cursor, changes: ReadonlyArray<RoomChange>): ReadonlyArray<RoomEvent> => {
      let told = cursor?.number ?? next.number
      const events: Array<RoomEvent> = []
      for (const change of changes) {
        const number = numberOf(change) ?? told
        skip(told + 1, number)
        told = Math.max(told, number)
        const event = eventOf(change)
        if (event !== undefined) events.push({ ...event, cursor: { log: next.log, number: told } })
      }
      skip(told + 1, next.number + 1)
      cursor = next
      return events
    }
  }
}

const numberOf = (change: RoomChange): number | undefined => {
  switch (change._tag) {
    case "MessageChanged":
      return change.message.change
    case "RoomChanged":
      return change.room.change
    case "Unknown":
      return undefined
  }
}
