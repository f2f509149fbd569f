// The members of the rooms of this process. What is written is said in `MemberDirectory` in the same turn of the room's members, and
// whoever listens there drops followers and tells inboxes in that step.
import { AccountNotFound } from "@messenger/protocol/Account"
import type { UserId } from "@messenger/protocol/Account"
import type { Listing } from "@messenger/protocol/InboxFeed"
import { LinkInvalid } from "@messenger/protocol/Link"
import * as Limits from "@messenger/protocol/Limits"
import type { Member } from "@messenger/protocol/MemberRpcs"
import { LastOwner } from "@messenger/protocol/Rights"
import type { Right } from "@messenger/protocol/Rights"
import type { RoomId } from "@messenger/protocol/Room"
import type { RateLimited } from "@messenger/protocol/Unavailable"
import { Accounts as AccountRows } from "@messenger/storage/Accounts"
import { Credentials } from "@messenger/storage/Credentials"
import { Memberships } from "@messenger/storage/Memberships"
import { Clock, Effect, Layer, Option } from "effect"
import { Access } from "./Access.ts"
import type { Denial } from "./Access.ts"
import { Audit } from "./Audit.ts"
import { ChatLimits } from "./ChatLimits.ts"
import { Directory } from "./Directory.ts"
import { Invitations } from "./Invitations.ts"
import { MemberDirectory } from "./MemberDirectory.ts"
import { Members } from "./Members.ts"
import type { PersonName } from "./Members.ts"
import { foldName } from "./NameFold.ts"
import type { Asker } from "./Rooms.ts"
import { take, TokenBuckets } from "./TokenBuckets.ts"
import { whenAway } from "./Weather.ts"

/** The face of members, for gateways. */
export const layer = Layer.effect(
  Members,
  Effect.gen(function* () {
    const admit = yield* makeAdmit
    return Members.of({ ...(yield* makeMembership(admit)), ...(yield* makeLinks(admit)) })
  })
).pipe(Layer.provide(Invitations.layer))

/** The room, if the asker may do this in it, and does not do it too often. */
type Admit = (asker: Asker, roomId: RoomId, right: Right) => Effect.Effect<Listing, Denial | RateLimited>

const makeAdmit = Effect.gen(function* () {
  const access = yield* Access
  const buckets = new TokenBuckets<UserId>((yield* ChatLimits).members)
  const admit: Admit = (asker, roomId, right) =>
    Effect.tap(access.inRoom(asker, roomId, right), () => take(buckets, asker.user.id))
  return admit
})

const makeMembership = Effect.fnUntraced(function* (admit: Admit) {
  const access = yield* Access
  const accounts = yield* AccountRows
  const audit = yield* Audit
  const credentials = yield* Credentials
  const members = yield* MemberDirectory
  const rows = yield* Memberships

  /** Whose username it is or, since an app has none, which app has that name. */
  const accountCalled = Effect.fnUntraced(function* (name: string) {
    const fold = foldName(name)
    const login = yield* credentials.findLogin({ usernameFold: fold, emailFold: undefined })
    if (Option.isSome(login)) return yield* accounts.find(login.value.userId)
    return Option.fromUndefinedOr((yield* accounts.services).find(({ user }) => foldName(user.name) === fold))
  })

  /** An account that may be made a member. */
  const personOf = Effect.fnUntraced(function* (person: PersonName) {
    const account = yield* whenAway(person._tag === "Id" ? accounts.find(person.id) : accountCalled(person.username))
    if (Option.isNone(account) || !account.value.isActive) return yield* new AccountNotFound()
    // A webhook belongs to the room that it was made for.
    if (account.value.isWebhook === true) return yield* new AccountNotFound()
    return account.value.user
  })

  const record = (
    action: "MemberAdded" | "MemberRemoved" | "MemberLeft" | "RoomRoleChanged",
    asker: Asker,
    roomId: RoomId,
    subject: UserId,
    detail = ""
  ) => audit.record({ action, actor: asker.user.id, subject, room: roomId, detail, address: asker.address })

  /** Asks for the right again when it is this change's turn, then changes; a right may go while another change runs. */
  const inTurn = <A, E>(asker: Asker, roomId: RoomId, right: Right, change: Effect.Effect<A, E>) =>
    members.exclusively(roomId, Effect.andThen(access.inRoom(asker, roomId, right), change))

  const takeAway = Effect.fnUntraced(function* (
    roomId: RoomId,
    userId: UserId,
    write: ReturnType<Memberships["Service"]["remove"]> = rows.remove(roomId, userId)
  ) {
    const outcome = yield* whenAway(write)
    if (outcome === "LastOwner") return yield* new LastOwner()
    // Also when there is none: then an earlier answer was lost, and what is in memory is what was not yet said.
    members.set(roomId, userId, null)
  })

  const leave: Members["Service"]["leave"] = Effect.fn("Members.leave")(function* (asker, roomId) {
    yield* admit(asker, roomId, "room.leave")
    const userId = asker.user.id
    const change = Effect.gen(function* () {
      if (members.roleOf(roomId, userId) === null) return
      yield* takeAway(roomId, userId)
      yield* record("MemberLeft", asker, roomId, userId)
    })
    yield* inTurn(asker, roomId, "room.leave", change)
  })

  const remove: Members["Service"]["remove"] = Effect.fn("Members.remove")(function* (asker, roomId, userId) {
    if (userId === asker.user.id) return yield* leave(asker, roomId)
    yield* admit(asker, roomId, "room.moderate")
    const change = Effect.gen(function* () {
      const role = members.roleOf(roomId, userId)
      if (role === null) return yield* new AccountNotFound()
      if (role !== "member") yield* access.inRoom(asker, roomId, "room.manage")
      yield* takeAway(roomId, userId, rows.expel(roomId, userId, yield* Clock.currentTimeMillis))
      yield* record("MemberRemoved", asker, roomId, userId)
    })
    yield* inTurn(asker, roomId, "room.moderate", change)
  })

  const setRole: Members["Service"]["setRole"] = Effect.fn("Members.setRole")(function* (asker, roomId, userId, role) {
    const { room } = yield* admit(asker, roomId, "room.manage")
    const change = Effect.gen(function* () {
      const before = members.roleOf(roomId, userId)
      if (before === role) return
      // In a public room everybody is a member without a row.
      if (role === "member" && !room.isPrivate) {
        if (before !== null) yield* takeAway(roomId, userId)
      } else {
        const at = yield* Clock.currentTimeMillis
        const outcome = yield* whenAway(rows.setRole({ roomId, userId, role }, at))
        if (outcome === "NotFound") return yield* new AccountNotFound()
        if (outcome === "LastOwner") return yield* new LastOwner()
        members.set(roomId, userId, role)
      }
      yield* record("RoomRoleChanged", asker, roomId, userId, role)
    })
    yield* inTurn(asker, roomId, "room.manage", change)
  })

  return {
    list: Effect.fn("Members.list")(function* (asker, roomId, after) {
      yield* admit(asker, roomId, "room.read")
      const page = yield* whenAway(rows.page(roomId, after, Limits.maxPeoplePage + 1))
      yield* access.inRoom(asker, roomId, "room.read")
      const shown = page.slice(0, Limits.maxPeoplePage)
      return { members: shown, next: page.length > shown.length ? (shown.at(-1)?.user.id ?? null) : null }
    }),
    add: Effect.fn("Members.add")(function* (asker, roomId, person) {
      const { room } = yield* admit(asker, roomId, "room.invite")
      const user = yield* personOf(person)
      const change = Effect.gen(function* () {
        const before = members.roleOf(roomId, user.id)
        if (before !== null || !room.isPrivate) return { user, role: before ?? "member" } satisfies Member
        const row = { roomId, userId: user.id, role: "member" } as const
        const role = yield* whenAway(rows.add(row, yield* Clock.currentTimeMillis))
        members.set(roomId, user.id, role)
        yield* record("MemberAdded", asker, roomId, user.id)
        return { user, role } satisfies Member
      })
      return yield* inTurn(asker, roomId, "room.invite", change)
    }),
    leave,
    remove,
    setRole
  } satisfies Partial<Members["Service"]>
})

