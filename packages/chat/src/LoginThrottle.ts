// Guessing passwords becomes slow, and mistyping one does not. Every attempt takes a token from each limit that concerns it
// before anything is hashed, so attempts at one time cannot slip through; what it turns out not to be is given back, so that
// failures and right passwords are counted apart. Right ones are counted since each costs a hash, a session and a line of the log.
//
// A delay that grows is several token buckets emptied together: the small quick one lets a few pass at once, the large slow
// one is reached by those who go on, and whoever waits for the slowest that is empty may try again. Nothing is ever locked.
import { createHash } from "node:crypto"
import { RateLimited } from "@messenger/protocol/Unavailable"
import { Context, Duration, Effect, Layer } from "effect"
import { RateLimiter } from "effect/persistence"
import * as BoundedRateLimiterStore from "./BoundedRateLimiterStore.ts"

/** `burst` at once, then one `every` so often. */
export interface Pace {
  readonly burst: number
  readonly every: Duration.Input
}

/** What one address may do in some time, whoever is behind it. */
export type AddressAct = "register" | "reset"

/** How often one may fail to log in, and how often get it right. All paces of a list hold together; each later one has a larger burst and is slower. */
export interface LoginPaces {
  /** Failures at one name of an account from one address. */
  readonly pair: ReadonlyArray<Pace>
  /** Failures at one name of an account from all devices that never logged in to it. */
  readonly account: ReadonlyArray<Pace>
  /** Right passwords for one name of an account, to log in or to confirm something. */
  readonly right: Pace
  /** How many times wider than `pair` the failures, and than `right` the right passwords, from one address for all accounts are. */
  readonly addressWidening: number
  /** What else is counted by address, failed or not. */
  readonly perAddress: Readonly<Record<AddressAct, Pace>>
}

/**
 * By default a person has five mistakes at once and then one every half minute; who goes on has one in five minutes, then one
 * an hour. Two a day are never noticed, and a guesser has 24 a day. All strangers together have 25 at one name at once and then
 * about 50 a day: whoever knows username and email of an account, and takes them in turn, has twice that. Right passwords are ten
 * at once and then one in ten seconds, and from one address, which may be that of an office, a hundred and then one a second.
 */
export const LoginLimits = Context.Reference<LoginPaces>("@messenger/chat/LoginLimits", {
  defaultValue: () => ({
    pair: [
      { burst: 5, every: "30 seconds" },
      { burst: 10, every: "5 minutes" },
      { burst: 20, every: "1 hour" }
    ],
    account: [{ burst: 25, every: "30 minutes" }],
    right: { burst: 10, every: "10 seconds" },
    addressWidening: 10,
    perAddress: {
      register: { burst: 20, every: "3 minutes" },
      reset: { burst: 20, every: "3 minutes" }
    }
  })
})

/** What became of an attempt; `Unjudged` when nobody came to look at the password. */
export type Judgement = "Right" | "Wrong" | "Unjudged"

/** Somebody is about to prove that an account is theirs. */
export interface Attempt {
  /**
   * What the account was called, folded, one key for each name that was sent. Never what was found by them: limits that meet where
   * two names are one account's would tell that they are, and limits that only accounts have would tell who exists.
   */
  readonly names: ReadonlyArray<string>
  /** What counts as one address: IPv4 whole, IPv6 by its /64. */
  readonly address: string
  /** This device proved before that it logged in to this account. */
  readonly isKnownDevice: boolean
}

export class LoginThrottle extends Context.Service<
  LoginThrottle,
  {
    /** Counts an attempt, or refuses it and says when one will be let through; a refused attempt counts for nothing. */
    readonly admit: (attempt: Attempt) => Effect.Effect<void, RateLimited>
    /** Takes back, once, what `admit` counted and what did not happen. */
    readonly judged: (attempt: Attempt, judgement: Judgement) => Effect.Effect<void>
    /** Counts an act of an address. */
    readonly perAddress: (act: AddressAct, address: string) => Effect.Effect<void, RateLimited>
  }
