// Sessions are rows that hold only the hash of their token: whoever reads the database can log in as nobody.
import type { UserId } from "@messenger/protocol/Account"
import { Context, Effect, Layer, Option } from "effect"
import type { Account } from "./Accounts.ts"
import { asWeather, Database } from "./Database.ts"
import type { Row } from "./internal/rawOutcome.ts"
import { decodeAccounts } from "./internal/rows.ts"
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
>()("@messenger/storage/Sessions") {
  static readonly layer: Layer.Layer<Sessions, never, Database> = Layer.effect(
    Sessions,
    Effect.map(Database, (database) => make(database))
  )
}

const make = ({ reads, writes }: Database["Service"]): Sessions["Service"] => ({
  create: Effect.fn("Sessions.create")((session) =>
    writes`
      INSERT INTO sessions (token_hash, user_id, created_at, expires_at)
      VALUES (${session.tokenHash}, ${session.userId}, ${session.at}, ${session.expiresAt})
      ON CONFLICT (token_hash) DO NOTHING`.pipe(Effect.asVoid, asWeather("Sessions.create"))
  ),
  find: Effect.fn("Sessions.find")(function* (tokenHash, now) {
    const rows = yield* reads<Row & { readonly expires_at: number }>`
      SELECT a.id AS author_id, a.name AS author_name, a.kind AS author_kind, a.status, s.expires_at
      FROM sessions s JOIN accounts a ON a.id = s.user_id
      WHERE s.token_hash = ${tokenHash} AND s.expires_at > ${now}`.pipe(asWeather("Sessions.find"))
    const [account] = yield* decodeAccounts(rows)
    const [row] = rows
    return account === undefined || row === undefined
      ? Option.none()
      : Option.some({ ...account, expiresAt: row.expires_at })
  }),
  extend: Effect.fn("Sessions.extend")((tokenHash, expiresAt) =>
    writes`UPDATE sessions SET expires_at = ${expiresAt} WHERE token_hash = ${tokenHash}`.pipe(
      Effect.asVoid,
      asWeather("Sessions.extend")
    )
  ),
  remove: Effect.fn("Sessions.remove")((tokenHash) =>
    writes`DELETE FROM sessions WHERE token_hash = ${tokenHash}`.pipe(Effect.asVoid, asWeather("Sessions.remove"))
  ),
  removeExpired: Effect.fn("Sessions.removeExpired")(function* (now) {
    const rows = yield* writes`DELETE FROM sessions WHERE expires_at <= ${now} RETURNING token_hash`.pipe(
      asWeather("Sessions.removeExpired")
    )
    return rows.length
  })
})
