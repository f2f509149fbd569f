// What reaches somebody, and what is taken of them, while they lose a room or a session in the middle of things.
import { Accounts } from "@messenger/chat/Accounts"
import { MemberDirectory } from "@messenger/chat/MemberDirectory"
import { Members } from "@messenger/chat/Members"
import { Rooms } from "@messenger/chat/Rooms"
import type { Asker } from "@messenger/chat/Rooms"
import { SupervisionTree } from "@messenger/otp/SupervisionTree"
import type { Cursor } from "@messenger/protocol/Cursor"
import type { RoomId } from "@messenger/protocol/Room"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Exit, Fiber } from "effect"
import { TestClock } from "effect/testing"
import { freshKey, lobby, over, Reader } from "./Server.ts"
import * as Storage from "./Storage.ts"
import { Browser, member } from "./Visitors.ts"

const layer = over(Storage.layer)

const settle = TestClock.adjust("60 millis")

const follow = Effect.fnUntraced(function* (asker: Asker, roomId: RoomId, reader: Reader, cursor?: Cursor) {
  const rooms = yield* Rooms
  const fiber = yield* Effect.forkChild(rooms.follow(asker, roomId, cursor, reader))
  yield* settle
  return fiber
})

const post = (asker: Asker, roomId: RoomId, text: string, key = freshKey()) =>
  Effect.flatMap(Rooms, (rooms) => rooms.post(asker, { roomId, key, text }))

/** Posts and does not wait for the answer. */
const posting = (asker: Asker, roomId: RoomId, text: string, key = freshKey()) =>
  Effect.tap(Effect.forkChild(Effect.result(post(asker, roomId, text, key))), () => Effect.yieldNow)

/** A private room of Ada's, with Ben in it. */
const roomOfTwo = Effect.gen(function* () {
  const members = yield* Members
  const rooms = yield* Rooms
  const ada = yield* member("ada")
  const ben = yield* member("ben")
  const room = yield* rooms.create(ada.asker, { name: "Secret plans", isPrivate: true })
  yield* members.add(ada.asker, room.id, { _tag: "Id", id: ben.asker.user.id })
  return { ada: ada.asker, ben: ben.asker, roomId: room.id }
})

const remove = (asker: Asker, roomId: RoomId, who: Asker) =>
  Effect.flatMap(Members, (members) => members.remove(asker, roomId, who.user.id))

describe("a member who is removed in the middle of a stream of posts", () => {
  it.effect("is written nothing from the step on in which the removal is said", () =>
    Effect.gen(function* () {
      const hand = yield* Storage.Hand
      const directory = yield* MemberDirectory
      const { ada, ben, roomId } = yield* roomOfTwo
      const readers = { ada: new Reader(), ben: new Reader() }
      yield* follow(ada, roomId, readers.ada)
      const fiber = yield* follow(ben, roomId, readers.ben)
      let framesAtRemoval = -1
      directory.onChange(({ role }) => {
        if (role === null) framesAtRemoval = readers.ben.frames.length
      })
      const posts = []
      for (let number = 0; number < 20; number++) {
        if (number === 9) hand.hold()
        posts.push(yield* posting(ada, roomId, `${number}`))
        if (number === 14) yield* Effect.forkChild(remove(ada, roomId, ben))
        if (number === 18) hand.release()
        if (number % 3 === 0) yield* settle
      }
      for (const each of posts) yield* Fiber.join(each)
      yield* settle
      expect(readers.ada.texts.length).toBe(20)
      expect(framesAtRemoval).toBeGreaterThan(2)
      expect(readers.ben.frames.length).toBe(framesAtRemoval)
      expect(Exit.isFailure(yield* Fiber.await(fiber))).toBe(true)
    }).pipe(Effect.provide(layer))
  )

  it.effect("has what was on its way posted, what waited refused, and a key that is known answered all the same", () =>
    Effect.gen(function* () {
      const hand = yield* Storage.Hand
      const { ada, ben, roomId } = yield* roomOfTwo
      yield* post(ada, roomId, "first")
      hand.hold()
      const keys = { flying: freshKey(), waiting: freshKey() }
      const flying = yield* posting(ben, roomId, "flying", keys.flying)
      const waiting = yield* posting(ben, roomId, "waiting", keys.waiting)
      yield* remove(ada, roomId, ben)
      hand.release()
      yield* settle
      const landed = yield* Fiber.join(flying)
      expect(landed).toMatchObject({ _tag: "Success", success: { number: 2 } })
      expect(yield* Fiber.join(waiting)).toMatchObject({ _tag: "Failure", failure: { _tag: "RoomNotFound" } })
      expect(yield* Effect.result(post(ben, roomId, "flying", keys.flying))).toEqual(landed)
      const again = yield* Effect.flip(post(ben, roomId, "waiting", keys.waiting))
      expect(again._tag).toBe("RoomNotFound")
    }).pipe(Effect.provide(layer))
  )

  it.effect("is answered a key that only the log remembers", () =>
    Effect.gen(function* () {
      const tree = yield* SupervisionTree
      const { ada, ben, roomId } = yield* roomOfTwo
      const key = freshKey()
      const first = yield* post(ben, roomId, "before", key)
      yield* remove(ada, roomId, ben)
      yield* tree.killChild(`root/chat/rooms/${roomId}/room`)
      yield* settle
      expect(yield* post(ben, roomId, "before", key)).toEqual(first)
      expect((yield* Effect.flip(post(ben, roomId, "another text", key)))._tag).toBe("IdempotencyKeyReused")
    }).pipe(Effect.provide(layer))
  )

  it.effect("has a post whose commit was lost refused, when it had not been written", () =>
    Effect.gen(function* () {
      const hand = yield* Storage.Hand
      const { ada, ben, roomId } = yield* roomOfTwo
      yield* post(ada, roomId, "first")
      hand.hold()
      const lost = yield* posting(ben, roomId, "lost")
      hand.mishap = "lost"
      yield* remove(ada, roomId, ben)
      hand.release()
      yield* TestClock.adjust("1 second")
      expect(yield* Fiber.join(lost)).toMatchObject({ _tag: "Failure", failure: { _tag: "RoomNotFound" } })
      const { number } = yield* post(ada, roomId, "second")
      expect(number).toBe(2)
    }).pipe(Effect.provide(layer))
  )

  it.effect("while catching up, or behind with reading, is written nothing more either", () =>
    Effect.gen(function* () {
      const tree = yield* SupervisionTree
      const { ada, ben, roomId } = yield* roomOfTwo
      const { cursor } = yield* post(ada, roomId, "zero")
      for (let number = 1; number < 30; number++) yield* post(ada, roomId, `${number} ${"x".repeat(3_900)}`)
      yield* tree.killChild(`root/chat/rooms/${roomId}/room`)
      const reader = new Reader()
      reader.stick()
      const fiber = yield* follow(ben, roomId, reader, cursor)
      const frames = reader.frames.length
      expect(frames).toBeGreaterThan(0)
      yield* remove(ada, roomId, ben)
      reader.flow()
      yield* settle
      expect(reader.frames.length).toBe(frames)
      expect(Exit.isFailure(yield* Fiber.await(fiber))).toBe(true)
    }).pipe(Effect.provide(layer))
  )

  it.effect("and follows at that moment is not let in by a room that comes to it later", () =>
    Effect.gen(function* () {
      const hand = yield* Storage.Hand
      const rooms = yield* Rooms
      const { ada, ben, roomId } = yield* roomOfTwo
      // The room is not started: its start waits for the database while the follow waits for the room.
      hand.hold()
      const reader = new Reader()
      const fiber = yield* Effect.forkChild(Effect.flip(rooms.follow(ben, roomId, undefined, reader)))
      yield* settle
      yield* remove(ada, roomId, ben)
      hand.release()
      yield* settle
      expect((yield* Fiber.join(fiber))._tag).toBe("RoomNotFound")
      expect(reader.frames).toEqual([])
    }).pipe(Effect.provide(layer))
  )
})

