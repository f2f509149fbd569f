// A database with something in every table, and what is in one.
import { Database } from "@messenger/storage/Database"
import { Effect } from "effect"
import { columnsOf, tables } from "../src/internal/tables.ts"
import type { Row } from "../src/internal/rawOutcome.ts"

/** A message that is hard to carry: an emoji of several code points, quotes, a backslash, a line break, a nul that is none. */
export const hardText = `👩‍👩‍👧 "it's" \\ {"a":1}\n\t\\u0000 ÄÖ　`

/** Writes something into every table: rooms with 3 and 0 changes, and what belongs to people, webhooks and the log. */
export const fill = Effect.gen(function* () {
  const { writes: sql } = yield* Database
  yield* sql`
    INSERT INTO accounts (
      id, kind, name, name_fold, status, created_at, username, username_fold, username_lower, name_lower, email, email_fold,
      password_hash, role, colour, is_active, deleted_at
    ) VALUES
      ('ada', 'member', ${hardText}, 'ada', 'online', 1000, 'Ada', 'ada', 'ada', 'ada', 'Ada@example.org', 'ada@example.org',
        '$argon2id$hash', 'owner', 7, 1, NULL),
      ('guest', 'guest', 'Guest', 'guest', 'away', 9007199254740991, NULL, NULL, NULL, 'guest', NULL, NULL, NULL, 'guest', NULL, 1, NULL),
      ('ci', 'webhook', 'CI', 'ci', 'online', 3000, NULL, NULL, NULL, 'ci', NULL, NULL, NULL, 'guest', NULL, 1, NULL)`
  yield* sql`INSERT INTO names (fold, account_id, blocked_until) VALUES ('ada', 'ada', NULL), ('gone', NULL, 5000)`
  yield* sql`
    INSERT INTO sessions (id, token_hash, user_id, client, address, is_remembered, created_at, last_used_at, expires_at)
    VALUES ('s1', 'session-hash', 'ada', 'Firefox', '192.0.2.1', 1, 1, 2, 3)`
  yield* sql`INSERT INTO devices (user_id, device_hash, logged_in_at) VALUES ('ada', 'device-hash', 4)`
  yield* sql`
    INSERT INTO rooms (id, slug, name, topic, is_private, change, log_id, epoch, head, last_message, created_by, created_at) VALUES
      ('lobby', 'lobby', 'Lobby', '', 0, 0, 'log-of-lobby', 6, 3, 2, NULL, 1000),
      ('tea', 'tea', 'Tea', 'leaves', 1, 0, 'log-of-tea', 1, 0, 0, 'ada', 2500)`
  yield* sql`INSERT INTO memberships (room_id, user_id, role, at) VALUES ('tea', 'ada', 'owner', 1)`
  yield* sql`INSERT INTO removals (room_id, user_id, at) VALUES ('tea', 'guest', 2)`
  yield* sql`
    INSERT INTO messages (room_id, number, change, author_id, key, state, text, at, edited_at, alias_name, alias_emoji) VALUES
      ('lobby', 1, 3, 'ada', 'key-00000001', 'Present', ${hardText}, 1100, 1300, NULL, NULL),
      ('lobby', 2, 2, 'ci', 'key-00000002', 'Present', 'two', 1200, NULL, 'Build', '🚀')`
  yield* sql`
    INSERT INTO log_keys (room_id, author_id, key, hash, message, change, at)
    VALUES ('lobby', 'ada', 'key-00000001', 'h', 1, 1, 1100), ('lobby', 'ci', 'key-00000002', 'h', 2, 2, 1200)`
  yield* sql`INSERT INTO read_markers (user_id, room_id, number) VALUES ('ada', 'lobby', 2)`
  yield* sql`
    INSERT INTO invites (id, token_hash, room_id, created_by, created_at, expires_at, uses, uses_left)
    VALUES ('i1', 'invite-hash', NULL, 'ada', 1, 2, 5, 3)`
  yield* sql`INSERT INTO one_time_links (token_hash, kind, user_id, expires_at) VALUES ('link-hash', 'Reset', 'ada', 9)`
  yield* sql`
    INSERT INTO api_tokens (id, secret_hash, user_id, name, scope, created_by, created_at, last_used_at)
    VALUES ('t1', 'secret-hash', 'ada', 'CI', 'write', 'ada', 1, NULL)`
  yield* sql`
    INSERT INTO audit (key, at, action, actor_id, subject_id, room_id, detail, address)
    VALUES ('a1', 1, 'LoggedIn', 'ada', NULL, NULL, '', '192.0.2.1'), ('a2', 2, 'LoggedIn', 'ada', NULL, NULL, '', NULL)`
  yield* sql`
    INSERT INTO incoming_webhooks (id, room_id, account_id, token_hash, created_by, created_at, last_used_at)
    VALUES ('in1', 'lobby', 'ci', 'hook-hash', 'ada', 1, NULL)`
  yield* sql`
    INSERT INTO outgoing_webhooks (id, room_id, url, events, sealed_secret, cursor, paused, created_by, created_at)
    VALUES ('out1', 'lobby', 'https://ci.example.org', '["message.posted"]', 'sealed', 1, NULL, 'ada', 1)`
  yield* sql`
    INSERT INTO deliveries (
      id, webhook_id, event, number, state, attempts, created_at, last_attempt_at, next_attempt_at, status, problem, took_millis
    ) VALUES
      ('d1', 'out1', 'message.posted', 1, 'Delivered', 1, 1, 2, NULL, 200, NULL, 12),
      ('d2', 'out1', 'message.posted', 2, 'Pending', 1, 1, 2, 3, 500, NULL, 13)`
})

/** All rows of all tables, in the order of what is in them. */
export const contents = Effect.gen(function* () {
  const { reads: sql } = yield* Database
  const found: Record<string, ReadonlyArray<Row>> = {}
  for (const table of tables) {
    const rows = yield* sql<Row>`SELECT ${sql.literal(columnsOf(table).join(", "))} FROM ${sql(table.name)}`
    found[table.name] = rows.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
  }
  return found
})
