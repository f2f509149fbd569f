// Every command that concerns a room, asked by everybody who may ask it, of every kind of room: the answer is the one that the pure
// rules of the contract give.
import { ChatLimits, defaults } from "@messenger/chat/ChatLimits"
import { Inboxes } from "@messenger/chat/Inboxes"
import { MemberDirectory } from "@messenger/chat/MemberDirectory"
import { Members } from "@messenger/chat/Members"
import { Rooms } from "@messenger/chat/Rooms"
import type { Asker } from "@messenger/chat/Rooms"
import { UserId } from "@messenger/protocol/Account"
import { InviteId } from "@messenger/protocol/Link"
import { isVisible, mayInRoom, RoomRole, ServerRole, TokenScope } from "@messenger/protocol/Rights"
import type { Right } from "@messenger/protocol/Rights"
import { RoomId } from "@messenger/protocol/Room"
import { Accounts as AccountRows } from "@messenger/storage/Accounts"
import { Memberships } from "@messenger/storage/Memberships"
import * as Memory from "@messenger/storage/Memory"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Fiber, Layer } from "effect"
import { TestClock } from "effect/testing"
import { freshKey, over, person, Reader } from "./Server.ts"

type Room = "public" | "private" | "missing"

interface Case {
  readonly asker: Asker
  readonly roomId: RoomId
  readonly membership: RoomRole | null
}

/** The tag of the refusal, or `Allowed`. */
type Answer = "Allowed" | "RoomNotFound" | "Forbidden" | "NotYourMessage"

interface Command {
  readonly right: Right
  /** Asks, and answers what was refused; what comes of an allowed command is not looked at. */
  readonly ask: (
    each: Case
  ) => Effect.Effect<Answer, unknown, Rooms | Members | Inboxes | MemberDirectory | Memberships>
  /** What the rules say of an asker who has `right`, when that is not yet all. */
  readonly further?: (may: (right: Right) => boolean) => Answer
}

const unlimited = { capacity: 1e9, perMinute: 1e9 }

const limits = {
  ...defaults,
  ...Object.fromEntries(
    Object.entries(defaults).map(([name, limit]) => [name, typeof limit === "number" ? limit : unlimited])
  )
}

const layer = over(Memory.layer).pipe(Layer.provide(Layer.succeed(ChatLimits, limits)))

const answerOf = <A, E extends { readonly _tag: string }, R>(effect: Effect.Effect<A, E, R>) =>
  effect.pipe(
    Effect.as("Allowed"),
    Effect.catch(({ _tag }) => Effect.succeed(_tag)),
    Effect.map((tag): Answer => {
      if (tag === "RoomNotFound" || tag === "Forbidden" || tag === "NotYourMessage") return tag
      return "Allowed"
    })
  )

/** Says in memory and storage what somebody is in a room. */
const place = Effect.fnUntraced(function* (roomId: RoomId, userId: UserId, role: RoomRole | null) {
  const members = yield* MemberDirectory
  const rows = yield* Memberships
  if (role === null) yield* rows.remove(roomId, userId)
  else {
    yield* rows.add({ roomId, userId, role }, 0)
    yield* rows.setRole({ roomId, userId, role }, 0)
  }
  members.set(roomId, userId, role)
})

/** The number of a message of that person, who may post for as long as it takes. */
const messageBy = Effect.fnUntraced(function* (author: Asker, { roomId }: Case) {
  const rooms = yield* Rooms
  const members = yield* MemberDirectory
  const before = members.roleOf(roomId, author.user.id)
  if (roomId === missing) return 1
  yield* place(roomId, author.user.id, "moderator")
  const owner = { ...author, role: "owner" as const, scope: null }
  const { number } = yield* rooms.post(owner, { roomId, key: freshKey(), text: "text" })
  yield* place(roomId, author.user.id, before)
  return number
})

