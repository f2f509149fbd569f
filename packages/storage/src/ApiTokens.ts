// Tokens that act for service accounts. Only the hash of a secret is kept.
import type { UserId } from "@messenger/protocol/Account"
import type { ApiToken, ApiTokenId } from "@messenger/protocol/PeopleRpcs"
import { Context, Effect, Layer, Option } from "effect"
import { asWeather, Database } from "./Database.ts"
import { writeLatestUses } from "./internal/latestUses.ts"
import { decodeApiTokenOwners, decodeApiTokens, decodeFoundApiTokens } from "./internal/peopleRows.ts"
import type { Row } from "./internal/rawOutcome.ts"
import { accountColumns } from "./internal/rows.ts"
import type { Account } from "./Accounts.ts"
import type { DatabaseAway } from "./StorageFailure.ts"

/** A token to be kept. */
export interface NewApiToken extends Pick<ApiToken, "id" | "name" | "scope" | "createdAt"> {
  readonly secretHash: string
  readonly userId: UserId
  readonly createdBy: UserId
}

/** A token with the account it acts for. */
export interface FoundApiToken extends ApiToken {
  readonly account: Account
}

export class ApiTokens extends Context.Service<
  ApiTokens,
  {
    /** Keeps a token; for the account of a webhook it does nothing. */
    readonly create: (token: NewApiToken) => Effect.Effect<void, DatabaseAway>
    /** The token of that secret. That of a deactivated account is found too. */
    readonly find: (secretHash: string) => Effect.Effect<Option.Option<FoundApiToken>, DatabaseAway>
    /** Every token with the account it belongs to, in the order they were made. */
    readonly all: Effect.Effect<ReadonlyArray<ApiToken & { readonly userId: UserId }>, DatabaseAway>
    /** Revokes; answers whose it was. One that was repeated because its answer was lost finds nothing. */
    readonly remove: (id: ApiTokenId) => Effect.Effect<Option.Option<UserId>, DatabaseAway>
    /** Keeps when tokens were used last, in UTC milliseconds. */
    readonly touch: (
      uses: ReadonlyArray<{ readonly id: ApiTokenId; readonly at: number }>
    ) => Effect.Effect<void, DatabaseAway>
  }
>()("@messenger/storage/ApiTokens") {
  static readonly layer: Layer.Layer<ApiTokens, never, Database> = Layer.effect(
    ApiTokens,
    Effect.map(Database, (database) => make(database))
  )
}

const make = ({ reads, writes }: Database["Service"]): ApiTokens["Service"] => {
  const columns = reads.literal("t.id, t.user_id, t.name AS token_name, t.scope, t.created_at, t.last_used_at")
  return {
    create: Effect.fn("ApiTokens.create")(({ id, secretHash, userId, name, scope, createdBy, createdAt }) =>
      writes`
        INSERT INTO api_tokens (id, secret_hash, user_id, name, scope, created_by, created_at)
        SELECT ${id}, ${secretHash}, id, ${name}, ${scope}, ${createdBy}, CAST(${createdAt} AS BIGINT)
        FROM accounts WHERE id = ${userId} AND kind <> 'webhook'
        ON CONFLICT (id) DO NOTHING`.pipe(Effect.asVoid, asWeather("ApiTokens.create"))
    ),
    find: Effect.fn("ApiTokens.find")((secretHash) =>
      reads<Row>`
        SELECT ${columns}, ${reads.literal(accountColumns)} FROM api_tokens t JOIN accounts a ON a.id = t.user_id
        WHERE t.secret_hash = ${secretHash} AND a.kind <> 'deleted'`.pipe(
        asWeather("ApiTokens.find"),
        Effect.flatMap(decodeFoundApiTokens),
        Effect.map(([token]) => Option.fromUndefinedOr(token))
      )
    ),
    all: reads<Row>`SELECT ${columns} FROM api_tokens t ORDER BY t.created_at, t.id`.pipe(
      asWeather("ApiTokens.all"),
      Effect.flatMap(decodeApiTokens),
      Effect.withSpan("ApiTokens.all")
    ),
    remove: Effect.fn("ApiTokens.remove")((id) =>
      writes<Row>`DELETE FROM api_tokens WHERE id = ${id} RETURNING id, user_id`.pipe(
        asWeather("ApiTokens.remove"),
        Effect.flatMap(decodeApiTokenOwners),
        Effect.map(([userId]) => Option.fromUndefinedOr(userId))
      )
    ),
    touch: Effect.fn("ApiTokens.touch")((uses) =>
      writeLatestUses(uses, (chunk) => {
        const rows = writes.csv(chunk.map(({ id, at }) => writes`(${id}, CAST(${at} AS BIGINT))`))
        return writes`
          UPDATE api_tokens SET last_used_at = used.column2 FROM (VALUES ${rows}) AS used
          WHERE api_tokens.id = used.column1 AND used.column2 > coalesce(last_used_at, 0)`.unprepared
      }).pipe(asWeather("ApiTokens.touch"))
    )
  }
}
