// Every table with its columns, the one list by which a database is copied into another. A test holds it equal to the schema that the
// migrations make of either database, so that nothing of a later migration is forgotten.

/** A table; its columns are text or whole numbers, since that is all that both databases keep alike. */
export interface Table {
  readonly name: string
  readonly text: ReadonlyArray<string>
  readonly whole: ReadonlyArray<string>
  /** The column that the database numbers by itself, upwards. */
  readonly rising?: string
}

const words = (text: string): ReadonlyArray<string> => text.split(" ")

/** What a table refers to stands before it. Which server holds a database, and which migrations it has seen, is its own. */
export const tables: ReadonlyArray<Table> = [
  {
    name: "accounts",
    text: words(
      "id kind name name_fold status username username_fold username_lower name_lower email email_fold password_hash role"
    ),
    whole: words("created_at colour is_active deleted_at")
  },
  { name: "names", text: words("fold account_id"), whole: words("blocked_until") },
  {
    name: "sessions",
    text: words("id token_hash user_id client address"),
    whole: words("is_remembered created_at last_used_at expires_at")
  },
  { name: "devices", text: words("user_id device_hash"), whole: words("logged_in_at") },
  {
    name: "rooms",
    text: words("id slug name topic log_id created_by"),
    whole: words("change epoch head last_message created_at is_private")
  },
  { name: "memberships", text: words("room_id user_id role"), whole: words("at") },
  { name: "removals", text: words("room_id user_id"), whole: words("at") },
  {
    name: "messages",
    text: words("room_id author_id key state text alias_name alias_emoji"),
    whole: words("number change at edited_at")
  },
  { name: "log_keys", text: words("room_id author_id key hash"), whole: words("message change at") },
  { name: "read_markers", text: words("user_id room_id"), whole: words("number") },
  {
    name: "invites",
    text: words("id token_hash room_id created_by"),
    whole: words("created_at expires_at uses uses_left")
  },
  { name: "one_time_links", text: words("token_hash kind user_id"), whole: words("expires_at") },
  {
    name: "api_tokens",
    text: words("id secret_hash user_id name scope created_by"),
    whole: words("created_at last_used_at")
  },
  {
    name: "audit",
    text: words("key action actor_id subject_id room_id detail address"),
    whole: words("id at"),
    rising: "id"
  },
  {
    name: "incoming_webhooks",
    text: words("id room_id account_id token_hash created_by"),
    whole: words("created_at last_used_at")
  },
  {
    name: "outgoing_webhooks",
    text: words("id room_id url events sealed_secret paused created_by"),
    whole: words("cursor created_at")
  },
  {
    name: "deliveries",
    text: words("id webhook_id event state problem"),
    whole: words("place number attempts created_at last_attempt_at next_attempt_at status took_millis"),
    rising: "place"
  }
]

/** All columns of a table, in the order in which its rows are written down. */
export const columnsOf = ({ text, whole }: Pick<Table, "text" | "whole">): ReadonlyArray<string> => [...text, ...whole]

/** The tables with those of their columns that a database has which may be older than this program. */
export const tablesWithin = (present: ReadonlyMap<string, ReadonlySet<string>>): ReadonlyArray<Table> =>
  tables.flatMap((table) => {
    const columns = present.get(table.name)
    if (columns === undefined) return []
    const isPresent = (column: string) => columns.has(column)
    return [{ ...table, text: table.text.filter(isPresent), whole: table.whole.filter(isPresent) }]
  })
