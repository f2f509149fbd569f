import { expect, inject, it } from "@effect/vitest"
import { makeDemo } from "@messenger/demo/Demo"
import type { Demo } from "@messenger/demo/Demo"
import { UserId } from "@messenger/protocol/Account"
import { RoomId } from "@messenger/protocol/Room"
import { Accounts } from "@messenger/storage/Accounts"
import { Credentials } from "@messenger/storage/Credentials"
import { Memberships } from "@messenger/storage/Memberships"
import { MessageLog } from "@messenger/storage/MessageLog"
import * as Postgres from "@messenger/storage/Postgres"
import { ReadMarkers } from "@messenger/storage/ReadMarkers"
import { Rooms } from "@messenger/storage/Rooms"
import * as Sqlite from "@messenger/storage/Sqlite"
import { Effect, Layer, Option, Redacted } from "effect"
import { randomUUID } from "node:crypto"
import { describe } from "vitest"
import { createDatabase } from "../../../../tests/postgres.ts"
import { freeSuffix, isInhabited, writeDemo } from "../../src/cli/seedWriting.ts"
import { temporaryFolder } from "../support/ServerProcess.ts"

const now = Date.UTC(2026, 10, 23, 15)

// A tenth of the real one: it is what is written that differs between databases, not how often.
const small = (suffix = ""): Demo => makeDemo({ seed: 1, now, messages: 2_000, suffix })

const databases = {
  SQLite: Layer.unwrap(Effect.map(temporaryFolder, (dataDir) => Sqlite.layer({ dataDir }))),
  PostgreSQL: Layer.unwrap(
    Effect.map(
      Effect.promise(() =>
        createDatabase(inject("pgSocketDir"), `seed_${randomUUID().replaceAll("-", "").slice(0, 12)}`)
      ),
      (url) => Postgres.layer({ url: Redacted.make(url) })
    )
  )
}

/** The newest messages of a room, as a client is shown them. */
const newest = Effect.fnUntraced(function* (slug: string) {
  const page = yield* (yield* MessageLog).page(RoomId.make(slug), { _tag: "Newest" }, 100)
  return Option.getOrThrow(page).messages
})

for (const [name, database] of Object.entries(databases)) {
  describe(`a demo on ${name}`, () => {
    it.live(
      "is read through the ports as it was made",
      () =>
        Effect.gen(function* () {
          const demo = small()
          expect(yield* isInhabited).toBe(false)
          expect(yield* writeDemo(demo, "", "$hash$")).toBe(true)
          expect(yield* isInhabited).toBe(true)

          const listings = new Map((yield* (yield* Rooms).list).map((listing) => [String(listing.room.slug), listing]))
          expect([...listings.keys()].toSorted()).toEqual(demo.rooms.map(({ slug }) => slug).toSorted())
          for (const { slug, topic, isPrivate, changes } of demo.rooms) {
            const listing = listings.get(slug)
            expect(listing?.room).toMatchObject({ id: slug, name: slug, topic, isPrivate })
            expect(listing?.lastMessage).toBe(changes.findLastIndex(({ kind }) => kind === "post") + 1)
          }

          for (const { slug, changes } of demo.rooms.slice(0, 5)) {
            const messages = yield* newest(slug)
            expect(messages.length).toBeGreaterThan(50)
            for (const message of messages) {
              const post = changes[message.number - 1]
              const later = changes.filter((change) => change.kind !== "post" && change.message === message.number)
              expect(post).toMatchObject({ kind: "post", at: message.at })
              if (later.length === 0) expect(post).toMatchObject({ text: message.text })
              expect(message.state).toBe(later.some(({ kind }) => kind === "delete") ? "Deleted" : "Present")
            }
          }

          const ada = UserId.make("demo-ada")
          expect(Option.getOrThrow(yield* (yield* Accounts).find(ada))).toMatchObject({ role: "owner", isActive: true })
          const login = yield* (yield* Credentials).findLogin({ usernameFold: "bruno", emailFold: undefined })
          expect(Option.getOrThrow(login).passwordHash).toBe("$hash$")
          const markers = yield* (yield* ReadMarkers).list(ada)
          expect(markers.length).toBeGreaterThan(15)
          const leads = yield* (yield* Memberships).page(RoomId.make("leads"), null, 100)
          const planned = demo.rooms.find(({ slug }) => slug === "leads")
          expect(leads).toHaveLength(planned?.members.length ?? 0)
          const alerts = (yield* newest("incidents")).find(({ author }) => author.name === "Watchtower")
          expect(alerts?.author.isApp).toBe(true)
        }).pipe(Effect.provide(database), Effect.scoped),
      { timeout: 60_000 }
    )

    it.live(
      "comes beside what is there, which stays as it is",
      () =>
        Effect.gen(function* () {
          yield* writeDemo(small(), "", "$hash$")
          const before = yield* newest("lobby")
          const suffix = yield* freeSuffix(small().people)
          expect(suffix).toBe("2")
          expect(yield* writeDemo(small(suffix), suffix, "$other$")).toBe(false)
          expect(yield* newest("lobby")).toEqual(before)
          const rooms = yield* (yield* Rooms).list
          expect(rooms).toHaveLength(40)
          expect(rooms.filter(({ room }) => room.slug === "leads-2" && room.isPrivate)).toHaveLength(1)
          const second = yield* newest("lobby-2")
          expect(second.every(({ author }) => author.isApp === true || author.id.endsWith("2"))).toBe(true)
          expect(Option.getOrThrow(yield* (yield* Accounts).find(UserId.make("demo-ada2"))).role).toBe("member")
        }).pipe(Effect.provide(database), Effect.scoped),
      { timeout: 60_000 }
    )
  })
}
