// The frames of a room as a stream, for programs that go through them one by one at their own pace. It is a follow of its own
// with a backlog of its own: a consumer that stops stalls nobody. When its backlog is full its feed is let go of, and opened
// again at the last frame it was given once it has caught up, so nothing durable is missed and nothing piles up.
import type { Cursor } from "@messenger/protocol/Cursor"
import type { Forbidden } from "@messenger/protocol/Rights"
import type { RoomId, RoomNotFound } from "@messenger/protocol/Room"
import type { RoomFrame } from "@messenger/protocol/RoomFeed"
import { Effect, Latch, Queue, Stream } from "effect"
import { Connection } from "./Connection.ts"
import { asQueue, follow } from "./Follow.ts"

/** How many frames may wait for a consumer, unless it says otherwise. */
export const defaultBacklog = 256

/** Where to begin, and how much may wait. */
export interface RoomFramesOptions {
  /** Everything durable after this, each once; without it a snapshot comes first. */
  readonly cursor?: Cursor
  /** Frames that may wait for a slow reader. */
  readonly backlog?: number
}

/** Follows the room for as long as the stream is read, through lost connections and weather. */
export const stream = (
  roomId: RoomId,
  options: RoomFramesOptions = {}
): Stream.Stream<RoomFrame, RoomNotFound | Forbidden, Connection> =>
  Stream.unwrap(
    Effect.gen(function* () {
      const connection = yield* Connection
      const backlog = yield* Queue.dropping<RoomFrame, RoomNotFound | Forbidden>(options.backlog ?? defaultBacklog)
      const hasRoom = Latch.makeUnsafe(true)
      let cursor = options.cursor

      /** Whether the frame was taken. */
      const take = (frame: RoomFrame): boolean => {
        if (!Queue.offerUnsafe(backlog, frame)) {
          hasRoom.closeUnsafe()
          return false
        }
        if ("cursor" in frame) cursor = frame.cursor
        return true
      }

      /** Whether what follows this frame continues the log; at the start of an opening a Reset says so if not. */
      const continues = (frame: RoomFrame): boolean =>
        frame._tag !== "Hello" || cursor === undefined || (frame.log === cursor.log && frame.head >= cursor.number)

      yield* follow(connection, {
        open: (rpcs) => rpcs.FollowRoom(cursor === undefined ? { roomId } : { roomId, cursor }, asQueue),
        onFrames: (frames, isFirstBatch) =>
          frames.every((frame, index) => ((isFirstBatch && index === 0) || continues(frame)) && take(frame)),
        onInterruption: () => {},
        ready: hasRoom.await
      }).pipe(
        Effect.catch((error) => Queue.fail(backlog, error)),
        Effect.forkScoped
      )

      return Stream.fromIterableEffectRepeat(Effect.tap(Queue.takeAll(backlog), hasRoom.open))
    })
  )
