// Webhooks of rooms, and the accounts of incoming ones.
import { ApiTokenId } from "@messenger/protocol/PeopleRpcs"
import type { RoomId } from "@messenger/protocol/Room"
import { WebhookId } from "@messenger/protocol/Webhook"
import { Accounts, deletedName } from "@messenger/storage/Accounts"
import { ApiTokens } from "@messenger/storage/ApiTokens"
import { Credentials } from "@messenger/storage/Credentials"
import { Memberships } from "@messenger/storage/Memberships"
import { MessageLog } from "@messenger/storage/MessageLog"
import type { Ports } from "@messenger/storage/Ports"
import { Webhooks } from "@messenger/storage/Webhooks"
import { expect } from "@effect/vitest"
import type { Vitest } from "@effect/vitest"
import { Effect, Option } from "effect"
import { makeMember, makeRoom, makeRoomOf, newMember, openRoom, post, unique, write } from "./world.ts"
import { makeIncoming, makeOutgoing, makeQueue, manyWebhooks, newIncoming, newOutgoing, say } from "./webhooksWorld.ts"

const nowhere = WebhookId.make("nowhere")

const behindOf = Effect.fnUntraced(function* (id: WebhookId) {
  const behind = (yield* (yield* Webhooks).behind).find(({ webhook }) => webhook.id === id)
  return behind?.cursor
})

