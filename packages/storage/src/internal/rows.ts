// Rows as the contract names them. A row that does not decode is reported with its place, never with its content.
import { AvatarColour, UserId } from "@messenger/protocol/Account"
import type { User } from "@messenger/protocol/Account"
import { LogId, SequenceNumber } from "@messenger/protocol/Cursor"
import type { Listing, Marker } from "@messenger/protocol/InboxFeed"
import { ClientKey } from "@messenger/protocol/Message"
import type { Alias, Message } from "@messenger/protocol/Message"
import { Status } from "@messenger/protocol/Presence"
import { ServerRole } from "@messenger/protocol/Rights"
import { RoomId, Slug } from "@messenger/protocol/Room"
import type { Room } from "@messenger/protocol/Room"
import { Effect, Option, Schema } from "effect"
import type { Account } from "../Accounts.ts"
import type { CommitOutcome, KnownKey } from "../MessageLog.ts"
import type { RawOutcome, Row } from "./rawOutcome.ts"

/** The columns that `UserRow` reads, but for the id, of the table that is called `a`. */
export const userColumns = "a.name AS author_name, a.kind AS author_kind, a.colour AS author_colour"

/** The columns that `AccountRow` reads. */
export const accountColumns = `a.id AS author_id, ${userColumns}, a.status, a.role, a.is_active, a.created_at AS account_created_at`

/** A yes or no as both databases keep it. */
export const Flag = Schema.Literals([0, 1])

/** A person as a row. */
export const UserRow = Schema.Struct({
  author_id: UserId,
  author_name: Schema.String,
  author_kind: Schema.Literals(["guest", "member", "service", "webhook", "deleted"]),
  author_colour: Schema.NullOr(AvatarColour)
})

const MessageRow = Schema.Struct({
  number: SequenceNumber,
  change: SequenceNumber,
  ...UserRow.fields,
  key: ClientKey,
  state: Schema.Literals(["Present", "Deleted"]),
  text: Schema.String,
  at: Schema.Int,
  edited_at: Schema.NullOr(Schema.Int),
  alias_name: Schema.NullOr(Schema.String),
  alias_emoji: Schema.NullOr(Schema.String)
})

const RoomRow = Schema.Struct({
  id: RoomId,
  slug: Slug,
  name: Schema.String,
  topic: Schema.String,
  is_private: Flag,
  change: SequenceNumber
})

const ListingRow = Schema.Struct({ ...RoomRow.fields, last_message: SequenceNumber })

const OpenedRow = Schema.Struct({ ...ListingRow.fields, log_id: LogId, epoch: Schema.Int, head: SequenceNumber })

const KeyRow = Schema.Struct({
  author_id: UserId,
  key: ClientKey,
  hash: Schema.String,
  message: SequenceNumber,
  change: SequenceNumber,
  at: Schema.Int
})

/** An account as a row. */
export const AccountRow = Schema.Struct({
  ...UserRow.fields,
  status: Status,
  role: ServerRole,
  is_active: Flag,
  account_created_at: Schema.Int
})

const MarkerRow = Schema.Struct({ room_id: RoomId, number: SequenceNumber })

/** Where a room's log stands, with the room itself. */
export type OpenedRow = typeof OpenedRow.Type

const decodeMessageRow = Schema.decodeUnknownOption(MessageRow)
const decodeListingRow = Schema.decodeUnknownOption(ListingRow)
const decodeOpenedRow = Schema.decodeUnknownOption(OpenedRow)
const decodeKeyRow = Schema.decodeUnknownOption(KeyRow)
const decodeAccountRow = Schema.decodeUnknownOption(AccountRow)
const decodeMarkerRow = Schema.decodeUnknownOption(MarkerRow)

/** Messages in the order of their rows; one that does not decode is there as `Unreadable`. */
export const decodeMessages = (roomId: RoomId, rows: ReadonlyArray<Row>): Effect.Effect<ReadonlyArray<Message>> =>
  Effect.forEach(rows, (row) =>
    Option.match(decodeMessageRow(row), {
      onSome: (decoded) => Effect.succeed(messageOf(decoded)),
      onNone: () => Effect.as(unreadable("messages", { roomId, number: String(row["number"]) }), unreadableMessage(row))
    })
  )

/** Rooms of the list; one that does not decode is left out. */
export const decodeListings = (rows: ReadonlyArray<Row>): Effect.Effect<ReadonlyArray<Listing>> =>
  decodeAll("rooms", "id", rows, (row) =>
    Option.map(decodeListingRow(row), (listing) => ({ room: roomOf(listing), lastMessage: listing.last_message }))
  )

