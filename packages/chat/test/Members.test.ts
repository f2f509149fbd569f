import { Accounts } from "@messenger/chat/Accounts"
import { Administration } from "@messenger/chat/Administration"
import { Inboxes } from "@messenger/chat/Inboxes"
import { Members } from "@messenger/chat/Members"
import { Rooms } from "@messenger/chat/Rooms"
import type { Asker } from "@messenger/chat/Rooms"
import { UserId } from "@messenger/protocol/Account"
import { Accounts as AccountRows } from "@messenger/storage/Accounts"
import { AuditLog } from "@messenger/storage/AuditLog"
import { Memberships } from "@messenger/storage/Memberships"
import type { RoomRole } from "@messenger/protocol/Rights"
import type { RoomId } from "@messenger/protocol/Room"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { TestClock } from "effect/testing"
import { InboxReader } from "./InboxReader.ts"
import { freshKey, layer, lobby, Reader } from "./Server.ts"
import { Browser, member, password, withRole } from "./Visitors.ts"

const settle = TestClock.adjust("60 millis")

const tagOf = <A, E extends { readonly _tag: string }, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.map(Effect.flip(effect), ({ _tag }) => _tag)

const privateRoom = (asker: Asker, name = "Secret plans") =>
  Effect.flatMap(Rooms, (rooms) => rooms.create(asker, { name, isPrivate: true }))

const follow = Effect.fnUntraced(function* (asker: Asker, roomId: RoomId, reader: Reader) {
  const rooms = yield* Rooms
  const fiber = yield* Effect.forkChild(Effect.flip(rooms.follow(asker, roomId, undefined, reader)))
  yield* settle
  return fiber
})

const followInbox = Effect.fnUntraced(function* (asker: Asker, reader: InboxReader) {
  const inboxes = yield* Inboxes
  const fiber = yield* Effect.forkChild(inboxes.follow(asker, reader))
  yield* TestClock.adjust("1 millis")
  return fiber
})

const post = (asker: Asker, roomId: RoomId, text: string, key = freshKey()) =>
  Effect.flatMap(Rooms, (rooms) => rooms.post(asker, { roomId, key, text }))

/** A private room of Ada's in which Ben is something. */
const roomOfTwo = Effect.fnUntraced(function* (role: RoomRole = "member") {
  const members = yield* Members
  const ada = yield* member("ada")
  const ben = yield* member("ben")
  const room = yield* privateRoom(ada.asker)
  yield* members.add(ada.asker, room.id, { _tag: "Username", username: "Ben" })
  if (role !== "member") yield* members.setRole(ada.asker, room.id, ben.asker.user.id, role)
  return { ada, ben, room }
})

