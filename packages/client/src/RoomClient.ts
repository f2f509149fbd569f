// One followed room: its view, older history, who types, and what this person does in it. While it is open the person is
// present in the room. Messages go out through the outbox, which outlives it.
import type { UserId } from "@messenger/protocol/Account"
import type { Cursor } from "@messenger/protocol/Cursor"
import * as Limits from "@messenger/protocol/Limits"
import type { Message, Page } from "@messenger/protocol/Message"
import type { RoomId, RoomNotFound } from "@messenger/protocol/Room"
import type { RoomChange, RoomFrame } from "@messenger/protocol/RoomFeed"
import type { PageAnchor } from "@messenger/protocol/RoomRpcs"
import * as RoomView from "@messenger/protocol/RoomView"
import { Clock, Effect, Latch, Semaphore } from "effect"
import { Connection } from "./Connection.ts"
import * as FeedClient from "./FeedClient.ts"
import { asQueue } from "./Follow.ts"
import { cell } from "./Readable.ts"
import { once, untilAnswered } from "./Request.ts"

/** How many messages are asked for at once when scrolling up. */
export const olderPageMessages = 50

/** Which room, and what is known of it already. */
export interface RoomClientOptions {
  readonly roomId: RoomId
  /** What was held when the room was open before. */
  readonly remembered: RoomView.RoomView | undefined
  /** Told of the rows that arrived, and how far the view has come. */
  readonly onMessages: (messages: ReadonlyArray<Message>, cursor: Cursor | undefined) => void
  /** Fails when the room is gone for this person, as the inbox says. */
  readonly gone: Effect.Effect<never, RoomNotFound>
}

/** Follows the room as long as the scope is open. */
export const make = Effect.fnUntraced(function* ({ roomId, remembered, onMessages, gone }: RoomClientOptions) {
  const connection = yield* Connection
  const clock = yield* Clock.Clock
  const isLoadingOlder = cell(false)
  const someoneTypes = Latch.makeUnsafe()
  const oneAtATime = Semaphore.makeUnsafe(1)
  // Each collects what arrives while its history page is under way.
  const recordings = new Set<Array<RoomChange>>()
  // The head of the log when the server last said it.
  let head = 0

  const feed = yield* FeedClient.make({
    initial: remembered ?? RoomView.empty,
    isRemembered: remembered !== undefined,
    open: (rpcs, { cursor }) => rpcs.FollowRoom(cursor === undefined ? { roomId } : { roomId, cursor }, asQueue),
    apply: (view: RoomView.RoomView, frame: RoomFrame, nowMillis) => {
      if (frame._tag === "Hello") head = frame.head
      return RoomView.apply(view, frame, nowMillis)
    },
    isCaughtUp: ({ cursor }) => cursor !== undefined && cursor.number >= head,
    // At the start of an opening a Reset follows such a Hello; in mid-stream only asking again brings it.
    isBroken: ({ cursor }, frame, isFirst) =>
      !isFirst &&
      frame._tag === "Hello" &&
      cursor !== undefined &&
      (frame.log !== cursor.log || frame.head < cursor.number),
    onFolded: (frames, view) => {
      const changes = frames.flatMap((frame) => (frame._tag === "Changes" ? frame.changes : []))
      for (const recording of recordings) recording.push(...changes)
      if (view.typing.size > 0) someoneTypes.openUnsafe()
      onMessages(frames.flatMap(messagesOf), view.cursor)
    },
    over: gone
  })

  /** Takes notices of typing out of the view as they expire. */
  yield* Effect.gen(function* () {
    yield* someoneTypes.await
    const { typing } = feed.get().view
    const oldest = Math.min(...[...typing.values()].map(({ since }) => since))
    yield* Effect.sleep(Math.max(0, oldest + Limits.typingExpiresMillis - clock.currentTimeMillisUnsafe()))
    feed.amend((view) => withoutExpiredTyping(view, clock.currentTimeMillisUnsafe()))
    if (feed.get().view.typing.size === 0) someoneTypes.closeUnsafe()
  }).pipe(Effect.forever, Effect.forkScoped)

  const history = (anchor: PageAnchor, limit: number) =>
    untilAnswered(connection, (rpcs) => rpcs.History({ roomId, anchor, limit }))

  /** Brings the page before the oldest message held into the view; ends at once when there is none. */
  const loadOlder = Effect.suspend(() => {
    const asked = feed.get().view
    const oldest = asked.messages[0]
    if (oldest === undefined || !asked.hasOlder) return Effect.void
    const recording: Array<RoomChange> = []
    recordings.add(recording)
    isLoadingOlder.set(true)
    return history({ _tag: "Before", number: oldest.number }, olderPageMessages).pipe(
      Effect.map((page) =>
        feed.amend((view) =>
          // After a Reset the page may not touch what is held now.
          page.cursor.log === view.cursor?.log && view.messages[0]?.number === oldest.number
            ? withOlder(view, page, recording.filter(isBefore(oldest.number)))
            : view
        )
      ),
      Effect.ensuring(
        Effect.sync(() => {
          recordings.delete(recording)
          isLoadingOlder.set(false)
        })
      )
    )
  })

  // When this person's typing was last told, while they type.
  let typingToldAt: number | undefined

  return {
    roomId,
    feed,
    isLoadingOlder,
    /** Several calls load one page after the other. */
    loadOlder: oneAtATime.withPermit(loadOlder),
    history,
    /** Who is present, 100 at a time. */
    listPeople: (after: UserId | null) => untilAnswered(connection, (rpcs) => rpcs.ListPeople({ roomId, after })),
    /** Tells that this person types or stopped, as often as the contract wants; a notice that cannot be sent is forgotten. */
    setTyping: (isTyping: boolean): Effect.Effect<void> =>
      Effect.suspend(() => {
        const now = clock.currentTimeMillisUnsafe()
        const isKnown = isTyping
          ? typingToldAt !== undefined && now - typingToldAt < Limits.typingRepeatMillis
          : typingToldAt === undefined
        if (isKnown || connection.current() === undefined) return Effect.void
        typingToldAt = isTyping ? now : undefined
        return Effect.ignore(once(connection, (rpcs) => rpcs.SetTyping({ roomId, isTyping })))
      }),
    /** Who has posted no longer types; others know that by the message. */
    hasPosted: () => {
      typingToldAt = undefined
    }
  }
})

/** A followed room. */
export type RoomClient = Effect.Success<ReturnType<typeof make>>

const messagesOf = (frame: RoomFrame): ReadonlyArray<Message> => {
  switch (frame._tag) {
    case "Changes":
      return frame.changes.flatMap((change) => (change._tag === "MessageChanged" ? [change.message] : []))
    case "Snapshot":
    case "Reset":
      return frame.state.messages
    default:
      return []
  }
}

const isBefore =
  (number: number) =>
  (change: RoomChange): boolean =>
    change._tag === "MessageChanged" && change.message.number < number

// What arrived while the page was read may be newer than the page, and was not taken in while its message was not held.
const withOlder = (view: RoomView.RoomView, page: Page, recording: ReadonlyArray<RoomChange>): RoomView.RoomView => {
  const older = RoomView.applyOlder(view, page)
  return older.cursor === undefined
    ? older
    : RoomView.apply(older, { _tag: "Changes", cursor: older.cursor, changes: recording }, 0)
}

const withoutExpiredTyping = (view: RoomView.RoomView, nowMillis: number): RoomView.RoomView => {
  const typing = new Map([...view.typing].filter(([, { since }]) => nowMillis - since < Limits.typingExpiresMillis))
  return typing.size === view.typing.size ? view : { ...view, typing }
}
