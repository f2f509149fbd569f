// Links into the server or a room, links that work once, and tokens of service accounts.
import { UserId } from "@messenger/protocol/Account"
import { InviteId } from "@messenger/protocol/Link"
import { ApiTokenId } from "@messenger/protocol/PeopleRpcs"
import { Accounts } from "@messenger/storage/Accounts"
import { ApiTokens } from "@messenger/storage/ApiTokens"
import { Credentials } from "@messenger/storage/Credentials"
import { Invites } from "@messenger/storage/Invites"
import type { NewInvite } from "@messenger/storage/Invites"
import { OneTimeLinks } from "@messenger/storage/OneTimeLinks"
import type { Ports } from "@messenger/storage/Ports"
import { expect } from "@effect/vitest"
import type { Vitest } from "@effect/vitest"
import { Effect, Option } from "effect"
import { makeGuest, makeMember, makeRoom, unique } from "./world.ts"

const makeInvite = Effect.fnUntraced(function* (changes: Partial<NewInvite> = {}) {
  const invite: NewInvite = {
    id: InviteId.make(unique("invite")),
    tokenHash: unique("hash"),
    roomId: null,
    createdBy: changes.createdBy ?? (yield* makeGuest()),
    at: 1_000,
    expiresAt: 2_000,
    uses: null,
    ...changes
  }
  yield* (yield* Invites).create(invite)
  return invite
})

/** Asks twenty times at once; answers how many were told yes. */
const atOnce = <Failure>(ask: Effect.Effect<Option.Option<unknown> | boolean, Failure>) =>
  Effect.map(
    Effect.all(
      Array.from({ length: 20 }, () => ask),
      { concurrency: "unbounded" }
    ),
    (answers) => answers.filter((answer) => (typeof answer === "boolean" ? answer : Option.isSome(answer))).length
  )

const putReset = Effect.fnUntraced(function* (userId: UserId) {
  const tokenHash = unique("reset")
  yield* (yield* OneTimeLinks).put({ _tag: "Reset", tokenHash, userId, expiresAt: 100 })
  return tokenHash
})

const isReset = Effect.fnUntraced(function* (tokenHash: string) {
  return Option.isSome(yield* (yield* OneTimeLinks).findReset(tokenHash, 1))
})

