// Group commit on PostgreSQL: one statement for all rooms of a commit, and so one round trip and one flush.
//
// The fence is an UPDATE of the room's row in that same statement; what is inserted joins its RETURNING. A fence that only read the
// epoch would let a stale owner through: it would see the row as it was when the statement began. `locked` takes the row locks in
// the order of the ids before anything is written, so that two commits never wait for each other in a circle, and shows the rows as
// they are once locked.
//
// The statement is planned once per connection, perhaps while the tables are still empty: LATERAL with LIMIT, and `= ANY (ARRAY(…))`,
// leave the planner no way but the indexes.
import type { Append, CommitRequest } from "../MessageLog.ts"
import { planAppend } from "./appendPlan.ts"
import type { AppendPlan } from "./appendPlan.ts"
import type { RawOutcome, Row } from "./rawOutcome.ts"

/** The statement; `commitParams` makes its parameters, `commitOutcomes` reads its rows. */
export const commitStatement = `
WITH asked AS (
  SELECT * FROM json_to_recordset($1::json)
    AS a(room_id text, is_open boolean, epoch bigint, head bigint, next_head bigint, last_message bigint)
), entries AS (
  SELECT * FROM json_to_recordset($2::json)
    AS e(room_id text, author_id text, key text, hash text, message bigint, change bigint, at bigint)
), inserts AS (
  SELECT * FROM json_to_recordset($3::json)
    AS i(room_id text, number bigint, change bigint, author text, key text, state text, text text, at bigint, "editedAt" bigint, alias json)
), updates AS (
  SELECT * FROM json_to_recordset($4::json)
    AS u(room_id text, number bigint, change bigint, state text, text text, "editedAt" bigint)
), locked AS (
  SELECT l.* FROM (SELECT room_id FROM asked ORDER BY room_id) a
  CROSS JOIN LATERAL (SELECT id, epoch, head FROM rooms WHERE id = a.room_id FOR NO KEY UPDATE) l
), opened AS (
  UPDATE rooms r SET epoch = r.epoch + 1 FROM asked a
  WHERE r.id = ANY (ARRAY(SELECT id FROM locked)) AND a.room_id = r.id AND a.is_open
  RETURNING r.id, r.slug, r.name, r.topic, r.is_private, r.change, r.log_id, r.epoch, r.head, r.last_message
), known AS (
  SELECT k.* FROM entries e CROSS JOIN LATERAL (
    SELECT * FROM log_keys k WHERE k.room_id = e.room_id AND k.author_id = e.author_id AND k.key = e.key LIMIT 1
  ) k
), missing AS (
  SELECT u.room_id FROM updates u LEFT JOIN LATERAL (
    SELECT state FROM messages m WHERE m.room_id = u.room_id AND m.number = u.number LIMIT 1
  ) m ON true
  WHERE m.state IS NULL OR m.state = 'Deleted'
), fenced AS (
  UPDATE rooms r SET head = a.next_head, last_message = greatest(r.last_message, a.last_message)
  FROM asked a
  WHERE r.id = ANY (ARRAY(SELECT id FROM locked)) AND a.room_id = r.id AND NOT a.is_open AND r.epoch = a.epoch AND r.head = a.head
    AND r.id NOT IN (SELECT room_id FROM known) AND r.id NOT IN (SELECT room_id FROM missing)
  RETURNING r.id, r.head
), inserted AS (
  INSERT INTO messages (room_id, number, change, author_id, key, state, text, at, edited_at, alias_name, alias_emoji)
  SELECT i.room_id, i.number, i.change, i.author, i.key, i.state, i.text, i.at, i."editedAt", i.alias ->> 'name', i.alias ->> 'emoji'
  FROM inserts i JOIN fenced f ON f.id = i.room_id
), updated AS (
  UPDATE messages m
  SET change = u.change, state = u.state, text = u.text, edited_at = coalesce(u."editedAt", m.edited_at)
  FROM updates u JOIN fenced f ON f.id = u.room_id
  WHERE m.room_id = u.room_id AND m.number = u.number
), remembered AS (
  INSERT INTO log_keys (room_id, author_id, key, hash, message, change, at)
  SELECT e.room_id, e.author_id, e.key, e.hash, e.message, e.change, e.at FROM entries e JOIN fenced f ON f.id = e.room_id
)
SELECT a.room_id, o.*, f.head AS written,
  l.id IS NOT NULL AS is_there,
  l.epoch IS DISTINCT FROM a.epoch OR l.head IS DISTINCT FROM a.head AS is_stale,
  (SELECT json_agg(k) FROM known k WHERE k.room_id = a.room_id) AS known
FROM asked a
LEFT JOIN locked l ON l.id = a.room_id
LEFT JOIN opened o ON o.id = a.room_id
LEFT JOIN fenced f ON f.id = a.room_id`

/** A request that can be sent, with what it does to rows. */
export type PlannedRequest =
  | { readonly roomId: string; readonly append: undefined }
  | { readonly roomId: string; readonly append: Append; readonly plan: AppendPlan }

/** A request planned, or what became of it already: an append that can never be written. */
export const planRequest = (request: CommitRequest): PlannedRequest | RawOutcome => {
  const { roomId } = request
  if (request._tag === "Open") return { roomId, append: undefined }
  const plan = planAppend(request)
  return "refusal" in plan ? { _tag: "Refused", message: plan.refusal } : { roomId, append: request, plan }
}

/** The parameters of the statement: four lists of rows, as JSON, so that its text is the same for every commit. */
export const commitParams = (requests: ReadonlyArray<PlannedRequest>): ReadonlyArray<string> => {
  const asked: Array<Row> = []
  const entries: Array<Row> = []
  const inserts: Array<Row> = []
  const updates: Array<Row> = []
  for (const request of requests) {
    const { roomId: room_id, append } = request
    if (append === undefined) {
      asked.push({ room_id, is_open: true })
      continue
    }
    const { plan } = request
    const { epoch, head } = append
    asked.push({ room_id, is_open: false, epoch, head, next_head: plan.head, last_message: plan.lastMessage })
    for (const row of plan.inserts) inserts.push({ room_id, ...row })
    for (const row of plan.updates) updates.push({ room_id, ...row })
    for (const { author, key, hash, number, at, change } of append.entries) {
      const message = change._tag === "Post" ? number : change.message
      entries.push({ room_id, author_id: author, key, hash, message, change: number, at })
    }
  }
  return [asked, entries, inserts, updates].map((rows) => JSON.stringify(rows))
}

/** A row of the statement: one per room that was asked about. */
export interface CommitRow extends Row {
  readonly room_id: string
  readonly id: string | null
  readonly written: number | null
  readonly is_there: boolean
  readonly is_stale: boolean
  readonly known: ReadonlyArray<Row> | null
}

/** What became of each room. */
export const commitOutcomes = (rows: ReadonlyArray<CommitRow>): ReadonlyMap<string, RawOutcome> =>
  new Map(rows.map((row) => [row.room_id, outcomeOf(row)]))

const outcomeOf = (row: CommitRow): RawOutcome => {
  if (!row.is_there) return { _tag: "NoSuchRoom" }
  if (row.id !== null) return { _tag: "Opened", row }
  if (row.written !== null) return { _tag: "Appended", head: row.written }
  if (row.is_stale) return { _tag: "Fenced" }
  if (row.known !== null) return { _tag: "KeysKnown", rows: row.known }
  return { _tag: "Refused", message: "a message that was to change is deleted or was never written" }
}
