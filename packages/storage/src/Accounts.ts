// Who may write here. A guest is an account with nothing but a name.
import type { User, UserId } from "@messenger/protocol/Account"
import type { Status } from "@messenger/protocol/Presence"
import { Context, Effect, Layer, Option } from "effect"
import { asWeather, Database } from "./Database.ts"
import type { Row } from "./internal/rawOutcome.ts"
import { decodeAccounts } from "./internal/rows.ts"
import type { DatabaseAway } from "./StorageFailure.ts"

/** A row of accounts. `fold` is the name with case and confusable characters folded away; `at` is UTC milliseconds. */
export interface NewGuest {
  readonly id: UserId
  readonly name: string
  readonly fold: string
  readonly at: number
}

/** An account as its owner knows it. */
export interface Account {
  readonly user: User
  readonly status: Status
}

export class Accounts extends Context.Service<
  Accounts,
  {
    /** Makes a guest; answers `NameTaken` when a member's folded name is the same. Guests may share a name. */
    readonly createGuest: (guest: NewGuest) => Effect.Effect<"Created" | "NameTaken", DatabaseAway>
    readonly find: (userId: UserId) => Effect.Effect<Option.Option<Account>, DatabaseAway>
    /** Keeps the status that the person chose. */
    readonly setStatus: (userId: UserId, status: Status) => Effect.Effect<void, DatabaseAway>
  }
>()("@messenger/storage/Accounts") {
  static readonly layer: Layer.Layer<Accounts, never, Database> = Layer.effect(
    Accounts,
    Effect.map(Database, (database) => make(database))
  )
}

const make = ({ reads, writes }: Database["Service"]): Accounts["Service"] => ({
  createGuest: Effect.fn("Accounts.createGuest")(function* ({ id, name, fold, at }) {
    const rows = yield* writes<Row>`
      INSERT INTO accounts (id, kind, name, name_fold, status, created_at)
      SELECT guest.* FROM (VALUES (${id}, 'guest', ${name}, ${fold}, 'online', ${at})) AS guest
      WHERE NOT EXISTS (SELECT 1 FROM accounts WHERE kind = 'member' AND name_fold = ${fold})
      ON CONFLICT (id) DO UPDATE SET name = accounts.name
      RETURNING id`.pipe(asWeather("Accounts.createGuest"))
    return rows.length > 0 ? "Created" : "NameTaken"
  }),
  find: Effect.fn("Accounts.find")(function* (userId) {
    const rows = yield* reads<Row>`
      SELECT id AS author_id, name AS author_name, kind AS author_kind, status FROM accounts WHERE id = ${userId}`.pipe(
      asWeather("Accounts.find")
    )
    const [account] = yield* decodeAccounts(rows)
    return Option.fromUndefinedOr(account)
  }),
  setStatus: Effect.fn("Accounts.setStatus")((userId, status) =>
    writes`UPDATE accounts SET status = ${status} WHERE id = ${userId}`.pipe(
      Effect.asVoid,
      asWeather("Accounts.setStatus")
    )
  )
})
