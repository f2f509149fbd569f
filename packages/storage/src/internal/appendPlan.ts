// What an append does to the rows of its room: every message that it touches becomes one row change, so that a whole batch can
// be written by one statement. Pure, and free of the runtime: the writer's thread runs it too.
import type { UserId } from "@messenger/protocol/Account"
import type { Alias, ClientKey } from "@messenger/protocol/Message"
import type { Append, Entry } from "../MessageLog.ts"

/** A message that is new. */
export interface RowInsert {
  readonly number: number
  readonly change: number
  readonly author: UserId
  /** Stays when the message is deleted: it says who wrote, not what. */
  readonly alias?: Alias
  readonly key: ClientKey
  readonly state: "Present" | "Deleted"
  readonly text: string
  readonly at: number
  readonly editedAt: number | null
}

/** A message of an earlier commit that changes; `editedAt` is null when it stays as it is. */
export interface RowUpdate {
  readonly number: number
  readonly change: number
  readonly state: "Present" | "Deleted"
  readonly text: string
  readonly editedAt: number | null
}

/** The rows of one append. `lastMessage` is the number of its newest post, 0 when it posts nothing. */
export interface AppendPlan {
  readonly head: number
  readonly lastMessage: number
  readonly inserts: ReadonlyArray<RowInsert>
  readonly updates: ReadonlyArray<RowUpdate>
}

/** Plans an append, or says why it can never be written. */
export const planAppend = (append: Append): AppendPlan | { readonly refusal: string } => {
  const inserts = new Map<number, RowInsert>()
  const updates = new Map<number, RowUpdate>()
  for (const [index, entry] of append.entries.entries()) {
    if (entry.number !== append.head + 1 + index) return { refusal: `entry ${entry.number} is not the next number` }
    if (entry.change._tag === "Post") {
      // PostgreSQL refuses it, SQLite would keep it.
      if (hasNull(entry.change.alias)) return { refusal: "an alias holds U+0000" }
      inserts.set(entry.number, inserted(entry, entry.change))
      continue
    }
    const { message } = entry.change
    const posted = inserts.get(message)
    // A deleted message stays deleted: an edit that comes behind would bring its text back.
    if ((posted ?? updates.get(message))?.state === "Deleted") return { refusal: `message ${message} is deleted` }
    if (posted === undefined) updates.set(message, updated(entry, entry.change))
    else inserts.set(message, { ...posted, ...changed(entry, entry.change) })
  }
  return {
    head: append.head + append.entries.length,
    lastMessage: Math.max(0, ...inserts.keys()),
    inserts: [...inserts.values()],
    updates: [...updates.values()]
  }
}

type Posting = Extract<Entry["change"], { readonly _tag: "Post" }>
type Amendment = Exclude<Entry["change"], Posting>

const hasNull = (alias: Alias | undefined): boolean =>
  alias !== undefined && (alias.name.includes("\u0000") || alias.emoji?.includes("\u0000") === true)

const inserted = (entry: Entry, { text, alias }: Posting): RowInsert => ({
  number: entry.number,
  change: entry.number,
  author: entry.author,
  ...(alias === undefined ? {} : { alias }),
  key: entry.key,
  state: "Present",
  text,
  at: entry.at,
  editedAt: null
})

const changed = (entry: Entry, change: Amendment) =>
  change._tag === "Edit"
    ? { change: entry.number, state: "Present" as const, text: change.text, editedAt: entry.at }
    : { change: entry.number, state: "Deleted" as const, text: "" }

const updated = (entry: Entry, change: Amendment): RowUpdate => ({
  number: change.message,
  editedAt: null,
  ...changed(entry, change)
})
