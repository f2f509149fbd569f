// Rooms, guests and markers.
import { UserId } from "@messenger/protocol/Account"
import { RoomId, Slug } from "@messenger/protocol/Room"
import { Accounts } from "@messenger/storage/Accounts"
import type { Ports } from "@messenger/storage/Ports"
import { ReadMarkers } from "@messenger/storage/ReadMarkers"
import { Rooms } from "@messenger/storage/Rooms"
import { expect } from "@effect/vitest"
import type { Vitest } from "@effect/vitest"
import { Effect, Option } from "effect"
import { edit, makeGuest, makeRoom, post, startRoom, unique, write } from "./world.ts"

export const peopleContract = (it: Vitest.MethodsNonLive<Ports>): void => {
  it.effect("one of many who make a room of the same link makes it; the others are told which it is", () =>
    Effect.gen(function* () {
      const rooms = yield* Rooms
      const slug = Slug.make(unique("tea"))
      const made = yield* Effect.all(
        Array.from({ length: 8 }, (_, index) =>
          rooms.create({
            id: RoomId.make(unique("room")),
            slug,
            name: `Tea ${index}`,
            topic: "",
            isPrivate: false,
            createdBy: Option.none(),
            at: 1_000
          })
        ),
        { concurrency: "unbounded" }
      )
      expect(made.filter(({ _tag }) => _tag === "Created")).toHaveLength(1)
      expect(new Set(made.map(({ room }) => room.id)).size).toBe(1)
    })
  )

  it.effect("a room that is made again with the same id is the same room", () =>
    Effect.gen(function* () {
      const rooms = yield* Rooms
      const id = RoomId.make(unique("room"))
      const room = {
        id,
        slug: Slug.make(id),
        name: "Room",
        topic: "",
        isPrivate: false,
        createdBy: Option.none(),
        at: 1_000
      }
      yield* rooms.create(room)
      expect(yield* rooms.create(room)).toMatchObject({ _tag: "Created", room: { id } })
    })
  )

  it.effect("the list says the newest message of every room, edits or not", () =>
    Effect.gen(function* () {
      const rooms = yield* Rooms
      const owner = yield* startRoom
      yield* write(owner, post(owner.author, "one"), post(owner.author, "two"), edit(owner.author, 1, "first"))
      const listing = {
        room: { id: owner.roomId, slug: owner.roomId, name: "Room", topic: "", isPrivate: false, change: 0 },
        lastMessage: 2
      }
      expect(yield* rooms.find(owner.roomId)).toEqual(Option.some(listing))
      expect(yield* rooms.list).toContainEqual(listing)
      expect(yield* rooms.find(RoomId.make("nowhere"))).toEqual(Option.none())
    })
  )

  it.effect("rooms are counted by who made them", () =>
    Effect.gen(function* () {
      const rooms = yield* Rooms
      const maker = yield* makeGuest()
      for (const _ of [1, 2]) {
        const id = RoomId.make(unique("room"))
        yield* rooms.create({
          id,
          slug: Slug.make(id),
          name: "R",
          topic: "",
          isPrivate: false,
          createdBy: Option.some(maker),
          at: 1
        })
      }
      yield* makeRoom()
      expect(yield* rooms.madeBy(maker)).toBe(2)
      expect(yield* rooms.madeBy(UserId.make("nobody"))).toBe(0)
    })
  )

  it.effect("guests may share a name", () =>
    Effect.gen(function* () {
      expect(yield* makeGuest("Ada")).not.toBe(yield* makeGuest("Ada"))
    })
  )

  it.effect("a guest is found with the status they chose", () =>
    Effect.gen(function* () {
      const accounts = yield* Accounts
      const id = yield* makeGuest("Bo")
      expect(yield* accounts.find(id)).toEqual(
        Option.some({
          user: { id, name: "Bo", isGuest: true },
          status: "online",
          role: "guest",
          isActive: true,
          createdAt: 1_000
        })
      )
      yield* accounts.setStatus(id, "dnd")
      expect(Option.getOrThrow(yield* accounts.find(id)).status).toBe("dnd")
      expect(yield* accounts.find(UserId.make("nobody"))).toEqual(Option.none())
    })
  )

  it.effect("a read marker goes forward only, also within one batch", () =>
    Effect.gen(function* () {
      const markers = yield* ReadMarkers
      const [ada, bo] = [yield* makeGuest(), yield* makeGuest()]
      const [one, two] = [yield* makeRoom(), yield* makeRoom()]
      yield* markers.advance([
        { userId: ada, roomId: one, number: 5 },
        { userId: ada, roomId: one, number: 3 },
        { userId: bo, roomId: one, number: 1 },
        { userId: ada, roomId: two, number: 7 }
      ])
      yield* markers.advance([
        { userId: ada, roomId: one, number: 4 },
        { userId: ada, roomId: two, number: 8 }
      ])
      yield* markers.advance([])
      const ofAda = yield* markers.list(ada)
      expect(new Map(ofAda.map(({ roomId, number }) => [roomId, number]))).toEqual(
        new Map([
          [one, 5],
          [two, 8]
        ])
      )
      expect(yield* markers.list(bo)).toEqual([{ roomId: one, number: 1 }])
    })
  )
}
