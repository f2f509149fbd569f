// The decisions of a room about its log, without clock, fiber or database: what to number, whom to answer, what to publish.
// A room has at most one append in flight. While it flies, commands collect; so under load the batch grows and the cost of a
// message falls. What became of an append comes back as one of `appended`, `keysKnown`, `refused`, `away`, `lost`.
//
// Rights are asked for last, at the number: what waited while its author lost them is refused.
// Keys first: a key that is known answers its first result; under the same key another request is refused.
import type { UserId } from "@messenger/protocol/Account"
import type { LogId } from "@messenger/protocol/Cursor"
import * as Limits from "@messenger/protocol/Limits"
import { CommandRejected, EditConflict, IdempotencyKeyReused } from "@messenger/protocol/Message"
import type { ClientKey, Message, Receipt } from "@messenger/protocol/Message"
import type { Room, RoomId } from "@messenger/protocol/Room"
import { StorageUnavailable } from "@messenger/protocol/Unavailable"
import type { Entry, KnownKey, Opened } from "@messenger/storage/MessageLog"
import { encodeMessageChanged } from "./Encoding.ts"
import type { Command, KeyOfLog, Published, Refusal, Reply, Step } from "./RoomStep.ts"

interface Pending {
  readonly command: Command
  readonly replies: Array<Reply>
}

interface Numbered extends Published {
  readonly pending: Pending
  readonly entry: Entry
}

const maxBatch = 256
const maxRemembered = 512

/** One incarnation's view of its log. */
export class RoomState {
  readonly roomId: RoomId
  readonly log: LogId
  epoch: number
  head: number
  lastMessage: number
  room: Room
  private waiting: Array<Pending> = []
  private inFlight: ReadonlyArray<Numbered> = []
  private isAsking = false
  // How many of the next commands go alone, because their batch was refused as a whole.
  private alone = 0
  private readonly unsettled = new Map<string, Pending>()
  private readonly settled = new Map<string, KnownKey>()
  // The change number each message was last given by this incarnation; newer than any row it read before.
  private readonly touched = new Map<number, number>()

  constructor(roomId: RoomId, opened: Opened) {
    this.roomId = roomId
    this.log = opened.log
    this.epoch = opened.epoch
    this.head = opened.head
    this.lastMessage = opened.lastMessage
    this.room = opened.room
  }

  /** Nothing waits and nothing flies. */
  get isQuiet(): boolean {
    return this.unsettled.size === 0
  }

  /** Whether a row as it was read may be changed: nothing newer is known of it, and no other change of it is on its way. */
  isFresh(row: Message): boolean {
    if ((this.touched.get(row.number) ?? 0) > row.change) return false
    for (const { command } of this.unsettled.values()) {
      if (command.change._tag !== "Post" && command.change.message === row.number) return false
    }
    return true
  }

  /** A key that the log knows, found by a read: from now on it answers its first result. */
  remember(known: KnownKey): void {
    setNewest(this.settled, keyOf(known.author, known.key), known)
  }

  /** Takes a command in; `next` sends it. */
  submit(command: Command): ReadonlyArray<Step> {
    const id = keyOf(command.author.id, command.key)
    const known = this.settled.get(id)
    if (known !== undefined) return [this.answerKnown(command, command.reply, known)]
    const twin = this.unsettled.get(id)
    if (twin !== undefined) {
      if (twin.command.hash !== command.hash) return [refuse(command.reply, new IdempotencyKeyReused())]
      twin.replies.push(command.reply)
      return []
    }
    const conflict = this.conflictOf(command)
    if (conflict !== undefined) return [refuse(command.reply, conflict)]
    const pending = { command, replies: [command.reply] }
    this.unsettled.set(id, pending)
    this.waiting.push(pending)
    return []
  }

