// How a server gets its owner: never by who comes first, only by a link that is printed where the server was started, or by a secret
// that whoever runs it has set.
import { LinkInvalid } from "@messenger/protocol/Link"
import type { StorageUnavailable } from "@messenger/protocol/Unavailable"
import type { UserId } from "@messenger/protocol/Account"
import { Accounts as AccountRows } from "@messenger/storage/Accounts"
import { OneTimeLinks } from "@messenger/storage/OneTimeLinks"
import { Clock, Effect, Option, Redacted, Semaphore } from "effect"
import { Access } from "./Access.ts"
import { AccountPolicy } from "./AccountPolicy.ts"
import type { Administration } from "./Administration.ts"
import { Audit } from "./Audit.ts"
import { ChatLimits } from "./ChatLimits.ts"
import { LivePrincipals } from "./LivePrincipals.ts"
import type { Asker } from "./Rooms.ts"
import { hashSecret, isSameSecret, newSecret } from "./Secrets.ts"
import { take, TokenBuckets } from "./TokenBuckets.ts"
import { whenAway } from "./Weather.ts"

/** Whether a token would make its holder an owner now; it is not used by this. */
export const makeOpensServer = Effect.gen(function* () {
  const accounts = yield* AccountRows
  const links = yield* OneTimeLinks
  const { ownerToken } = yield* AccountPolicy
  return Effect.fnUntraced(function* (token: string) {
    if (yield* whenAway(links.findOwner(hashSecret(token), yield* Clock.currentTimeMillis))) return true
    const isEqual = Option.exists(ownerToken, (secret) => isSameSecret(token, secret))
    return isEqual && !(yield* whenAway(accounts.hasOwner))
  })
})

/** `Administration.claimServer`, `Administration.ownerLinkIfUnowned` and `Administration.makeOwnerLink`. */
export const make = Effect.gen(function* () {
  const access = yield* Access
  const accounts = yield* AccountRows
  const audit = yield* Audit
  const links = yield* OneTimeLinks
  const live = yield* LivePrincipals
  const { ownerToken } = yield* AccountPolicy
  const tries = new TokenBuckets<UserId>((yield* ChatLimits).links)
  // One at a time: a secret that makes the first owner makes no second one.
  const turn = Semaphore.makeUnsafe(1)

  const makeOwnerLink = Effect.gen(function* () {
    const token = Redacted.make(newSecret())
    yield* whenAway(links.put({ _tag: "Owner", tokenHash: hashSecret(token), expiresAt: null }))
    yield* audit.record({ action: "OwnerLinkMade" })
    return token
  }).pipe(Effect.uninterruptible, Effect.withSpan("Administration.makeOwnerLink"))

  const isOwnerToken = Effect.fnUntraced(function* (token: string) {
    const isEqual = Option.exists(ownerToken, (secret) => isSameSecret(token, secret))
    return isEqual && !(yield* whenAway(accounts.hasOwner))
  })

  const own = Effect.fnUntraced(function* (asker: Asker, token: string) {
    const userId = asker.user.id
    const tokenHash = hashSecret(token)
    const isLink = yield* whenAway(links.takeOwner(tokenHash, yield* Clock.currentTimeMillis))
    if (!isLink && !(yield* isOwnerToken(token))) return yield* new LinkInvalid()
    // A link that made nobody an owner is good again.
    const restore = isLink ? Effect.ignore(links.put({ _tag: "Owner", tokenHash, expiresAt: null })) : Effect.void
    const outcome = yield* whenAway(accounts.setRole(userId, "owner")).pipe(Effect.onError(() => restore))
    if (outcome === "NotFound") return yield* Effect.andThen(restore, new LinkInvalid())
    live.changed(userId, { role: "owner" })
    yield* audit.record({ action: "ServerClaimed", actor: userId, subject: userId, address: asker.address })
    // The links that are left are void with the first owner; if not now, then at the next start.
    yield* Effect.ignore(links.removeOwnerLinks)
  })

  const claimServer: Administration["Service"]["claimServer"] = Effect.fn("Administration.claimServer")(
    function* (asker, token) {
      yield* access.onServer(asker, "self.account")
      yield* take(tries, asker.user.id)
      yield* own(asker, token).pipe(
        Effect.uninterruptible,
        (claim) => live.exclusively(asker.user.id, claim),
        turn.withPermits(1)
      )
    }
  )

  const ownerLinkIfUnowned: Effect.Effect<Option.Option<Redacted.Redacted>, StorageUnavailable> = Effect.gen(
    function* () {
      if (!(yield* whenAway(accounts.hasOwner))) return Option.some(yield* makeOwnerLink)
      yield* whenAway(links.removeOwnerLinks)
      return Option.none()
    }
  )
  return { claimServer, ownerLinkIfUnowned, makeOwnerLink }
})
