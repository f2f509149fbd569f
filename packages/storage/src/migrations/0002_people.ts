// Members with what they log in with, roles, private rooms with members, links, tokens of service accounts, and the audit log.
import { Array as Arr, Effect } from "effect"
import { SqlClient } from "effect/sql"

/** Times are UTC milliseconds; `is_…` is 0 or 1. Of every secret only the hash is kept. */
export default Effect.gen(function* () {
  yield* people
  yield* sessions
  yield* rooms
  yield* links
  yield* audit
})

const dialect = Effect.map(SqlClient.SqlClient, (sql) => ({
  sql,
  ...sql.onDialectOrElse({
    sqlite: () => ({
      whole: sql.literal("INTEGER"),
      tail: sql.literal("STRICT"),
      clustered: sql.literal("STRICT, WITHOUT ROWID"),
      rising: sql.literal("INTEGER PRIMARY KEY AUTOINCREMENT"),
      random: sql.literal("lower(hex(randomblob(16)))")
    }),
    orElse: () => ({
      whole: sql.literal("BIGINT"),
      tail: sql.literal(""),
      clustered: sql.literal(""),
      rising: sql.literal("BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY"),
      random: sql.literal("replace(gen_random_uuid()::text, '-', '')")
    })
  })
}))

const people = Effect.gen(function* () {
  const { sql, whole, tail } = yield* dialect
  const columns = [
    sql`username TEXT`,
    sql`username_fold TEXT`,
    // In lower case, to be searched: SQLite's own lower() knows ASCII only.
    sql`username_lower TEXT`,
    sql`name_lower TEXT NOT NULL DEFAULT ''`,
    sql`email TEXT`,
    sql`email_fold TEXT`,
    sql`password_hash TEXT`,
    sql`role TEXT NOT NULL DEFAULT 'guest'`,
    sql`colour ${whole}`,
    sql`is_active ${whole} NOT NULL DEFAULT 1`,
    sql`deleted_at ${whole}`
  ]
  yield* Effect.forEach(columns, (column) => sql`ALTER TABLE accounts ADD COLUMN ${column}`, { discard: true })
  yield* sql`UPDATE accounts SET role = 'member' WHERE kind = 'member'`
  yield* lowerNames
  yield* sql`CREATE UNIQUE INDEX accounts_username ON accounts (username_fold)`
  yield* sql`CREATE UNIQUE INDEX accounts_email ON accounts (email_fold)`
  yield* sql`CREATE INDEX accounts_owners ON accounts (id) WHERE role = 'owner'`
  yield* sql`CREATE INDEX accounts_services ON accounts (id) WHERE kind = 'service'`

  // The usernames and names of members and service accounts; one without an account was somebody's who is deleted, and is blocked.
  yield* sql`
    CREATE TABLE names (
      fold TEXT PRIMARY KEY,
      account_id TEXT REFERENCES accounts (id),
      blocked_until ${whole}
    ) ${tail}`
  yield* sql`CREATE INDEX names_account ON names (account_id)`
  yield* sql`CREATE INDEX names_blocked ON names (blocked_until) WHERE blocked_until IS NOT NULL`
  yield* sql`INSERT INTO names (fold, account_id) SELECT name_fold, id FROM accounts WHERE kind = 'member'`
  yield* sql`DROP INDEX accounts_member_name`
})

const lowerNames = Effect.gen(function* () {
  const { sql } = yield* dialect
  const accounts = yield* sql<{ readonly id: string; readonly name: string }>`SELECT id, name FROM accounts`
  yield* Effect.forEach(
    Arr.chunksOf(accounts, 1_000),
    (chunk) => {
      const names = sql.csv(chunk.map(({ id, name }) => sql`(${id}, ${name.toLowerCase()})`))
      return sql`
        UPDATE accounts SET name_lower = lowered.column2 FROM (VALUES ${names}) AS lowered
        WHERE accounts.id = lowered.column1`.unprepared
    },
    { discard: true }
  )
})