>()("@messenger/chat/LoginThrottle") {
  static readonly layer = Layer.effect(
    LoginThrottle,
    Effect.gen(function* () {
      const limiter = yield* RateLimiter.RateLimiter
      const paces = yield* LoginLimits
      const addressPaces = paces.pair.map(widenedBy(paces.addressWidening))
      const rightAtAddress = widenedBy(paces.addressWidening)(paces.right)

      /** Takes `tokens` and answers 0, or takes none and answers how many milliseconds until there will be enough. */
      const take = ({ key, pace: { burst, every } }: Limit, tokens: number) =>
        limiter
          .consume({
            algorithm: "token-bucket",
            key,
            limit: burst,
            window: Duration.times(Duration.fromInputUnsafe(every), burst),
            tokens
          })
          .pipe(
            Effect.as(0),
            Effect.catchReason("RateLimiterError", "RateLimitExceeded", ({ retryAfter }) =>
              Effect.succeed(Math.max(1, Math.ceil(Duration.toMillis(retryAfter))))
            ),
            // What is left is a store that cannot be reached, which one in memory always can.
            Effect.orDie
          )

      const takeAll = Effect.fnUntraced(function* (limits: ReadonlyArray<Limit>) {
        const waits = yield* Effect.forEach(limits, (limit) => take(limit, 1))
        // All are asked even when one refuses: a shorter wait than the longest would be a lie.
        const retryAfterMillis = Math.max(0, ...waits)
        if (retryAfterMillis === 0) return
        yield* Effect.forEach(
          limits.filter((_, at) => waits[at] === 0),
          (limit) => take(limit, -1)
        )
        return yield* new RateLimited({ retryAfterMillis })
      }, Effect.uninterruptible)

      const failuresOf = ({ names, address, isKnownDevice }: Attempt): ReadonlyArray<Limit> => [
        ...names.flatMap((name) => [
          ...limitsAt("pair", paces.pair, name, address),
          // Else a stranger could keep people out of their own account by failing at it.
          ...(isKnownDevice ? [] : limitsAt("account", paces.account, name))
        ]),
        ...limitsAt("address", addressPaces, address)
      ]

      const rightsOf = ({ names, address }: Attempt): ReadonlyArray<Limit> => [
        ...names.flatMap((name) => limitsAt("right", [paces.right], name)),
        ...limitsAt("right at address", [rightAtAddress], address)
      ]

      return LoginThrottle.of({
        admit: Effect.fn("LoginThrottle.admit")((attempt) => takeAll([...failuresOf(attempt), ...rightsOf(attempt)])),
        judged: Effect.fn("LoginThrottle.judged")((attempt, judgement) => {
          const failures = judgement === "Wrong" ? [] : failuresOf(attempt)
          const rights = judgement === "Right" ? [] : rightsOf(attempt)
          return Effect.forEach([...failures, ...rights], (limit) => take(limit, -1), { discard: true })
        }, Effect.uninterruptible),
        perAddress: Effect.fn("LoginThrottle.perAddress")((act, address) =>
          takeAll(limitsAt(act, [paces.perAddress[act]], address))
        )
      })
    })
  )

  /** For one server: the counts are in its memory, at most 65,536 of them. */
  static readonly layerMemory = LoginThrottle.layer.pipe(
    Layer.provide(RateLimiter.layer),
    Layer.provide(BoundedRateLimiterStore.layer({ maxKeys: 65_536 }))
  )
}

interface Limit {
  readonly key: string
  readonly pace: Pace
}

/** The limits of these paces for whatever the parts name together. */
const limitsAt = (kind: string, paces: ReadonlyArray<Pace>, ...parts: ReadonlyArray<string>): ReadonlyArray<Limit> => {
  // Hashed, so that a key is short whatever name a stranger invents, and no store holds names and addresses in clear.
  const digest = createHash("sha256").update(JSON.stringify(parts)).digest("base64url")
  return paces.map((pace, at) => ({ key: `${kind}.${at}.${digest}`, pace }))
}

const widenedBy =
  (factor: number) =>
  ({ burst, every }: Pace): Pace => ({
    burst: burst * factor,
    every: Duration.divideUnsafe(Duration.fromInputUnsafe(every), factor)
  })
