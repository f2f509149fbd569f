// Who was removed from a room by others, and comes back by no link.
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

/** `at` is UTC milliseconds. */
export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const { whole, clustered } = sql.onDialectOrElse({
    sqlite: () => ({ whole: sql.literal("INTEGER"), clustered: sql.literal("STRICT, WITHOUT ROWID") }),
    orElse: () => ({ whole: sql.literal("BIGINT"), clustered: sql.literal("") })
  })
  yield* sql`
    CREATE TABLE removals (
      room_id TEXT NOT NULL REFERENCES rooms (id),
      user_id TEXT NOT NULL REFERENCES accounts (id),
      at ${whole} NOT NULL,
      PRIMARY KEY (room_id, user_id)
    ) ${clustered}`
  yield* sql`CREATE INDEX removals_user ON removals (user_id)`
})