describe("a private room", () => {
  it.effect("is made by members and not by guests, owned by its maker, and its link tells its name to nobody", () =>
    Effect.gen(function* () {
      const members = yield* Members
      const { asker } = yield* member("ada")
      const room = yield* privateRoom(asker)
      const twin = yield* privateRoom(asker)
      expect(room.slug).not.toBe(twin.slug)
      const page = yield* members.list(asker, room.id, null)
      expect(page).toEqual({ members: [{ user: asker.user, role: "owner" }], next: null })
      const guest = new Browser()
      yield* guest.guest("Visitor")
      const { asker: visitor } = yield* guest.connect()
      expect(yield* tagOf(privateRoom(visitor))).toBe("Forbidden")
    }).pipe(Effect.provide(layer))
  )

  it.effect("is not found by anybody outside, those who run the server included", () =>
    Effect.gen(function* () {
      const rooms = yield* Rooms
      const members = yield* Members
      const ada = yield* member("ada")
      const room = yield* privateRoom(ada.asker)
      const { asker } = yield* withRole("owner", "owner")
      const reader = new Reader()
      expect(yield* tagOf(rooms.follow(asker, room.id, undefined, reader))).toBe("RoomNotFound")
      expect(reader.frames).toEqual([])
      expect(yield* tagOf(post(asker, room.id, "let me in"))).toBe("RoomNotFound")
      expect(yield* tagOf(rooms.history(asker, room.id, { _tag: "Newest" }, 10))).toBe("RoomNotFound")
      expect(yield* tagOf(rooms.setTyping(asker, room.id, true))).toBe("RoomNotFound")
      expect(yield* tagOf(members.list(asker, room.id, null))).toBe("RoomNotFound")
      const me = { _tag: "Id", id: asker.user.id } as const
      expect(yield* tagOf(members.add(asker, room.id, me))).toBe("RoomNotFound")
    }).pipe(Effect.provide(layer))
  )

  it.effect("is listed to its members alone, with its news", () =>
    Effect.gen(function* () {
      const members = yield* Members
      const ada = yield* member("ada")
      const ben = yield* member("ben")
      const cem = yield* member("cem")
      const readers = { ada: new InboxReader(), ben: new InboxReader(), cem: new InboxReader() }
      yield* followInbox(ada.asker, readers.ada)
      yield* followInbox(ben.asker, readers.ben)
      yield* followInbox(cem.asker, readers.cem)
      const room = yield* privateRoom(ada.asker)
      yield* members.add(ada.asker, room.id, { _tag: "Id", id: ben.asker.user.id })
      expect(readers.ben.view.rooms.get(room.id)?.room.name).toBe("Secret plans")
      expect(readers.ben.view.memberships.get(room.id)).toBe("member")
      yield* post(ben.asker, room.id, "hello")
      yield* TestClock.adjust("1 second")
      expect(readers.ada.view.rooms.get(room.id)?.lastMessage).toBe(1)
      expect(readers.ada.view.memberships.get(room.id)).toBe("owner")
      expect(readers.ben.view.rooms.get(room.id)?.lastMessage).toBe(1)
      expect(JSON.stringify(readers.cem.frames)).not.toContain(room.id)
      const late = new InboxReader()
      yield* followInbox(cem.asker, late)
      expect(late.view.rooms.has(room.id)).toBe(false)
      expect(late.view.rooms.has(lobby)).toBe(true)
    }).pipe(Effect.provide(layer))
  )

  it.effect("lets an app in by its name, if no account has that username, and not one that is deactivated", () =>
    Effect.gen(function* () {
      const administration = yield* Administration
      const members = yield* Members
      const ada = yield* member("ada")
      const owner = yield* withRole("owner", "owner")
      const app = yield* administration.createServiceAccount(owner.asker, "Deploy Bot")
      const room = yield* privateRoom(ada.asker)
      const add = (username: string) => members.add(ada.asker, room.id, { _tag: "Username", username })
      expect(yield* tagOf(add("Deploy"))).toBe("AccountNotFound")
      expect(yield* add("deploy bot")).toEqual({ user: app, role: "member" })
      const gone = yield* administration.createServiceAccount(owner.asker, "Old Bot")
      yield* administration.setActive(owner.asker, gone.id, false)
      expect(yield* tagOf(add("Old Bot"))).toBe("AccountNotFound")
      expect((yield* members.list(ada.asker, room.id, null)).members).toHaveLength(2)
    }).pipe(Effect.provide(layer))
  )

  it.effect("has one name for one account: whoever has the username is added, whatever an app is called", () =>
    Effect.gen(function* () {
      const administration = yield* Administration
      const members = yield* Members
      const ada = yield* member("ada")
      const ben = yield* member("ben")
      const owner = yield* withRole("owner", "owner")
      expect(yield* tagOf(administration.createServiceAccount(owner.asker, "Ben"))).toBe("NameTaken")
      const room = yield* privateRoom(ada.asker)
      const added = yield* members.add(ada.asker, room.id, { _tag: "Username", username: "Ben" })
      expect(added.user.id).toBe(ben.asker.user.id)
    }).pipe(Effect.provide(layer))
  )

  it.effect("vanishes at once for a member who is removed: follow, presence, inbox and history", () =>
    Effect.gen(function* () {
      const rooms = yield* Rooms
      const members = yield* Members
      const { ada, ben, room } = yield* roomOfTwo()
      const inbox = new InboxReader()
      yield* followInbox(ben.asker, inbox)
      const readers = { ada: new Reader(), ben: new Reader() }
      yield* follow(ada.asker, room.id, readers.ada)
      const fiber = yield* follow(ben.asker, room.id, readers.ben)
      yield* post(ada.asker, room.id, "before")
      expect(readers.ada.view.people.size).toBe(2)
      yield* members.remove(ada.asker, room.id, ben.asker.user.id)
      yield* post(ada.asker, room.id, "after")
      yield* settle
      expect((yield* Fiber.join(fiber))._tag).toBe("RoomNotFound")
      expect(readers.ben.texts).toEqual(["before"])
      expect(readers.ada.texts).toEqual(["before", "after"])
      expect(readers.ada.view.people.size).toBe(1)
      expect(inbox.view.rooms.has(room.id)).toBe(false)
      expect(inbox.view.memberships.has(room.id)).toBe(false)
      expect(yield* tagOf(rooms.history(ben.asker, room.id, { _tag: "Newest" }, 10))).toBe("RoomNotFound")
    }).pipe(Effect.provide(layer))
  )

  it.effect("is found again by whoever is invited back, with what was said meanwhile", () =>
    Effect.gen(function* () {
      const members = yield* Members
      const { ada, ben, room } = yield* roomOfTwo()
      yield* members.remove(ada.asker, room.id, ben.asker.user.id)
      yield* post(ada.asker, room.id, "while Ben was out")
      yield* members.add(ada.asker, room.id, { _tag: "Username", username: "ben" })
      const reader = new Reader()
      yield* follow(ben.asker, room.id, reader)
      expect(reader.texts).toEqual(["while Ben was out"])
    }).pipe(Effect.provide(layer))
  )
})

