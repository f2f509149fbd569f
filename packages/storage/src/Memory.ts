// All ports in memory, for tests that are about something else, and as the plainest statement of what the ports promise: the
// contract suite runs on it too. Nothing survives the process. It asks less of its callers than a database does in one thing: an
// author needs no account, and is called by their id then.
import type { User, UserId } from "@messenger/protocol/Account"
import { LogId } from "@messenger/protocol/Cursor"
import type { ClientKey, Message } from "@messenger/protocol/Message"
import type { Status } from "@messenger/protocol/Presence"
import type { Room, RoomId } from "@messenger/protocol/Room"
import { Effect, Layer, Option } from "effect"
import { Accounts } from "./Accounts.ts"
import { planAppend } from "./internal/appendPlan.ts"
import type { AppendPlan } from "./internal/appendPlan.ts"
import { maxChangeRows } from "./internal/history.ts"
import { stretchOf, takeStretch } from "./internal/pageStretch.ts"
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

  private append(log: Log, request: Append): CommitOutcome {
    const plan = planAppend(request)
    if ("refusal" in plan) return { _tag: "Refused", cause: new Error(plan.refusal) }
    const { epoch, head, entries } = request
    if (log.epoch !== epoch || log.head !== head) return { _tag: "Fenced" }
    const known = entries.flatMap((entry) => log.keys.get(placeOf(entry)) ?? [])
    if (known.length > 0) return { _tag: "KeysKnown", known }
    const refusal = this.refusalOf(log, request, plan)
    if (refusal !== undefined) return { _tag: "Refused", cause: new Error(refusal) }
    for (const entry of entries) {
      const { author, key, hash, number, at, change } = entry
      const message = change._tag === "Post" ? number : change.message
      log.keys.set(placeOf(entry), { author, key, hash, message, change: number, at })
    }
    this.write(log, plan)
    return { _tag: "Appended", head: plan.head }
  }

  private refusalOf(log: Log, { entries }: Append, { inserts, updates }: AppendPlan): string | undefined {
    if (new Set(entries.map(placeOf)).size < entries.length) return "a key is there twice"
    if ([...inserts, ...updates].some(({ text }) => text.includes("\u0000"))) return "the text holds U+0000"
    const isMissing = updates.some(({ number }) => (log.messages.get(number)?.state ?? "Deleted") === "Deleted")
    return isMissing ? "a message that was to change is deleted or was never written" : undefined
  }

  private write(log: Log, { head, lastMessage, inserts, updates }: AppendPlan): void {
    for (const { author: id, ...row } of inserts) {
      log.messages.set(row.number, { ...row, author: this.accounts.get(id)?.user ?? { id, name: id, isGuest: true } })
    }
    for (const { editedAt, ...row } of updates) {
      const known = log.messages.get(row.number)
      if (known !== undefined) log.messages.set(row.number, { ...known, ...row, editedAt: editedAt ?? known.editedAt })
    }
    log.head = head
    log.lastMessage = Math.max(log.lastMessage, lastMessage)
  }
}

const placeOf = ({ author, key }: { readonly author: UserId; readonly key: ClientKey }) => `${author} ${key}`

const messageLog = (database: Database): MessageLog["Service"] => {
  const found = <A>(roomId: RoomId, read: (log: Log) => A) =>
    Effect.sync(() => Option.map(Option.fromUndefinedOr(database.logs.get(roomId)), read))
  const ascending = (log: Log) => [...log.messages.values()].toSorted((a, b) => a.number - b.number)
  return {
    commit: (requests) => Effect.sync(() => requests.map((request) => database.commit(request))),
    keys: (roomId, keys) =>
      Effect.sync(() => keys.flatMap((pair) => database.logs.get(roomId)?.keys.get(placeOf(pair)) ?? [])),
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
          bytes += Buffer.byteLength(text)
          return index === 0 || (bytes <= maxBytes && index < maxChangeRows)
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
        const stretch = stretchOf(anchor, log.head, limit)
        const rows = ascending(log)
        const below = rows.filter(({ number }) => number < stretch.pivot).toReversed()
        const above = rows.filter(({ number }) => number >= stretch.pivot)
        const page = takeStretch(stretch, below, above)
        return {
          messages: page.rows,
          cursor: { log: log.log, number: log.head },
          hasOlder: page.hasOlder,
          hasNewer: page.hasNewer
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
        if (twin !== undefined) return { _tag: twin.room.id === id ? "Created" : "SlugTaken", room: twin.room }
        return {
          _tag: "Created",
          room: database.newLog({ id, slug, name, topic, isPrivate: false, change: 0 }, createdBy).room
        }
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
  find: (userId) =>
    Effect.sync(() =>
      Option.map(Option.fromUndefinedOr(database.accounts.get(userId)), ({ user, status }) => ({ user, status }))
    ),
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
