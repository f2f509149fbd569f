import * as Postgres from "@messenger/storage/Postgres"
import { ServerLease } from "@messenger/storage/ServerLease"
import * as Sqlite from "@messenger/storage/Sqlite"
import { PgClient } from "@effect/sql-pg"
import { describe, expect, inject, it } from "@effect/vitest"
import { Effect, Exit, Fiber, Layer, Redacted, Scope } from "effect"
import { Reactivity } from "effect/reactivity"
import { TestClock } from "effect/testing"
import { spawn } from "node:child_process"
import { randomUUID } from "node:crypto"
import { join } from "node:path"
import { createDatabase } from "../../../tests/postgres.ts"
import { temporaryFolder, waitUntil } from "./folders.ts"

/** A server process that holds the database; answers how to kill it with SIGKILL. */
const startHolder = Effect.fnUntraced(function* (kind: "sqlite" | "postgres", place: string) {
  const child = yield* Effect.acquireRelease(
    Effect.sync(() =>
      spawn(process.execPath, [join(import.meta.dirname, "holdDatabase.ts"), kind, place], {
        stdio: ["ignore", "pipe", "inherit"]
      })
    ),
    (child) => Effect.sync(() => child.kill("SIGKILL"))
  )
  const gone = Effect.promise(() => new Promise((resolve) => child.once("exit", resolve)))
  yield* Effect.promise(() => new Promise((resolve) => child.stdout.once("data", resolve)))
  return Effect.andThen(
    Effect.sync(() => child.kill("SIGKILL")),
    gone
  )
})

/** Opens a database until `close`. */
const hold = Effect.fnUntraced(function* <Failure>(database: Layer.Layer<ServerLease, Failure>) {
  const scope = yield* Scope.fork(yield* Effect.scope)
  const context = yield* Layer.buildWithScope(Layer.fresh(database), scope)
  return { lease: yield* Effect.provideContext(ServerLease, context), close: Scope.close(scope, Exit.void) }
})

describe("the lease of a data folder", () => {
  it.effect("is refused to a second server when it has waited long enough", () =>
    Effect.gen(function* () {
      const dataDir = yield* temporaryFolder
      yield* hold(Sqlite.layer({ dataDir }))
      const second = yield* Effect.forkChild(Effect.flip(hold(Sqlite.layer({ dataDir, wait: "3 seconds" }))), {
        startImmediately: true
      })
      yield* waitOutside
      yield* TestClock.adjust("2 seconds")
      expect(second.pollUnsafe()).toBeUndefined()
      yield* TestClock.adjust("2 seconds")
      const failure = yield* Fiber.join(second)
      expect(failure._tag).toBe("DatabaseInUse")
      expect(failure.message).toContain(`${dataDir}/messenger.db is in use`)
    })
  )

  it.effect("goes to the server that waits as soon as the first lets go", () =>
    Effect.gen(function* () {
      const dataDir = yield* temporaryFolder
      const first = yield* hold(Sqlite.layer({ dataDir }))
      const second = yield* Effect.forkChild(hold(Sqlite.layer({ dataDir })), { startImmediately: true })
      yield* waitOutside
      yield* first.close
      yield* TestClock.adjust("1 second")
      yield* Fiber.join(second)
    })
  )

  it.live("dies with its holder, however that dies", () =>
    Effect.gen(function* () {
      const dataDir = yield* temporaryFolder
      const kill = yield* startHolder("sqlite", dataDir)
      const failure = yield* Effect.flip(hold(Sqlite.layer({ dataDir, wait: "300 millis" })))
      expect(failure._tag).toBe("DatabaseInUse")
      yield* kill
      yield* hold(Sqlite.layer({ dataDir, wait: "0 millis" }))
    })
  )
})

// The folder is made by the file system's own threads, which the test clock does not know.
const waitOutside = Effect.promise(() => new Promise((resolve) => setTimeout(resolve, 50)))

describe("the lease of a PostgreSQL database", () => {
  const newDatabase = Effect.promise(() => createDatabase(inject("pgSocketDir"), `lease_${randomUUID().slice(0, 8)}`))

  const strangerTo = (url: string) => PgClient.make({ url: Redacted.make(url) }).pipe(Effect.provide(Reactivity.layer))

  it.live("is refused to a second server while the first renews it, for longer than it would last", () =>
    Effect.gen(function* () {
      const url = yield* newDatabase
      const open = Postgres.layer({ url: Redacted.make(url), leaseExpiry: "300 millis", wait: "1 second" })
      const first = yield* hold(open)
      const failure = yield* Effect.flip(hold(open))
      expect(failure._tag).toBe("DatabaseInUse")
      yield* first.close
      yield* hold(open)
    })
  )

  it.live("goes to another server when its holder was killed and the lease expires", () =>
    Effect.gen(function* () {
      const url = yield* newDatabase
      const kill = yield* startHolder("postgres", url)
      yield* kill
      yield* hold(Postgres.layer({ url: Redacted.make(url), wait: "5 seconds" }))
    })
  )

  it.live("is lost when another server has taken it, and says so to whoever asks, then or later", () =>
    Effect.gen(function* () {
      const url = yield* newDatabase
      const { lease } = yield* hold(Postgres.layer({ url: Redacted.make(url), leaseExpiry: "300 millis" }))
      const asked = yield* Effect.forkChild(Effect.flip(lease.lost), { startImmediately: true })
      const stranger = yield* strangerTo(url)
      yield* stranger`UPDATE server_lease SET holder = 'another'`
      expect((yield* Fiber.join(asked))._tag).toBe("LeaseLost")
      expect((yield* Effect.flip(lease.lost))._tag).toBe("LeaseLost")
    })
  )

  it.live("outlives a lost connection, and is given back all the same", () =>
    Effect.gen(function* () {
      const url = yield* newDatabase
      const { lease, close } = yield* hold(Postgres.layer({ url: Redacted.make(url), leaseExpiry: "300 millis" }))
      const asked = yield* Effect.forkChild(lease.lost, { startImmediately: true })
      const stranger = yield* strangerTo(url)
      const cut = stranger`
        SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND application_name = 'messenger'`
      yield* cut
      const expiry = Effect.map(
        stranger<{ expires_at: Date }>`SELECT expires_at FROM server_lease`,
        ([row]) => row?.expires_at.getTime() ?? 0
      )
      const before = yield* expiry
      yield* waitUntil(
        "the lease is renewed",
        Effect.map(expiry, (now) => now > before + 300)
      )
      expect(asked.pollUnsafe()).toBeUndefined()
      yield* cut
      yield* close
      expect(yield* stranger`SELECT * FROM server_lease`).toEqual([])
    })
  )
})
