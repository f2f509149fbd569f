import { Rooms } from "@messenger/chat/Rooms"
import { Inboxes } from "@messenger/chat/Inboxes"
import { RoomId } from "@messenger/protocol/Room"
import { LogId } from "@messenger/protocol/Cursor"
import type { Cursor } from "@messenger/protocol/Cursor"
import { SupervisionTree } from "@messenger/otp/SupervisionTree"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { TestClock } from "effect/testing"
import { freshKey, layer, lobby, person, Reader } from "./Server.ts"

const follow = (name: string, reader: Reader, cursor?: Cursor) =>
  Effect.gen(function* () {
    const rooms = yield* Rooms
    const fiber = yield* Effect.forkChild(rooms.follow(person(name), lobby, cursor, reader))
    yield* settle
    return fiber
  })

const post = (name: string, text: string, key = freshKey()) =>
  Effect.flatMap(Rooms, (rooms) => rooms.post(person(name), { roomId: lobby, key, text }))

/** Lets everything that can happen now happen, and presence be told. */
const settle = TestClock.adjust("60 millis")

describe("a room", () => {
  it.effect("gives a follower a hello, a snapshot and then every message in one order", () =>
    Effect.gen(function* () {
      yield* post("Ada", "before")
      const reader = new Reader()
      yield* follow("Ben", reader)
      yield* post("Ada", "one")
      yield* post("Cem", "two")
      expect(reader.tags.slice(0, 2)).toEqual(["Hello", "Snapshot"])
      expect(reader.texts).toEqual(["before", "one", "two"])
      expect(reader.view.messages.map(({ number }) => number)).toEqual([1, 2, 3])
    }).pipe(Effect.provide(layer))
  )

  it.effect("answers a key that is used again with its first result, and posts once", () =>
    Effect.gen(function* () {
      const key = freshKey()
      const first = yield* post("Ada", "once", key)
      const second = yield* post("Ada", "once", key)
      const reader = new Reader()
      yield* follow("Ben", reader)
      expect(second).toEqual(first)
      expect(reader.texts).toEqual(["once"])
    }).pipe(Effect.provide(layer))
  )

  it.effect("refuses a key that is used again with another text", () =>
    Effect.gen(function* () {
      const key = freshKey()
      yield* post("Ada", "once", key)
      const error = yield* Effect.flip(post("Ada", "other", key))
      expect(error._tag).toBe("IdempotencyKeyReused")
    }).pipe(Effect.provide(layer))
  )

  it.effect("resumes from a cursor without a gap and without a double", () =>
    Effect.gen(function* () {
      const { cursor } = yield* post("Ada", "seen")
      yield* post("Ada", "missed 1")
      yield* post("Ada", "missed 2")
      const reader = new Reader()
      yield* follow("Ben", reader, cursor)
      yield* post("Ada", "live")
      expect(reader.tags).not.toContain("Snapshot")
      expect(reader.texts).toEqual(["missed 1", "missed 2", "live"])
      expect(reader.view.cursor?.number).toBe(4)
    }).pipe(Effect.provide(layer))
  )

  it.effect("gives a follower that comes back to an empty room what it missed", () =>
    Effect.gen(function* () {
      const first = new Reader()
      const fiber = yield* follow("Ben", first)
      const { cursor } = yield* post("Ada", "seen")
      yield* post("Ada", "missed 1")
      yield* Fiber.interrupt(fiber)
      yield* settle
      yield* post("Ada", "missed 2")
      const reader = new Reader()
      yield* follow("Ben", reader, cursor)
      expect(reader.texts).toEqual(["missed 1", "missed 2"])
    }).pipe(Effect.provide(layer))
  )

  it.effect("that everybody left forgets its ring, not its messages", () =>
    Effect.gen(function* () {
      const fiber = yield* follow("Ben", new Reader())
      const { cursor } = yield* post("Ada", "seen")
      yield* post("Ada", "missed")
      yield* Fiber.interrupt(fiber)
      yield* settle
      const reader = new Reader()
      yield* follow("Ben", reader, cursor)
      expect(reader.texts).toEqual(["missed"])
    }).pipe(Effect.provide(layer))
  )

  it.effect("answers a cursor of another log, or past the head, with a reset", () =>
    Effect.gen(function* () {
      const { cursor } = yield* post("Ada", "one")
      const other = new Reader()
      yield* follow("Ben", other, { ...cursor, log: LogId.make("elsewhere") })
      const past = new Reader()
      yield* follow("Cem", past, { ...cursor, number: 99 })
      expect(other.frames.find(({ _tag }) => _tag === "Reset")).toMatchObject({ reason: "OtherLog" })
      expect(past.frames.find(({ _tag }) => _tag === "Reset")).toMatchObject({ reason: "PastHead" })
      expect(past.texts).toEqual(["one"])
    }).pipe(Effect.provide(layer))
  )

  it.effect("tells who is here, once for all who come within 50 ms, and forgets who has gone", () =>
    Effect.gen(function* () {
      const reader = new Reader()
      yield* follow("Ada", reader)
      const ben = yield* follow("Ben", new Reader())
      expect([...reader.view.people.keys()].toSorted()).toEqual(["ada", "ben"])
      yield* Fiber.interrupt(ben)
      yield* settle
      expect([...reader.view.people.keys()]).toEqual(["ada"])
    }).pipe(Effect.provide(layer))
  )

  it.effect("keeps a member present until their last connection closes", () =>
    Effect.gen(function* () {
      const reader = new Reader()
      yield* follow("Ada", reader)
      const phone = yield* follow("Ben", new Reader())
      yield* follow("Ben", new Reader())
      yield* Fiber.interrupt(phone)
      yield* settle
      expect(reader.view.people.has(person("Ben").user.id)).toBe(true)
    }).pipe(Effect.provide(layer))
  )

  it.effect("shows away who is idle on every connection, and online as soon as one is not", () =>
    Effect.gen(function* () {
      const rooms = yield* Rooms
      const inboxes = yield* Inboxes
      const reader = new Reader()
      yield* follow("Ada", reader)
      const phone = person("Ben")
      const laptop = person("Ben")
      yield* Effect.forkChild(rooms.follow(phone, lobby, undefined, new Reader()))
      yield* Effect.forkChild(rooms.follow(laptop, lobby, undefined, new Reader()))
      yield* settle
      yield* inboxes.setIdle(phone, true)
      yield* settle
      expect(reader.view.people.get(phone.user.id)?.status).toBe("online")
      yield* inboxes.setIdle(laptop, true)
      yield* settle
      expect(reader.view.people.get(phone.user.id)?.status).toBe("away")
      yield* inboxes.setIdle(phone, false)
      yield* settle
      expect(reader.view.people.get(phone.user.id)?.status).toBe("online")
    }).pipe(Effect.provide(layer))
  )

  it.effect("stops writing to a reader that has no room, and resumes it from where it stood when it has drained", () =>
    Effect.gen(function* () {
      const slow = new Reader()
      const quick = new Reader()
      yield* follow("Ada", slow)
      yield* follow("Ben", quick)
      slow.stick()
      yield* post("Cem", "taken")
      const before = slow.frames.length
      for (let number = 0; number < 20; number++) yield* post("Cem", `missed ${number}`)
      expect(slow.frames.length).toBe(before)
      expect(quick.texts.length).toBe(21)
      slow.flow()
      yield* settle
      expect(slow.texts).toEqual(quick.texts)
      expect(slow.view.people.size).toBe(2)
    }).pipe(Effect.provide(layer))
  )

  it.effect("that crashes is restarted, loses nothing, and its followers notice nothing", () =>
    Effect.gen(function* () {
      const tree = yield* SupervisionTree
      const reader = new Reader()
      const fiber = yield* follow("Ada", reader)
      yield* post("Ben", "before")
      yield* tree.killChild("root/chat/rooms/lobby/room")
      yield* settle
      yield* post("Ben", "after")
      expect(reader.texts).toEqual(["before", "after"])
      expect(reader.tags.filter((tag) => tag === "Hello").length).toBe(2)
      expect(reader.view.people.size).toBe(1)
      expect(fiber.pollUnsafe()).toBeUndefined()
    }).pipe(Effect.provide(layer))
  )

  it.effect("that crashes as somebody leaves shows nobody who is gone", () =>
    Effect.gen(function* () {
      const tree = yield* SupervisionTree
      const reader = new Reader()
      yield* follow("Ada", reader)
      const leaving = yield* follow("Ben", new Reader())
      expect(reader.view.people.size).toBe(2)
      yield* Fiber.interrupt(leaving)
      yield* tree.killChild("root/chat/rooms/lobby/room")
      yield* settle
      expect([...reader.view.people.values()].map(({ user }) => user.name)).toEqual(["Ada"])
      expect(reader.view.presentCount).toBe(1)
    }).pipe(Effect.provide(layer))
  )

  it.effect("lets its author edit and delete a message, as whole rows with a greater change number", () =>
    Effect.gen(function* () {
      const rooms = yield* Rooms
      const reader = new Reader()
      yield* follow("Ben", reader)
      const { number } = yield* post("Ada", "frist")
      const edited = yield* rooms.edit(person("Ada"), {
        roomId: lobby,
        key: freshKey(),
        number,
        change: 1,
        text: "first"
      })
      expect(reader.view.messages).toMatchObject([{ number: 1, change: 2, text: "first" }])
      expect(edited.number).toBe(1)
      const stale = yield* Effect.flip(
        rooms.edit(person("Ada"), { roomId: lobby, key: freshKey(), number, change: 1, text: "1st" })
      )
      expect(stale).toMatchObject({ _tag: "EditConflict", change: 2 })
      const foreign = yield* Effect.flip(rooms.remove(person("Ben"), { roomId: lobby, key: freshKey(), number }))
      expect(foreign._tag).toBe("NotYourMessage")
      yield* rooms.remove(person("Ada"), { roomId: lobby, key: freshKey(), number })
      expect(reader.view.messages).toMatchObject([{ number: 1, change: 3, text: "", state: "Deleted" }])
      const gone = yield* Effect.flip(rooms.remove(person("Ada"), { roomId: lobby, key: freshKey(), number }))
      expect(gone._tag).toBe("MessageNotFound")
    }).pipe(Effect.provide(layer))
  )

  it.effect("may be called by an emoji alone, and has a link all the same", () =>
    Effect.gen(function* () {
      const rooms = yield* Rooms
      const room = yield* rooms.create(person("Ada"), { name: " 🎉 ", isPrivate: false })
      expect(room).toMatchObject({ name: "🎉", slug: expect.stringMatching(/^room-[0-9a-f]{8}$/) })
    }).pipe(Effect.provide(layer))
  )

  it.effect("that does not exist is not found, and nothing is started for it", () =>
    Effect.gen(function* () {
      const rooms = yield* Rooms
      const nowhere = RoomId.make("nowhere")
      const asker = person("Ada")
      const posted = yield* Effect.flip(rooms.post(asker, { roomId: nowhere, key: freshKey(), text: "hi" }))
      const followed = yield* Effect.flip(rooms.follow(asker, nowhere, undefined, new Reader()))
      expect([posted._tag, followed._tag]).toEqual(["RoomNotFound", "RoomNotFound"])
    }).pipe(Effect.provide(layer))
  )

  it.effect("answers a burst with when to come back, but a known key with its first result", () =>
    Effect.gen(function* () {
      const key = freshKey()
      const first = yield* post("Ada", "first", key)
      for (let number = 1; number < 30; number++) yield* post("Ada", `more ${number}`)
      const limited = yield* Effect.flip(post("Ada", "too many"))
      expect(limited).toMatchObject({ _tag: "RateLimited" })
      expect(yield* post("Ada", "first", key)).toEqual(first)
    }).pipe(Effect.provide(layer))
  )
})