describe("roles in a room", () => {
  it.effect("let moderators remove members, and only owners remove moderators and owners", () =>
    Effect.gen(function* () {
      const members = yield* Members
      const { ada, ben, room } = yield* roomOfTwo("moderator")
      const cem = yield* member("cem")
      yield* members.add(ben.asker, room.id, { _tag: "Username", username: "cem" })
      expect(yield* tagOf(members.remove(cem.asker, room.id, ben.asker.user.id))).toBe("Forbidden")
      expect(yield* tagOf(members.remove(ben.asker, room.id, ada.asker.user.id))).toBe("Forbidden")
      expect(yield* tagOf(members.setRole(ben.asker, room.id, cem.asker.user.id, "owner"))).toBe("Forbidden")
      yield* members.remove(ben.asker, room.id, cem.asker.user.id)
      expect(yield* tagOf(members.remove(ben.asker, room.id, cem.asker.user.id))).toBe("AccountNotFound")
      yield* members.remove(ada.asker, room.id, ben.asker.user.id)
    }).pipe(Effect.provide(layer))
  )

  it.effect("let everybody leave, also by removing themselves, which nobody else is told of as a removal", () =>
    Effect.gen(function* () {
      const members = yield* Members
      const { ada, ben, room } = yield* roomOfTwo()
      yield* members.remove(ben.asker, room.id, ben.asker.user.id)
      const { entries } = yield* (yield* AuditLog).page(null, 1)
      expect(entries).toMatchObject([{ action: "MemberLeft" }])
      expect(yield* tagOf(members.list(ben.asker, room.id, null))).toBe("RoomNotFound")
      expect((yield* members.list(ada.asker, room.id, null)).members.length).toBe(1)
    }).pipe(Effect.provide(layer))
  )

  it.effect("are listed page by page, each member once", () =>
    Effect.gen(function* () {
      const members = yield* Members
      const memberships = yield* Memberships
      const { ada, room } = yield* roomOfTwo()
      const ids = Array.from({ length: 103 }, (_, number) => UserId.make(`many-${number}`))
      const accounts = yield* AccountRows
      for (const [number, id] of ids.entries()) {
        yield* accounts.createService({ id, name: `Many ${number}`, fold: `many${number}`, at: 0 })
        yield* memberships.add({ roomId: room.id, userId: id, role: "member" }, 0)
      }
      const first = yield* members.list(ada.asker, room.id, null)
      const second = yield* members.list(ada.asker, room.id, first.next)
      expect([first.members.length, second.members.length, second.next]).toEqual([100, 5, null])
      const listed = [...first.members, ...second.members].map(({ user }) => user.id)
      expect(new Set(listed).size).toBe(105)
      expect(first.next).toBe(listed[99])
    }).pipe(Effect.provide(layer))
  )

  it.effect("leave a room its last owner while others are in it", () =>
    Effect.gen(function* () {
      const members = yield* Members
      const { ada, ben, room } = yield* roomOfTwo()
      expect(yield* tagOf(members.leave(ada.asker, room.id))).toBe("LastOwner")
      expect(yield* tagOf(members.setRole(ada.asker, room.id, ada.asker.user.id, "member"))).toBe("LastOwner")
      yield* members.setRole(ada.asker, room.id, ben.asker.user.id, "owner")
      yield* members.leave(ada.asker, room.id)
      expect(yield* tagOf(members.list(ada.asker, room.id, null))).toBe("RoomNotFound")
      expect((yield* members.list(ben.asker, room.id, null)).members.length).toBe(1)
    }).pipe(Effect.provide(layer))
  )

  it.effect("in a public room are rows only for those who are more than everybody is", () =>
    Effect.gen(function* () {
      const members = yield* Members
      const memberships = yield* Memberships
      const admin = yield* withRole("admin", "admin")
      const ben = yield* member("ben")
      const id = ben.asker.user.id
      expect(yield* members.add(admin.asker, lobby, { _tag: "Id", id })).toEqual({
        user: ben.asker.user,
        role: "member"
      })
      expect(yield* memberships.all).toEqual([])
      yield* members.setRole(admin.asker, lobby, id, "moderator")
      expect(yield* memberships.all).toEqual([{ roomId: lobby, userId: id, role: "moderator" }])
      yield* members.setRole(admin.asker, lobby, id, "member")
      expect(yield* memberships.all).toEqual([])
      const reader = new Reader()
      yield* follow(ben.asker, lobby, reader)
      yield* members.leave(ben.asker, lobby)
      yield* post(admin.asker, lobby, "still here")
      expect(reader.texts).toEqual(["still here"])
    }).pipe(Effect.provide(layer))
  )

  it.effect("let moderators delete what others wrote, which is recorded, and nobody edit it", () =>
    Effect.gen(function* () {
      const rooms = yield* Rooms
      const log = yield* AuditLog
      const { ada, ben, room } = yield* roomOfTwo("moderator")
      const cem = yield* member("cem")
      yield* Effect.flatMap(Members, (members) =>
        members.add(ada.asker, room.id, { _tag: "Username", username: "cem" })
      )
      const { number } = yield* post(ada.asker, room.id, "off topic")
      const others = { roomId: room.id, number }
      expect(yield* tagOf(rooms.remove(cem.asker, { ...others, key: freshKey() }))).toBe("NotYourMessage")
      const edit = { ...others, key: freshKey(), change: number, text: "mine now" }
      expect(yield* tagOf(rooms.edit(ben.asker, edit))).toBe("NotYourMessage")
      const key = freshKey()
      const first = yield* rooms.remove(ben.asker, { ...others, key })
      expect(yield* rooms.remove(ben.asker, { ...others, key })).toEqual(first)
      yield* settle
      const { entries } = yield* log.page(null, 10)
      const moderated = entries.filter(({ action }) => action === "MessageModerated")
      expect(moderated).toMatchObject([
        {
          actor: { id: ben.asker.user.id },
          subject: { id: ada.asker.user.id },
          room: room.id,
          detail: `message ${number}`
        }
      ])
    }).pipe(Effect.provide(layer))
  )

  it.effect("pass to somebody else when the only owner deletes their account", () =>
    Effect.gen(function* () {
      const accounts = yield* Accounts
      const members = yield* Members
      const { ada, ben, room } = yield* roomOfTwo()
      yield* accounts.deleteAccount(ada.asker, password)
      const page = yield* members.list(ben.asker, room.id, null)
      expect(page.members).toEqual([{ user: ben.asker.user, role: "owner" }])
      const cem = yield* member("cem")
      yield* members.add(ben.asker, room.id, { _tag: "Id", id: cem.asker.user.id })
    }).pipe(Effect.provide(layer))
  )
})

