// Who belongs to which room.
import { UserId } from "@messenger/protocol/Account"
import { InviteId } from "@messenger/protocol/Link"
import type { RoomRole } from "@messenger/protocol/Rights"
import { RoomId, Slug } from "@messenger/protocol/Room"
import { Accounts } from "@messenger/storage/Accounts"
import { Invites } from "@messenger/storage/Invites"
import { Memberships } from "@messenger/storage/Memberships"
import type { Ports } from "@messenger/storage/Ports"
import { Rooms } from "@messenger/storage/Rooms"
import { expect } from "@effect/vitest"
import type { Vitest } from "@effect/vitest"
import { Effect, Option } from "effect"
import { commitOne, makeGuest, makeMember, makeRoom, makeRoomOf, unique } from "./world.ts"

const rolesIn = Effect.fnUntraced(function* (roomId: RoomId) {
  const rows = yield* (yield* Memberships).all
  return Object.fromEntries(rows.flatMap((row) => (row.roomId === roomId ? [[row.userId, row.role]] : [])))
})

const person = Effect.map(makeMember(), ({ id }) => id)

const join = Effect.fnUntraced(function* (roomId: RoomId, role: RoomRole, at = 1) {
  const userId = yield* person
  yield* (yield* Memberships).add({ roomId, userId, role }, at)
  return userId
})

