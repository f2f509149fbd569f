import { Faults } from "@messenger/chat/Faults"
import { Rooms } from "@messenger/chat/Rooms"
import { SupervisionTree } from "@messenger/otp/SupervisionTree"
import type { Cursor } from "@messenger/protocol/Cursor"
import type { RoomId } from "@messenger/protocol/Room"
import { MessageLog } from "@messenger/storage/MessageLog"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Exit, Fiber, Layer } from "effect"
import { TestClock } from "effect/testing"
import { freshKey, lobby, over, person, Reader } from "./Server.ts"
import * as Storage from "./Storage.ts"

const layer = over(Storage.layer)

const settle = TestClock.adjust("60 millis")

const follow = (name: string, reader: Reader, cursor?: Cursor, room: RoomId = lobby) =>
  Effect.gen(function* () {
    const rooms = yield* Rooms
    const fiber = yield* Effect.forkChild(rooms.follow(person(name), room, cursor, reader))
    yield* settle
    return fiber
  })

const post = (name: string, text: string, key = freshKey()) =>
  Effect.flatMap(Rooms, (rooms) => rooms.post(person(name), { roomId: lobby, key, text }))

/** Posts and does not wait for the answer. */
const posting = (name: string, text: string, key = freshKey()) =>
  Effect.tap(Effect.forkChild(post(name, text, key)), () => Effect.yieldNow)

const killRoom = Effect.flatMap(SupervisionTree, (tree) => tree.killChild("root/chat/rooms/lobby/room"))

/** Kills it more often than its restart intensity allows. */
const killRoomForGood = Effect.andThen(Effect.repeat(Effect.andThen(killRoom, settle), { times: 4 }), killRoom)

describe("a batch in flight", () => {
  it.effect("collects what is posted meanwhile, and the next commit carries all of it", () =>
    Effect.gen(function* () {
      const hand = yield* Storage.Hand
      yield* post("Ada", "first")
      hand.hold()
      const fibers = []
      for (let number = 0; number < 10; number++) fibers.push(yield* posting("Ada", `more ${number}`))
      yield* settle
      hand.release()
      for (const fiber of fibers) yield* Fiber.join(fiber)
      expect(hand.batches).toEqual([1, 1, 9])
    }).pipe(Effect.provide(layer))
  )

  it.effect("reaches one who follows while it is being written, exactly once", () =>
    Effect.gen(function* () {
      const hand = yield* Storage.Hand
      yield* post("Ada", "before")
      hand.hold()
      const fiber = yield* posting("Ada", "in flight")
      const reader = new Reader()
      yield* follow("Ben", reader)
      expect(reader.texts).toEqual(["before"])
      hand.release()
      yield* Fiber.join(fiber)
      expect(reader.texts).toEqual(["before", "in flight"])
      const told = reader.frames.flatMap((frame) => (frame._tag === "Changes" ? frame.changes : []))
      expect(told.length).toBe(1)
    }).pipe(Effect.provide(layer))
  )

  it.effect("lets followers come, go and type while the disk is slow", () =>
    Effect.gen(function* () {
      const rooms = yield* Rooms
      const hand = yield* Storage.Hand
      const ada = person("Ada")
      const reader = new Reader()
      yield* post("Ben", "before")
      yield* Effect.forkChild(rooms.follow(ada, lobby, undefined, reader))
      yield* settle
      hand.hold()
      yield* posting("Ben", "slow")
      const cem = yield* follow("Cem", new Reader())
      yield* rooms.setTyping(ada, lobby, true)
      yield* settle
      expect(reader.view.people.size).toBe(2)
      expect(reader.view.typing.has(ada.user.id)).toBe(true)
      yield* Fiber.interrupt(cem)
      yield* settle
      expect(reader.view.people.size).toBe(1)
      hand.release()
    }).pipe(Effect.provide(layer))
  )
})

