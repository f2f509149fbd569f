// Visitors become guests by naming themselves; a session token, known only to its holder, proves who they are later. Only the
// token's hash is kept, so whoever reads the database can enter as nobody.
import { createHash, randomBytes } from "node:crypto"
import { NameInvalid, NameTaken, parseDisplayName, UserId } from "@messenger/protocol/Account"
import type { User } from "@messenger/protocol/Account"
import type { RateLimited, StorageUnavailable } from "@messenger/protocol/Unavailable"
import { SessionId } from "@messenger/protocol/Device"
import { Accounts } from "@messenger/storage/Accounts"
import { Sessions } from "@messenger/storage/Sessions"
import { Clock, Context, Effect, Layer, Option, Redacted } from "effect"
import { ChatLimits } from "./ChatLimits.ts"
import { foldName } from "./NameFold.ts"
import { take, TokenBuckets } from "./TokenBuckets.ts"
import { whenAway } from "./Weather.ts"

/** A person with a session that is valid until `expiresAt`, UTC milliseconds. */
export interface Authenticated {
  readonly user: User
  readonly expiresAt: number
}

const dayMillis = 86_400_000

/** How long a session lives without being used, in milliseconds; extended by use, at most once a day. */
export const sessionMillis = 30 * dayMillis

export class Guests extends Context.Service<
  Guests,
  {
    /**
     * Makes a guest of that name and a session of 30 days. With a `token` that is valid it answers that session and makes
     * nobody, so the same cookie never makes a second guest. Guests per address are limited.
     */
    readonly enter: (visitor: {
      readonly name: string
      readonly token: Option.Option<Redacted.Redacted>
      readonly address: string
    }) => Effect.Effect<
      Authenticated & { readonly token: Redacted.Redacted },
      NameInvalid | NameTaken | RateLimited | StorageUnavailable
    >
    /** Whose token this is; a session in use is extended, at most once a day. */
    readonly authenticate: (token: Redacted.Redacted) => Effect.Effect<Option.Option<Authenticated>, StorageUnavailable>
    /** Ends the session. */
    readonly leave: (token: Redacted.Redacted) => Effect.Effect<void, StorageUnavailable>
    /** Deletes sessions that have expired; answers how many. */
    readonly removeExpired: Effect.Effect<number, StorageUnavailable>
  }
>()("@messenger/chat/Guests") {
  static readonly layer = Layer.effect(
    Guests,
    Effect.gen(function* () {
      const accounts = yield* Accounts
      const sessions = yield* Sessions
      const buckets = new TokenBuckets<string>((yield* ChatLimits).guests)

      const authenticate = Effect.fn("Guests.authenticate")(function* (token: Redacted.Redacted) {
        const now = yield* Clock.currentTimeMillis
        const found = yield* sessions.find(hashOf(token), now)
        if (Option.isNone(found)) return Option.none<Authenticated>()
        const { id, account, expiresAt } = found.value
        const { user } = account
        if (expiresAt > now + sessionMillis - dayMillis) return Option.some({ user, expiresAt })
        yield* sessions.touch([{ id, lastUsedAt: now, expiresAt: now + sessionMillis }])
        return Option.some({ user, expiresAt: now + sessionMillis })
      }, whenAway)

      const make = Effect.fn("Guests.make")(function* (raw: string, address: string) {
        const name = parseDisplayName(raw)
        if (name instanceof NameInvalid) return yield* name
        const now = yield* take(buckets, address)
        const id = UserId.make(randomBytes(12).toString("base64url"))
        const outcome = yield* accounts.createGuest({ id, name, fold: foldName(name), at: now })
        if (outcome === "NameTaken") return yield* new NameTaken()
        const token = Redacted.make(randomBytes(32).toString("base64url"))
        const expiresAt = now + sessionMillis
        const session = SessionId.make(randomBytes(12).toString("base64url"))
        yield* sessions.create(
          {
            id: session,
            tokenHash: hashOf(token),
            userId: id,
            client: "",
            address,
            isRemembered: true,
            at: now,
            expiresAt
          },
          null
        )
        return { user: { id, name, isGuest: true }, expiresAt, token }
      }, whenAway)

      return Guests.of({
        authenticate,
        enter: Effect.fn("Guests.enter")(function* ({ name, token, address }) {
          if (Option.isSome(token)) {
            const known = yield* authenticate(token.value)
            if (Option.isSome(known)) return { ...known.value, token: token.value }
          }
          return yield* make(name, address)
        }),
        leave: Effect.fn("Guests.leave")(function* (token) {
          const found = yield* sessions.find(hashOf(token), yield* Clock.currentTimeMillis)
          if (Option.isSome(found)) yield* sessions.remove(found.value.userId, found.value.id)
        }, whenAway),
        removeExpired: Effect.flatMap(Clock.currentTimeMillis, (now) => whenAway(sessions.removeExpired(now)))
      })
    })
  )
}

const hashOf = (token: Redacted.Redacted): string =>
  createHash("sha256").update(Redacted.value(token)).digest("base64url")
