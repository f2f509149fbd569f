// The sessions of a server that holds all connections itself: proofs are checked against the database, what is live is in memory.
import type { SessionId } from "@messenger/protocol/Device"
import * as Worker from "@messenger/otp/Worker"
import { ApiTokens } from "@messenger/storage/ApiTokens"
import { Sessions as SessionRows } from "@messenger/storage/Sessions"
import type { FoundSession } from "@messenger/storage/Sessions"
import type { DatabaseAway } from "@messenger/storage/StorageFailure"
import { Clock, Effect, Exit, Latch, Layer, Option, Semaphore } from "effect"
import { LivePrincipals } from "./LivePrincipals.ts"
import type { PrincipalTable } from "./LivePrincipals.ts"
import { hashSecret } from "./Secrets.ts"
import { sessionMillis, Sessions } from "./Sessions.ts"
import type { Authenticated } from "./Sessions.ts"
import { SessionUses } from "./SessionUses.ts"
import { whenAway } from "./Weather.ts"

/** How often uses are written, in milliseconds. */
const writeEveryMillis = 60_000

/** How often it is looked for expired sessions when one is about to be, in milliseconds: they end within a second. */
const lookEveryMillis = 500

/** How often it is looked when none is about to be, in milliseconds. */
const lookAtLeastEveryMillis = 600_000

/**
 * A row may say that a session is over which was used since: uses are written behind. So rows are looked for as of a while ago, longer
 * than `writeEveryMillis`, and unwritten uses decide.
 */
const behindMillis = 2 * writeEveryMillis

/** The sessions of this process. */
export const layer = Layer.effect(
  Sessions,
  Effect.gen(function* () {
    const live = yield* LivePrincipals
    const clock = yield* Clock.Clock
    const uses = new SessionUses()
    // Open while sessions may be connected; nobody looks for expired ones otherwise.
    const isSomebodyThere = Latch.makeUnsafe(false)
    const proofs = yield* makeProofs(live, uses)
    const writeUses = yield* makeWriteUses(uses)

    return Sessions.of({
      ...proofs,
      open: (authenticated, connection) => {
        const opened = live.open(authenticated, connection)
        isSomebodyThere.openUnsafe()
        return opened
      },
      used: (principal) => {
        const now = clock.currentTimeMillisUnsafe()
        const session = live.sessionOf(principal)
        const tokenId = live.tokenOf(principal)
        if (session !== undefined) use(live, uses, session.id, session.isRemembered, now)
        if (tokenId !== undefined) uses.useToken(tokenId, now)
      },
      writeUses: whenAway(writeUses),
      childSpec: Worker.make({
        id: "sessions",
        init: Effect.acquireRelease(Effect.void, () => Effect.ignore(writeUses)),
        run: () =>
          Effect.all([Effect.forever(expiring(live, isSomebodyThere)), Effect.forever(writing(uses, writeUses))], {
            concurrency: "unbounded"
          })
      })
    })
  })
)

const makeProofs = Effect.fnUntraced(function* (live: PrincipalTable, uses: SessionUses) {
  const sessions = yield* SessionRows
  const tokens = yield* ApiTokens

  const bySession = Effect.fnUntraced(function* (
    find: (asOf: number) => Effect.Effect<Option.Option<FoundSession>, DatabaseAway>
  ) {
    // Before the read: what changes while it runs is applied when the connection opens.
    const seen = live.changes
    const now = yield* Clock.currentTimeMillis
    const found = yield* find(now - behindMillis)
    if (Option.isNone(found) || !found.value.account.isActive) return Option.none<Authenticated>()
    const { account, id, isRemembered } = found.value
    if (Math.max(found.value.expiresAt, uses.expiryOf(id)) <= now) return Option.none<Authenticated>()
    const { user, role } = account
    const expiresAt = use(live, uses, id, isRemembered, now)
    return Option.some<Authenticated>({
      user,
      role,
      scope: null,
      sessionId: id,
      tokenId: null,
      expiresAt,
      isRemembered,
      seen
    })
  }, whenAway)

  return {
    authenticate: Effect.fn("Sessions.authenticate")((token) =>
      bySession((asOf) => sessions.find(hashSecret(token), asOf))
    ),
    authenticateById: Effect.fn("Sessions.authenticateById")((id) => bySession((asOf) => sessions.findById(id, asOf))),
    authenticateApiToken: Effect.fn("Sessions.authenticateApiToken")(function* (secret) {
      const seen = live.changes
      const now = yield* Clock.currentTimeMillis
      const found = yield* tokens.find(hashSecret(secret))
      if (Option.isNone(found) || !found.value.account.isActive) return Option.none<Authenticated>()
      const { account, id, scope } = found.value
      const { user, role } = account
      uses.useToken(id, now)
      return Option.some<Authenticated>({
        user,
        role,
        scope,
        sessionId: null,
        tokenId: id,
        expiresAt: null,
        isRemembered: false,
        seen
      })
    }, whenAway)
  } satisfies Partial<Sessions["Service"]>
})

// A use keeps the session alive from now on; answers until when.
const use = (live: PrincipalTable, uses: SessionUses, id: SessionId, isRemembered: boolean, now: number): number => {
  const expiresAt = now + sessionMillis(isRemembered)
  uses.useSession(id, { lastUsedAt: now, expiresAt })
  live.extend(id, expiresAt)
  return expiresAt
}

const makeWriteUses = Effect.fnUntraced(function* (uses: SessionUses) {
  const sessions = yield* SessionRows
  const tokens = yield* ApiTokens
  // One at a time: only one batch can be on its way.
  const turn = Semaphore.makeUnsafe(1)
  const write = Effect.gen(function* () {
    const taken = uses.take()
    if (taken === undefined) return
    const exit = yield* Effect.exit(
      Effect.andThen(
        sessions.touch([...taken.sessions].map(([id, { lastUsedAt, expiresAt }]) => ({ id, lastUsedAt, expiresAt }))),
        tokens.touch([...taken.tokens].map(([id, at]) => ({ id, at })))
      )
    )
    uses.written(Exit.isSuccess(exit))
    yield* exit
  })
  return turn.withPermits(1)(Effect.uninterruptible(write)).pipe(Effect.withSpan("Sessions.writeUses"))
})

// Ends what has expired when something may have. A session that is opened while this sleeps lives for a day at least, so it is not
// missed; and no timer is trusted with a long wait, since a machine may sleep.
const expiring = Effect.fnUntraced(function* (live: PrincipalTable, isSomebodyThere: Latch.Latch) {
  yield* isSomebodyThere.await
  const now = yield* Clock.currentTimeMillis
  const next = live.expire(now)
  if (next === Number.POSITIVE_INFINITY) isSomebodyThere.closeUnsafe()
  else yield* Effect.sleep(Math.min(Math.max(next - now, lookEveryMillis), lookAtLeastEveryMillis))
})

// While the database is away the uses are kept: the next round writes them.
const writing = (uses: SessionUses, writeUses: Effect.Effect<void, DatabaseAway>) =>
  uses.there.await.pipe(Effect.andThen(Effect.sleep(writeEveryMillis)), Effect.andThen(Effect.ignore(writeUses)))
