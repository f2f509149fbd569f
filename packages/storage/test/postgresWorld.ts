// PostgreSQL databases to try the ports on, and ways to disturb them.
import * as Ports from "@messenger/storage/Ports"
import * as Postgres from "@messenger/storage/Postgres"
import { PgClient } from "@effect/sql-pg"
import { inject } from "@effect/vitest"
import { Context, Effect, Layer, Redacted } from "effect"
import type { Duration } from "effect"
import { Reactivity } from "effect/reactivity"
import { randomUUID } from "node:crypto"
import { createDatabase } from "../../../tests/postgres.ts"
import { openProxy } from "./proxy.ts"
import type { Proxy as Wire } from "./proxy.ts"

/** The address of an empty database. */
export const newDatabase = Effect.promise(() =>
  createDatabase(inject("pgSocketDir"), `test_${randomUUID().slice(0, 8)}`)
)

/** A wire to the database that can be cut, a second way in for the test, and the address. */
export class Surroundings extends Context.Service<
  Surroundings,
  { readonly wire: Wire; readonly stranger: PgClient.PgClient; readonly url: string }
>()("@messenger/storage/test/Surroundings") {}

/** All ports over such a wire. */
export const reached = (settings: { readonly commitTimeout?: Duration.Input } = {}) =>
  Layer.unwrap(
    Effect.gen(function* () {
      const url = yield* newDatabase
      const wire = yield* openProxy(inject("pgSocketDir"))
      const through = new URL(url)
      through.search = ""
      through.hostname = "127.0.0.1"
      through.port = String(wire.port)
      const stranger = yield* PgClient.make({ url: Redacted.make(url) })
      return Ports.layer.pipe(
        Layer.provideMerge(Postgres.layerDatabase({ url: Redacted.make(through.href), ...settings })),
        Layer.provideMerge(Layer.succeed(Surroundings, { wire, stranger, url }))
      )
    }).pipe(Effect.provide(Reactivity.layer))
  )