describe("a commit whose outcome is lost", () => {
  it.effect("is answered as posted when it had been written, once", () =>
    Effect.gen(function* () {
      const hand = yield* Storage.Hand
      const reader = new Reader()
      yield* follow("Ben", reader)
      hand.mishap = "writtenAndLost"
      const receipt = yield* post("Ada", "written")
      yield* post("Ada", "next")
      expect(receipt.number).toBe(1)
      expect(reader.texts).toEqual(["written", "next"])
    }).pipe(Effect.provide(layer))
  )

  it.effect("is numbered anew when it had not been written", () =>
    Effect.gen(function* () {
      const hand = yield* Storage.Hand
      const reader = new Reader()
      yield* follow("Ben", reader)
      hand.mishap = "lost"
      const receipt = yield* post("Ada", "written late")
      expect(receipt.number).toBe(1)
      expect(reader.texts).toEqual(["written late"])
    }).pipe(Effect.provide(layer))
  )
})

describe("a database that is away", () => {
  it.effect("is told to those who post, spends no restart, and what they send again is posted once", () =>
    Effect.gen(function* () {
      const hand = yield* Storage.Hand
      const tree = yield* SupervisionTree
      const key = freshKey()
      yield* post("Ada", "before")
      hand.mishap = "away"
      for (let attempt = 0; attempt < 10; attempt++) {
        const error = yield* Effect.flip(post("Ada", "weather", key))
        expect(error._tag).toBe("StorageUnavailable")
      }
      hand.mishap = "none"
      const { number } = yield* post("Ada", "weather", key)
      expect(number).toBe(2)
      const room = (yield* tree.snapshot()).entries.find(({ path }) => path === "root/chat/rooms/lobby/room")
      expect(room?.restarts).toBe(0)
    }).pipe(Effect.provide(layer))
  )
})

describe("a stale owner that wakes up", () => {
  it.effect("is fenced, writes nothing, and the room goes on under the new epoch", () =>
    Effect.gen(function* () {
      const log = yield* MessageLog
      const reader = new Reader()
      yield* follow("Ben", reader)
      yield* post("Ada", "mine")
      // Another node starts the room: this owner does not know it yet.
      yield* log.commit([{ _tag: "Open", roomId: lobby }])
      const after = yield* posting("Ada", "after")
      yield* TestClock.adjust("1 second")
      yield* Fiber.join(after)
      expect(reader.texts).toEqual(["mine", "after"])
      expect(reader.view.epoch).toBe(3)
      const page = yield* log.changesAfter(lobby, 0, 65_536)
      expect(page).toMatchObject({ value: { head: 2 } })
    }).pipe(Effect.provide(layer))
  )
})

describe("an edit during catch-up", () => {
  it.effect("wins over the row that was read before it", () =>
    Effect.gen(function* () {
      const rooms = yield* Rooms
      const { cursor } = yield* post("Ada", "zero")
      for (let number = 1; number < 29; number++) yield* post("Ada", `${number} ${"x".repeat(3_900)}`)
      yield* killRoom
      const reader = new Reader()
      reader.stick()
      yield* follow("Ben", reader, cursor)
      yield* rooms.edit(person("Ada"), { roomId: lobby, key: freshKey(), number: 2, change: 2, text: "edited" })
      reader.flow()
      yield* settle
      expect(reader.view.messages.find(({ number }) => number === 2)?.text).toBe("edited")
      expect(reader.view.cursor?.number).toBe(30)
      expect(reader.texts.length).toBe(28)
    }).pipe(Effect.provide(layer))
  )
})

describe("two changes of one message at one time", () => {
  it.effect("are decided one after the other", () =>
    Effect.gen(function* () {
      const rooms = yield* Rooms
      const hand = yield* Storage.Hand
      const ada = person("Ada")
      const { number } = yield* post("Ada", "text")
      hand.hold()
      const remove = () =>
        Effect.forkChild(Effect.result(rooms.remove(ada, { roomId: lobby, key: freshKey(), number })))
      const first = yield* remove()
      const second = yield* remove()
      const edit = yield* Effect.forkChild(
        Effect.result(rooms.edit(ada, { roomId: lobby, key: freshKey(), number, change: number, text: "late" }))
      )
      yield* settle
      hand.release()
      yield* TestClock.adjust("1 second")
      expect(yield* Fiber.join(first)).toMatchObject({ _tag: "Success", success: { number: 1 } })
      expect(yield* Fiber.join(second)).toMatchObject({ _tag: "Failure", failure: { _tag: "MessageNotFound" } })
      expect(yield* Fiber.join(edit)).toMatchObject({ _tag: "Failure", failure: { _tag: "MessageNotFound" } })
    }).pipe(Effect.provide(layer))
  )
})

