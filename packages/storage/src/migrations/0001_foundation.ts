// Rooms with their logs, the accounts that write them, and what belongs to an account.
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

/** Times are UTC milliseconds; numbers are places in a room's log. */
export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const { whole, tail, text } = sql.onDialectOrElse({
    sqlite: () => ({
      whole: sql.literal("INTEGER"),
      tail: sql.literal("STRICT"),
      // PostgreSQL refuses U+0000 by itself.
      text: sql.literal("TEXT NOT NULL CHECK (instr(text, char(0)) = 0)")
    }),
    orElse: () => ({ whole: sql.literal("BIGINT"), tail: sql.literal(""), text: sql.literal("TEXT NOT NULL") })
  })

  yield* sql`
    CREATE TABLE accounts (
      id TEXT PRIMARY KEY,
      kind TEXT NOT NULL,
      name TEXT NOT NULL,
      name_fold TEXT NOT NULL,
      status TEXT NOT NULL,
      created_at ${whole} NOT NULL
    ) ${tail}`
  yield* sql`CREATE UNIQUE INDEX accounts_member_name ON accounts (name_fold) WHERE kind = 'member'`

  yield* sql`
    CREATE TABLE sessions (
      token_hash TEXT PRIMARY KEY,
      user_id TEXT NOT NULL REFERENCES accounts (id),
      created_at ${whole} NOT NULL,
      expires_at ${whole} NOT NULL
    ) ${tail}`
  yield* sql`CREATE INDEX sessions_user ON sessions (user_id)`
  yield* sql`CREATE INDEX sessions_expiry ON sessions (expires_at)`

  yield* sql`
    CREATE TABLE rooms (
      id TEXT PRIMARY KEY,
      slug TEXT NOT NULL UNIQUE,
      name TEXT NOT NULL,
      topic TEXT NOT NULL,
      change ${whole} NOT NULL,
      log_id TEXT NOT NULL,
      epoch ${whole} NOT NULL,
      head ${whole} NOT NULL,
      last_message ${whole} NOT NULL,
      created_by TEXT REFERENCES accounts (id),
      created_at ${whole} NOT NULL
    ) ${sql.onDialectOrElse({
      sqlite: () => tail,
      // Every commit rewrites the rooms it touches: with space in its page a row stays where its indexes point.
      orElse: () => sql.literal("WITH (fillfactor = 50)")
    })}`
  yield* sql`CREATE INDEX rooms_maker ON rooms (created_by)`

  yield* sql`
    CREATE TABLE messages (
      room_id TEXT NOT NULL REFERENCES rooms (id),
      number ${whole} NOT NULL,
      change ${whole} NOT NULL,
      author_id TEXT NOT NULL REFERENCES accounts (id),
      key TEXT NOT NULL,
      state TEXT NOT NULL,
      text ${text},
      at ${whole} NOT NULL,
      edited_at ${whole},
      PRIMARY KEY (room_id, number),
      UNIQUE (room_id, change)
    ) ${tail}`

  yield* sql`
    CREATE TABLE log_keys (
      room_id TEXT NOT NULL,
      author_id TEXT NOT NULL,
      key TEXT NOT NULL,
      hash TEXT NOT NULL,
      message ${whole} NOT NULL,
      change ${whole} NOT NULL,
      at ${whole} NOT NULL,
      PRIMARY KEY (room_id, author_id, key)
    ) ${sql.onDialectOrElse({ sqlite: () => sql.literal("STRICT, WITHOUT ROWID"), orElse: () => tail })}`

  yield* sql`
    CREATE TABLE read_markers (
      user_id TEXT NOT NULL,
      room_id TEXT NOT NULL,
      number ${whole} NOT NULL,
      PRIMARY KEY (user_id, room_id)
    ) ${sql.onDialectOrElse({ sqlite: () => sql.literal("STRICT, WITHOUT ROWID"), orElse: () => tail })}`
})