const inRooms =
  <A, E extends { readonly _tag: string }>(ask: (rooms: Rooms["Service"], each: Case) => Effect.Effect<A, E>) =>
  (each: Case) =>
    Effect.flatMap(Rooms, (rooms) => answerOf(ask(rooms, each)))

const inMembers =
  <A, E extends { readonly _tag: string }>(ask: (members: Members["Service"], each: Case) => Effect.Effect<A, E>) =>
  (each: Case) =>
    Effect.flatMap(Members, (members) => answerOf(ask(members, each)))

const missing = RoomId.make("missing")
const host = person("Host", { role: "member" })
const nobody = UserId.make("nobody")

/** Removes somebody of that role, and puts them back. */
const removing = (role: RoomRole) =>
  Effect.fnUntraced(function* (each: Case) {
    const members = yield* Members
    const target = UserId.make("target")
    if (each.roomId !== missing) yield* place(each.roomId, target, role)
    const answer = yield* answerOf(members.remove(each.asker, each.roomId, target))
    if (each.roomId !== missing) yield* place(each.roomId, target, null)
    return answer
  })

const commands: Record<string, Command> = {
  follow: {
    right: "room.read",
    ask: Effect.fnUntraced(function* ({ asker, roomId }: Case) {
      const rooms = yield* Rooms
      const fiber = yield* Effect.forkChild(Effect.flip(rooms.follow(asker, roomId, undefined, new Reader())))
      yield* TestClock.adjust("1 millis")
      if (fiber.pollUnsafe() !== undefined) return yield* answerOf(Effect.flip(Fiber.join(fiber)))
      yield* Fiber.interrupt(fiber)
      return "Allowed" as const
    })
  },
  history: {
    right: "room.read",
    ask: inRooms((rooms, { asker, roomId }) => rooms.history(asker, roomId, { _tag: "Newest" }, 1))
  },
  people: { right: "room.read", ask: inRooms((rooms, { asker, roomId }) => rooms.people(asker, roomId, null)) },
  post: {
    right: "room.post",
    ask: inRooms((rooms, { asker, roomId }) => rooms.post(asker, { roomId, key: freshKey(), text: "hello" }))
  },
  setTyping: { right: "room.post", ask: inRooms((rooms, { asker, roomId }) => rooms.setTyping(asker, roomId, true)) },
  "edit one's own": {
    right: "room.post",
    ask: Effect.fnUntraced(function* (each: Case) {
      const rooms = yield* Rooms
      const number = yield* messageBy(each.asker, each)
      const { asker, roomId } = each
      return yield* answerOf(rooms.edit(asker, { roomId, key: freshKey(), number, change: number, text: "other" }))
    })
  },
  "edit another's": {
    right: "room.post",
    further: () => "NotYourMessage",
    ask: Effect.fnUntraced(function* (each: Case) {
      const rooms = yield* Rooms
      const number = yield* messageBy(host, each)
      const { asker, roomId } = each
      return yield* answerOf(rooms.edit(asker, { roomId, key: freshKey(), number, change: number, text: "other" }))
    })
  },
  "delete one's own": {
    right: "room.post",
    ask: Effect.fnUntraced(function* (each: Case) {
      const rooms = yield* Rooms
      const number = yield* messageBy(each.asker, each)
      return yield* answerOf(rooms.remove(each.asker, { roomId: each.roomId, key: freshKey(), number }))
    })
  },
  "delete another's": {
    right: "room.post",
    further: (may) => (may("room.moderate") ? "Allowed" : "NotYourMessage"),
    ask: Effect.fnUntraced(function* (each: Case) {
      const rooms = yield* Rooms
      const number = yield* messageBy(host, each)
      return yield* answerOf(rooms.remove(each.asker, { roomId: each.roomId, key: freshKey(), number }))
    })
  },
  "list members": {
    right: "room.read",
    ask: inMembers((members, { asker, roomId }) => members.list(asker, roomId, null))
  },
  "add a member": {
    right: "room.invite",
    ask: inMembers((members, { asker, roomId }) => members.add(asker, roomId, { _tag: "Id", id: nobody }))
  },
  "set a role": {
    right: "room.manage",
    ask: inMembers((members, { asker, roomId }) => members.setRole(asker, roomId, nobody, "moderator"))
  },
  "remove a member": { right: "room.moderate", ask: removing("member") },
  "remove a moderator": {
    right: "room.moderate",
    further: (may) => (may("room.manage") ? "Allowed" : "Forbidden"),
    ask: removing("moderator")
  },
  leave: {
    right: "room.leave",
    ask: Effect.fnUntraced(function* ({ asker, roomId, membership }: Case) {
      const members = yield* Members
      const answer = yield* answerOf(members.leave(asker, roomId))
      if (roomId !== missing) yield* place(roomId, asker.user.id, membership)
      return answer
    })
  },
  invite: {
    right: "room.invite",
    ask: inMembers((members, { asker, roomId }) => members.invite(asker, roomId, { days: 1, uses: 1 }))
  },
  "list invitations": {
    right: "room.invite",
    ask: inMembers((members, { asker, roomId }) => members.invites(asker, roomId))
  },
  "revoke an invitation": {
    right: "room.invite",
    ask: inMembers((members, { asker, roomId }) => members.revokeInvite(asker, roomId, InviteId.make("none")))
  },
  "mark as read": {
    right: "room.read",
    further: (may) => (may("self.write") ? "Allowed" : "Forbidden"),
    ask: ({ asker, roomId }) => Effect.flatMap(Inboxes, (inboxes) => answerOf(inboxes.markRead(asker, roomId, 1)))
  }
}

