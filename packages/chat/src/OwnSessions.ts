// The devices of somebody, as they see and end them.
import type { UserId } from "@messenger/protocol/Account"
import { Sessions as SessionRows } from "@messenger/storage/Sessions"
import { Clock, Effect } from "effect"
import { Access } from "./Access.ts"
import type { Accounts } from "./Accounts.ts"
import { Audit } from "./Audit.ts"
import { ChatLimits } from "./ChatLimits.ts"
import { LivePrincipals } from "./LivePrincipals.ts"
import { NewSessions } from "./NewSessions.ts"
import { Sessions } from "./Sessions.ts"
import { take, TokenBuckets } from "./TokenBuckets.ts"
import { whenAway } from "./Weather.ts"

/** `Accounts.devices`, `Accounts.revokeSession` and `Accounts.revokeOtherSessions`. */
export const make = Effect.gen(function* () {
  const access = yield* Access
  const audit = yield* Audit
  const live = yield* LivePrincipals
  const newSessions = yield* NewSessions
  const rows = yield* SessionRows
  const sessions = yield* Sessions
  const buckets = new TokenBuckets<UserId>((yield* ChatLimits).account)

  const devices: Accounts["Service"]["devices"] = Effect.fn("Accounts.devices")(function* (asker) {
    yield* access.onServer(asker, "self.sessions")
    yield* take(buckets, asker.user.id)
    // So that the list shows the last use of each, and none that lives only by a use that is not written.
    yield* sessions.writeUses
    const listed = yield* whenAway(rows.list(asker.user.id, yield* Clock.currentTimeMillis))
    return listed.map(({ id, client, address, createdAt, lastUsedAt, expiresAt }) => ({
      id,
      client,
      address,
      createdAt,
      lastUsedAt,
      expiresAt,
      isCurrent: id === asker.sessionId
    }))
  })

  const revokeSession: Accounts["Service"]["revokeSession"] = Effect.fn("Accounts.revokeSession")(function* (
    asker,
    id
  ) {
    yield* access.onServer(asker, "self.sessions")
    const { user, sessionId, address } = asker
    yield* take(buckets, user.id)
    const isThere = yield* whenAway(rows.remove(user.id, id))
    live.endSession(user.id, id, id === sessionId ? "SignedOut" : "Revoked")
    if (isThere) yield* audit.record({ action: "SessionRevoked", actor: user.id, subject: user.id, address })
  }, Effect.uninterruptible)

  const revokeOtherSessions: Accounts["Service"]["revokeOtherSessions"] = Effect.fn("Accounts.revokeOtherSessions")(
    function* (asker) {
      yield* access.onServer(asker, "self.sessions")
      const { user, sessionId, address } = asker
      yield* take(buckets, user.id)
      yield* newSessions.endOthers(user.id, sessionId)
      yield* audit.record({ action: "SessionsRevoked", actor: user.id, subject: user.id, address })
    },
    Effect.uninterruptible
  )
  return { devices, revokeSession, revokeOtherSessions }
})
