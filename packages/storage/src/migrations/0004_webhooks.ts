// Webhooks of rooms, the queue of what outgoing ones are to be told, and whom a message of an incoming one is shown as.
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

/** Times are UTC milliseconds; numbers are places in a room's log. Of a token only the hash is kept, and secrets sealed. */
export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const { whole, tail, rising } = sql.onDialectOrElse({
    sqlite: () => ({
      whole: sql.literal("INTEGER"),
      tail: sql.literal("STRICT"),
      rising: sql.literal("INTEGER PRIMARY KEY AUTOINCREMENT")
    }),
    orElse: () => ({
      whole: sql.literal("BIGINT"),
      tail: sql.literal(""),
      rising: sql.literal("BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY")
    })
  })

  // Nothing is written for the messages that are there.
  yield* sql`ALTER TABLE messages ADD COLUMN alias_name TEXT`
  yield* sql`ALTER TABLE messages ADD COLUMN alias_emoji TEXT`

  yield* sql`
    CREATE TABLE incoming_webhooks (
      id TEXT PRIMARY KEY,
      room_id TEXT NOT NULL REFERENCES rooms (id),
      account_id TEXT NOT NULL UNIQUE REFERENCES accounts (id),
      token_hash TEXT NOT NULL UNIQUE,
      created_by TEXT NOT NULL REFERENCES accounts (id),
      created_at ${whole} NOT NULL,
      last_used_at ${whole}
    ) ${tail}`
  yield* sql`CREATE INDEX incoming_webhooks_room ON incoming_webhooks (room_id)`

  // Told is what comes after the cursor. The events are a JSON list of names.
  yield* sql`
    CREATE TABLE outgoing_webhooks (
      id TEXT PRIMARY KEY,
      room_id TEXT NOT NULL REFERENCES rooms (id),
      url TEXT NOT NULL,
      events TEXT NOT NULL,
      sealed_secret TEXT NOT NULL,
      cursor ${whole} NOT NULL,
      paused TEXT,
      created_by TEXT NOT NULL REFERENCES accounts (id),
      created_at ${whole} NOT NULL
    ) ${tail}`
  yield* sql`CREATE INDEX outgoing_webhooks_room ON outgoing_webhooks (room_id)`

  // Deliveries that are queued while their webhook is deleted go with it.
  yield* sql`
    CREATE TABLE deliveries (
      place ${rising},
      id TEXT NOT NULL UNIQUE,
      webhook_id TEXT NOT NULL REFERENCES outgoing_webhooks (id) ON DELETE CASCADE,
      event TEXT NOT NULL,
      number ${whole} NOT NULL,
      state TEXT NOT NULL,
      attempts ${whole} NOT NULL,
      created_at ${whole} NOT NULL,
      last_attempt_at ${whole},
      next_attempt_at ${whole},
      status ${whole},
      problem TEXT,
      took_millis ${whole}
    ) ${tail}`
  yield* sql`CREATE INDEX deliveries_webhook ON deliveries (webhook_id, place)`
  yield* sql`CREATE INDEX deliveries_due ON deliveries (webhook_id, next_attempt_at, place) WHERE state = 'Pending'`
  yield* sql`CREATE INDEX deliveries_ended ON deliveries (last_attempt_at) WHERE state <> 'Pending'`
})
