// What stands in the conversation, row by row: which message begins a group, which a day, and where "New" is.
import type { OutboxEntry } from "@messenger/client/OutboxEntry"
import type { User } from "@messenger/protocol/Account"
import type { Alias, Message } from "@messenger/protocol/Message"
import { isSameAlias } from "./byline.ts"

/** Messages of one author, under one name, that follow each other this closely are one group, in milliseconds. */
export const groupWithinMillis = 5 * 60_000

/** One row: a message of the log, or one that is on its way there. */
export interface Row {
  /** The same before and after a message settles, so that it keeps its place and its element. */
  readonly key: string
  readonly author: User
  /** What a webhook goes by in this message. */
  readonly alias: Alias | undefined
  readonly at: number
  /** The beginning of the day this row opens, if it opens one. */
  readonly day: number | undefined
  readonly opensNew: boolean
  readonly opensGroup: boolean
  readonly content:
    | { readonly _tag: "Settled"; readonly message: Message }
    | { readonly _tag: "Outgoing"; readonly entry: OutboxEntry }
}

/** What rows are made of. */
export interface Conversation {
  readonly messages: ReadonlyArray<Message>
  /** What this room's outbox holds, in the order it was written. */
  readonly outgoing: ReadonlyArray<OutboxEntry>
  readonly me: User
  /** A person as they are now; a message keeps the name it was written under. */
  readonly current: (user: User) => User
  /** Everything up to this number was read when the reader came; `undefined` draws no line. */
  readonly readUpTo: number | undefined
  readonly dayOf: (at: number) => number
}

/** The rows in order. A row of `previous` that says the same is used again, so that only what changed is drawn anew. */
export const rowsOf = (conversation: Conversation, previous: ReadonlyMap<string, Row>): ReadonlyArray<Row> => {
  const { me, current, readUpTo, dayOf } = conversation
  const rows: Array<Row> = []
  let hasNewLine = readUpTo === undefined
  const add = (key: string, author: User, at: number, content: Row["content"]) => {
    const before = rows.at(-1)
    const day = dayOf(at)
    const opensDay = before === undefined || dayOf(before.at) !== day
    const opensNew =
      !hasNewLine &&
      content._tag === "Settled" &&
      content.message.number > (readUpTo ?? 0) &&
      content.message.author.id !== me.id
    hasNewLine ||= opensNew
    const alias = content._tag === "Settled" ? content.message.alias : undefined
    const isNear =
      before !== undefined &&
      before.author.id === author.id &&
      isSameAlias(before.alias, alias) &&
      at - before.at < groupWithinMillis
    const row: Row = {
      key,
      author,
      alias,
      at,
      day: opensDay ? day : undefined,
      opensNew,
      opensGroup: opensDay || opensNew || !isNear,
      content
    }
    const known = previous.get(key)
    rows.push(known !== undefined && isSame(known, row) ? known : row)
  }
  const settledKeys = new Set<string>()
  for (const message of conversation.messages) {
    if (message.author.id === me.id) settledKeys.add(message.key)
    add(rowKey(message.author, message.key), current(message.author), message.at, { _tag: "Settled", message })
  }
  for (const entry of conversation.outgoing) {
    if (settledKeys.has(entry.key)) continue
    // A clock behind the server's must not put a new message on an older day than the one above it.
    const at = Math.max(entry.writtenAt, rows.at(-1)?.at ?? 0)
    add(rowKey(me, entry.key), me, at, { _tag: "Outgoing", entry })
  }
  return rows
}

const rowKey = (author: User, key: string): string => `${author.id}/${key}`

const isSamePerson = (a: User, b: User): boolean =>
  a.id === b.id && a.name === b.name && a.isGuest === b.isGuest && a.isApp === b.isApp && a.colour === b.colour

const isSame = (a: Row, b: Row): boolean =>
  a.day === b.day &&
  a.opensNew === b.opensNew &&
  a.opensGroup === b.opensGroup &&
  a.at === b.at &&
  isSamePerson(a.author, b.author) &&
  (a.content._tag === "Settled"
    ? b.content._tag === "Settled" && a.content.message === b.content.message
    : b.content._tag === "Outgoing" && a.content.entry === b.content.entry)
