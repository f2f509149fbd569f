// A program beside the server: on its database, while it runs.
import type { UserId } from "@messenger/protocol/Account"
import { InviteId } from "@messenger/protocol/Link"
import { Accounts } from "@messenger/storage/Accounts"
import { Invites } from "@messenger/storage/Invites"
import { OneTimeLinks } from "@messenger/storage/OneTimeLinks"
import type { PortsBeside } from "@messenger/storage/Ports"
import * as Postgres from "@messenger/storage/Postgres"
import * as Sqlite from "@messenger/storage/Sqlite"
import type { BesideFailure, StartFailure } from "@messenger/storage/StartFailure"
import { PgClient } from "@effect/sql-pg"
import { describe, expect, it } from "@effect/vitest"
import { Context, Effect, Layer, Option, Redacted } from "effect"
import type { Scope } from "effect"
import { Reactivity } from "effect/reactivity"
import { existsSync } from "node:fs"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { temporaryFolder } from "./folders.ts"
import { leaveOlderPostgres, leaveOlderSqlite } from "./olderDatabase.ts"
import { newDatabase } from "./postgresWorld.ts"
import { makeMember, unique } from "./world.ts"

/** A kind of database: how to make a place for one, and what a server and a program beside it do there. */
interface Kind {
  readonly newPlace: Effect.Effect<string, never, Scope.Scope>
  readonly server: (place: string) => Layer.Layer<PortsBeside, StartFailure>
  readonly beside: (place: string) => Layer.Layer<PortsBeside, BesideFailure>
  readonly leaveOlder: (place: string) => Effect.Effect<void, unknown>
  /** Writes into a database as a stranger. */
  readonly write: (place: string, sql: string) => Effect.Effect<void, unknown>
}

const kinds: Readonly<Record<string, Kind>> = {
  SQLite: {
    newPlace: temporaryFolder,
    server: (dataDir) => Sqlite.layer({ dataDir }),
    beside: (dataDir) => Sqlite.layerBeside({ dataDir }),
    leaveOlder: leaveOlderSqlite,
    write: (dataDir, sql) =>
      Effect.sync(() => {
        const stranger = new DatabaseSync(join(dataDir, "messenger.db"))
        stranger.exec(sql)
        stranger.close()
      })
  },
  PostgreSQL: {
    newPlace: newDatabase,
    server: (url) => Postgres.layer({ url: Redacted.make(url) }),
    beside: (url) => Postgres.layerBeside({ url: Redacted.make(url) }),
    leaveOlder: leaveOlderPostgres,
    write: (url, sql) =>
      Effect.scoped(
        Effect.gen(function* () {
          const stranger = yield* PgClient.make({ url: Redacted.make(url) })
          yield* stranger.unsafe(sql)
        })
      ).pipe(Effect.provide(Reactivity.layer))
  }
}

for (const [name, { newPlace, server, beside, leaveOlder, write }] of Object.entries(kinds)) {
  const refused = (place: string) => Effect.flip(Effect.scoped(Layer.build(Layer.fresh(beside(place)))))

  /** The ports of a server and of a program beside it. */
  const both = Effect.gen(function* () {
    const place = yield* newPlace
    const running = yield* Layer.build(Layer.fresh(server(place)))
    return [running, yield* Layer.build(Layer.fresh(beside(place)))] as const
  })

  describe(`a program beside the server, on ${name}`, () => {
    it.live("sees what the server writes, and the server what it writes", () =>
      Effect.gen(function* () {
        const [running, program] = yield* both
        const { id } = yield* Effect.provideContext(makeMember(), running)
        expect(yield* Context.get(program, Accounts).find(id)).toMatchObject({ value: { user: { id } } })
        const tokenHash = unique("reset")
        yield* Context.get(program, OneTimeLinks).put({ _tag: "Reset", tokenHash, userId: id, expiresAt: 9_000 })
        expect(yield* Context.get(running, OneTimeLinks).takeReset(tokenHash, 1)).toEqual(Option.some(id))
      })
    )

    it.live("and the server share the uses of an invitation", () =>
      Effect.gen(function* () {
        const [running, program] = yield* both
        const { id: createdBy } = yield* Effect.provideContext(makeMember(), running)
        const tokenHash = unique("hash")
        const id = InviteId.make(unique("invite"))
        const terms = { roomId: null, createdBy, at: 1, expiresAt: 9_000, uses: 3 }
        yield* Context.get(program, Invites).create({ id, tokenHash, ...terms })
        const asked = Array.from({ length: 10 }, () => [running, program]).flat()
        const used = yield* Effect.all(
          asked.map((ports) => Context.get(ports, Invites).use(tokenHash, 1)),
          { concurrency: "unbounded" }
        )
        expect(used.filter(Option.isSome)).toHaveLength(3)
      })
    )

    it.live("and the server never demote the last two owners at once", () =>
      Effect.gen(function* () {
        const [running, program] = yield* both
        const owner = Effect.map(Effect.provideContext(makeMember(), running), ({ id }) => id)
        const [one, two] = [yield* owner, yield* owner]
        const setRole = (ports: Context.Context<PortsBeside>, id: UserId, role: "owner" | "member") =>
          Context.get(ports, Accounts).setRole(id, role)
        for (let round = 0; round < 10; round++) {
          yield* setRole(running, one, "owner")
          yield* setRole(program, two, "owner")
          const outcomes = yield* Effect.all([setRole(running, one, "member"), setRole(program, two, "member")], {
            concurrency: "unbounded"
          })
          expect(outcomes.toSorted()).toEqual(["Changed", "LastOwner"])
        }
      })
    )

    it.live("leaves a database of an older version as it is, and says so", () =>
      Effect.gen(function* () {
        const place = yield* newPlace
        yield* leaveOlder(place)
        for (const _ of [1, 2]) {
          const failure = yield* refused(place)
          expect(failure).toMatchObject({ _tag: "DatabaseTooOld", found: 1 })
          expect(failure.message).toMatch(/^The database .* is older .*: start the server of this version once/)
        }
      })
    )

    it.live("leaves a database of a newer version alone", () =>
      Effect.gen(function* () {
        const place = yield* newPlace
        yield* Effect.scoped(Layer.build(Layer.fresh(server(place))))
        yield* write(place, "INSERT INTO migrations (migration_id, name) VALUES (9999, 'of_tomorrow')")
        expect(yield* refused(place)).toMatchObject({ _tag: "DatabaseTooNew", found: 9_999 })
      })
    )

    it.live("says that there is no database where none is, and makes none", () =>
      Effect.gen(function* () {
        const place = yield* newPlace
        const failure = yield* refused(place)
        expect(failure._tag).toBe("DatabaseAbsent")
        expect(failure.message).toContain("start the server once")
        expect(existsSync(join(place, "messenger.db"))).toBe(false)
      })
    )
  })
}

describe("a program beside the server", () => {
  it.live("says what is wrong with an address, without the password", () =>
    Effect.gen(function* () {
      const url = Redacted.make("postgres://ada:secret@127.0.0.1:1/messenger")
      const failure = yield* Effect.flip(Effect.scoped(Layer.build(Postgres.layerBeside({ url }))))
      expect(failure._tag).toBe("CannotConnect")
      expect(failure.message).not.toContain("secret")
    })
  )
})
