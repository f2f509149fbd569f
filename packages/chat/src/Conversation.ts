// The whole conversation of a room, from its oldest message to the newest that there was when reading began. Read page by page as
// somebody takes it, so that it costs the memory of one page however long it is; every page is what the log says when it is read, so
// what was edited or deleted before that is never told as it was.
import * as Limits from "@messenger/protocol/Limits"
import type { Message, Page } from "@messenger/protocol/Message"
import { RoomNotFound } from "@messenger/protocol/Room"
import type { Room, RoomId } from "@messenger/protocol/Room"
import { StorageUnavailable } from "@messenger/protocol/Unavailable"
import type { LogPages } from "@messenger/storage/MessageLog"
import { Effect, Option, Schedule, Stream } from "effect"
import { retryAfterMillis, whenAway } from "./Weather.ts"

/** What a conversation is of: the room, where its log stood when reading began, and when that was, in UTC milliseconds. */
export interface Heading {
  readonly room: Room
  readonly head: number
  readonly at: number
}

/** A conversation that is about to be read. */
export interface Conversation<Refusal> {
  /** Where the room's log stood when reading began: nothing that was posted later is part of it. */
  readonly head: number
  /** Its pages, ascending, none empty. */
  readonly pages: Stream.Stream<ReadonlyArray<Message>, Refusal | RoomNotFound | StorageUnavailable>
}

/**
 * Begins to read; the first page is read at once, so that a database that is away is known before anything is told. `admit` is asked
 * before each page and may end it. Later a database that is away is waited for, some seconds for each page.
 */
export const read = Effect.fnUntraced(function* <Refusal>(
  log: LogPages["Service"],
  roomId: RoomId,
  admit: Effect.Effect<void, Refusal>
) {
  const pageAfter = (number: number) =>
    whenAway(log.page(roomId, { _tag: "After", number }, Limits.maxPageMessages)).pipe(
      Effect.flatMap(Option.match({ onNone: () => Effect.fail(new RoomNotFound()), onSome: Effect.succeed }))
    )
  yield* admit
  const first = yield* pageAfter(0)
  const { log: logId, number: head } = first.cursor

  const nextAfter = (number: number) =>
    Effect.andThen(
      admit,
      pageAfter(number).pipe(
        Effect.retry({ schedule: patience, while: ({ _tag }) => _tag === "StorageUnavailable" }),
        // A log that was restored meanwhile is another one, with other messages under these numbers.
        Effect.filterOrFail(
          ({ cursor }) => cursor.log === logId,
          () => new StorageUnavailable({ retryAfterMillis })
        )
      )
    )

  type Next = Effect.Effect<Page, Refusal | RoomNotFound | StorageUnavailable>
  const pages = Stream.paginate<Next, ReadonlyArray<Message>, Effect.Error<Next>>(Effect.succeed(first), (next) =>
    Effect.map(next, ({ hasNewer, messages }) => {
      const last = messages.at(-1)?.number ?? head
      const told = last <= head ? messages : messages.filter(({ number }) => number <= head)
      return [told.length === 0 ? [] : [told], hasNewer && last < head ? Option.some(nextAfter(last)) : Option.none()]
    })
  )
  return { head, pages } satisfies Conversation<Refusal>
})

// Together some six seconds: a database that restarts costs nobody an hour of reading.
const patience = Schedule.max([Schedule.exponential("200 millis"), Schedule.recurs(5)])
