// The log of every room, and the only writer of history. What many rooms want written at one time is one transaction (group
// commit), answered room by room: a row that one room may not write costs no other room its message.
//
// Every append is fenced: it changes nothing unless the room's epoch is still the one it was started with, in the same
// statement that takes the numbers (a row lock, so a stale owner cannot slip through between a read and a write).
import type { Cursor, LogId } from "@messenger/protocol/Cursor"
import type { Alias, ClientKey, Message, Page } from "@messenger/protocol/Message"
import type { Room, RoomId } from "@messenger/protocol/Room"
import type { PageAnchor } from "@messenger/protocol/RoomRpcs"
import type { UserId } from "@messenger/protocol/Account"
import { Context, Effect, Layer, Option } from "effect"
import type { SqlError } from "effect/sql"
import { asWeather, Database } from "./Database.ts"
import { messageColumns, readChanges, readPage, standing } from "./internal/history.ts"
import type { Row } from "./internal/rawOutcome.ts"
import { decodeKeys, decodeMessages, decodeOutcome } from "./internal/rows.ts"
import type { OpenedRow } from "./internal/rows.ts"
import type { DatabaseAway, OutcomeUnknown } from "./StorageFailure.ts"

/**
 * What one entry does to the log. `message` is the number of the message that is changed; it may be one of the same append.
 * A message that is deleted, or was never written, cannot be changed: the append is `Refused`.
 */
export type EntryChange =
  | { readonly _tag: "Post"; readonly text: string; readonly alias?: Alias }
  | { readonly _tag: "Edit"; readonly message: number; readonly text: string }
  | { readonly _tag: "Delete"; readonly message: number }

/** One change to append: its number in the log, who made it under which key, and a hash of what was asked. `at` is UTC milliseconds. */
export interface Entry {
  readonly number: number
  readonly author: UserId
  readonly key: ClientKey
  readonly hash: string
  readonly at: number
  readonly change: EntryChange
}

/** A room is started: its epoch is raised by one, which fences every earlier owner, and its head is read in the same statement. */
export interface Open {
  readonly _tag: "Open"
  readonly roomId: RoomId
}

/** A room appends `entries`, numbered without a gap from `head + 1`. */
export interface Append {
  readonly _tag: "Append"
  readonly roomId: RoomId
  readonly epoch: number
  readonly head: number
  readonly entries: ReadonlyArray<Entry>
}

/** What one room wants of a commit. */
export type CommitRequest = Open | Append

/** What a key stands for: the message it made or changed, the change number, and the time of the first use. */
export interface KnownKey {
  readonly author: UserId
  readonly key: ClientKey
  readonly hash: string
  readonly message: number
  readonly change: number
  readonly at: number
}

/** A started room: where its log stands. `lastMessage` is the number of its newest message, 0 when there is none. */
export interface Opened {
  readonly _tag: "Opened"
  readonly log: LogId
  readonly epoch: number
  readonly head: number
  readonly lastMessage: number
  readonly room: Room
}

/**
 * What became of one request. `Appended`: durable. `Fenced`: the epoch is no longer the room's, or the numbers are not next;
 * nothing was written, and this owner must stop and be looked up anew. `KeysKnown`: some keys are in the log already, nothing
 * was written; the rest may be numbered anew. `Refused`: the database refuses these rows (bad data); nothing was written.
 * `NoSuchRoom`: there is no such room.
 */
export type CommitOutcome =
  | Opened
  | { readonly _tag: "Appended"; readonly head: number }
  | { readonly _tag: "Fenced" }
  | { readonly _tag: "KeysKnown"; readonly known: ReadonlyArray<KnownKey> }
  | { readonly _tag: "Refused"; readonly cause: unknown }
  | { readonly _tag: "NoSuchRoom" }

/** Rows whose last change is after a cursor, each once, in order of their change; `cursor` is where they end, `head` where the log does. */
export interface ChangePage {
  readonly messages: ReadonlyArray<Message>
  /** The room's own row, when it changed after the cursor and within this page. */
  readonly room: Option.Option<Room>
  readonly cursor: Cursor
  readonly head: number
}

