// Group commit, as the writer's thread runs it. A savepoint per room: what one room may not write is taken back alone.
import type { Append, CommitRequest } from "../MessageLog.ts"
import { planAppend } from "./appendPlan.ts"
import type { AppendPlan } from "./appendPlan.ts"
import type { RawOutcome } from "./rawOutcome.ts"
import { errnoOf, inTransaction, messageOf, run } from "./sqliteTransaction.ts"
import type { PreparedDatabase } from "./sqliteTransaction.ts"

/** Writes all requests in one transaction. Throws when nothing was written, and `CommitFailed` when that is not known. */
export const commitRequests = (
  connection: PreparedDatabase,
  requests: ReadonlyArray<CommitRequest>
): ReadonlyArray<RawOutcome> =>
  inTransaction(connection, () => requests.map((request) => inSavepoint(connection, request)))

const inSavepoint = (connection: PreparedDatabase, request: CommitRequest): RawOutcome => {
  run(connection, "SAVEPOINT room")
  const outcome = refusable(() =>
    request._tag === "Open" ? open(connection, request.roomId) : append(connection, request)
  )
  const isWritten = outcome._tag === "Opened" || outcome._tag === "Appended"
  if (!isWritten) run(connection, "ROLLBACK TO room")
  run(connection, "RELEASE room")
  return outcome
}

/** Rows that can never be written; anything else that fails is the database's trouble, not the room's. */
class Refusal extends Error {}

const refusable = (body: () => RawOutcome): RawOutcome => {
  try {
    return body()
  } catch (cause) {
    if (!isRefusal(cause)) throw cause
    return { _tag: "Refused", message: messageOf(cause) }
  }
}

const open = ({ prepare }: PreparedDatabase, roomId: string): RawOutcome => {
  const row = prepare(
    `UPDATE rooms SET epoch = epoch + 1 WHERE id = ?
     RETURNING id, slug, name, topic, is_private, change, log_id, epoch, head, last_message`
  ).get(roomId)
  return row === undefined ? { _tag: "NoSuchRoom" } : { _tag: "Opened", row }
}

const append = (connection: PreparedDatabase, request: Append): RawOutcome => {
  const { prepare } = connection
  const plan = planAppend(request)
  const { roomId, epoch, head } = request
  if ("refusal" in plan) throw new Refusal(plan.refusal)
  const fence = prepare(
    "UPDATE rooms SET head = ?, last_message = max(last_message, ?) WHERE id = ? AND epoch = ? AND head = ?"
  ).run(plan.head, plan.lastMessage, roomId, epoch, head)
  if (fence.changes === 0) {
    const isThere = prepare("SELECT 1 FROM rooms WHERE id = ?").get(roomId) !== undefined
    return { _tag: isThere ? "Fenced" : "NoSuchRoom" }
  }
  const known = request.entries.flatMap(({ author, key }) =>
    prepare(
      "SELECT author_id, key, hash, message, change, at FROM log_keys WHERE room_id = ? AND author_id = ? AND key = ?"
    ).all(roomId, author, key)
  )
  if (known.length > 0) return { _tag: "KeysKnown", rows: known }
  writeRows(connection, request, plan)
  return { _tag: "Appended", head: plan.head }
}

const writeRows = ({ prepare }: PreparedDatabase, { roomId, entries }: Append, plan: AppendPlan): void => {
  const insert = prepare(
    `INSERT INTO messages (room_id, number, change, author_id, key, state, text, at, edited_at, alias_name, alias_emoji)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
  )
  for (const row of plan.inserts) {
    const { number, change, author, key, state, text, at, editedAt, alias } = row
    insert.run(
      roomId,
      number,
      change,
      author,
      key,
      state,
      text,
      at,
      editedAt,
      alias?.name ?? null,
      alias?.emoji ?? null
    )
  }
  const update = prepare(
    `UPDATE messages SET change = ?, state = ?, text = ?, edited_at = coalesce(?, edited_at)
     WHERE room_id = ? AND number = ? AND state <> 'Deleted'`
  )
  for (const row of plan.updates) {
    const { changes } = update.run(row.change, row.state, row.text, row.editedAt, roomId, row.number)
    if (changes === 0) throw new Refusal(`message ${row.number} is deleted or was never written`)
  }
  const remember = prepare(
    "INSERT INTO log_keys (room_id, author_id, key, hash, message, change, at) VALUES (?, ?, ?, ?, ?, ?, ?)"
  )
  for (const { author, key, hash, number, at, change } of entries) {
    remember.run(roomId, author, key, hash, change._tag === "Post" ? number : change.message, number, at)
  }
}

// https://www.sqlite.org/rescode.html: TOOBIG, CONSTRAINT, MISMATCH, RANGE.
const refusals: ReadonlySet<number> = new Set([18, 19, 20, 25])

const isRefusal = (cause: unknown): boolean => {
  // The binding throws a TypeError for a value that no column can hold.
  if (cause instanceof Refusal || cause instanceof TypeError) return true
  const errno = errnoOf(cause)
  return errno !== undefined && refusals.has(errno & 0xff)
}
