import { Rooms } from "@messenger/chat/Rooms"
import type { Cursor } from "@messenger/protocol/Cursor"
import * as Memory from "@messenger/storage/Memory"
import { MessageLog } from "@messenger/storage/MessageLog"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer, Option } from "effect"
import { TestClock } from "effect/testing"
import { freshKey, layer, lobby, over, person, Reader } from "./Server.ts"

/** Writes messages with these numbers as their texts, past the room, which is not running yet. */
const write = Effect.fnUntraced(function* (upTo: number) {
  const log = yield* MessageLog
  const [opened] = yield* log.commit([{ _tag: "Open", roomId: lobby }])
  if (opened?._tag !== "Opened") throw new Error("the room is not there")
  const entries = Array.from({ length: upTo }, (_, index) => ({
    number: index + 1,
    author: person("Ada").user.id,
    key: freshKey(),
    hash: "hash",
    at: 0,
    change: { _tag: "Post" as const, text: `${index + 1}` }
  }))
  yield* log.commit([{ _tag: "Append", roomId: lobby, epoch: opened.epoch, head: 0, entries }])
  return opened.log
})

const follow = Effect.fnUntraced(function* (cursor: Cursor) {
  const rooms = yield* Rooms
  const reader = new Reader()
  yield* Effect.forkChild(rooms.follow(person("Ben"), lobby, cursor, reader))
  yield* TestClock.adjust("60 millis")
  return reader
})

/** What a reader was told of why its log does not go on. */
const resets = ({ frames }: Reader) => frames.flatMap((frame) => (frame._tag === "Reset" ? [frame.reason] : []))

describe("a follower that was away", () => {
  it.effect("is told two thousand changes one by one, and given the newest state in place of more", () =>
    Effect.gen(function* () {
      const log = yield* write(2_001)
      const inTime = yield* follow({ log, number: 1 })
      expect(resets(inTime)).toEqual([])
      expect(inTime.view.messages).toHaveLength(2_000)
      const tooLate = yield* follow({ log, number: 0 })
      expect(resets(tooLate)).toEqual(["TooOld"])
      expect(tooLate.texts.at(-1)).toBe("2001")
      expect(tooLate.view).toMatchObject({ hasOlder: true, cursor: { log, number: 2_001 } })
    }).pipe(Effect.provide(layer))
  )

  it.effect("is given the newest state when what it missed cannot be read up to where the room stands", () =>
    Effect.gen(function* () {
      const log = yield* write(60)
      const reader = yield* follow({ log, number: 10 })
      expect(resets(reader)).toEqual(["CannotCatchUp"])
      expect(reader.view).toMatchObject({ hasOlder: true, cursor: { log, number: 60 } })
      yield* (yield* Rooms).post(person("Ada"), { roomId: lobby, key: freshKey(), text: "61" })
      expect(reader.texts.at(-1)).toBe("61")
    }).pipe(
      Effect.provide(
        over(
          Layer.effect(
            MessageLog,
            Effect.map(MessageLog, (log) =>
              MessageLog.of({
                ...log,
                // A reader of the database that is behind its writer.
                changesAfter: (roomId, number, bytes) =>
                  Effect.map(
                    log.changesAfter(roomId, number, bytes),
                    Option.map(({ head, cursor: { log } }) => ({
                      head,
                      cursor: { log, number },
                      messages: [],
                      room: Option.none()
                    }))
                  )
              })
            )
          ).pipe(Layer.provideMerge(Memory.layer))
        )
      )
    )
  )
})