export class MessageLog extends Context.Service<
  MessageLog,
  {
    /**
     * Writes all requests in one transaction, answered in order, one outcome each; at most one request per room. Uninterruptible.
     * `DatabaseAway`: nothing happened. `OutcomeUnknown`: ask `keys` and open the room anew before numbering again.
     */
    readonly commit: (
      requests: ReadonlyArray<CommitRequest>
    ) => Effect.Effect<ReadonlyArray<CommitOutcome>, DatabaseAway | OutcomeUnknown>
    /** Those of the keys that are in the log, in any order. */
    readonly keys: (
      roomId: RoomId,
      keys: ReadonlyArray<{ readonly author: UserId; readonly key: ClientKey }>
    ) => Effect.Effect<ReadonlyArray<KnownKey>, DatabaseAway>
    /** The rows of these message numbers that exist, ascending. */
    readonly messages: (
      roomId: RoomId,
      numbers: ReadonlyArray<number>
    ) => Effect.Effect<ReadonlyArray<Message>, DatabaseAway>
    /** The changes after `after`, at least one row if there is any, else at most `maxBytes` of text and 500 rows. `None`: no such room. */
    readonly changesAfter: (
      roomId: RoomId,
      after: number,
      maxBytes: number
    ) => Effect.Effect<Option.Option<ChangePage>, DatabaseAway>
    /** A page of history, ascending, at most `limit` messages. `None`: no such room. Starts no room. */
    readonly page: (
      roomId: RoomId,
      anchor: PageAnchor,
      limit: number
    ) => Effect.Effect<Option.Option<Page>, DatabaseAway>
  }
>()("@messenger/storage/MessageLog") {
  static readonly layer: Layer.Layer<MessageLog, never, Database> = Layer.effect(
    MessageLog,
    Effect.map(Database, (database) => make(database))
  )
}

/** The log as a program beside the server may have it: history to read, and nothing to write. */
export class LogPages extends Context.Service<LogPages, Pick<MessageLog["Service"], "page">>()(
  "@messenger/storage/LogPages"
) {
  static readonly layer: Layer.Layer<LogPages, never, Database> = Layer.effect(
    LogPages,
    Effect.map(Database, (database) => make(database))
  )
}

const make = ({ reads: sql, commit }: Database["Service"]): MessageLog["Service"] => {
  const ofRoom = <Value>(
    operation: string,
    roomId: RoomId,
    read: (room: OpenedRow) => Effect.Effect<Value, SqlError.SqlError>
  ): Effect.Effect<Option.Option<Value>, DatabaseAway> =>
    standing(sql, roomId).pipe(
      Effect.flatMap(Option.match({ onNone: () => Effect.succeedNone, onSome: (room) => Effect.asSome(read(room)) })),
      asWeather(operation)
    )

  return {
    commit: Effect.fn("MessageLog.commit")(function* (requests) {
      if (requests.length === 0) return []
      if (new Set(requests.map(({ roomId }) => roomId)).size < requests.length) {
        return yield* Effect.die(new Error("a commit has at most one request per room"))
      }
      return yield* Effect.forEach(yield* Effect.uninterruptible(commit(requests)), decodeOutcome)
    }),
    keys: Effect.fn("MessageLog.keys")(function* (roomId, keys) {
      if (keys.length === 0) return []
      const pairs = sql.csv(keys.map(({ author, key }) => sql`(${author}, ${key})`))
      const rows = yield* sql<Row>`
        SELECT author_id, key, hash, message, change, at FROM log_keys
        WHERE room_id = ${roomId} AND (author_id, key) IN (VALUES ${pairs})`.pipe(asWeather("MessageLog.keys"))
      return yield* decodeKeys(rows)
    }),
    messages: Effect.fn("MessageLog.messages")(function* (roomId, numbers) {
      if (numbers.length === 0) return []
      const rows = yield* sql<Row>`
        SELECT ${messageColumns(sql)} FROM messages m LEFT JOIN accounts a ON a.id = m.author_id
        WHERE m.room_id = ${roomId} AND m.number IN ${sql.in(numbers)} ORDER BY m.number`.pipe(
        asWeather("MessageLog.messages")
      )
      return yield* decodeMessages(roomId, rows)
    }),
    changesAfter: Effect.fn("MessageLog.changesAfter")((roomId, after, maxBytes) =>
      ofRoom("MessageLog.changesAfter", roomId, (room) => readChanges(sql, room, after, maxBytes))
    ),
    page: Effect.fn("MessageLog.page")((roomId, anchor, limit) =>
      ofRoom("MessageLog.page", roomId, (room) => readPage(sql, room, anchor, limit))
    )
  }
}
