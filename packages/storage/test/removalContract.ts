// What is left of an account that is deleted.
import { UserId } from "@messenger/protocol/Account"
import { InviteId } from "@messenger/protocol/Link"
import type { RoomRole } from "@messenger/protocol/Rights"
import { ApiTokenId } from "@messenger/protocol/PeopleRpcs"
import { Accounts } from "@messenger/storage/Accounts"
import { ApiTokens } from "@messenger/storage/ApiTokens"
import { Credentials } from "@messenger/storage/Credentials"
import { Invites } from "@messenger/storage/Invites"
import { Memberships } from "@messenger/storage/Memberships"
import { OneTimeLinks } from "@messenger/storage/OneTimeLinks"
import type { Ports } from "@messenger/storage/Ports"
import { ReadMarkers } from "@messenger/storage/ReadMarkers"
import { Sessions } from "@messenger/storage/Sessions"
import { expect } from "@effect/vitest"
import type { Vitest } from "@effect/vitest"
import { Effect, Option } from "effect"
import {
  makeMember,
  makeRoom,
  makeRoomOf,
  makeSession,
  newMember,
  openRoom,
  page,
  post,
  unique,
  write
} from "./world.ts"

const rolesIn = Effect.fnUntraced(function* (roomId: string) {
  const rows = yield* (yield* Memberships).all
  return Object.fromEntries(rows.flatMap((row) => (row.roomId === roomId ? [[row.userId, row.role]] : [])))
})

