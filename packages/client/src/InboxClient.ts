// One person's inbox on this connection: their rooms and how far each is read, the status they chose, and whether this device
// sees them idle. What this side sets is shown at once, and told to the server until it has it.
import type { InboxFrame } from "@messenger/protocol/InboxFeed"
import * as InboxView from "@messenger/protocol/InboxView"
import type { Status } from "@messenger/protocol/Presence"
import type { RoomId } from "@messenger/protocol/Room"
import { Effect } from "effect"
import { Connection } from "./Connection.ts"
import * as FeedClient from "./FeedClient.ts"
import { asQueue } from "./Follow.ts"
import * as LatestWins from "./LatestWins.ts"
import { untilAnswered } from "./Request.ts"

/** Follows the inbox as long as the scope is open. */
export const make = Effect.gen(function* () {
  const connection = yield* Connection

  const feed = yield* FeedClient.make({
    initial: InboxView.empty,
    isRemembered: false,
    open: (rpcs) => rpcs.FollowInbox(undefined, asQueue),
    apply: (view: InboxView.InboxView, frame: InboxFrame) => InboxView.apply(view, frame),
    // Every opening begins with everything there is.
    isCaughtUp: () => true,
    isBroken: () => false,
    onFolded: () => {}
  })

  const tellMarker = yield* LatestWins.make((roomId: RoomId, number: number) =>
    untilAnswered(connection, (rpcs) => rpcs.MarkRead({ roomId, number })).pipe(
      // A room that is gone has nothing to be read.
      Effect.catchTags({ RoomNotFound: () => Effect.void, Forbidden: () => Effect.void })
    )
  )
  const tellStatus = yield* LatestWins.make((_: "status", status: Status) =>
    untilAnswered(connection, (rpcs) => rpcs.SetStatus({ status })).pipe(
      // A token that may only read has no status to show.
      Effect.catchTag("Forbidden", () => Effect.void)
    )
  )
  const tellIdle = yield* LatestWins.make((_: "idle", isIdle: boolean) =>
    untilAnswered(connection, (rpcs) => rpcs.SetIdle({ isIdle })).pipe(Effect.catchTag("Forbidden", () => Effect.void))
  )

  // What this device observes; the server forgets it with each connection.
  let isIdle = false
  yield* Effect.acquireRelease(
    Effect.sync(() =>
      connection.state.subscribe(() => {
        if (isIdle && connection.state.get()._tag === "Open") tellIdle("idle", true)
      })
    ),
    (stop) => Effect.sync(stop)
  )

  return {
    feed,
    /** The person has read the room up to message `number`; a lower number than before does nothing. */
    markRead: (roomId: RoomId, number: number): void => {
      if (number <= (feed.get().view.markers.get(roomId) ?? 0)) return
      feed.amend((view) => InboxView.apply(view, { _tag: "MarkersMoved", markers: [{ roomId, number }] }))
      tellMarker(roomId, number)
    },
    /** What the person chose to be shown as, on all devices. */
    setStatus: (status: Status): void => {
      feed.amend((view) => InboxView.apply(view, { _tag: "StatusChosen", status }))
      tellStatus("status", status)
    },
    /** Whether the person gives no input to this device. */
    setIdle: (next: boolean): void => {
      if (next === isIdle) return
      isIdle = next
      tellIdle("idle", next)
    }
  }
})

/** A followed inbox. */
export type InboxClient = Effect.Success<typeof make>