export const membershipsContract = (it: Vitest.MethodsNonLive<Ports>): void => {
  it.effect("who makes a room owns it, once, however many make it at once", () =>
    Effect.gen(function* () {
      const rooms = yield* Rooms
      const slug = Slug.make(unique("tea"))
      const makers = yield* Effect.forEach([1, 2, 3, 4], () => person)
      const made = yield* Effect.all(
        makers.map((maker) =>
          rooms.create({
            id: RoomId.make(unique("room")),
            slug,
            name: "Tea",
            topic: "",
            isPrivate: true,
            createdBy: Option.some(maker),
            at: 1
          })
        ),
        { concurrency: "unbounded" }
      )
      const winner = made.findIndex(({ _tag }) => _tag === "Created")
      const [first] = made
      if (first === undefined) return expect.unreachable()
      expect(yield* rolesIn(first.room.id)).toEqual({ [String(makers[winner])]: "owner" })
      expect(first.room.isPrivate).toBe(true)
      const rows = yield* (yield* Memberships).all
      expect(rows.filter(({ userId }) => makers.includes(userId))).toHaveLength(1)
    })
  )

  it.effect("a room made again gives its maker nothing back that they gave up", () =>
    Effect.gen(function* () {
      const rooms = yield* Rooms
      const memberships = yield* Memberships
      const maker = yield* person
      const id = RoomId.make(unique("room"))
      const createdBy = Option.some(maker)
      const room = { id, slug: Slug.make(id), name: "R", topic: "", isPrivate: true, createdBy, at: 1 }
      yield* rooms.create(room)
      yield* memberships.remove(id, maker)
      expect(yield* rooms.create(room)).toMatchObject({ _tag: "Created" })
      expect(yield* rolesIn(id)).toEqual({})
    })
  )

  it.effect("a room says everywhere whether it is private", () =>
    Effect.gen(function* () {
      const rooms = yield* Rooms
      const [hidden, open] = [yield* makeRoomOf(yield* person), yield* makeRoomOf(yield* person, false)]
      for (const [id, isPrivate] of [
        [hidden, true],
        [open, false]
      ] as const) {
        expect(yield* rooms.find(id)).toMatchObject({ value: { room: { isPrivate } } })
        expect((yield* rooms.list).find(({ room }) => room.id === id)).toMatchObject({ room: { isPrivate } })
        expect(yield* commitOne({ _tag: "Open", roomId: id })).toMatchObject({ room: { isPrivate } })
      }
    })
  )

  it.effect("a member who is added again keeps the role they have", () =>
    Effect.gen(function* () {
      const memberships = yield* Memberships
      const owner = yield* person
      const roomId = yield* makeRoomOf(owner)
      const userId = yield* person
      expect(yield* memberships.add({ roomId, userId, role: "member" }, 1)).toBe("member")
      expect(yield* memberships.setRole({ roomId, userId, role: "moderator" }, 2)).toBe("Changed")
      expect(yield* memberships.add({ roomId, userId, role: "member" }, 3)).toBe("moderator")
      expect(yield* rolesIn(roomId)).toEqual({ [owner]: "owner", [userId]: "moderator" })
    })
  )

  it.effect("a role in a private room is given to members alone, in a public room to everybody", () =>
    Effect.gen(function* () {
      const memberships = yield* Memberships
      const [hidden, open] = [yield* makeRoomOf(yield* person), yield* makeRoom()]
      const userId = yield* makeGuest()
      const setRole = (roomId: RoomId, to = userId) => memberships.setRole({ roomId, userId: to, role: "moderator" }, 1)
      expect(yield* setRole(hidden)).toBe("NotFound")
      expect(yield* setRole(open)).toBe("Changed")
      expect(yield* setRole(open, UserId.make("nobody"))).toBe("NotFound")
      expect(yield* setRole(RoomId.make("nowhere"))).toBe("NotFound")
      expect(yield* rolesIn(open)).toEqual({ [userId]: "moderator" })
    })
  )

  it.effect("the last owner stays one while others are in the room, and may leave when nobody is", () =>
    Effect.gen(function* () {
      const memberships = yield* Memberships
      const owner = yield* person
      const roomId = yield* makeRoomOf(owner)
      const other = yield* join(roomId, "moderator")
      expect(yield* memberships.remove(roomId, owner)).toBe("LastOwner")
      expect(yield* memberships.setRole({ roomId, userId: owner, role: "member" }, 1)).toBe("LastOwner")
      expect(yield* rolesIn(roomId)).toEqual({ [owner]: "owner", [other]: "moderator" })
      expect(yield* memberships.remove(roomId, other)).toBe("Changed")
      expect(yield* memberships.remove(roomId, other)).toBe("NotFound")
      expect(yield* memberships.remove(roomId, owner)).toBe("Changed")
      expect(yield* rolesIn(roomId)).toEqual({})
    })
  )

  it.effect("an owner who is deactivated does not count as one who is left", () =>
    Effect.gen(function* () {
      const memberships = yield* Memberships
      const owner = yield* person
      const roomId = yield* makeRoomOf(owner)
      const second = yield* join(roomId, "owner")
      const accounts = yield* Accounts
      yield* accounts.setActive(second, false)
      expect(yield* memberships.remove(roomId, owner)).toBe("LastOwner")
      yield* accounts.setActive(second, true)
      expect(yield* memberships.remove(roomId, owner)).toBe("Changed")
    })
  )

  it.effect("owners who demote or leave at once leave one owner", () =>
    Effect.gen(function* () {
      const memberships = yield* Memberships
      for (let round = 0; round < 5; round++) {
        const owner = yield* person
        const roomId = yield* makeRoomOf(owner)
        const owners = [owner, ...(yield* Effect.forEach([1, 2, 3], () => join(roomId, "owner")))]
        yield* join(roomId, "member")
        const outcomes = yield* Effect.all(
          owners.map((userId, index) =>
            index % 2 === 0
              ? memberships.setRole({ roomId, userId, role: "member" }, 1)
              : memberships.remove(roomId, userId)
          ),
          { concurrency: "unbounded" }
        )
        expect(outcomes.toSorted()).toEqual(["Changed", "Changed", "Changed", "LastOwner"])
        expect(Object.values(yield* rolesIn(roomId)).filter((role) => role === "owner")).toHaveLength(1)
      }
    })
  )

  it.effect("who was removed by others does not come back by a link, until somebody adds them; who left does", () =>
    Effect.gen(function* () {
      const memberships = yield* Memberships
      const owner = yield* person
      const roomId = yield* makeRoomOf(owner)
      const [gone, left] = [yield* join(roomId, "member"), yield* join(roomId, "member")]
      expect(yield* memberships.expel(roomId, gone, 2)).toBe("Changed")
      expect(yield* memberships.expel(roomId, gone, 2)).toBe("NotFound")
      expect(yield* memberships.expel(roomId, owner, 2)).toBe("LastOwner")
      expect(yield* memberships.remove(roomId, left)).toBe("Changed")
      const enter = (userId: UserId) => memberships.enter({ roomId, userId, role: "member" }, 3)
      expect(yield* enter(gone)).toBe("Removed")
      expect(yield* enter(left)).toBe("member")
      expect(yield* enter(owner)).toBe("owner")
      expect(yield* rolesIn(roomId)).toEqual({ [owner]: "owner", [left]: "member" })
      expect(yield* memberships.add({ roomId, userId: gone, role: "member" }, 4)).toBe("member")
      expect(yield* memberships.remove(roomId, gone)).toBe("Changed")
      expect(yield* enter(gone)).toBe("member")
    })
  )

  it.effect("links into a room that somebody made are gone when others remove them from it, and no others", () =>
    Effect.gen(function* () {
      const memberships = yield* Memberships
      const invites = yield* Invites
      const owner = yield* person
      const [roomId, elsewhere] = [yield* makeRoomOf(owner), yield* makeRoomOf(owner)]
      const gone = yield* join(roomId, "moderator")
      const [theirs, ...others] = yield* Effect.forEach(
        [
          { roomId, createdBy: gone },
          { roomId, createdBy: owner },
          { roomId: elsewhere, createdBy: gone },
          { roomId: null, createdBy: gone }
        ],
        (into) => {
          const id = InviteId.make(unique("invite"))
          const invite = { id, tokenHash: unique("hash"), at: 1, expiresAt: 2_000, uses: null, ...into }
          return Effect.as(invites.create(invite), invite.tokenHash)
        }
      )
      yield* memberships.expel(roomId, gone, 2)
      expect(yield* invites.find(theirs ?? "", 3)).toEqual(Option.none())
      for (const hash of others) expect(Option.isSome(yield* invites.find(hash, 3))).toBe(true)
    })
  )

  it.effect("members are listed page by page in order of their ids", () =>
    Effect.gen(function* () {
      const memberships = yield* Memberships
      const owner = yield* person
      const roomId = yield* makeRoomOf(owner)
      yield* makeRoomOf(owner)
      const everybody = [owner, ...(yield* Effect.forEach([1, 2, 3], () => join(roomId, "member")))].toSorted()
      const first = yield* memberships.page(roomId, null, 3)
      const rest = yield* memberships.page(roomId, first.at(-1)?.user.id ?? null, 3)
      expect([...first, ...rest].map(({ user }) => user.id)).toEqual(everybody)
      expect(first).toHaveLength(3)
      expect([...first, ...rest].find(({ user }) => user.id === owner)).toMatchObject({
        role: "owner",
        user: { isGuest: false }
      })
    })
  )
}