describe("a session that is revoked while it posts", () => {
  it.effect("posts nothing after it ended, and what was answered is there once", () =>
    Effect.gen(function* () {
      const accounts = yield* Accounts
      const ada = yield* member("ada")
      const phone = new Browser()
      const { sessionId } = yield* phone.logIn("ada")
      const fibers: Array<Fiber.Fiber<unknown, unknown>> = []
      // As a gateway does: the requests of a connection end with it.
      const connection = yield* phone.connect(() => fibers.forEach((fiber) => fiber.interruptUnsafe()))
      const answered: Array<string> = []
      const stream = Effect.forEach(
        Array.from({ length: 25 }, (_, number) => `${number}`),
        (text) =>
          post(connection.asker, lobby, text).pipe(
            Effect.tap(() => Effect.sync(() => answered.push(text))),
            Effect.andThen(Effect.sleep("10 millis"))
          )
      )
      fibers.push(yield* Effect.forkChild(stream))
      yield* Effect.repeat(TestClock.adjust("10 millis"), { times: 10 })
      yield* accounts.revokeSession(ada.asker, sessionId)
      expect(connection.ends).toEqual(["Revoked"])
      yield* TestClock.adjust("1 second")
      const rooms = yield* Rooms
      const page = yield* rooms.history(ada.asker, lobby, { _tag: "Newest" }, 50)
      expect(page.messages.map(({ text }) => text)).toEqual(answered)
      expect(answered.length).toBeGreaterThan(5)
      expect(answered.length).toBeLessThan(25)
    }).pipe(Effect.provide(layer))
  )
})

describe("a guest who becomes a member while following", () => {
  it.effect("connects again, misses nothing, and is one person to the others all the while", () =>
    Effect.gen(function* () {
      const ben = yield* member("ben")
      const watcher = new Reader()
      yield* follow(ben.asker, lobby, watcher)
      const browser = new Browser()
      const { user } = yield* browser.guest("Ada")
      const reader = new Reader()
      const fibers: Array<Fiber.Fiber<unknown, unknown>> = []
      const guest = yield* browser.connect(() => fibers.forEach((fiber) => fiber.interruptUnsafe()))
      fibers.push(yield* follow(guest.asker, lobby, reader))
      yield* post(ben.asker, lobby, "to a guest")
      expect(watcher.view.people.get(user.id)?.user.isGuest).toBe(true)
      yield* browser.register("ada")
      expect(guest.ends).toEqual(["Renewed"])
      yield* post(ben.asker, lobby, "in between")
      const connection = yield* browser.connect()
      yield* follow(connection.asker, lobby, reader, reader.view.cursor)
      yield* post(ben.asker, lobby, "to a member")
      yield* settle
      expect(reader.texts).toEqual(["to a guest", "in between", "to a member"])
      expect(watcher.view.people.get(user.id)?.user).toEqual({ ...user, isGuest: false })
      expect(watcher.view.people.size).toBe(2)
    }).pipe(Effect.provide(layer))
  )
})
