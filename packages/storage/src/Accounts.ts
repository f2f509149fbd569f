// Who may write here. A guest is an account with nothing but a name.
import type { User, UserId } from "@messenger/protocol/Account"
import type { Status } from "@messenger/protocol/Presence"
import { Context } from "effect"
import type { Effect, Option } from "effect"
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
>()("@messenger/storage/Accounts") {}