describe("a link into a room", () => {
  it.effect("says what it is for, makes whoever accepts it a member, and is used up only by those who were none", () =>
    Effect.gen(function* () {
      const members = yield* Members
      const ada = yield* member("ada")
      const ben = yield* member("ben")
      const cem = yield* member("cem")
      const room = yield* privateRoom(ada.asker)
      const { token, invite } = yield* members.invite(ada.asker, room.id, { days: 1, uses: 1 })
      expect(yield* members.lookAtInvite(ben.asker, token)).toEqual({ room: "Secret plans" })
      expect(yield* members.acceptInvite(ada.asker, token)).toEqual(room)
      expect(yield* members.invites(ada.asker, room.id)).toEqual([invite])
      expect(yield* members.acceptInvite(ben.asker, token)).toEqual(room)
      expect(yield* tagOf(members.acceptInvite(cem.asker, token))).toBe("LinkInvalid")
      yield* post(ben.asker, room.id, "thank you")
    }).pipe(Effect.provide(layer))
  )

  it.effect("is good for nothing when it is revoked or out of date", () =>
    Effect.gen(function* () {
      const members = yield* Members
      const ada = yield* member("ada")
      const ben = yield* member("ben")
      const room = yield* privateRoom(ada.asker)
      const revoked = yield* members.invite(ada.asker, room.id, { days: 1, uses: null })
      yield* members.revokeInvite(ada.asker, room.id, revoked.invite.id)
      expect(yield* tagOf(members.revokeInvite(ada.asker, room.id, revoked.invite.id))).toBe("InviteNotFound")
      expect(yield* tagOf(members.acceptInvite(ben.asker, revoked.token))).toBe("LinkInvalid")
      const late = yield* members.invite(ada.asker, room.id, { days: 1, uses: null })
      yield* TestClock.adjust("25 hours")
      expect(yield* tagOf(members.acceptInvite(ben.asker, late.token))).toBe("LinkInvalid")
    }).pipe(Effect.provide(layer))
  )

  it.effect("is good as long as its maker is active and may still invite", () =>
    Effect.gen(function* () {
      const members = yield* Members
      const administration = yield* Administration
      const owner = yield* withRole("owner", "owner")
      const { ada, ben, room } = yield* roomOfTwo("moderator")
      const cem = yield* member("cem")
      const { token } = yield* members.invite(ben.asker, room.id, { days: 1, uses: 1 })
      const isRefused = Effect.gen(function* () {
        expect(yield* tagOf(members.lookAtInvite(cem.asker, token))).toBe("LinkInvalid")
        expect(yield* tagOf(members.acceptInvite(cem.asker, token))).toBe("LinkInvalid")
      })
      const { id } = ben.asker.user
      yield* members.setRole(ada.asker, room.id, id, "member")
      yield* isRefused
      yield* members.setRole(ada.asker, room.id, id, "moderator")
      yield* administration.setActive(owner.asker, id, false)
      yield* isRefused
      yield* administration.setActive(owner.asker, id, true)
      expect(yield* members.acceptInvite(cem.asker, token)).toEqual(room)
    }).pipe(Effect.provide(layer))
  )

  it.effect("leads nobody back who was removed, until somebody adds them", () =>
    Effect.gen(function* () {
      const members = yield* Members
      const ada = yield* member("ada")
      const [ben, cem] = [yield* member("ben"), yield* member("cem")]
      const room = yield* privateRoom(ada.asker)
      const { token } = yield* members.invite(ada.asker, room.id, { days: 1, uses: 2 })
      yield* members.acceptInvite(ben.asker, token)
      yield* members.remove(ada.asker, room.id, ben.asker.user.id)
      expect(yield* tagOf(members.acceptInvite(ben.asker, token))).toBe("LinkInvalid")
      expect(yield* members.invites(ada.asker, room.id)).toMatchObject([{ usesLeft: 1 }])
      expect(yield* members.acceptInvite(cem.asker, token)).toEqual(room)
      yield* members.add(ada.asker, room.id, { _tag: "Id", id: ben.asker.user.id })
      yield* members.leave(ben.asker, room.id)
      const another = yield* members.invite(ada.asker, room.id, { days: 1, uses: 1 })
      expect(yield* members.acceptInvite(ben.asker, another.token)).toEqual(room)
    }).pipe(Effect.provide(layer))
  )

  it.effect("is gone when its maker is removed from the room, and does not come back with them", () =>
    Effect.gen(function* () {
      const members = yield* Members
      const { ada, ben, room } = yield* roomOfTwo("moderator")
      const { id } = ben.asker.user
      const { token } = yield* members.invite(ben.asker, room.id, { days: 1, uses: null })
      yield* members.remove(ada.asker, room.id, id)
      expect(yield* members.invites(ada.asker, room.id)).toEqual([])
      expect(yield* tagOf(members.acceptInvite(ben.asker, token))).toBe("LinkInvalid")
      yield* members.add(ada.asker, room.id, { _tag: "Id", id })
      yield* members.setRole(ada.asker, room.id, id, "moderator")
      const cem = yield* member("cem")
      expect(yield* tagOf(members.acceptInvite(cem.asker, token))).toBe("LinkInvalid")
    }).pipe(Effect.provide(layer))
  )

  it.effect("into the server is no link into a room", () =>
    Effect.gen(function* () {
      const members = yield* Members
      const administration = yield* Administration
      const admin = yield* withRole("admin", "admin")
      const { token } = yield* administration.inviteToServer(admin.asker, { days: 1, uses: null })
      expect(yield* members.lookAtInvite(admin.asker, token)).toEqual({ room: null })
      expect(yield* tagOf(members.acceptInvite(admin.asker, token))).toBe("LinkInvalid")
    }).pipe(Effect.provide(layer))
  )
})

describe("what somebody is called", () => {
  it.effect("changes in rooms and inboxes when they change it", () =>
    Effect.gen(function* () {
      const accounts = yield* Accounts
      const ada = yield* member("ada")
      const ben = yield* member("ben")
      const reader = new Reader()
      const inboxes = { ada: new InboxReader(), ben: new InboxReader() }
      yield* follow(ada.asker, lobby, new Reader())
      yield* follow(ben.asker, lobby, reader)
      yield* followInbox(ada.asker, inboxes.ada)
      yield* followInbox(ben.asker, inboxes.ben)
      yield* accounts.updateProfile(ada.asker, { name: "Ada L.", colour: 7 })
      yield* TestClock.adjust("1 second")
      const { id } = ada.asker.user
      expect(reader.view.people.get(id)?.user).toMatchObject({ name: "Ada L.", colour: 7 })
      expect(inboxes.ada.view.me?.name).toBe("Ada L.")
      expect(inboxes.ben.view.profiles.get(id)).toMatchObject({ name: "Ada L.", colour: 7 })
      yield* post(ada.asker, lobby, "signed anew")
      expect(reader.view.messages.at(-1)?.author.name).toBe("Ada L.")
    }).pipe(Effect.provide(layer))
  )
})
