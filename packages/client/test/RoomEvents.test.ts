import { expect, it } from "@effect/vitest"
import { LogId } from "@messenger/protocol/Cursor"
import type { Cursor } from "@messenger/protocol/Cursor"
import type { Message } from "@messenger/protocol/Message"
import type { RoomFrame } from "@messenger/protocol/RoomFeed"
import { Effect, Schema, Stream } from "effect"
import { describe } from "vitest"
import * as RoomEvents from "../src/RoomEvents.ts"
import { keyOf, userOf } from "./MemoryServer.ts"
import { Room } from "@messenger/protocol/Room"

const room = Schema.decodeUnknownSync(Room)({
  id: "lobby",
  slug: "lobby",
  name: "lobby",
  topic: "",
  isPrivate: false,
  change: 0
})
const at = (number: number, log = "log"): Cursor => ({ log: LogId.make(log), number })

/** A row: message `number`, last changed at `change`. */
const row = (number: number, change = number, state: Message["state"] = "Present"): Message => ({
  number,
  change,
  author: userOf("bob"),
  key: keyOf(`key of ${number}`),
  state,
  text: `${number} at ${change}`,
  at: 0,
  editedAt: null
})
const changes = (upTo: number, ...rows: ReadonlyArray<Message>): RoomFrame => ({
  _tag: "Changes",
  cursor: at(upTo),
  changes: rows.map((message) => ({ _tag: "MessageChanged", message }))
})
const reset = (reason: "TooOld" | "OtherLog", cursor: Cursor): RoomFrame => ({
  _tag: "Reset",
  reason,
  cursor,
  state: { room, messages: [], hasOlder: true }
})

/** The events of frames, each as its case, its message and the number to go on after; `log` is what history has. */
const eventsOf = (from: number | undefined, frames: ReadonlyArray<RoomFrame>, log: ReadonlyArray<Message> = []) =>
  RoomEvents.stream({
    frames: Stream.fromIterable(frames),
    from: from === undefined ? undefined : at(from),
    pageAfter: (number) => {
      const newer = log.filter((message) => message.number > number)
      // Pages of two.
      return Effect.succeed({ messages: newer.slice(0, 2), cursor: at(0), hasOlder: true, hasNewer: newer.length > 2 })
    }
  }).pipe(
    Stream.map((event) => {
      const text = "message" in event ? event.message.text : ""
      return `${event._tag} ${text} (${event.cursor.number})`.replace("  ", " ")
    }),
    Stream.runCollect
  )