const makeLinks = Effect.fnUntraced(function* (admit: Admit) {
  const access = yield* Access
  const audit = yield* Audit
  const directory = yield* Directory
  const invitations = yield* Invitations
  const members = yield* MemberDirectory
  const rows = yield* Memberships
  const tries = new TokenBuckets<UserId>((yield* ChatLimits).links)

  const find = Effect.fnUntraced(function* (asker: Asker, token: string) {
    yield* access.onServer(asker, "self.sessions")
    yield* take(tries, asker.user.id)
    const { roomId } = yield* invitations.find(token)
    const listing = roomId === null ? undefined : directory.get(roomId)
    if (roomId !== null && listing === undefined) return yield* new LinkInvalid()
    return listing?.room
  })

  const enter = Effect.fnUntraced(function* (roomId: RoomId, userId: UserId) {
    const row = { roomId, userId, role: "member" } as const
    const role = yield* whenAway(rows.enter(row, yield* Clock.currentTimeMillis))
    if (role === "Removed") return yield* new LinkInvalid()
    members.set(roomId, userId, role)
  })

  return {
    invite: Effect.fn("Members.invite")(function* (asker, roomId, terms) {
      yield* admit(asker, roomId, "room.invite")
      return yield* invitations.make(asker, roomId, terms)
    }),
    invites: Effect.fn("Members.invites")(function* (asker, roomId) {
      yield* admit(asker, roomId, "room.invite")
      return yield* invitations.list(roomId)
    }),
    revokeInvite: Effect.fn("Members.revokeInvite")(function* (asker, roomId, id) {
      yield* admit(asker, roomId, "room.invite")
      yield* invitations.revoke(asker, roomId, id)
    }),
    lookAtInvite: Effect.fn("Members.lookAtInvite")(function* (asker, token) {
      const room = yield* find(asker, token)
      return { room: room?.name ?? null }
    }),
    acceptInvite: Effect.fn("Members.acceptInvite")(function* (asker, token) {
      const room = yield* find(asker, token)
      if (room === undefined) return yield* new LinkInvalid()
      const userId = asker.user.id
      const change = Effect.gen(function* () {
        if (access.sees(userId, room.id)) return
        const invite = yield* invitations.use(token)
        yield* enter(room.id, userId).pipe(Effect.onError(() => invitations.giveBack(invite)))
        const { address } = asker
        yield* audit.record(
          { action: "InviteUsed", actor: userId, room: room.id, detail: invite.id, address },
          { action: "MemberAdded", actor: userId, subject: userId, room: room.id, address }
        )
      })
      yield* members.exclusively(room.id, change)
      return room
    })
  } satisfies Partial<Members["Service"]>
})
