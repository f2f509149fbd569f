import { Inboxes } from "@messenger/chat/Inboxes"
import { Rooms } from "@messenger/chat/Rooms"
import * as InboxView from "@messenger/protocol/InboxView"
import { RoomId } from "@messenger/protocol/Room"
import { ReadMarkers } from "@messenger/storage/ReadMarkers"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { TestClock } from "effect/testing"
import { InboxReader } from "./InboxReader.ts"
import { freshKey, layer, lobby, person } from "./Server.ts"

const follow = (name: string, reader: InboxReader) =>
  Effect.gen(function* () {
    const inboxes = yield* Inboxes
    const fiber = yield* Effect.forkChild(inboxes.follow(person(name), reader))
    yield* TestClock.adjust("1 millis")
    return fiber
  })

const post = (name: string, text: string) =>
  Effect.flatMap(Rooms, (rooms) => rooms.post(person(name), { roomId: lobby, key: freshKey(), text }))

describe("an inbox", () => {
  it.effect("begins with every room, how far each is read, and the status that was chosen", () =>
    Effect.gen(function* () {
      const inboxes = yield* Inboxes
      yield* post("Ben", "hello")
      yield* inboxes.setStatus(person("Ada"), "dnd").pipe(Effect.ignore)
      const reader = new InboxReader()
      yield* follow("Ada", reader)
      expect(reader.tags).toEqual(["InboxSnapshot"])
      expect([...reader.view.rooms.keys()]).toEqual(["lobby", "random"])
      expect(InboxView.unreadRooms(reader.view)).toBe(1)
    }).pipe(Effect.provide(layer))
  )

  it.effect("tells of new messages and new rooms a few times a second, not for each", () =>
    Effect.gen(function* () {
      const rooms = yield* Rooms
      const reader = new InboxReader()
      yield* follow("Ada", reader)
      for (let number = 0; number < 10; number++) yield* post("Ben", `${number}`)
      const made = yield* rooms.create(person("Ben"), { name: "Design Talk", isPrivate: false })
      yield* TestClock.adjust("200 millis")
      expect(reader.tags).toEqual(["InboxSnapshot", "RoomsListed"])
      expect(reader.view.rooms.get(lobby)?.lastMessage).toBe(10)
      expect(reader.view.rooms.get(made.id)?.room.slug).toBe("design-talk")
    }).pipe(Effect.provide(layer))
  )

  it.effect("moves a read marker on all devices, only forward, and never past the newest message", () =>
    Effect.gen(function* () {
      const inboxes = yield* Inboxes
      const markers = yield* ReadMarkers
      const phone = new InboxReader()
      const laptop = new InboxReader()
      yield* follow("Ada", phone)
      yield* follow("Ada", laptop)
      yield* post("Ben", "one")
      yield* post("Ben", "two")
      yield* inboxes.markRead(person("Ada"), lobby, 99)
      yield* inboxes.markRead(person("Ada"), lobby, 1)
      yield* TestClock.adjust("1 second")
      expect(phone.view.markers.get(lobby)).toBe(2)
      expect(laptop.view.markers.get(lobby)).toBe(2)
      expect(InboxView.unreadRooms(laptop.view)).toBe(0)
      expect(yield* markers.list(person("Ada").user.id)).toEqual([{ roomId: lobby, number: 2 }])
    }).pipe(Effect.provide(layer))
  )

  it.effect("keeps a marker that was moved and not yet written when the last device goes and comes back", () =>
    Effect.gen(function* () {
      const inboxes = yield* Inboxes
      const fiber = yield* follow("Ada", new InboxReader())
      yield* post("Ben", "one")
      yield* inboxes.markRead(person("Ada"), lobby, 1)
      yield* Fiber.interrupt(fiber)
      const reader = new InboxReader()
      yield* follow("Ada", reader)
      expect(reader.view.markers.get(lobby)).toBe(1)
    }).pipe(Effect.provide(layer))
  )

  it.effect("refuses to mark a room that does not exist", () =>
    Effect.gen(function* () {
      const inboxes = yield* Inboxes
      const error = yield* Effect.flip(inboxes.markRead(person("Ada"), RoomId.make("nowhere"), 1))
      expect(error._tag).toBe("RoomNotFound")
    }).pipe(Effect.provide(layer))
  )

  it.effect("of a reader that had no room is told whole again when it has drained", () =>
    Effect.gen(function* () {
      const reader = new InboxReader()
      yield* follow("Ada", reader)
      reader.stick()
      yield* post("Ben", "one")
      yield* TestClock.adjust("1 second")
      yield* post("Ben", "two")
      yield* TestClock.adjust("1 second")
      expect(reader.view.rooms.get(lobby)?.lastMessage).toBe(1)
      reader.flow()
      yield* TestClock.adjust("1 second")
      expect(reader.view.rooms.get(lobby)?.lastMessage).toBe(2)
    }).pipe(Effect.provide(layer))
  )
})