  /** Numbers what waits and sends it, unless an append is in flight. `now` is UTC milliseconds. */
  next(now: number): ReadonlyArray<Step> {
    if (this.inFlight.length > 0 || this.isAsking || this.waiting.length === 0) return []
    const steps: Array<Step> = []
    const batch: Array<Numbered> = []
    const limit = this.alone > 0 ? 1 : maxBatch
    let bytes = 0
    let taken = 0
    for (const pending of this.waiting) {
      if (batch.length >= limit) break
      const denial = pending.command.denial()
      if (denial !== undefined) {
        // The log may know the key, and then it answers its first result, whatever the rights are now.
        const { author, key } = pending.command
        steps.push({ _tag: "AskKey", key: { author: author.id, key }, denial })
        taken++
        continue
      }
      const numbered = this.number(pending, this.head + batch.length + 1, now)
      if (numbered === undefined) {
        steps.push(...this.refuseAll(pending, new CommandRejected()))
      } else {
        if (batch.length > 0 && bytes + numbered.json.length > Limits.maxBatchBytes) break
        bytes += numbered.json.length
        batch.push(numbered)
      }
      taken++
    }
    this.waiting = this.waiting.slice(taken)
    if (batch.length === 0) return steps
    if (this.alone > 0) this.alone--
    this.inFlight = batch
    steps.push({
      _tag: "Commit",
      append: {
        _tag: "Append",
        roomId: this.roomId,
        epoch: this.epoch,
        head: this.head,
        entries: batch.map(({ entry }) => entry)
      }
    })
    return steps
  }

  /** The log was asked about a command that its author may no longer give: it is answered as before, or refused. */
  keyAnswered({ author, key }: KeyOfLog, known: KnownKey | undefined, refusal: Refusal): ReadonlyArray<Step> {
    const pending = this.unsettled.get(keyOf(author, key))
    if (pending === undefined) return []
    return known === undefined ? this.refuseAll(pending, refusal) : this.settle(pending, known)
  }

  /** The append is durable. */
  appended(): ReadonlyArray<Step> {
    const batch = this.land()
    const steps: Array<Step> = []
    for (const { pending, entry } of batch) {
      this.touch(messageOf(entry), entry.number)
      if (entry.change._tag === "Post") this.lastMessage = entry.number
      steps.push(
        ...this.settle(pending, {
          author: entry.author,
          key: entry.key,
          hash: entry.hash,
          message: messageOf(entry),
          change: entry.number,
          at: entry.at
        })
      )
    }
    this.head += batch.length
    steps.push({ _tag: "Publish", changes: batch, lastMessage: this.lastMessage })
    return steps
  }

  /** Some keys of the batch are in the log already and nothing was written: they are answered, the rest is numbered anew. */
  keysKnown(known: ReadonlyArray<KnownKey>): ReadonlyArray<Step> {
    return this.sortOut(this.land(), known)
  }

  /** The database refuses a row of the batch: each goes alone, and the one that is refused alone is refused for good. */
  refused(): ReadonlyArray<Step> {
    const batch = this.land()
    const [only] = batch
    if (batch.length === 1 && only !== undefined) return this.refuseAll(only.pending, new CommandRejected())
    this.alone += batch.length
    this.waiting = [...batch.map(({ pending }) => pending), ...this.waiting]
    return []
  }

  /** The database is away and nothing was written: whoever waits is told when to come back. */
  away(retryAfterMillis: number): ReadonlyArray<Step> {
    const pending = [...this.land().map((numbered) => numbered.pending), ...this.waiting]
    this.waiting = []
    return pending.flatMap((each) => this.refuseAll(each, new StorageUnavailable({ retryAfterMillis })))
  }

  /** The append failed without saying whether it happened: the log is asked, and nothing is numbered until it has answered. */
  lost(): ReadonlyArray<Step> {
    this.isAsking = true
    return [{ _tag: "AskLog", keys: this.inFlight.map(({ entry }) => ({ author: entry.author, key: entry.key })) }]
  }

  /** The log answered: `opened` under a new epoch, `known` of the keys asked for, `changes` between the old head and the new. */
  recovered(opened: Opened, known: ReadonlyArray<KnownKey>, changes: ReadonlyArray<Published>): ReadonlyArray<Step> {
    const batch = this.land()
    this.isAsking = false
    this.epoch = opened.epoch
    this.head = opened.head
    this.lastMessage = opened.lastMessage
    this.room = opened.room
    for (const { message, change } of known) this.touch(message, change)
    const answers = this.sortOut(batch, known)
    return changes.length === 0 ? answers : [...answers, { _tag: "Publish", changes, lastMessage: this.lastMessage }]
  }