/** Where a log stands, when there is such a room. */
export const decodeOpened = (rows: ReadonlyArray<Row>): Effect.Effect<Option.Option<OpenedRow>> =>
  Effect.map(decodeAll("rooms", "id", rows, decodeOpenedRow), ([row]) => Option.fromUndefinedOr(row))

/** Keys of a log. */
export const decodeKeys = (rows: ReadonlyArray<Row>): Effect.Effect<ReadonlyArray<KnownKey>> =>
  decodeAll("log_keys", "key", rows, (row) =>
    Option.map(decodeKeyRow(row), ({ author_id: author, ...rest }) => ({ author, ...rest }))
  )

/** Accounts with what only their owner knows. */
export const decodeAccounts = (rows: ReadonlyArray<Row>): Effect.Effect<ReadonlyArray<Account>> =>
  decodeAll("accounts", "author_id", rows, (row) => Option.map(decodeAccountRow(row), accountOf))

/** The account of a row. */
export const accountOf = (row: typeof AccountRow.Type): Account => ({
  user: userOf(row),
  status: row.status,
  role: row.role,
  isActive: row.is_active === 1,
  ...(row.author_kind === "webhook" ? { isWebhook: true as const } : {}),
  createdAt: row.account_created_at
})

/** Markers of one person. */
export const decodeMarkers = (rows: ReadonlyArray<Row>): Effect.Effect<ReadonlyArray<Marker>> =>
  decodeAll("read_markers", "room_id", rows, (row) =>
    Option.map(decodeMarkerRow(row), ({ room_id: roomId, number }) => ({ roomId, number }))
  )

/** What became of one request, in the words of the port. */
export const decodeOutcome = Effect.fnUntraced(function* (raw: RawOutcome): Effect.fn.Return<CommitOutcome> {
  switch (raw._tag) {
    case "Opened": {
      const opened = yield* decodeOpened([raw.row])
      return Option.match(opened, {
        onNone: (): CommitOutcome => ({ _tag: "Refused", cause: new Error("the row of this room does not decode") }),
        onSome: (row) => ({
          _tag: "Opened",
          log: row.log_id,
          epoch: row.epoch,
          head: row.head,
          lastMessage: row.last_message,
          room: roomOf(row)
        })
      })
    }
    case "KeysKnown":
      return { _tag: "KeysKnown", known: yield* decodeKeys(raw.rows) }
    case "Refused":
      return { _tag: "Refused", cause: new Error(raw.message) }
    default:
      return raw
  }
})

/** The room of a row. */
export const roomOf = ({ id, slug, name, topic, is_private, change }: typeof RoomRow.Type): Room => ({
  id,
  slug,
  name,
  topic,
  isPrivate: is_private === 1,
  change
})

/** The person of a row. */
export const userOf = (row: typeof UserRow.Type): User => ({
  id: row.author_id,
  name: row.author_name,
  isGuest: row.author_kind === "guest",
  ...(row.author_kind === "service" || row.author_kind === "webhook" ? { isApp: true as const } : {}),
  ...(row.author_colour === null ? {} : { colour: row.author_colour })
})

const messageOf = (row: typeof MessageRow.Type): Message => ({
  number: row.number,
  change: row.change,
  author: userOf(row),
  ...(row.alias_name === null ? {} : { alias: aliasOf(row.alias_name, row.alias_emoji) }),
  key: row.key,
  state: row.state,
  text: row.text,
  at: row.at,
  editedAt: row.edited_at
})

const aliasOf = (name: string, emoji: string | null): Alias => (emoji === null ? { name } : { name, emoji })

// Its numbers are columns that hold nothing but whole numbers; everything else is made up so that the row can be shown at all.
const unreadableMessage = (row: Row): Message => ({
  number: Number(row["number"]),
  change: Number(row["change"]),
  author: { id: UserId.make("unreadable"), name: "", isGuest: true },
  key: ClientKey.make(`unreadable-${String(row["number"])}`),
  state: "Unreadable",
  text: "",
  at: Number(row["at"]),
  editedAt: null
})

/** Decodes rows of a table; one that does not decode is reported with its `place` and left out. */
export const decodeAll = <Decoded>(
  table: string,
  place: string,
  rows: ReadonlyArray<Row>,
  decode: (row: Row) => Option.Option<Decoded>
): Effect.Effect<ReadonlyArray<Decoded>> =>
  Effect.gen(function* () {
    const decoded: Array<Decoded> = []
    for (const row of rows) {
      const value = decode(row)
      if (Option.isSome(value)) decoded.push(value.value)
      else yield* unreadable(table, { [place]: String(row[place]) })
    }
    return decoded
  })

const unreadable = (table: string, place: Record<string, string>): Effect.Effect<void> =>
  Effect.logError(`a row of ${table} does not decode`).pipe(Effect.annotateLogs(place))
