import type { UserId } from "@messenger/protocol/Account"
import type { ClientKey, Message } from "@messenger/protocol/Message"
import type { RoomId } from "@messenger/protocol/Room"
import { Effect, Option } from "effect"
import type { Append, CommitOutcome, CommitRequest, MessageLog } from "../../MessageLog.ts"
import { planAppend } from "../appendPlan.ts"
import type { AppendPlan } from "../appendPlan.ts"
import { maxChangeRows } from "../history.ts"
import { stretchOf, takeStretch } from "../pageStretch.ts"
import type { Log, Tables } from "./Tables.ts"

/** The writer of logs. */
class Writer {
  private readonly tables: Tables
  constructor(tables: Tables) {
    this.tables = tables
  }

  commit(request: CommitRequest): CommitOutcome {
    const log = this.tables.logs.get(request.roomId)
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
      log.messages.set(row.number, { ...row, author: this.tables.user(id) })
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

/** The port. */
export const messageLog = (tables: Tables): MessageLog["Service"] => {
  const writer = new Writer(tables)
  const found = <A>(roomId: RoomId, read: (log: Log) => A) =>
    Effect.sync(() => Option.map(Option.fromUndefinedOr(tables.logs.get(roomId)), read))
  // People are shown under the names that they bear now.
  const asCalledNow = (message: Message): Message => ({ ...message, author: tables.user(message.author.id) })
  const ascending = (log: Log) => [...log.messages.values()].toSorted((a, b) => a.number - b.number).map(asCalledNow)
  return {
    commit: (requests) => Effect.sync(() => requests.map((request) => writer.commit(request))),
    keys: (roomId, keys) =>
      Effect.sync(() => keys.flatMap((pair) => tables.logs.get(roomId)?.keys.get(placeOf(pair)) ?? [])),
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
