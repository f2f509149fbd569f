import { UserId } from "@messenger/protocol/Account"
import { RoomId } from "@messenger/protocol/Room"
import { Accounts } from "@messenger/storage/Accounts"
import { Memberships } from "@messenger/storage/Memberships"
import * as Postgres from "@messenger/storage/Postgres"
import { ReadMarkers } from "@messenger/storage/ReadMarkers"
import { Rooms } from "@messenger/storage/Rooms"
import { Sessions } from "@messenger/storage/Sessions"
import * as Sqlite from "@messenger/storage/Sqlite"
import { Webhooks } from "@messenger/storage/Webhooks"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Option, Redacted } from "effect"
import { migrations, newestKnown } from "../src/internal/migrate.ts"
import { globSync } from "node:fs"
import { basename, join } from "node:path"
import { temporaryFolder } from "./folders.ts"
import { leaveOlderPostgres, leaveOlderSqlite } from "./olderDatabase.ts"
import { newDatabase } from "./postgresWorld.ts"
import { openRoom, page, postAs, unique, write } from "./world.ts"
import { newIncoming, newOutgoing } from "./webhooksWorld.ts"

describe("the migrations", () => {
  it("are numbered 1, 2, 3 … without a gap: a lower number than the latest would be skipped in silence", () => {
    const ids = Object.keys(migrations).map((name) => Number.parseInt(name, 10))
    expect(ids).toEqual(ids.map((_, index) => index + 1))
    expect(newestKnown).toBe(ids.length)
  })

  it("are all the files of their folder", () => {
    const files = globSync(join(import.meta.dirname, "../src/migrations/*.ts")).map((file) => basename(file, ".ts"))
    expect(Object.keys(migrations)).toEqual(files.toSorted())
  })
})

const [guest, twin, member] = [UserId.make("guest-1"), UserId.make("guest-2"), UserId.make("member-1")]
const [lobby, tea] = [RoomId.make("lobby"), RoomId.make("tea")]

// What was in the database of the first version is there, and is complete in what the later ones added.
const everythingIsThere = Effect.gen(function* () {
  const accounts = yield* Accounts
  const sessions = yield* Sessions
  expect(yield* accounts.find(guest)).toEqual(
    Option.some({
      user: { id: guest, name: "ÄNNE", isGuest: true },
      status: "online",
      role: "guest",
      isActive: true,
      createdAt: 1_000
    })
  )
  expect(yield* accounts.find(twin)).toMatchObject({ value: { user: { isGuest: true }, status: "dnd", role: "guest" } })
  expect(yield* accounts.find(member)).toEqual(
    Option.some({
      user: { id: member, name: "Grace", isGuest: false },
      status: "away",
      role: "member",
      isActive: true,
      createdAt: 3_000
    })
  )
  expect(yield* accounts.list({ search: "änne", after: null, limit: 5 })).toMatchObject([
    { user: { id: guest }, username: null, createdAt: 1_000, lastSeenAt: 2_000 },
    { user: { id: twin }, createdAt: 2_000, lastSeenAt: null }
  ])
  const enter = (fold: string) => accounts.createGuest({ id: UserId.make(unique("user")), name: fold, fold, at: 1 })
  expect(yield* enter("grace")).toBe("NameTaken")
  expect(yield* enter("änne")).toBe("Created")

  expect(yield* sessions.find("hash-3", 8_999)).toMatchObject({
    value: { userId: member, isRemembered: true, createdAt: 3_000, lastUsedAt: 3_000, expiresAt: 9_000 }
  })
  const ofGuest = yield* sessions.list(guest, 8_999)
  expect(ofGuest.map(({ createdAt }) => createdAt)).toEqual([2_000, 1_000])
  expect(new Set(ofGuest.map(({ id }) => id)).size).toBe(2)
  expect(ofGuest[0]?.id).toMatch(/^[0-9a-f]{32}$/)

  const listings = yield* (yield* Rooms).list
  expect(listings.map(({ room, lastMessage }) => [room.id, room.isPrivate, lastMessage])).toEqual([
    [lobby, false, 2],
    [tea, false, 0]
  ])
  expect(yield* (yield* Memberships).all).toEqual([{ roomId: tea, userId: twin, role: "owner" }])
  expect(yield* (yield* ReadMarkers).list(guest)).toEqual([{ roomId: lobby, number: 2 }])

  const { messages } = yield* page(lobby, { _tag: "Newest" }, 10)
  expect(messages.map(({ text, author, alias }) => [text, author.name, author.isGuest, alias])).toEqual([
    ["one", "ÄNNE", true, undefined],
    ["two", "Grace", false, undefined]
  ])
  const opened = yield* openRoom(lobby)
  expect(opened).toMatchObject({ epoch: 5, head: 2, log: "log-1" })

  const webhooks = yield* Webhooks
  const comesIn = newIncoming(lobby, member)
  const goesOut = newOutgoing(lobby, member)
  expect(yield* webhooks.createIncoming(comesIn, 2)).toBe("Created")
  expect(yield* webhooks.createOutgoing(goesOut, 2)).toBe("Created")
  expect(yield* webhooks.behind).toEqual([])
  yield* write({ roomId: lobby, ...opened }, postAs(comesIn.app.id, "three", { name: "CI", emoji: "🚀" }))
  expect(yield* webhooks.behind).toMatchObject([{ webhook: { id: goesOut.id }, cursor: 2 }])
  expect((yield* page(lobby, { _tag: "Newest" }, 1)).messages).toMatchObject([
    { text: "three", author: { name: "GitHub", isApp: true }, alias: { name: "CI", emoji: "🚀" } }
  ])
})

describe("a database of the first version", () => {
  it.effect("on SQLite is brought up to date with everything in it", () =>
    Effect.gen(function* () {
      const dataDir = yield* temporaryFolder
      yield* leaveOlderSqlite(dataDir)
      yield* Effect.provide(everythingIsThere, Sqlite.layer({ dataDir }))
    })
  )

  it.effect("on PostgreSQL is brought up to date with everything in it", () =>
    Effect.gen(function* () {
      const url = yield* newDatabase
      yield* leaveOlderPostgres(url)
      yield* Effect.provide(everythingIsThere, Postgres.layer({ url: Redacted.make(url) }))
    })
  )
})