export const linksContract = (it: Vitest.MethodsNonLive<Ports>): void => {
  it.effect("an invitation is found and used until its time is over", () =>
    Effect.gen(function* () {
      const invites = yield* Invites
      const roomId = yield* makeRoom()
      const createdBy = yield* makeGuest("Bo")
      const { id, tokenHash } = yield* makeInvite({ roomId, createdBy })
      const row = Option.some({
        id,
        roomId,
        createdBy: { id: createdBy, name: "Bo", isGuest: true },
        createdAt: 1_000,
        expiresAt: 2_000,
        usesLeft: null
      })
      expect(yield* invites.find(tokenHash, 1_999)).toEqual(row)
      expect(yield* invites.use(tokenHash, 1_999)).toEqual(row)
      expect(yield* invites.use(tokenHash, 1_999)).toEqual(row)
      expect(yield* invites.find(tokenHash, 2_000)).toEqual(Option.none())
      expect(yield* invites.use(tokenHash, 2_000)).toEqual(Option.none())
      expect(yield* invites.use("another hash", 1)).toEqual(Option.none())
    })
  )

  it.effect("of twenty who use an invitation for three at once three get in", () =>
    Effect.gen(function* () {
      const invites = yield* Invites
      const { tokenHash } = yield* makeInvite({ uses: 3 })
      expect(yield* atOnce(invites.use(tokenHash, 1))).toBe(3)
      expect(yield* invites.find(tokenHash, 1)).toEqual(Option.none())
    })
  )

  it.effect("a use that is given back may be made again, and no more than there were", () =>
    Effect.gen(function* () {
      const invites = yield* Invites
      const { id, tokenHash } = yield* makeInvite({ uses: 2 })
      expect(yield* invites.use(tokenHash, 1)).toMatchObject({ value: { usesLeft: 1 } })
      expect(yield* invites.use(tokenHash, 1)).toMatchObject({ value: { usesLeft: 0 } })
      expect(yield* invites.use(tokenHash, 1)).toEqual(Option.none())
      yield* invites.giveBack(id)
      expect(yield* invites.find(tokenHash, 1)).toMatchObject({ value: { usesLeft: 1 } })
      for (const _ of [1, 2, 3]) yield* invites.giveBack(id)
      expect(yield* invites.find(tokenHash, 1)).toMatchObject({ value: { usesLeft: 2 } })
      const unlimited = yield* makeInvite()
      yield* invites.giveBack(unlimited.id)
      expect(yield* invites.find(unlimited.tokenHash, 1)).toMatchObject({ value: { usesLeft: null } })
    })
  )

  it.effect("the invitations into a room are listed, the newest first, and revoked there alone", () =>
    Effect.gen(function* () {
      const invites = yield* Invites
      const [roomId, elsewhere] = [yield* makeRoom(), yield* makeRoom()]
      const old = yield* makeInvite({ roomId, at: 1 })
      const young = yield* makeInvite({ roomId, at: 2 })
      const usedUp = yield* makeInvite({ roomId, uses: 1 })
      yield* invites.use(usedUp.tokenHash, 1)
      yield* makeInvite({ roomId, expiresAt: 50 })
      const intoServer = yield* makeInvite()
      const ids = (room: typeof roomId | null) => Effect.map(invites.list(room, 60), (rows) => rows.map(({ id }) => id))
      expect(yield* ids(roomId)).toEqual([young.id, old.id])
      expect(yield* ids(null)).toContain(intoServer.id)
      expect(yield* ids(null)).not.toContain(old.id)
      expect(yield* invites.revoke(elsewhere, old.id)).toBe(false)
      expect(yield* invites.revoke(null, old.id)).toBe(false)
      expect(yield* invites.revoke(roomId, intoServer.id)).toBe(false)
      expect(yield* invites.revoke(roomId, old.id)).toBe(true)
      expect(yield* invites.revoke(null, intoServer.id)).toBe(true)
      expect(yield* ids(roomId)).toEqual([young.id])
      expect(yield* invites.use(old.tokenHash, 1)).toEqual(Option.none())
    })
  )

  it.effect("invitations that are over or used up are swept away, and no others", () =>
    Effect.gen(function* () {
      const invites = yield* Invites
      yield* invites.removeExpired(1_999)
      const good = yield* makeInvite({ uses: 2 })
      const usedUp = yield* makeInvite({ uses: 1 })
      yield* invites.use(usedUp.tokenHash, 1)
      yield* makeInvite({ expiresAt: 1_900 })
      expect(yield* invites.removeExpired(1_900)).toBe(2)
      expect(yield* invites.removeExpired(1_900)).toBe(0)
      expect(Option.isSome(yield* invites.find(good.tokenHash, 1))).toBe(true)
    })
  )

  it.effect("one of many who hold a link to ownership is told that it was one, and nobody later", () =>
    Effect.gen(function* () {
      const links = yield* OneTimeLinks
      const tokenHash = unique("owner")
      yield* links.put({ _tag: "Owner", tokenHash, expiresAt: null })
      expect(yield* links.takeReset(tokenHash, 1)).toEqual(Option.none())
      expect(yield* links.findOwner(tokenHash, 1)).toBe(true)
      expect(yield* atOnce(links.takeOwner(tokenHash, 1))).toBe(1)
      expect(yield* links.findOwner(tokenHash, 1)).toBe(false)
      expect(yield* links.takeOwner(tokenHash, 1)).toBe(false)
    })
  )

  it.effect("a new link to ownership takes the place of all older ones; an owner takes them all away", () =>
    Effect.gen(function* () {
      const links = yield* OneTimeLinks
      const [old, young, dated] = [unique("owner"), unique("owner"), unique("owner")]
      yield* links.put({ _tag: "Owner", tokenHash: old, expiresAt: null })
      yield* links.put({ _tag: "Owner", tokenHash: young, expiresAt: null })
      expect(yield* links.takeOwner(old, 1)).toBe(false)
      yield* links.removeOwnerLinks
      expect(yield* links.takeOwner(young, 1)).toBe(false)
      yield* links.put({ _tag: "Owner", tokenHash: dated, expiresAt: 100 })
      expect(yield* links.takeOwner(dated, 100)).toBe(false)
      expect(yield* links.takeOwner(dated, 99)).toBe(true)
    })
  )

  it.effect("of many links to ownership that are made at once one is left", () =>
    Effect.gen(function* () {
      const links = yield* OneTimeLinks
      const hashes = Array.from({ length: 10 }, () => unique("owner"))
      yield* Effect.all(
        hashes.map((tokenHash) => links.put({ _tag: "Owner", tokenHash, expiresAt: null })),
        { concurrency: "unbounded" }
      )
      const taken = yield* Effect.forEach(hashes, (tokenHash) => links.takeOwner(tokenHash, 1))
      expect(taken.filter((isIt) => isIt)).toHaveLength(1)
    })
  )

  it.effect("a reset link is its person's, once, until its time is over; a newer one takes its place", () =>
    Effect.gen(function* () {
      const links = yield* OneTimeLinks
      const [ada, bo] = [yield* makeMember(), yield* makeMember()]
      const [old, ofBo, young] = [yield* putReset(ada.id), yield* putReset(bo.id), yield* putReset(ada.id)]
      expect(yield* links.findReset(old, 1)).toEqual(Option.none())
      expect(yield* links.findReset(young, 99)).toEqual(Option.some(ada.id))
      expect(yield* links.findReset(young, 100)).toEqual(Option.none())
      expect(yield* links.takeReset(young, 100)).toEqual(Option.none())
      expect(yield* links.takeOwner(young, 1)).toBe(false)
      expect(yield* atOnce(links.takeReset(young, 99))).toBe(1)
      expect(yield* links.findReset(young, 99)).toEqual(Option.none())
      expect(yield* links.takeReset(ofBo, 99)).toEqual(Option.some(bo.id))
    })
  )

  it.effect("a reset link is void as soon as its person has another password or role, or is deactivated", () =>
    Effect.gen(function* () {
      const accounts = yield* Accounts
      const credentials = yield* Credentials
      const changes = [
        (userId: UserId) => credentials.setPassword(userId, unique("hash")),
        (userId: UserId) => accounts.setRole(userId, "admin"),
        (userId: UserId) => accounts.setActive(userId, false)
      ]
      for (const change of changes) {
        const [{ id }, other] = [yield* makeMember(), yield* makeMember()]
        const [link, ofOther] = [yield* putReset(id), yield* putReset(other.id)]
        yield* change(id)
        expect(yield* isReset(link)).toBe(false)
        expect(yield* isReset(ofOther)).toBe(true)
      }
    })
  )

  it.effect("whoever loses a role takes with them all reset links, which they may have made", () =>
    Effect.gen(function* () {
      const accounts = yield* Accounts
      const falls = [
        ["admin", (userId: UserId) => accounts.setRole(userId, "member")],
        ["owner", (userId: UserId) => accounts.setRole(userId, "admin")],
        ["admin", (userId: UserId) => accounts.setActive(userId, false)],
        ["owner", (userId: UserId) => accounts.remove(userId, 1, 2)]
      ] as const
      // Somebody must stay an owner.
      yield* accounts.setRole((yield* makeMember()).id, "owner")
      for (const [role, fall] of falls) {
        const [{ id }, { id: somebody }] = [yield* makeMember(), yield* makeMember()]
        yield* accounts.setRole(id, role)
        const link = yield* putReset(somebody)
        expect(yield* isReset(link)).toBe(true)
        expect(yield* fall(id)).toBe("Changed")
        expect(yield* isReset(link)).toBe(false)
      }
    })
  )

  it.effect("links that work once are swept away when their time is over; those without one stay", () =>
    Effect.gen(function* () {
      const links = yield* OneTimeLinks
      yield* links.removeExpired(1_000_000)
      const [owner, old, young] = [unique("owner"), unique("reset"), unique("reset")]
      yield* links.put({ _tag: "Owner", tokenHash: owner, expiresAt: null })
      yield* links.put({ _tag: "Reset", tokenHash: old, userId: (yield* makeMember()).id, expiresAt: 100 })
      yield* links.put({ _tag: "Reset", tokenHash: young, userId: (yield* makeMember()).id, expiresAt: 101 })
      expect(yield* links.removeExpired(100)).toBe(1)
      expect(Option.isSome(yield* links.findReset(young, 100))).toBe(true)
      expect(yield* links.takeOwner(owner, 1_000_000)).toBe(true)
    })
  )

  it.effect("a token acts for its service account until it is revoked", () =>
    Effect.gen(function* () {
      const accounts = yield* Accounts
      const tokens = yield* ApiTokens
      const { id: createdBy } = yield* makeMember()
      const userId = UserId.make(unique("bot"))
      yield* accounts.createService({ id: userId, name: "Bot", fold: unique("bot"), at: 1 })
      const secretHash = unique("secret")
      const token = { id: ApiTokenId.make(unique("token")), name: "CI", scope: "write" as const, createdAt: 1_000 }
      yield* tokens.create({ ...token, secretHash, userId, createdBy })
      yield* tokens.create({ ...token, secretHash, userId, createdBy })
      const account = { user: { id: userId, isApp: true }, role: "member", isActive: true }
      expect(yield* tokens.find(secretHash)).toMatchObject({ value: { ...token, lastUsedAt: null, account } })
      expect(yield* tokens.find("another")).toEqual(Option.none())
      yield* tokens.touch([
        { id: token.id, at: 5_000 },
        { id: token.id, at: 4_000 },
        { id: ApiTokenId.make("gone"), at: 4_000 }
      ])
      yield* tokens.touch([{ id: token.id, at: 3_000 }])
      yield* tokens.touch([])
      expect(yield* tokens.all).toContainEqual({ ...token, userId, lastUsedAt: 5_000 })
      yield* accounts.setActive(userId, false)
      expect(yield* tokens.find(secretHash)).toMatchObject({ value: { account: { isActive: false } } })
      expect(yield* tokens.remove(token.id)).toEqual(Option.some(userId))
      expect(yield* tokens.remove(token.id)).toEqual(Option.none())
      expect(yield* tokens.find(secretHash)).toEqual(Option.none())
    })
  )
}
