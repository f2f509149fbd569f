// The databases that drills run on: both kept on disk, both made for the drill and gone with it.
import { PgClient } from "@effect/sql-pg"
import { DrillFailed } from "@messenger/bench/drills/Crew"
import type { DrillDatabase } from "@messenger/bench/drills/KillDrill"
import { temporaryFolder } from "@messenger/bench/peers/Peer"
import { Effect, Redacted } from "effect"
import type { Scope } from "effect"
import { startPostgres } from "../../../../tests/postgres.ts"

/** A fresh SQLite database. */
export const sqlite: Effect.Effect<DrillDatabase, never, Scope.Scope> = Effect.map(temporaryFolder, (folder) => ({
  name: "SQLite",
  settings: { DATA_DIR: folder }
}))

/** A fresh PostgreSQL with fsync on, of which one process is killed during a drill. */
export const postgres: Effect.Effect<DrillDatabase, never, Scope.Scope> = Effect.gen(function* () {
  const { url } = yield* Effect.acquireRelease(
    Effect.promise(() => startPostgres({ durable: true })),
    (server) => Effect.promise(() => server.stop())
  )
  return { ...(yield* postgresAt(url)), breakDatabase: killBackend(url) }
})

/** A PostgreSQL that somebody else runs; the drill writes into that database and leaves it whole. */
export const postgresAt = (url: string): Effect.Effect<DrillDatabase, never, Scope.Scope> =>
  Effect.map(temporaryFolder, (folder) => ({
    name: "PostgreSQL",
    settings: { DATABASE_URL: url, SECRET_KEY: "a key that signs tokens in drills only", DATA_DIR: folder },
    // The drill knows that the holder of the lease is dead, and waits only once for it to expire.
    afterKill: (round) => (round === 1 ? Effect.void : asking(url, (sql) => sql`DELETE FROM server_lease`))
  }))

// As the kernel does when memory runs out: PostgreSQL then ends all other connections and recovers from its log.
const killBackend = (url: string): Effect.Effect<string, DrillFailed> =>
  Effect.gen(function* () {
    const [row] = yield* asking(
      url,
      (sql) => sql<{ readonly pid: number }>`
        SELECT pid FROM pg_stat_activity WHERE application_name = 'messenger' AND pid <> pg_backend_pid() LIMIT 1`
    )
    if (row === undefined) return yield* new DrillFailed({ reason: "no connection of the server was found" })
    process.kill(row.pid, "SIGKILL")
    return "A process of PostgreSQL was killed once while the server ran, so that all of its connections broke."
  })

const asking = <A, E>(
  url: string,
  ask: (sql: PgClient.PgClient) => Effect.Effect<A, E>
): Effect.Effect<A, DrillFailed> =>
  Effect.flatMap(PgClient.PgClient, ask).pipe(
    Effect.provide(PgClient.layer({ url: Redacted.make(url), maxConnections: 1 })),
    Effect.mapError((cause) => new DrillFailed({ reason: `PostgreSQL could not be asked: ${String(cause)}` }))
  )
