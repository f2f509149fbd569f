// Links that work once: to ownership of the server, to a new password. Only the hash of a token is kept.
import type { UserId } from "@messenger/protocol/Account"
import { Context, Effect, Layer, Option } from "effect"
import { asWeather, Database } from "./Database.ts"
import { decodeResets } from "./internal/peopleRows.ts"
import type { Row } from "./internal/rawOutcome.ts"
import type { DatabaseAway } from "./StorageFailure.ts"

/** A link: `Owner` is for whoever holds it, `Reset` for the password of `userId`. `expiresAt` is UTC milliseconds, null for as long as it is kept. */
export type OneTimeLink =
  | { readonly _tag: "Owner"; readonly tokenHash: string; readonly expiresAt: number | null }
  | { readonly _tag: "Reset"; readonly tokenHash: string; readonly userId: UserId; readonly expiresAt: number }

export class OneTimeLinks extends Context.Service<
  OneTimeLinks,
  {
    /** Keeps a link. A new owner link takes the place of all older ones, and a new reset link of the same person's. */
    readonly put: (link: OneTimeLink) => Effect.Effect<void, DatabaseAway>
    /** Takes an owner link away for good; answers whether it was one. Only one of many who ask at once is told so, and none when the answer was lost on the way. */
    readonly takeOwner: (tokenHash: string, now: number) => Effect.Effect<boolean, DatabaseAway>
    /** Whether this is an owner link, without using it. */
    readonly findOwner: (tokenHash: string, now: number) => Effect.Effect<boolean, DatabaseAway>
    /** Whose password this link is for, without using it. */
    readonly findReset: (tokenHash: string, now: number) => Effect.Effect<Option.Option<UserId>, DatabaseAway>
    /** Takes a reset link away for good; answers whose it was. Only one of many who ask at once is told, and none when the answer was lost on the way. */
    readonly takeReset: (tokenHash: string, now: number) => Effect.Effect<Option.Option<UserId>, DatabaseAway>
    /** Takes all owner links away: the server has an owner. */
    readonly removeOwnerLinks: Effect.Effect<void, DatabaseAway>
    /** Deletes what is out of date; answers how many. */
    readonly removeExpired: (now: number) => Effect.Effect<number, DatabaseAway>
  }
>()("@messenger/storage/OneTimeLinks") {
  static readonly layer: Layer.Layer<OneTimeLinks, never, Database> = Layer.effect(
    OneTimeLinks,
    Effect.map(Database, (database) => make(database))
  )
}

const make = ({ reads, writes, inTurn }: Database["Service"]): OneTimeLinks["Service"] => {
  const isGood = (tokenHash: string, now: number) =>
    writes`token_hash = ${tokenHash} AND (expires_at IS NULL OR expires_at > ${now})`
  return {
    put: Effect.fn("OneTimeLinks.put")((link) => {
      const userId = link._tag === "Owner" ? null : link.userId
      const isSameKind = userId === null ? writes`kind = 'Owner'` : writes`kind = 'Reset' AND user_id = ${userId}`
      return inTurn([
        { statement: writes`DELETE FROM one_time_links WHERE ${isSameKind} AND token_hash <> ${link.tokenHash}` },
        {
          statement: writes`
            INSERT INTO one_time_links (token_hash, kind, user_id, expires_at)
            VALUES (${link.tokenHash}, ${link._tag}, ${userId}, ${link.expiresAt})
            ON CONFLICT (token_hash) DO NOTHING`
        }
      ]).pipe(Effect.asVoid, asWeather("OneTimeLinks.put"))
    }),
    takeOwner: Effect.fn("OneTimeLinks.takeOwner")((tokenHash, now) =>
      writes`DELETE FROM one_time_links WHERE ${isGood(tokenHash, now)} AND kind = 'Owner' RETURNING kind`.pipe(
        Effect.map((rows) => rows.length > 0),
        asWeather("OneTimeLinks.takeOwner")
      )
    ),
    findOwner: Effect.fn("OneTimeLinks.findOwner")((tokenHash, now) =>
      reads<Row>`SELECT kind FROM one_time_links WHERE ${isGood(tokenHash, now)} AND kind = 'Owner'`.pipe(
        Effect.map((rows) => rows.length > 0),
        asWeather("OneTimeLinks.findOwner")
      )
    ),
    findReset: Effect.fn("OneTimeLinks.findReset")((tokenHash, now) =>
      reads<Row>`SELECT user_id FROM one_time_links WHERE ${isGood(tokenHash, now)} AND kind = 'Reset'`.pipe(
        asWeather("OneTimeLinks.findReset"),
        Effect.flatMap(decodeResets),
        Effect.map(([userId]) => Option.fromUndefinedOr(userId))
      )
    ),
    takeReset: Effect.fn("OneTimeLinks.takeReset")((tokenHash, now) =>
      writes<Row>`
        DELETE FROM one_time_links WHERE ${isGood(tokenHash, now)} AND kind = 'Reset' RETURNING user_id`.pipe(
        asWeather("OneTimeLinks.takeReset"),
        Effect.flatMap(decodeResets),
        Effect.map(([userId]) => Option.fromUndefinedOr(userId))
      )
    ),
    removeOwnerLinks: writes`DELETE FROM one_time_links WHERE kind = 'Owner'`.pipe(
      Effect.asVoid,
      asWeather("OneTimeLinks.removeOwnerLinks"),
      Effect.withSpan("OneTimeLinks.removeOwnerLinks")
    ),
    removeExpired: Effect.fn("OneTimeLinks.removeExpired")((now) =>
      writes`DELETE FROM one_time_links WHERE expires_at <= ${now} RETURNING kind`.pipe(
        Effect.map((rows) => rows.length),
        asWeather("OneTimeLinks.removeExpired")
      )
    )
  }
}