describe("the events of a room", () => {
  it.effect("begin after the snapshot, or after a cursor", () =>
    Effect.gen(function* () {
      const snapshot: RoomFrame = {
        _tag: "Snapshot",
        cursor: at(1),
        state: { room, messages: [row(1)], hasOlder: false }
      }
      expect(yield* eventsOf(undefined, [snapshot, changes(2, row(2))])).toEqual(["Posted 2 at 2 (2)"])
      expect(yield* eventsOf(1, [changes(3, row(2), row(3))])).toEqual(["Posted 2 at 2 (2)", "Posted 3 at 3 (3)"])
    })
  )

  it.effect("tell what was edited or deleted of what was told before", () =>
    Effect.gen(function* () {
      const frames = [
        changes(2, row(2)),
        changes(3, row(2, 3)),
        changes(4, row(1, 4)),
        changes(5, row(2, 5, "Deleted"))
      ]
      expect(yield* eventsOf(1, frames)).toEqual([
        "Posted 2 at 2 (2)",
        "Edited 2 at 3 (3)",
        "Edited 1 at 4 (4)",
        "Deleted 2 at 5 (5)"
      ])
    })
  )

  it.effect("tell a message that comes with its edit as posted, once, also pages later", () =>
    Effect.gen(function* () {
      // 2 was edited at 5 and again at 6; 3 was deleted at 7.
      const frames = [changes(4, row(4)), changes(6, row(2, 6)), changes(8, row(3, 7, "Deleted"), row(2, 8))]
      expect(yield* eventsOf(1, frames)).toEqual(["Posted 4 at 4 (4)", "Posted 2 at 6 (6)", "Edited 2 at 8 (8)"])
    })
  )

  it.effect("go on after a cursor that is too old with what was posted meanwhile, from history", () =>
    Effect.gen(function* () {
      const log = [row(1), row(3), row(4, 4, "Deleted"), row(5), row(6, 9), row(7), row(8)]
      // 8 was posted after the reset, and is in history already.
      const frames = [changes(1, row(1)), reset("TooOld", at(7)), changes(8, row(8)), changes(9, row(6, 9))]
      expect(yield* eventsOf(0, frames, log)).toEqual([
        "Posted 1 at 1 (1)",
        "Reset (1)",
        "Posted 3 at 3 (3)",
        "Posted 5 at 5 (5)",
        "Posted 6 at 9 (6)",
        "Posted 7 at 7 (7)",
        "Posted 8 at 8 (8)",
        "Edited 6 at 9 (9)"
      ])
    })
  )

  it.effect("tell the room's new name, and pass over changes that this client does not know", () =>
    Effect.gen(function* () {
      const frames: ReadonlyArray<RoomFrame> = [
        {
          _tag: "Changes",
          cursor: at(4),
          changes: [
            { _tag: "Unknown", tag: "PollOpened" },
            { _tag: "RoomChanged", room: { ...room, name: "tea", change: 3 } },
            { _tag: "MessageChanged", message: row(4) }
          ]
        },
        { _tag: "Changes", cursor: at(5), changes: [{ _tag: "Unknown", tag: "PollClosed" }] },
        changes(6, row(6))
      ]
      expect(yield* eventsOf(1, frames)).toEqual(["RoomChanged (3)", "Posted 4 at 4 (4)", "Posted 6 at 6 (6)"])
    })
  )

  it.effect("forget which messages are still to come when ten thousand later ones are", () =>
    Effect.gen(function* () {
      // 2 to 8,999 and 9,001 to 17,999 did not arrive: they were edited later.
      const frames = [
        changes(9_000, row(9_000)),
        changes(18_000, row(18_000)),
        changes(18_002, row(3, 18_001), row(9_500, 18_002))
      ]
      expect(yield* eventsOf(1, frames)).toEqual([
        "Posted 9000 at 9000 (9000)",
        "Posted 18000 at 18000 (18000)",
        "Edited 3 at 18001 (18001)",
        "Posted 9500 at 18002 (18002)"
      ])
    })
  )

  it.effect("go on after a cursor that is too old when nothing is left of what was posted meanwhile", () =>
    Effect.gen(function* () {
      expect(yield* eventsOf(3, [reset("TooOld", at(9)), changes(10, row(10))])).toEqual([
        "Reset (3)",
        "Posted 10 at 10 (10)"
      ])
    })
  )

  it.effect("are messages to who wants to hear of posts alone", () =>
    Effect.gen(function* () {
      const posted = RoomEvents.messages(
        RoomEvents.stream({
          frames: Stream.fromIterable([changes(2, row(2)), changes(3, row(2, 3)), changes(4, row(4))]),
          from: at(1),
          pageAfter: () => Effect.die("nothing is to be read")
        })
      )
      const read = yield* Stream.runCollect(posted)
      expect(read.map(({ number, cursor }) => [number, cursor.number])).toEqual([
        [2, 2],
        [4, 4]
      ])
    })
  )

  it.effect("begin anew in a log that goes on from a backup", () =>
    Effect.gen(function* () {
      const frames = [reset("OtherLog", at(4, "other")), changes(5, row(5))]
      expect(yield* eventsOf(9, frames, [row(5)])).toEqual(["Reset (4)", "Posted 5 at 5 (5)"])
    })
  )
})