  private touch(message: number, change: number): void {
    setNewest(this.touched, message, change)
  }

  private land(): ReadonlyArray<Numbered> {
    const batch = this.inFlight
    this.inFlight = []
    return batch
  }

  private sortOut(batch: ReadonlyArray<Numbered>, known: ReadonlyArray<KnownKey>): ReadonlyArray<Step> {
    const byKey = new Map(known.map((each) => [keyOf(each.author, each.key), each]))
    const steps: Array<Step> = []
    const rest: Array<Pending> = []
    for (const { pending } of batch) {
      const { author, key } = pending.command
      const first = byKey.get(keyOf(author.id, key))
      if (first === undefined) rest.push(pending)
      else steps.push(...this.settle(pending, first))
    }
    this.waiting = [...rest, ...this.waiting]
    return steps
  }

  private number(pending: Pending, number: number, now: number): Numbered | undefined {
    const { author, key, hash, change } = pending.command
    const message = rowOf(pending.command, number, now)
    const json = message === undefined ? undefined : encodeMessageChanged(message)
    return json === undefined
      ? undefined
      : { pending, number, json, entry: { number, author: author.id, key, hash, at: now, change } }
  }

  private settle(pending: Pending, known: KnownKey): ReadonlyArray<Step> {
    const id = keyOf(known.author, known.key)
    this.unsettled.delete(id)
    setNewest(this.settled, id, known)
    return pending.replies.map((reply) => this.answerKnown(pending.command, reply, known))
  }

  private answerKnown(command: Command, reply: Reply, known: KnownKey): Step {
    if (known.hash !== command.hash) return refuse(reply, new IdempotencyKeyReused())
    return { _tag: "Answer", reply, receipt: receiptOf(this.log, known) }
  }

  private refuseAll(pending: Pending, refusal: Refusal): ReadonlyArray<Step> {
    this.unsettled.delete(keyOf(pending.command.author.id, pending.command.key))
    return pending.replies.map((reply) => refuse(reply, refusal))
  }

  // Who names the version they saw meets a newer one as a conflict; who names none takes whatever is the newest.
  private conflictOf({ change, base, seen }: Command): EditConflict | undefined {
    if (change._tag === "Post" || base === undefined || seen === undefined || seen === base.change) return undefined
    return new EditConflict({ change: base.change })
  }
}

/** What a known key answers. */
export const receiptOf = (log: LogId, known: KnownKey): Receipt => ({
  number: known.message,
  cursor: { log, number: known.change },
  at: known.at
})

/** Names a command in its room; also what a poison command is remembered by. */
export const keyOf = (author: UserId, key: ClientKey): string => `${author} ${key}`

const refuse = (reply: Reply, refusal: Refusal): Step => ({ _tag: "Refuse", reply, refusal })

const messageOf = (entry: Entry): number => (entry.change._tag === "Post" ? entry.number : entry.change.message)

const rowOf = ({ author, key, change, base }: Command, number: number, now: number): Message | undefined => {
  if (change._tag === "Post") {
    const { text, alias } = change
    const row = { number, change: number, author, key, state: "Present", text, at: now, editedAt: null } as const
    return alias === undefined ? row : { ...row, alias }
  }
  if (base === undefined) return undefined
  return change._tag === "Edit"
    ? { ...base, change: number, text: change.text, editedAt: now }
    : { ...base, change: number, text: "", state: "Deleted", editedAt: now }
}

// Bounded by forgetting what was set the longest ago: setting a key anew makes it the newest.
const setNewest = <Key, Value>(map: Map<Key, Value>, key: Key, value: Value): void => {
  map.delete(key)
  map.set(key, value)
  if (map.size <= maxRemembered) return
  const oldest = map.keys().next()
  if (oldest.done !== true) map.delete(oldest.value)
}
