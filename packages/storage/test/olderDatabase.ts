// Databases as the first version left them, with something in every table.
import { PgClient } from "@effect/sql-pg"
import { Effect, Redacted } from "effect"
import { Reactivity } from "effect/reactivity"
import { Migrator, SqlClient } from "effect/sql"
import { join } from "node:path"
import { makeSqliteDatabase } from "../src/internal/sqliteDatabase.ts"
import { makeThread } from "../src/internal/sqliteThread.ts"
import foundation from "../src/migrations/0001_foundation.ts"

/** Leaves a database of the first version in the folder. */
export const leaveOlderSqlite = (dataDir: string) =>
  Effect.scoped(
    Effect.gen(function* () {
      const file = join(dataDir, "messenger.db")
      const script = new URL("../src/internal/sqliteWorker.ts", import.meta.url)
      const writer = yield* makeThread(script, { file, access: "Write", busyTimeoutMillis: 5_000 })
      const { writes } = yield* makeSqliteDatabase(writer, writer)
      yield* Effect.provideService(fill, SqlClient.SqlClient, writes)
    })
  )

/** Leaves the database at that address as the first version did. */
export const leaveOlderPostgres = (url: string) =>
  Effect.scoped(
    Effect.gen(function* () {
      const client = yield* PgClient.make({ url: Redacted.make(url) })
      yield* Effect.provideService(fill, SqlClient.SqlClient, client)
    })
  ).pipe(Effect.provide(Reactivity.layer))

const fill = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* Migrator.make({})({
    loader: Migrator.fromRecord({ "0001_foundation": foundation }),
    table: "migrations"
  })
  yield* sql`
    INSERT INTO accounts (id, kind, name, name_fold, status, created_at) VALUES
      ('guest-1', 'guest', 'ÄNNE', 'änne', 'online', 1000),
      ('guest-2', 'guest', 'Änne', 'änne', 'dnd', 2000),
      ('member-1', 'member', 'Grace', 'grace', 'away', 3000)`
  yield* sql`
    INSERT INTO sessions (token_hash, user_id, created_at, expires_at) VALUES
      ('hash-1', 'guest-1', 1000, 9000), ('hash-2', 'guest-1', 2000, 9000), ('hash-3', 'member-1', 3000, 9000)`
  yield* sql`
    INSERT INTO rooms (id, slug, name, topic, change, log_id, epoch, head, last_message, created_by, created_at) VALUES
      ('lobby', 'lobby', 'Lobby', 'Hello', 0, 'log-1', 4, 2, 2, NULL, 1000),
      ('tea', 'tea', 'Tea', '', 0, 'log-2', 1, 0, 0, 'guest-2', 2500)`
  yield* sql`
    INSERT INTO messages (room_id, number, change, author_id, key, state, text, at, edited_at) VALUES
      ('lobby', 1, 1, 'guest-1', 'key-00000001', 'Present', 'one', 1100, NULL),
      ('lobby', 2, 2, 'member-1', 'key-00000002', 'Present', 'two', 1200, NULL)`
  yield* sql`
    INSERT INTO log_keys (room_id, author_id, key, hash, message, change, at) VALUES
      ('lobby', 'guest-1', 'key-00000001', 'h', 1, 1, 1100), ('lobby', 'member-1', 'key-00000002', 'h', 2, 2, 1200)`
  yield* sql`INSERT INTO read_markers (user_id, room_id, number) VALUES ('guest-1', 'lobby', 2)`
})