// A session that was there before goes on as one that is remembered; how it was used last is not known.
const sessions = Effect.gen(function* () {
  const { sql, whole, tail, clustered, random } = yield* dialect
  yield* sql`
    CREATE TABLE sessions_with_ids (
      id TEXT PRIMARY KEY,
      token_hash TEXT NOT NULL UNIQUE,
      user_id TEXT NOT NULL REFERENCES accounts (id),
      client TEXT NOT NULL,
      address TEXT NOT NULL,
      is_remembered ${whole} NOT NULL,
      created_at ${whole} NOT NULL,
      last_used_at ${whole} NOT NULL,
      expires_at ${whole} NOT NULL
    ) ${tail}`
  yield* sql`
    INSERT INTO sessions_with_ids
      (id, token_hash, user_id, client, address, is_remembered, created_at, last_used_at, expires_at)
    SELECT ${random}, token_hash, user_id, '', '', 1, created_at, created_at, expires_at FROM sessions`
  yield* sql`DROP TABLE sessions`
  yield* sql`ALTER TABLE sessions_with_ids RENAME TO sessions`
  yield* sql`CREATE INDEX sessions_user ON sessions (user_id)`
  yield* sql`CREATE INDEX sessions_expiry ON sessions (expires_at)`

  yield* sql`
    CREATE TABLE devices (
      user_id TEXT NOT NULL REFERENCES accounts (id),
      device_hash TEXT NOT NULL,
      logged_in_at ${whole} NOT NULL,
      PRIMARY KEY (user_id, device_hash)
    ) ${clustered}`
})

const rooms = Effect.gen(function* () {
  const { sql, whole, clustered } = yield* dialect
  yield* sql`ALTER TABLE rooms ADD COLUMN is_private ${whole} NOT NULL DEFAULT 0`
  yield* sql`
    CREATE TABLE memberships (
      room_id TEXT NOT NULL REFERENCES rooms (id),
      user_id TEXT NOT NULL REFERENCES accounts (id),
      role TEXT NOT NULL,
      at ${whole} NOT NULL,
      PRIMARY KEY (room_id, user_id)
    ) ${clustered}`
  yield* sql`CREATE INDEX memberships_user ON memberships (user_id)`
  yield* sql`
    INSERT INTO memberships (room_id, user_id, role, at)
    SELECT id, created_by, 'owner', created_at FROM rooms WHERE created_by IS NOT NULL`
})

const links = Effect.gen(function* () {
  const { sql, whole, tail } = yield* dialect
  // No room: into the server. No number of uses: as many as there are.
  yield* sql`
    CREATE TABLE invites (
      id TEXT PRIMARY KEY,
      token_hash TEXT NOT NULL UNIQUE,
      room_id TEXT REFERENCES rooms (id),
      created_by TEXT NOT NULL REFERENCES accounts (id),
      created_at ${whole} NOT NULL,
      expires_at ${whole} NOT NULL,
      uses ${whole},
      uses_left ${whole} CHECK (uses_left BETWEEN 0 AND uses)
    ) ${tail}`
  yield* sql`CREATE INDEX invites_room ON invites (room_id)`
  yield* sql`CREATE INDEX invites_maker ON invites (created_by)`
  yield* sql`CREATE INDEX invites_expiry ON invites (expires_at)`
  yield* sql`CREATE INDEX invites_used_up ON invites (id) WHERE uses_left = 0`

  yield* sql`
    CREATE TABLE one_time_links (
      token_hash TEXT PRIMARY KEY,
      kind TEXT NOT NULL,
      user_id TEXT REFERENCES accounts (id),
      expires_at ${whole}
    ) ${tail}`
  yield* sql`CREATE INDEX one_time_links_kind ON one_time_links (kind, user_id)`
  yield* sql`CREATE INDEX one_time_links_expiry ON one_time_links (expires_at)`

  yield* sql`
    CREATE TABLE api_tokens (
      id TEXT PRIMARY KEY,
      secret_hash TEXT NOT NULL UNIQUE,
      user_id TEXT NOT NULL REFERENCES accounts (id),
      name TEXT NOT NULL,
      scope TEXT NOT NULL,
      created_by TEXT NOT NULL REFERENCES accounts (id),
      created_at ${whole} NOT NULL,
      last_used_at ${whole}
    ) ${tail}`
  yield* sql`CREATE INDEX api_tokens_user ON api_tokens (user_id)`
})

// No reference to any table: an entry outlives what it names. The key tells an entry that is there already from a new one.
const audit = Effect.gen(function* () {
  const { sql, whole, tail, rising } = yield* dialect
  yield* sql`
    CREATE TABLE audit (
      id ${rising},
      key TEXT NOT NULL UNIQUE,
      at ${whole} NOT NULL,
      action TEXT NOT NULL,
      actor_id TEXT,
      subject_id TEXT,
      room_id TEXT,
      detail TEXT NOT NULL,
      address TEXT
    ) ${tail}`
  yield* sql`CREATE INDEX audit_addresses ON audit (at) WHERE address IS NOT NULL`
})
