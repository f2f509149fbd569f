// What every log keeps, whatever database it lies in: numbers, keys, the fence, and outcomes room by room.
import { RoomId } from "@messenger/protocol/Room"
import type { Ports } from "@messenger/storage/Ports"
import { MessageLog } from "@messenger/storage/MessageLog"
import { expect } from "@effect/vitest"
import type { Vitest } from "@effect/vitest"
import { Effect } from "effect"
import {
  append,
  commitOne,
  edit,
  makeGuest,
  newKey,
  openRoom,
  post,
  postAs,
  readAll,
  remove,
  startRoom,
  write
} from "./world.ts"

export const logContract = (it: Vitest.MethodsNonLive<Ports>): void => {
  it.effect("a new room opens at epoch 1, head 0, with a log of its own", () =>
    Effect.gen(function* () {
      const one = yield* startRoom
      const other = yield* startRoom
      expect(one).toMatchObject({ epoch: 1, head: 0, lastMessage: 0, room: { id: one.roomId, change: 0 } })
      expect(one.log).not.toBe(other.log)
    })
  )

  it.effect("opening raises the epoch and keeps log, head and newest message", () =>
    Effect.gen(function* () {
      const owner = yield* startRoom
      yield* write(owner, post(owner.author, "one"), post(owner.author, "two"), edit(owner.author, 1, "first"))
      const again = yield* openRoom(owner.roomId)
      expect(again).toMatchObject({ epoch: 2, head: 3, lastMessage: 2, log: owner.log })
    })
  )

  it.effect("a commit answers every room in order, whatever became of the others", () =>
    Effect.gen(function* () {
      const log = yield* MessageLog
      const [one, two, three] = [yield* startRoom, yield* startRoom, yield* startRoom]
      const outcomes = yield* log.commit([
        append(two, post(two.author, "a"), post(two.author, "b")),
        { _tag: "Open", roomId: three.roomId },
        append({ ...one, epoch: 0 }, post(one.author, "stale")),
        { _tag: "Open", roomId: RoomId.make("nowhere") },
        append({ roomId: RoomId.make("nowhere-either"), epoch: 1, head: 0 }, post(one.author, "lost"))
      ])
      expect(outcomes).toMatchObject([
        { _tag: "Appended", head: 2 },
        { _tag: "Opened", epoch: 2 },
        { _tag: "Fenced" },
        { _tag: "NoSuchRoom" },
        { _tag: "NoSuchRoom" }
      ])
    })
  )

  it.effect("an empty commit does nothing", () =>
    Effect.gen(function* () {
      const log = yield* MessageLog
      expect(yield* log.commit([])).toEqual([])
    })
  )

  it.effect("a room whose rows are bad is refused and costs the others nothing", () =>
    Effect.gen(function* () {
      const log = yield* MessageLog
      const [one, two, three, four] = [yield* startRoom, yield* startRoom, yield* startRoom, yield* startRoom]
      const outcomes = yield* log.commit([
        append(one, post(one.author, "before")),
        append(two, post(two.author, "good"), post(two.author, "a\u0000b")),
        append(three, post(three.author, "good"), edit(three.author, 7, "of nothing")),
        append(four, post(four.author, "after"))
      ])
      expect(outcomes.map(({ _tag }) => _tag)).toEqual(["Appended", "Refused", "Refused", "Appended"])
      expect(yield* openRoom(two.roomId)).toMatchObject({ head: 0, lastMessage: 0 })
      expect((yield* readAll(four.roomId)).flatMap(({ messages }) => messages)).toMatchObject([{ text: "after" }])
    })
  )

  it.effect("an alias that no database can hold is refused with its room alone", () =>
    Effect.gen(function* () {
      const log = yield* MessageLog
      const [one, two, three] = [yield* startRoom, yield* startRoom, yield* startRoom]
      const outcomes = yield* log.commit([
        append(one, postAs(one.author, "one", { name: "a\u0000b" })),
        append(two, postAs(two.author, "two", { name: "CI", emoji: "\u0000" })),
        append(three, postAs(three.author, "three", { name: "CI", emoji: "🚀" }))
      ])
      expect(outcomes.map(({ _tag }) => _tag)).toEqual(["Refused", "Refused", "Appended"])
    })
  )

  it.effect("numbers that leave a gap are refused", () =>
    Effect.gen(function* () {
      const owner = yield* startRoom
      const request = append(owner, post(owner.author, "one"), post(owner.author, "two"))
      const outcome = yield* commitOne({ ...request, entries: request.entries.toReversed() })
      expect(outcome._tag).toBe("Refused")
    })
  )

  it.effect("a message that is deleted, or was never written, cannot be changed", () =>
    Effect.gen(function* () {
      const owner = yield* startRoom
      const { author } = owner
      const later = yield* write(owner, post(author, "one"), remove(author, 1))
      expect((yield* commitOne(append(later, edit(author, 1, "back again"))))._tag).toBe("Refused")
      expect((yield* commitOne(append(later, remove(author, 1))))._tag).toBe("Refused")
      expect((yield* commitOne(append(later, edit(author, 99, "from nowhere"))))._tag).toBe("Refused")
      expect((yield* commitOne(append(later, post(author, "x"), remove(author, 3), edit(author, 3, "y"))))._tag).toBe(
        "Refused"
      )
      expect((yield* commitOne(append(later, post(author, "goes on"))))._tag).toBe("Appended")
    })
  )

  it.effect("a key that is known answers its first result and writes nothing", () =>
    Effect.gen(function* () {
      const owner = yield* startRoom
      const { author, roomId } = owner
      const key = newKey()
      const later = yield* write(owner, post(author, "zero"), { ...post(author, "once", key), hash: "first" })
      const outcome = yield* commitOne(
        append(later, post(author, "new"), { ...post(author, "twice", key), hash: "second" })
      )
      expect(outcome).toEqual({
        _tag: "KeysKnown",
        known: [{ author, key, hash: "first", message: 2, change: 2, at: 10_002 }]
      })
      expect((yield* openRoom(roomId)).head).toBe(2)
    })
  )

  it.effect("a key of an edit or a deletion stands for the message it changed", () =>
    Effect.gen(function* () {
      const owner = yield* startRoom
      const { author, roomId } = owner
      const [editKey, removeKey] = [newKey(), newKey()]
      const log = yield* MessageLog
      yield* write(
        owner,
        post(author, "a"),
        { ...edit(author, 1, "b"), key: editKey },
        {
          ...remove(author, 1),
          key: removeKey
        }
      )
      const known = yield* log.keys(roomId, [
        { author, key: editKey },
        { author, key: newKey() },
        { author, key: removeKey }
      ])
      expect(known.toSorted((a, b) => a.change - b.change)).toMatchObject([
        { key: editKey, message: 1, change: 2 },
        { key: removeKey, message: 1, change: 3 }
      ])
      expect(yield* log.keys(roomId, [])).toEqual([])
    })
  )

  it.effect("the same key belongs to each room and each author apart", () =>
    Effect.gen(function* () {
      const log = yield* MessageLog
      const [one, two] = [yield* startRoom, yield* startRoom]
      const stranger = yield* makeGuest("Bo")
      const key = newKey()
      const outcomes = yield* log.commit([
        append(one, post(one.author, "one", key), post(stranger, "also one", key)),
        append(two, post(one.author, "two", key))
      ])
      expect(outcomes.map(({ _tag }) => _tag)).toEqual(["Appended", "Appended"])
    })
  )

  it.effect("a key twice in one append is refused", () =>
    Effect.gen(function* () {
      const owner = yield* startRoom
      const key = newKey()
      const outcome = yield* commitOne(append(owner, post(owner.author, "a", key), post(owner.author, "b", key)))
      expect(outcome._tag).toBe("Refused")
    })
  )

  it.effect("a stale owner that wakes up is fenced and writes nothing", () =>
    Effect.gen(function* () {
      const stale = yield* startRoom
      const owner = { ...stale, ...(yield* openRoom(stale.roomId)) }
      expect(yield* commitOne(append(stale, post(stale.author, "late")))).toEqual({ _tag: "Fenced" })
      yield* write(owner, post(owner.author, "by the owner"))
      expect(yield* commitOne(append(stale, post(stale.author, "later still")))).toEqual({ _tag: "Fenced" })
      const pages = yield* readAll(stale.roomId)
      expect(pages.flatMap(({ messages }) => messages)).toMatchObject([{ number: 1, text: "by the owner" }])
    })
  )

  it.effect("an owner whose numbers are not next is fenced, although the epoch is its own", () =>
    Effect.gen(function* () {
      const owner = yield* startRoom
      yield* write(owner, post(owner.author, "one"))
      expect(yield* commitOne(append(owner, post(owner.author, "one again")))).toEqual({ _tag: "Fenced" })
      expect(yield* commitOne(append({ ...owner, head: 5 }, post(owner.author, "far ahead")))).toEqual({
        _tag: "Fenced"
      })
    })
  )

  it.effect("owners that open at once get different epochs, and only the last may write", () =>
    Effect.gen(function* () {
      const first = yield* startRoom
      const opened = yield* Effect.all(
        Array.from({ length: 8 }, () => openRoom(first.roomId)),
        { concurrency: "unbounded" }
      )
      expect(opened.map(({ epoch }) => epoch).toSorted((a, b) => a - b)).toEqual([2, 3, 4, 5, 6, 7, 8, 9])
      const outcomes = yield* Effect.all(
        opened.map((owner) =>
          Effect.map(commitOne(append({ ...first, ...owner }, post(first.author, `by ${owner.epoch}`))), (outcome) => ({
            epoch: owner.epoch,
            tag: outcome._tag
          }))
        ),
        { concurrency: "unbounded" }
      )
      expect(outcomes.filter(({ tag }) => tag === "Appended")).toEqual([{ epoch: 9, tag: "Appended" }])
    })
  )
}