const memberships: ReadonlyArray<RoomRole | null> = [null, ...RoomRole.literals]
const scopes: ReadonlyArray<TokenScope | null> = [null, ...TokenScope.literals]

const expected = ({ right, further }: Command, each: Case, room: Room): Answer => {
  const { role, scope } = each.asker
  const standing = { role, scope, isPrivate: room === "private", membership: each.membership }
  const may = (needed: Right) =>
    needed.startsWith("room.") ? mayInRoom(needed, standing) : scope === null || scope !== "read"
  if (room === "missing" || !isVisible(standing)) return "RoomNotFound"
  if (!may(right)) return "Forbidden"
  return further?.(may) ?? "Allowed"
}

describe("the table of rights", () => {
  for (const [name, command] of Object.entries(commands)) {
    it.effect(`is what everybody is answered who asks to ${name}`, () =>
      Effect.gen(function* () {
        const rooms = yield* Rooms
        const accounts = yield* AccountRows
        for (const id of ["host", "target", "somebody"]) {
          yield* accounts.createGuest({ id: UserId.make(id), name: id, fold: id, at: 0 })
        }
        const ids = {
          public: (yield* rooms.create(host, { name: "open", isPrivate: false })).id,
          private: (yield* rooms.create(host, { name: "shut", isPrivate: true })).id,
          missing
        }
        const answers: Array<string> = []
        const rules: Array<string> = []
        for (const room of ["public", "private", "missing"] as const) {
          for (const membership of memberships) {
            if (room !== "missing") yield* place(ids[room], UserId.make("somebody"), membership)
            for (const role of ServerRole.literals) {
              for (const scope of scopes) {
                const held = room === "missing" ? null : membership
                const each = { asker: person("Somebody", { role, scope }), roomId: ids[room], membership: held }
                const who = `${role} with ${scope ?? "a session"}, ${membership ?? "nothing"} in a ${room} room`
                answers.push(`${who}: ${yield* command.ask(each)}`)
                rules.push(`${who}: ${expected(command, each, room)}`)
              }
            }
          }
        }
        expect(answers).toEqual(rules)
      }).pipe(Effect.provide(layer))
    )
  }
})
