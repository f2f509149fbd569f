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
import { Invites } from "@messenger/storage/Invites"
import type { InviteRow } from "@messenger/storage/Invites"
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
import { hashSecret } from "./Secrets.ts"
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

  /** An account that may be made a member. */
  const personOf = Effect.fnUntraced(function* (person: PersonName) {
    const login =
      person._tag === "Id"
        ? Option.some({ userId: person.id })
        : yield* whenAway(credentials.findLogin({ usernameFold: foldName(person.username), emailFold: undefined }))
    if (Option.isNone(login)) return yield* new AccountNotFound()
    const account = yield* whenAway(accounts.find(login.value.userId))
    if (Option.isNone(account) || !account.value.isActive) return yield* new AccountNotFound()
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

  const takeAway = Effect.fnUntraced(function* (roomId: RoomId, userId: UserId) {
    const outcome = yield* whenAway(rows.remove(roomId, userId))
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
      yield* takeAway(roomId, userId)
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
        const role = yield* writeMember(rows, members, roomId, user.id)
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

/** Writes a new member and says so; answers the role they have now. To be run in the turn of the room's members. */
const writeMember = Effect.fnUntraced(function* (
  rows: Memberships["Service"],
  members: MemberDirectory["Service"],
  roomId: RoomId,
  userId: UserId
) {
  const role = yield* whenAway(rows.add({ roomId, userId, role: "member" }, yield* Clock.currentTimeMillis))
  members.set(roomId, userId, role)
  return role
})

const makeLinks = Effect.fnUntraced(function* (admit: Admit) {
  const access = yield* Access
  const audit = yield* Audit
  const directory = yield* Directory
  const invitations = yield* Invitations
  const invites = yield* Invites
  const members = yield* MemberDirectory
  const rows = yield* Memberships
  const tries = new TokenBuckets<UserId>((yield* ChatLimits).links)

  const find = Effect.fnUntraced(function* (asker: Asker, token: string) {
    yield* access.onServer(asker, "self.sessions")
    const now = yield* take(tries, asker.user.id)
    const found = yield* whenAway(invites.find(hashSecret(token), now))
    if (Option.isNone(found)) return yield* new LinkInvalid()
    const { roomId } = found.value
    const listing = roomId === null ? undefined : directory.get(roomId)
    if (roomId !== null && listing === undefined) return yield* new LinkInvalid()
    return listing?.room
  })

  const useUp = Effect.fnUntraced(function* (token: string) {
    const used = yield* whenAway(invites.use(hashSecret(token), yield* Clock.currentTimeMillis))
    return Option.isSome(used) ? used.value : yield* new LinkInvalid()
  })

  // If the database is away for that too, one use is lost.
  const giveBack = ({ id }: InviteRow) => Effect.ignore(invites.giveBack(id))

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
        const invite = yield* useUp(token)
        yield* writeMember(rows, members, room.id, userId).pipe(Effect.onError(() => giveBack(invite)))
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
