// Reads of one room's log. A read is two statements: first where the log stands, then its rows up to there, so that a cursor
// never claims more than was read. A row that moves past that place meanwhile comes again under its greater change number.
import type { Page } from "@messenger/protocol/Message"
import type { RoomId } from "@messenger/protocol/Room"
import type { PageAnchor } from "@messenger/protocol/RoomRpcs"
import { Effect, Option } from "effect"
import type { SqlClient, SqlError, Statement } from "effect/sql"
import type { ChangePage } from "../MessageLog.ts"
import { stretchOf, takeStretch } from "./pageStretch.ts"
import type { Row } from "./rawOutcome.ts"
import { decodeMessages, decodeOpened, roomOf, userColumns } from "./rows.ts"
import type { OpenedRow } from "./rows.ts"

/** The most rows that one page of changes holds. */
export const maxChangeRows = 500

/** Columns of a message with its author. */
export const messageColumns = (sql: SqlClient.SqlClient): Statement.Fragment =>
  sql.literal(
    `m.number, m.change, m.author_id, ${userColumns}, m.key, m.state, m.text, m.at, m.edited_at, m.alias_name, m.alias_emoji`
  )

/** Where the log stands; none: no such room. */
export const standing = (
  sql: SqlClient.SqlClient,
  roomId: RoomId
): Effect.Effect<Option.Option<OpenedRow>, SqlError.SqlError> =>
  Effect.flatMap(
    sql<Row>`SELECT id, slug, name, topic, is_private, change, log_id, epoch, head, last_message FROM rooms WHERE id = ${roomId}`,
    decodeOpened
  )

/** The changes after `after`, up to where the log stands. */
export const readChanges = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  room: OpenedRow,
  after: number,
  maxBytes: number
): Effect.fn.Return<ChangePage, SqlError.SqlError> {
  // `bytes` is the sum up to and including the row; the first row is taken whatever it weighs.
  const rows = yield* sql<Row & { readonly found: number; readonly change: number }>`
    SELECT ${messageColumns(sql)}, m.found FROM (
      SELECT rows.*,
        count(*) OVER () AS found,
        row_number() OVER (ORDER BY change) AS place,
        sum(octet_length(text)) OVER (ORDER BY change) AS bytes
      FROM (
        SELECT * FROM messages WHERE room_id = ${room.id} AND change > ${after} AND change <= ${room.head}
        ORDER BY change LIMIT ${maxChangeRows + 1}
      ) AS rows
    ) AS m LEFT JOIN accounts a ON a.id = m.author_id
    WHERE m.place <= ${maxChangeRows} AND (m.bytes <= ${maxBytes} OR m.place = 1)
    ORDER BY m.change`
  const last = rows.at(-1)
  const isWhole = last === undefined || last.found === rows.length
  const number = isWhole ? room.head : last.change
  return {
    messages: yield* decodeMessages(room.id, rows),
    room: room.change > after && room.change <= number ? Option.some(roomOf(room)) : Option.none(),
    cursor: { log: room.log_id, number },
    head: room.head
  }
})

/** A page of history. */
export const readPage = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  room: OpenedRow,
  anchor: PageAnchor,
  limit: number
): Effect.fn.Return<Page, SqlError.SqlError> {
  const stretch = stretchOf(anchor, room.head, limit)
  const { pivot, older, newer } = stretch
  // One row more than is wanted says whether there is more.
  const below = yield* rowsBeside(sql, room, sql`m.number < ${pivot}`, sql.literal("DESC"), older + 1)
  const above = yield* rowsBeside(sql, room, sql`m.number >= ${pivot}`, sql.literal("ASC"), newer + 1)
  const { rows, hasOlder, hasNewer } = takeStretch(stretch, below, above)
  return {
    messages: yield* decodeMessages(room.id, rows),
    cursor: { log: room.log_id, number: room.head },
    hasOlder,
    hasNewer
  }
})

const rowsBeside = (
  sql: SqlClient.SqlClient,
  room: OpenedRow,
  side: Statement.Fragment,
  direction: Statement.Fragment,
  limit: number
) => sql<Row>`
  SELECT ${messageColumns(sql)} FROM messages m LEFT JOIN accounts a ON a.id = m.author_id
  WHERE m.room_id = ${room.id} AND m.number <= ${room.head} AND ${side}
  ORDER BY m.number ${direction} LIMIT ${limit}`