export const webhooksContract = (it: Vitest.MethodsNonLive<Ports>): void => {
  it.effect("an incoming webhook is found by the hash of its token, with its account and its maker", () =>
    Effect.gen(function* () {
      const webhooks = yield* Webhooks
      const maker = yield* makeMember()
      const { id, roomId, tokenHash, app } = yield* makeIncoming({ createdBy: maker.id })
      const row = {
        id,
        roomId,
        app: { id: app.id, name: "GitHub", isGuest: false, isApp: true },
        createdBy: { id: maker.id, name: maker.name, isGuest: false },
        createdAt: 1_000,
        lastUsedAt: null
      }
      expect(yield* webhooks.findIncoming(tokenHash)).toEqual(Option.some(row))
      expect(yield* webhooks.findIncoming("another hash")).toEqual(Option.none())
      expect(yield* webhooks.tokens).toContainEqual({ id, tokenHash })
      expect(yield* webhooks.list(roomId)).toEqual({ incoming: [row], outgoing: [] })
    })
  )

  it.effect("two webhooks may be called the same, and their name stays free for people", () =>
    Effect.gen(function* () {
      const webhooks = yield* Webhooks
      const fold = unique("ci")
      const one = yield* makeIncoming()
      const app = { ...one.app, name: "CI", fold }
      const named = { ...newIncoming(one.roomId, one.createdBy), app: { ...app, id: newMember().id } }
      const again = { ...newIncoming(one.roomId, one.createdBy), app: { ...app, id: newMember().id } }
      expect(yield* webhooks.createIncoming(named, 10)).toBe("Created")
      expect(yield* webhooks.createIncoming(again, 10)).toBe("Created")
      expect((yield* webhooks.list(one.roomId)).incoming.map((each) => each.app.name).toSorted()).toEqual([
        "CI",
        "CI",
        "GitHub"
      ])
      expect(yield* (yield* Credentials).register(newMember({ nameFold: fold }))).toBe("Registered")
    })
  )

  it.effect("the account of a webhook is found as one, and listed neither with people nor with service accounts", () =>
    Effect.gen(function* () {
      const accounts = yield* Accounts
      const { app } = yield* makeIncoming()
      expect(yield* accounts.find(app.id)).toEqual(
        Option.some({
          user: { id: app.id, name: "GitHub", isGuest: false, isApp: true },
          status: "online",
          role: "member",
          isActive: true,
          isWebhook: true,
          createdAt: 1_000
        })
      )
      const listed = yield* accounts.list({ search: "github", after: null, limit: 1_000 })
      expect(listed.map(({ user }) => user.id)).not.toContain(app.id)
      expect((yield* accounts.services).map(({ user }) => user.id)).not.toContain(app.id)
    })
  )

  it.effect("the account of a webhook becomes nothing else: no token, no member, no role, no owner of a room", () =>
    Effect.gen(function* () {
      const accounts = yield* Accounts
      const tokens = yield* ApiTokens
      const { app, roomId, createdBy, tokenHash } = yield* makeIncoming()
      const secretHash = unique("secret")
      const id = ApiTokenId.make(unique("token"))
      yield* tokens.create({ id, secretHash, userId: app.id, createdBy, name: "CI", scope: "write", createdAt: 1 })
      expect(yield* tokens.find(secretHash)).toEqual(Option.none())
      expect(yield* (yield* Credentials).register(newMember({ id: app.id }))).toBe("NotAGuest")
      expect(yield* accounts.setRole(app.id, "admin")).toBe("NotFound")
      expect(yield* accounts.setActive(app.id, false)).toBe("NotFound")
      expect(yield* accounts.remove(app.id, 5_000, 8_000)).toBe("NotFound")
      expect(yield* (yield* Memberships).setRole({ roomId, userId: app.id, role: "owner" }, 1)).toBe("NotFound")
      expect(yield* accounts.find(app.id)).toMatchObject({ value: { role: "member", isActive: true } })
      expect(yield* (yield* Webhooks).findIncoming(tokenHash)).toMatchObject({ _tag: "Some" })
    })
  )

  it.effect("in a private room the account of a webhook is a member, until the webhook is removed", () =>
    Effect.gen(function* () {
      const memberships = yield* Memberships
      const { id: createdBy } = yield* makeMember()
      const roomId = yield* makeRoomOf(createdBy)
      const { id, app } = yield* makeIncoming({ roomId, createdBy, joins: true })
      const members = Effect.map(memberships.page(roomId, null, 10), (page) =>
        page.map(({ user, role }) => [user.id, role, user.isApp])
      )
      expect(yield* members).toEqual([
        [app.id, "member", true],
        [createdBy, "owner", undefined]
      ])
      yield* (yield* Webhooks).remove(roomId, id)
      expect(yield* members).toEqual([[createdBy, "owner", undefined]])
    })
  )

  it.effect("a webhook is nobody whom a last owner leaves behind, and nobody's heir", () =>
    Effect.gen(function* () {
      const memberships = yield* Memberships
      const [leaver, deleted] = [yield* makeMember(), yield* makeMember()]
      const left = yield* makeRoomOf(leaver.id)
      const inherited = yield* makeRoomOf(deleted.id)
      const one = yield* makeIncoming({ roomId: left, createdBy: leaver.id, joins: true })
      const two = yield* makeIncoming({ roomId: inherited, createdBy: deleted.id, joins: true })
      expect(yield* memberships.remove(left, leaver.id)).toBe("Changed")
      expect(yield* (yield* Accounts).remove(deleted.id, 5_000, 8_000)).toBe("Changed")
      expect(yield* memberships.page(left, null, 10)).toMatchObject([{ user: { id: one.app.id }, role: "member" }])
      expect(yield* memberships.page(inherited, null, 10)).toMatchObject([{ user: { id: two.app.id }, role: "member" }])
    })
  )

  it.effect("a webhook that is removed is gone, its account is deactivated, and its messages keep their author", () =>
    Effect.gen(function* () {
      const webhooks = yield* Webhooks
      const { id, roomId, app, tokenHash } = yield* makeIncoming()
      yield* write({ ...(yield* openRoom(roomId)), roomId }, post(app.id, "built"))
      const author = { id: app.id, name: "GitHub", isGuest: false, isApp: true }
      expect(yield* webhooks.remove(yield* makeRoom(), id)).toEqual({ _tag: "NotFound" })
      expect(yield* webhooks.remove(roomId, id)).toEqual({ _tag: "Incoming", app: author })
      expect(yield* webhooks.remove(roomId, id)).toEqual({ _tag: "NotFound" })
      expect(yield* webhooks.findIncoming(tokenHash)).toEqual(Option.none())
      expect((yield* webhooks.tokens).map((token) => token.id)).not.toContain(id)
      expect(yield* webhooks.list(roomId)).toEqual({ incoming: [], outgoing: [] })
      expect(yield* (yield* Accounts).find(app.id)).toMatchObject({ value: { isActive: false } })
      expect(yield* (yield* MessageLog).messages(roomId, [1])).toMatchObject([{ author, text: "built" }])
    })
  )

  it.effect("webhooks outlive the person who made them", () =>
    Effect.gen(function* () {
      const webhooks = yield* Webhooks
      const maker = yield* makeMember()
      const { roomId, tokenHash } = yield* makeIncoming({ createdBy: maker.id })
      yield* webhooks.createOutgoing(newOutgoing(roomId, maker.id), 10)
      yield* (yield* Accounts).remove(maker.id, 5_000, 8_000)
      const createdBy = { id: maker.id, name: deletedName, isGuest: false }
      expect(yield* webhooks.list(roomId)).toMatchObject({ incoming: [{ createdBy }], outgoing: [{ createdBy }] })
      expect(yield* webhooks.findIncoming(tokenHash)).toMatchObject({ value: { createdBy } })
    })
  )

  it.effect("of ten who make webhooks of both kinds in one room at once as many succeed as it may have", () =>
    Effect.gen(function* () {
      const webhooks = yield* Webhooks
      const { id: maker } = yield* makeMember()
      const roomId = yield* makeRoomOf(maker)
      const attempts = Array.from({ length: 10 }, (_, index) =>
        index % 2 === 0
          ? webhooks.createIncoming(newIncoming(roomId, maker, { joins: true }), 4)
          : webhooks.createOutgoing(newOutgoing(roomId, maker), 4)
      )
      const outcomes = yield* Effect.all(attempts, { concurrency: "unbounded" })
      expect(outcomes.filter((outcome) => outcome === "Created")).toHaveLength(4)
      const { incoming, outgoing } = yield* webhooks.list(roomId)
      expect(incoming.length + outgoing.length).toBe(4)
      // Who was refused has left neither an account in the room nor a member.
      expect(yield* (yield* Memberships).page(roomId, null, 20)).toHaveLength(incoming.length + 1)
      expect(yield* webhooks.createOutgoing(newOutgoing(yield* makeRoom(), maker), 4)).toBe("Created")
    })
  )

  it.effect("the same webhook made again is the same answer, also where it took the last place", () =>
    Effect.gen(function* () {
      const webhooks = yield* Webhooks
      const { id: maker } = yield* makeMember()
      const roomId = yield* makeRoom()
      const [comesIn, goesOut] = [newIncoming(roomId, maker), newOutgoing(roomId, maker)]
      const make = Effect.all([webhooks.createIncoming(comesIn, 2), webhooks.createOutgoing(goesOut, 2)])
      expect(yield* make).toEqual(["Created", "Created"])
      expect(yield* make).toEqual(["Created", "Created"])
      expect(yield* webhooks.createIncoming(newIncoming(roomId, maker), 2)).toBe("TooMany")
    })
  )

  it.effect("webhooks are listed from the newest to the oldest", () =>
    Effect.gen(function* () {
      const webhooks = yield* Webhooks
      const { id: maker } = yield* makeMember()
      const roomId = yield* makeRoom()
      for (const at of [1_000, 3_000, 2_000]) {
        yield* webhooks.createIncoming(newIncoming(roomId, maker, { at }), 10)
        yield* webhooks.createOutgoing(newOutgoing(roomId, maker, { at, events: ["message.edited"] }), 10)
      }
      const { incoming, outgoing } = yield* webhooks.list(roomId)
      expect(incoming.map(({ createdAt }) => createdAt)).toEqual([3_000, 2_000, 1_000])
      expect(outgoing.map(({ createdAt, events, paused, url }) => [createdAt, events, paused, url])).toEqual(
        [3_000, 2_000, 1_000].map((at) => [at, ["message.edited"], null, "https://example.org/hook"])
      )
    })
  )

  it.effect("when a webhook was used last never goes back", () =>
    Effect.gen(function* () {
      const webhooks = yield* Webhooks
      const { id, tokenHash } = yield* makeIncoming()
      const lastUse = Effect.map(
        webhooks.findIncoming(tokenHash),
        Option.map(({ lastUsedAt }) => lastUsedAt)
      )
      yield* webhooks.touch([
        { id, at: 2_000 },
        { id: nowhere, at: 5_000 },
        { id, at: 1_500 }
      ])
      expect(yield* lastUse).toEqual(Option.some(2_000))
      yield* webhooks.touch([{ id, at: 1_000 }])
      yield* webhooks.touch([])
      expect(yield* lastUse).toEqual(Option.some(2_000))
    })
  )

  it.effect("an outgoing webhook is told what comes after it was made, and is behind when there is some", () =>
    Effect.gen(function* () {
      const webhooks = yield* Webhooks
      const { webhook, owner } = yield* makeOutgoing
      expect(yield* behindOf(webhook.id)).toBeUndefined()
      yield* say(owner)
      const { id, roomId, url, events, createdBy } = webhook
      const behind = (yield* webhooks.behind).find((each) => each.webhook.id === id)
      expect(behind).toMatchObject({
        webhook: { id, roomId, url, events, paused: null, createdBy: { id: createdBy }, createdAt: 1_000 },
        cursor: 2,
        pending: 0
      })
    })
  )

  it.effect("a paused webhook is not behind, and goes on from the head as it is then", () =>
    Effect.gen(function* () {
      const webhooks = yield* Webhooks
      const { webhook, owner } = yield* makeOutgoing
      const { id, roomId } = webhook
      expect(yield* webhooks.setPaused(roomId, id, "Gone")).toMatchObject({ value: { id, paused: "Gone" } })
      const later = yield* say(owner)
      expect(yield* behindOf(id)).toBeUndefined()
      expect(yield* webhooks.setPaused(roomId, id, "Paused")).toMatchObject({ value: { paused: "Paused" } })
      expect(yield* webhooks.setPaused(roomId, id, null)).toMatchObject({ value: { paused: null } })
      expect(yield* behindOf(id)).toBeUndefined()
      yield* say(later)
      expect(yield* behindOf(id)).toBe(3)
    })
  )

  it.effect("a room is told while it has an outgoing webhook that is not paused", () =>
    Effect.gen(function* () {
      const webhooks = yield* Webhooks
      const { webhook } = yield* makeOutgoing
      const { id, roomId, createdBy } = webhook
      const second = newOutgoing(roomId, createdBy)
      const isTold = Effect.map(webhooks.roomsTold, (rooms) => rooms.filter((room) => room === roomId).length)
      expect(yield* isTold).toBe(1)
      yield* webhooks.createOutgoing(second, manyWebhooks)
      expect(yield* isTold).toBe(1)
      yield* webhooks.setPaused(roomId, id, "Paused")
      expect(yield* isTold).toBe(1)
      yield* webhooks.remove(roomId, second.id)
      expect(yield* isTold).toBe(0)
      yield* webhooks.setPaused(roomId, id, null)
      expect(yield* isTold).toBe(1)
      yield* webhooks.remove(roomId, id)
      expect(yield* isTold).toBe(0)
      yield* makeIncoming({ roomId, createdBy })
      expect(yield* isTold).toBe(0)
    })
  )

  it.effect("a webhook that goes on although it was not paused passes nothing over", () =>
    Effect.gen(function* () {
      const { webhook, owner } = yield* makeOutgoing
      yield* say(owner)
      yield* (yield* Webhooks).setPaused(webhook.roomId, webhook.id, null)
      expect(yield* behindOf(webhook.id)).toBe(2)
    })
  )

  it.effect("only the room's own outgoing webhooks can be paused", () =>
    Effect.gen(function* () {
      const webhooks = yield* Webhooks
      const { webhook } = yield* makeOutgoing
      const other = yield* makeIncoming()
      expect(yield* webhooks.setPaused(other.roomId, webhook.id, "Paused")).toEqual(Option.none())
      expect(yield* webhooks.setPaused(other.roomId, other.id, "Paused")).toEqual(Option.none())
      expect((yield* webhooks.list(webhook.roomId)).outgoing).toMatchObject([{ paused: null }])
    })
  )

  it.effect("an outgoing webhook is paused when its maker is in the private room no more, an incoming one is not", () =>
    Effect.gen(function* () {
      const memberships = yield* Memberships
      const webhooks = yield* Webhooks
      const [owner, maker, other] = [yield* makeMember(), yield* makeMember(), yield* makeMember()]
      const rooms = [yield* makeRoomOf(owner.id), yield* makeRoomOf(owner.id), yield* makeRoomOf(owner.id, false)]
      const [left, expelled, open] = rooms
      if (left === undefined || expelled === undefined || open === undefined) return yield* Effect.die("no rooms")
      for (const roomId of rooms) {
        for (const { id } of [maker, other]) {
          yield* memberships.add({ roomId, userId: id, role: "owner" }, 1)
          yield* webhooks.createOutgoing(newOutgoing(roomId, id, { at: id === maker.id ? 2 : 1 }), 10)
        }
      }
      const { tokenHash } = yield* makeIncoming({ roomId: left, createdBy: maker.id })
      const pauses = (roomId: RoomId) =>
        Effect.map(webhooks.list(roomId), ({ outgoing }) => outgoing.map(({ paused }) => paused))
      const [none, makers] = [
        [null, null],
        ["MakerLeft", null]
      ]
      expect(yield* memberships.remove(left, maker.id)).toBe("Changed")
      expect([yield* pauses(left), yield* pauses(expelled), yield* pauses(open)]).toEqual([makers, none, none])
      expect(yield* memberships.expel(expelled, maker.id, 5)).toBe("Changed")
      expect(yield* memberships.remove(open, maker.id)).toBe("Changed")
      expect([yield* pauses(left), yield* pauses(expelled), yield* pauses(open)]).toEqual([makers, makers, none])
      yield* (yield* Accounts).setActive(maker.id, false)
      expect(yield* pauses(open)).toEqual(makers)
      expect(yield* webhooks.findIncoming(tokenHash)).toMatchObject({ _tag: "Some" })
    })
  )

  it.effect("what is on its way ends when the maker of its webhook is deleted; what an owner paused stays so", () =>
    Effect.gen(function* () {
      const webhooks = yield* Webhooks
      const { webhook, ids } = yield* makeQueue(100)
      const { roomId, createdBy } = webhook
      const paused = newOutgoing(roomId, createdBy, { at: 1 })
      yield* webhooks.createOutgoing(paused, 10)
      yield* webhooks.setPaused(roomId, paused.id, "Paused")
      expect(yield* (yield* Accounts).remove(createdBy, 5_000, 8_000)).toBe("Changed")
      expect((yield* webhooks.list(roomId)).outgoing.map((each) => each.paused)).toEqual(["MakerLeft", "Paused"])
      expect(yield* webhooks.deliveries(roomId, webhook.id, null, 10)).toMatchObject({
        value: { deliveries: [{ id: ids[0], state: "Failed", problem: "Paused" }] }
      })
    })
  )
}
