import { Accounts } from "@messenger/storage/Accounts"
import * as Postgres from "@messenger/storage/Postgres"
import { PgClient } from "@effect/sql-pg"
import { describe, expect, inject, it } from "@effect/vitest"
import { Effect, Layer, Redacted } from "effect"
import { Reactivity } from "effect/reactivity"
import { newDatabase } from "./postgresWorld.ts"
import { startRoom } from "./world.ts"

describe("a PostgreSQL database", () => {
  const build = (url: string) => Effect.scoped(Layer.build(Postgres.layer({ url: Redacted.make(url) })))

  it.live("that is not there says so, without the password", () =>
    Effect.gen(function* () {
      const failure = yield* Effect.flip(build("postgres://ada:secret@127.0.0.1:1/messenger"))
      expect(failure._tag).toBe("CannotConnect")
      expect(failure.message).toContain("postgres://ada@127.0.0.1:1/messenger")
      expect(failure.message).toContain("ECONNREFUSED")
      expect(failure.message).not.toContain("secret")
    })
  )

  it.live("that does not exist says so", () =>
    Effect.gen(function* () {
      const url = `postgres://postgres@localhost:5432/no_such?host=${encodeURIComponent(inject("pgSocketDir"))}`
      const failure = yield* Effect.flip(build(url))
      expect(failure).toMatchObject({ _tag: "CannotConnect" })
      expect(failure.message).toContain('database "no_such" does not exist')
    })
  )

  it.live("that no address can be, says so", () =>
    Effect.gen(function* () {
      expect((yield* Effect.flip(build("not an address")))._tag).toBe("CannotConnect")
    })
  )

  it.live("is opened again with everything in it", () =>
    Effect.gen(function* () {
      const url = yield* newDatabase
      const open = Layer.fresh(Postgres.layer({ url: Redacted.make(url) }))
      const { author } = yield* Effect.scoped(Effect.provide(startRoom, open))
      const found = yield* Effect.scoped(
        Effect.provide(
          Effect.flatMap(Accounts, ({ find }) => find(author)),
          open
        )
      )
      expect(found).toMatchObject({ value: { user: { id: author } } })
    })
  )

  it.live("of a newer program is left alone", () =>
    Effect.gen(function* () {
      const url = yield* newDatabase
      yield* build(url)
      const stranger = yield* PgClient.make({ url: Redacted.make(url) })
      yield* stranger`INSERT INTO migrations (migration_id, name) VALUES (9999, 'of_tomorrow')`
      expect(yield* Effect.flip(build(url))).toMatchObject({ _tag: "DatabaseTooNew", found: 9_999 })
    }).pipe(Effect.provide(Reactivity.layer))
  )
})