describe("a reader that is far behind", () => {
  it.effect("is given pages of the log, each when the last has drained, and then goes live", () =>
    Effect.gen(function* () {
      const { cursor } = yield* post("Ada", "zero")
      for (let number = 1; number < 30; number++) yield* post(`Ada${number}`, "y".repeat(3_900))
      yield* killRoom
      const reader = new Reader()
      yield* follow("Ben", reader, cursor)
      const pages = reader.frames.filter(({ _tag }) => _tag === "Changes")
      expect(pages.length).toBeGreaterThan(1)
      expect(reader.tags[0]).toBe("Hello")
      yield* post("Cem", "live")
      expect(reader.texts.at(-1)).toBe("live")
      expect(reader.texts.length).toBe(30)
    }).pipe(Effect.provide(layer))
  )
})

describe("a room that crashes", () => {
  it.effect("leaves commands that it had not taken to its next incarnation, and others are answered by repeating", () =>
    Effect.gen(function* () {
      const hand = yield* Storage.Hand
      const reader = new Reader()
      yield* follow("Ben", reader)
      hand.hold()
      const first = yield* posting("Ada", "in flight")
      const second = yield* posting("Ada", "waiting")
      yield* settle
      yield* killRoom
      hand.release()
      yield* TestClock.adjust("1 second")
      yield* Fiber.join(first)
      yield* Fiber.join(second)
      expect(reader.texts.toSorted()).toEqual(["in flight", "waiting"])
      expect(reader.view.messages.map(({ number }) => number)).toEqual([1, 2])
    }).pipe(Effect.provide(layer))
  )

  it.effect(
    "more often than it may is quarantined: its callers are told when to come back, others notice nothing",
    () =>
      Effect.gen(function* () {
        const rooms = yield* Rooms
        const reader = new Reader()
        const follower = yield* follow("Ben", reader)
        yield* post("Ada", "before")
        yield* killRoomForGood
        yield* settle
        const error = yield* Effect.flip(post("Ada", "resting"))
        expect(error._tag).toBe("RoomUnavailable")
        const ended = yield* Fiber.await(follower)
        expect(Exit.isFailure(ended)).toBe(true)
        const room = yield* rooms.create(person("Ada"), { name: "elsewhere", isPrivate: false })
        yield* rooms.post(person("Ada"), { roomId: room.id, key: freshKey(), text: "all is well" })
        yield* TestClock.adjust("2 seconds")
        yield* post("Ada", "rested")
        const late = new Reader()
        yield* follow("Cem", late)
        expect(late.texts).toEqual(["before", "rested"])
      }).pipe(Effect.provide(layer))
  )
})

describe("a poison message", () => {
  const poisoned = Layer.succeed(Faults, {
    beforeNumbering: (_: RoomId, texts: ReadonlyArray<string>) => {
      if (texts.includes("poison")) throw new Error("poisoned")
    }
  })

  it.effect("is refused for good and costs its neighbours nothing", () =>
    Effect.gen(function* () {
      const hand = yield* Storage.Hand
      const reader = new Reader()
      const follower = yield* follow("Ben", reader)
      yield* post("Ada", "before")
      hand.hold()
      const key = freshKey()
      const neighbours = [yield* posting("Cem", "left")]
      const poison = yield* Effect.forkChild(Effect.flip(post("Eve", "poison", key)))
      neighbours.push(yield* posting("Dan", "right"))
      yield* settle
      hand.release()
      yield* TestClock.adjust("5 seconds")
      for (const neighbour of neighbours) yield* Fiber.join(neighbour)
      expect((yield* Fiber.join(poison))._tag).toBe("CommandRejected")
      expect((yield* Effect.flip(post("Eve", "poison", key)))._tag).toBe("CommandRejected")
      expect(reader.texts.toSorted()).toEqual(["before", "left", "right"])
      expect(follower.pollUnsafe()).toBeUndefined()
    }).pipe(Effect.provide(layer.pipe(Layer.provide(poisoned))))
  )
})
