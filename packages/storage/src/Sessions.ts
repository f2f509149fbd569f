// Sessions are rows that hold only the hash of their token: whoever reads the database can log in as nobody.
import type { UserId } from "@messenger/protocol/Account"
import { Context } from "effect"
import type { Effect, Option } from "effect"
import type { Account } from "./Accounts.ts"
import type { DatabaseAway } from "./StorageFailure.ts"

/** A session to be kept; times are UTC milliseconds. */
export interface NewSession {
  readonly tokenHash: string
  readonly userId: UserId
  readonly at: number
  readonly expiresAt: number
}

export class Sessions extends Context.Service<
  Sessions,
  {
    readonly create: (session: NewSession) => Effect.Effect<void, DatabaseAway>
    /** Whose session this is, unless it expired before `now`; `expiresAt` says until when. */
    readonly find: (
      tokenHash: string,
      now: number
    ) => Effect.Effect<Option.Option<Account & { readonly expiresAt: number }>, DatabaseAway>
    /** Moves the end of a session that is in use. */
    readonly extend: (tokenHash: string, expiresAt: number) => Effect.Effect<void, DatabaseAway>
    readonly remove: (tokenHash: string) => Effect.Effect<void, DatabaseAway>
    /** Deletes what expired before `now`; answers how many. */
    readonly removeExpired: (now: number) => Effect.Effect<number, DatabaseAway>
  }
>()("@messenger/storage/Sessions") {}
