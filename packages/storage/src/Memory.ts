// All ports in memory, for tests that are about something else, and as the plainest statement of what the ports promise: the
// contract suite runs on it too. Nothing survives the process.
import type { User, UserId } from "@messenger/protocol/Account"
import { LogId } from "@messenger/protocol/Cursor"
import type { Message } from "@messenger/protocol/Message"
import type { Status } from "@messenger/protocol/Presence"
import type { Room, RoomId } from "@messenger/protocol/Room"
import { Effect, Layer, Option } from "effect"
import { Accounts } from "./Accounts.ts"
import { MessageLog } from "./MessageLog.ts"
import type { Append, CommitOutcome, CommitRequest, KnownKey } from "./MessageLog.ts"
import { ReadMarkers } from "./ReadMarkers.ts"
import { Rooms } from "./Rooms.ts"
import { Sessions } from "./Sessions.ts"
import type { NewSession } from "./Sessions.ts"

interface Log {
  room: Room
  readonly log: LogId
  readonly createdBy: UserId | undefined
  epoch: number
  head: number
  lastMessage: number
  readonly messages: Map<number, Message>
  readonly keys: Map<string, KnownKey>
}

/** The tables. */
class Database {
  readonly logs = new Map<RoomId, Log>()
  readonly accounts = new Map<UserId, { readonly user: User; readonly fold: string; status: Status }>()
  readonly sessions = new Map<string, NewSession>()
  readonly markers = new Map<UserId, Map<RoomId, number>>()
  private made = 0

  newLog(room: Room, createdBy: Option.Option<UserId>): Log {
    this.made++
    const log: Log = {
      room,
      log: LogId.make(`log-${this.made}`),
      createdBy: Option.getOrUndefined(createdBy),
      epoch: 0,
      head: 0,
      lastMessage: 0,
      messages: new Map(),
      keys: new Map()
    }
    this.logs.set(room.id, log)
    return log
  }

  commit(request: CommitRequest): CommitOutcome {
    const log = this.logs.get(request.roomId)
    if (log === undefined) return { _tag: "NoSuchRoom" }
    if (request._tag === "Append") return this.append(log, request)
    log.epoch++
    return {
      _tag: "Opened",
      log: log.log,
      epoch: log.epoch,
      head: log.head,
      lastMessage: log.lastMessage,
      room: log.room
    }
  }

  private append(log: Log, { epoch, head, entries }: Append): CommitOutcome {
    if (log.epoch !== epoch || log.head !== head) return { _tag: "Fenced" }
    const known = entries.flatMap(({ author, key }) => log.keys.get(`${author} ${key}`) ?? [])
    if (known.length > 0) return { _tag: "KeysKnown", known }
    if (entries.some(({ change }) => change._tag !== "Delete" && change.text.includes("\u0000"))) {
      return { _tag: "Refused", cause: "the text holds U+0000" }
    }
    for (const { number, author, key, hash, at, change } of entries) {
      const message = change._tag === "Post" ? number : change.message
      const row = log.messages.get(message)
      log.keys.set(`${author} ${key}`, { author, key, hash, message, change: number, at })
      log.head = number
      if (change._tag === "Post") {
        log.lastMessage = number
        const user = this.accounts.get(author)?.user ?? { id: author, name: author, isGuest: true }
        const { text } = change
        log.messages.set(number, {
          number,
          change: number,
          author: user,
          key,
          state: "Present",
          text,
          at,
          editedAt: null
        })
      } else if (row !== undefined) {
        const isEdit = change._tag === "Edit"
        log.messages.set(message, {
          ...row,
          change: number,
          text: isEdit ? change.text : "",
          state: isEdit ? row.state : "Deleted",
          editedAt: at
        })
      }
    }
    return { _tag: "Appended", head: log.head }
  }
}