export const removalContract = (it: Vitest.MethodsNonLive<Ports>): void => {
  it.effect("messages stay, a deleted user's; nothing else of the person does", () =>
    Effect.gen(function* () {
      const accounts = yield* Accounts
      const sessions = yield* Sessions
      const links = yield* OneTimeLinks
      const markers = yield* ReadMarkers
      const invites = yield* Invites
      const ada = yield* makeMember()
      const roomId = yield* makeRoom()
      yield* write({ roomId, ...(yield* openRoom(roomId)) }, post(ada.id, "still here"))
      const { tokenHash } = yield* makeSession(ada.id)
      yield* sessions.rememberDevice(ada.id, "device", 1)
      const reset = unique("reset")
      yield* links.put({ _tag: "Reset", tokenHash: reset, userId: ada.id, expiresAt: 9_000 })
      const invitation = { tokenHash: unique("invite"), roomId, createdBy: ada.id, at: 1, expiresAt: 9_000, uses: null }
      yield* invites.create({ id: InviteId.make(unique("invite")), ...invitation })
      yield* markers.advance([{ userId: ada.id, roomId, number: 1 }])
      yield* accounts.setColour(ada.id, 3)
      yield* accounts.setStatus(ada.id, "dnd")

      expect(yield* accounts.remove(ada.id, 5_000, 8_000)).toBe("Changed")

      const { messages } = yield* page(roomId, { _tag: "Newest" }, 1)
      expect(messages).toMatchObject([{ text: "still here" }])
      expect(messages[0]?.author).toEqual({ id: ada.id, name: "deleted user", isGuest: false })
      expect(yield* accounts.find(ada.id)).toEqual(Option.none())
      expect(yield* accounts.list({ search: "deleted", after: null, limit: 50 })).toEqual([])
      expect(yield* sessions.find(tokenHash, 1)).toEqual(Option.none())
      expect(yield* sessions.list(ada.id, 1)).toEqual([])
      expect(yield* sessions.isKnownDevice(ada.id, "device")).toBe(false)
      expect(yield* links.takeReset(reset, 1)).toEqual(Option.none())
      expect(yield* invites.find(invitation.tokenHash, 1)).toEqual(Option.none())
      expect(yield* markers.list(ada.id)).toEqual([])
      const credentials = yield* Credentials
      const { usernameFold, emailFold } = ada
      expect(yield* credentials.find(ada.id)).toEqual(Option.none())
      expect(yield* credentials.findLogin({ usernameFold, emailFold: undefined })).toEqual(Option.none())
      expect(yield* credentials.findLogin({ usernameFold: undefined, emailFold })).toEqual(Option.none())
    })
  )

  it.effect("what is done to a deleted account is done to nobody", () =>
    Effect.gen(function* () {
      const accounts = yield* Accounts
      const memberships = yield* Memberships
      const credentials = yield* Credentials
      const ada = yield* makeMember()
      const roomId = yield* makeRoom()
      yield* accounts.remove(ada.id, 5_000, 8_000)
      yield* accounts.setName(ada.id, "Ada", unique("ada"))
      yield* accounts.setColour(ada.id, 1)
      yield* credentials.setPassword(ada.id, "hash")
      yield* credentials.setEmail(ada.id, ada.email, ada.emailFold)
      yield* memberships.add({ roomId, userId: ada.id, role: "member" }, 1)
      expect(yield* accounts.setRole(ada.id, "owner")).toBe("NotFound")
      expect(yield* accounts.setActive(ada.id, true)).toBe("NotFound")
      expect(yield* memberships.setRole({ roomId, userId: ada.id, role: "moderator" }, 1)).toBe("NotFound")
      expect(yield* credentials.register(ada)).toBe("NotAGuest")
      expect(yield* rolesIn(roomId)).toEqual({})
      expect(yield* accounts.find(ada.id)).toEqual(Option.none())
      yield* makeSession(ada.id, { tokenHash: ada.passwordHash })
      expect(yield* (yield* Sessions).find(ada.passwordHash, 1)).toEqual(Option.none())
    })
  )

  it.effect("a deletion that is repeated because its answer was lost is the same one; a later one finds nobody", () =>
    Effect.gen(function* () {
      const accounts = yield* Accounts
      const { id } = yield* makeMember()
      expect(yield* accounts.remove(id, 5_000, 8_000)).toBe("Changed")
      expect(yield* accounts.remove(id, 5_000, 8_000)).toBe("Changed")
      expect(yield* accounts.remove(id, 6_000, 9_000)).toBe("NotFound")
      expect(yield* accounts.remove(UserId.make("nobody"), 5_000, 8_000)).toBe("NotFound")
    })
  )

  it.effect("username and name stay blocked until their time has come; the address is free at once", () =>
    Effect.gen(function* () {
      const accounts = yield* Accounts
      const credentials = yield* Credentials
      const ada = yield* makeMember()
      const { usernameFold, nameFold, emailFold } = ada
      const later = 9_000_000_000_000
      yield* accounts.remove(ada.id, 5_000, later)
      yield* accounts.freeNames(later - 1)
      expect(yield* credentials.register(newMember({ usernameFold }))).toBe("Taken")
      expect(yield* credentials.register(newMember({ nameFold }))).toBe("NameTaken")
      expect(yield* accounts.createGuest({ id: UserId.make(unique("u")), name: "A", fold: nameFold, at: 1 })).toBe(
        "NameTaken"
      )
      expect(yield* credentials.register(newMember({ emailFold }))).toBe("Registered")
      expect(yield* accounts.freeNames(later)).toBe(2)
      expect(yield* accounts.freeNames(later)).toBe(0)
      expect(yield* credentials.register(newMember({ usernameFold, nameFold }))).toBe("Registered")
    })
  )

  it.effect("a room whose only active owner is deleted goes to the longest-standing moderator, else member", () =>
    Effect.gen(function* () {
      const accounts = yield* Accounts
      const memberships = yield* Memberships
      const { id: owner } = yield* makeMember()
      const person = Effect.map(makeMember(), ({ id }) => id)
      const [early, late, away] = [yield* person, yield* person, yield* person]
      yield* accounts.setActive(away, false)
      const roomWith = Effect.fnUntraced(function* (...members: ReadonlyArray<readonly [UserId, RoomRole, number]>) {
        const roomId = yield* makeRoomOf(owner)
        for (const [userId, role, at] of members) yield* memberships.add({ roomId, userId, role }, at)
        return roomId
      })
      const moderated = yield* roomWith([early, "member", 10], [late, "moderator", 20], [away, "moderator", 5])
      const plain = yield* roomWith([late, "member", 20], [early, "member", 10], [away, "member", 5])
      const owned = yield* roomWith([early, "moderator", 10], [late, "owner", 20])
      const ownedByAbsent = yield* roomWith([early, "member", 10], [away, "owner", 5])
      const left = yield* roomWith([away, "member", 5])
      const empty = yield* roomWith()

      yield* accounts.remove(owner, 5_000, 8_000)

      expect(yield* rolesIn(moderated)).toEqual({ [early]: "member", [late]: "owner", [away]: "moderator" })
      expect(yield* rolesIn(plain)).toEqual({ [early]: "owner", [late]: "member", [away]: "member" })
      expect(yield* rolesIn(owned)).toEqual({ [early]: "moderator", [late]: "owner" })
      expect(yield* rolesIn(ownedByAbsent)).toEqual({ [early]: "owner", [away]: "owner" })
      expect(yield* rolesIn(left)).toEqual({ [away]: "owner" })
      expect(yield* rolesIn(empty)).toEqual({})
    })
  )

  it.effect("a moderator who is deleted leaves the room to its owner", () =>
    Effect.gen(function* () {
      const accounts = yield* Accounts
      const memberships = yield* Memberships
      const [owner, moderator] = [yield* makeMember(), yield* makeMember()]
      const roomId = yield* makeRoomOf(owner.id)
      yield* memberships.add({ roomId, userId: moderator.id, role: "moderator" }, 1)
      yield* accounts.remove(moderator.id, 5_000, 8_000)
      expect(yield* rolesIn(roomId)).toEqual({ [owner.id]: "owner" })
    })
  )

  it.effect("a service account that is deleted takes its tokens with it", () =>
    Effect.gen(function* () {
      const accounts = yield* Accounts
      const tokens = yield* ApiTokens
      const { id: createdBy } = yield* makeMember()
      const userId = UserId.make(unique("bot"))
      const secretHash = unique("secret")
      const id = ApiTokenId.make(unique("token"))
      yield* accounts.createService({ id: userId, name: "Bot", fold: unique("bot"), at: 1 })
      yield* tokens.create({ id, secretHash, userId, createdBy, name: "CI", scope: "write", createdAt: 1 })
      yield* accounts.remove(userId, 5_000, 8_000)
      expect(yield* tokens.find(secretHash)).toEqual(Option.none())
      expect((yield* tokens.all).map((token) => token.id)).not.toContain(id)
      expect((yield* accounts.services).map(({ user }) => user.id)).not.toContain(userId)
    })
  )
}
