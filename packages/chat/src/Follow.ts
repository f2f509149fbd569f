// The life of one follow: catch up, go live, lag, and catch up again. Pages are read outside the room's turn, each sent when
// the last has drained, so a reader that is slow, or far behind, costs the room nothing.
import type { Cursor } from "@messenger/protocol/Cursor"
import { RoomNotFound } from "@messenger/protocol/Room"
import { Effect } from "effect"
import type { Joined, Prelude } from "./Attendance.ts"
import { sayHello } from "./Attendance.ts"
import type { Follower } from "./Fanout.ts"
import type { LogReader, ResetReason } from "./LogReader.ts"
import type { RoomId } from "@messenger/protocol/Room"

/** A gap longer than this is not replayed: the newest state is shorter. In changes. */
const maxReplay = 2_000

/** How often a follower may come too late before it is given the newest state instead. */
const maxRounds = 3

/** Writes the feed to the follower until interrupted or expelled. `join` asks the room to let the follower in. */
export const follow = Effect.fnUntraced(function* <E>(options: {
  readonly roomId: RoomId
  readonly follower: Follower
  readonly cursor: Cursor | undefined
  readonly reader: LogReader
  readonly join: (cursor: Cursor | undefined, prelude: Prelude | undefined) => Effect.Effect<Joined, E>
}) {
  const { roomId, follower, reader, join } = options
  let cursor = options.cursor
  let prelude: Prelude | undefined
  let rounds = 0
  while (true) {
    const joined = yield* join(cursor, prelude)
    if (follower.isExpelled) return yield* new RoomNotFound()
    if (joined._tag === "Live") {
      rounds = 0
      prelude = undefined
      yield* follower.lagging.await
      if (follower.isExpelled) return yield* new RoomNotFound()
      yield* follower.drained
      cursor = { log: joined.log, number: follower.number }
      continue
    }
    rounds++
    const gap = joined.head - (cursor?.number ?? 0)
    const reset = resetReason(joined.why, gap, rounds)
    if (joined.why === "NoCursor" || reset !== undefined || prelude !== undefined) {
      prelude = yield* reader.state(roomId, joined.head, cursor === undefined ? undefined : (reset ?? "CannotCatchUp"))
      continue
    }
    sayHello(follower, joined)
    let number: number = cursor?.number ?? 0
    while (number < joined.head) {
      const page = yield* reader.missed(roomId, number, joined.head)
      // No progress: the room is asked again, and after some rounds the newest state is the answer.
      if (page.cursor.number <= number) break
      follower.write(page.frames)
      number = page.cursor.number
      if (follower.isExpelled) break
      yield* follower.drained
    }
    cursor = { log: joined.log, number }
  }
})

const resetReason = (why: "NoCursor" | "OtherLog" | "PastHead" | "Gap", gap: number, rounds: number) => {
  if (why === "OtherLog" || why === "PastHead") return why satisfies ResetReason
  if (why === "NoCursor") return undefined
  if (gap > maxReplay) return "TooOld" satisfies ResetReason
  return rounds > maxRounds ? ("CannotCatchUp" satisfies ResetReason) : undefined
}