const messageLog = (database: Database): MessageLog["Service"] => {
  const found = <A>(roomId: RoomId, read: (log: Log) => A) =>
    Effect.sync(() => Option.map(Option.fromUndefinedOr(database.logs.get(roomId)), read))
  const ascending = (log: Log) => [...log.messages.values()].toSorted((a, b) => a.number - b.number)
  return {
    commit: (requests) => Effect.sync(() => requests.map((request) => database.commit(request))),
    keys: (roomId, keys) =>
      Effect.sync(() =>
        keys.flatMap(({ author, key }) => database.logs.get(roomId)?.keys.get(`${author} ${key}`) ?? [])
      ),
    messages: (roomId, numbers) =>
      Effect.map(found(roomId, ascending), (rows) =>
        Option.getOrElse(rows, () => []).filter(({ number }) => numbers.includes(number))
      ),
    changesAfter: (roomId, after, maxBytes) =>
      found(roomId, (log) => {
        const later = ascending(log)
          .filter(({ change }) => change > after)
          .toSorted((a, b) => a.change - b.change)
        let bytes = 0
        const taken = later.filter(({ text }, index) => {
          bytes += text.length
          return index === 0 || (bytes <= maxBytes && index < 500)
        })
        const isWhole = taken.length === later.length
        const number = isWhole ? log.head : (taken.at(-1)?.change ?? log.head)
        const isRoomChanged = log.room.change > after && log.room.change <= number
        return {
          messages: taken,
          room: isRoomChanged ? Option.some(log.room) : Option.none(),
          cursor: { log: log.log, number },
          head: log.head
        }
      }),
    page: (roomId, anchor, limit) =>
      found(roomId, (log) => {
        const rows = ascending(log)
        const split = anchor._tag === "Newest" ? rows.length : rows.findIndex(({ number }) => number >= anchor.number)
        const at = split === -1 ? rows.length : split
        const isHere = anchor._tag !== "Newest" && rows[at]?.number === anchor.number
        const from =
          anchor._tag === "After"
            ? at + (isHere ? 1 : 0)
            : Math.max(0, at - (anchor._tag === "Around" ? Math.floor(limit / 2) : limit))
        const to = anchor._tag === "Newest" || anchor._tag === "Before" ? at : Math.min(rows.length, from + limit)
        return {
          messages: rows.slice(from, to),
          cursor: { log: log.log, number: log.head },
          hasOlder: from > 0,
          hasNewer: to < rows.length
        }
      })
  }
}

const rooms = (database: Database): Rooms["Service"] => {
  const listing = ({ room, lastMessage }: Log) => ({ room, lastMessage })
  return {
    create: ({ id, slug, name, topic, createdBy }) =>
      Effect.sync(() => {
        const twin = [...database.logs.values()].find(({ room }) => room.slug === slug)
        if (twin !== undefined) return { _tag: "SlugTaken", room: twin.room }
        return { _tag: "Created", room: database.newLog({ id, slug, name, topic, change: 0 }, createdBy).room }
      }),
    list: Effect.sync(() => [...database.logs.values()].map(listing)),
    find: (roomId) => Effect.sync(() => Option.map(Option.fromUndefinedOr(database.logs.get(roomId)), listing)),
    madeBy: (userId) =>
      Effect.sync(() => [...database.logs.values()].filter(({ createdBy }) => createdBy === userId).length)
  }
}

const accounts = (database: Database): Accounts["Service"] => ({
  createGuest: ({ id, name, fold }) =>
    Effect.sync(() => {
      const isTaken = [...database.accounts.values()].some((each) => !each.user.isGuest && each.fold === fold)
      if (isTaken) return "NameTaken"
      database.accounts.set(id, { user: { id, name, isGuest: true }, fold, status: "online" })
      return "Created"
    }),
  find: (userId) => Effect.sync(() => Option.fromUndefinedOr(database.accounts.get(userId))),
  setStatus: (userId, status) =>
    Effect.sync(() => {
      const account = database.accounts.get(userId)
      if (account !== undefined) account.status = status
    })
})

const sessions = (database: Database): Sessions["Service"] => ({
  create: (session) => Effect.sync(() => void database.sessions.set(session.tokenHash, session)),
  find: (tokenHash, now) =>
    Effect.sync(() => {
      const session = database.sessions.get(tokenHash)
      const account = session === undefined ? undefined : database.accounts.get(session.userId)
      if (session === undefined || account === undefined || session.expiresAt <= now) return Option.none()
      return Option.some({ user: account.user, status: account.status, expiresAt: session.expiresAt })
    }),
  extend: (tokenHash, expiresAt) =>
    Effect.sync(() => {
      const session = database.sessions.get(tokenHash)
      if (session !== undefined) database.sessions.set(tokenHash, { ...session, expiresAt })
    }),
  remove: (tokenHash) => Effect.sync(() => void database.sessions.delete(tokenHash)),
  removeExpired: (now) =>
    Effect.sync(() => {
      const expired = [...database.sessions.values()].filter(({ expiresAt }) => expiresAt <= now)
      for (const { tokenHash } of expired) database.sessions.delete(tokenHash)
      return expired.length
    })
})

const readMarkers = (database: Database): ReadMarkers["Service"] => ({
  advance: (moves) =>
    Effect.sync(() => {
      for (const { userId, roomId, number } of moves) {
        const markers = database.markers.get(userId) ?? new Map<RoomId, number>()
        markers.set(roomId, Math.max(number, markers.get(roomId) ?? 0))
        database.markers.set(userId, markers)
      }
    }),
  list: (userId) =>
    Effect.sync(() => [...(database.markers.get(userId) ?? [])].map(([roomId, number]) => ({ roomId, number })))
})

/** Every port over one database in memory. */
export const layer = Layer.unwrap(
  Effect.sync(() => {
    const database = new Database()
    return Layer.mergeAll(
      Layer.succeed(MessageLog, messageLog(database)),
      Layer.succeed(Rooms, rooms(database)),
      Layer.succeed(Accounts, accounts(database)),
      Layer.succeed(Sessions, sessions(database)),
      Layer.succeed(ReadMarkers, readMarkers(database))
    )
  })
)
