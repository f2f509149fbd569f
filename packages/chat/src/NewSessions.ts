// How a session begins: a new token for every log-in, in place of the session that the same browser had. Whoever is connected with
// the old one is told to connect again.
import type { User, UserId } from "@messenger/protocol/Account"
import { SessionId } from "@messenger/protocol/Device"
import type { ServerRole } from "@messenger/protocol/Rights"
import type { StorageUnavailable } from "@messenger/protocol/Unavailable"
import { Sessions as SessionRows } from "@messenger/storage/Sessions"
import { Clock, Context, Effect, Layer, Option, Redacted } from "effect"
import type { Entered, Visitor } from "./Accounts.ts"
import { LivePrincipals } from "./LivePrincipals.ts"
import { hashSecret, newId, newSecret } from "./Secrets.ts"
import { sessionMillis, Sessions } from "./Sessions.ts"
import type { Authenticated } from "./Sessions.ts"
import { whenAway } from "./Weather.ts"

/** The most of what a device says of itself that is kept, in UTF-16 code units. */
const maxClient = 256

/** The most sessions that an account has at one time. Past it those unused for the longest end: a script that logs in makes a row each time. */
const maxSessions = 100

/** Somebody with a session, which is not the case for who came with an API token. */
export type WithSession = Authenticated & { readonly sessionId: SessionId; readonly expiresAt: number }

export class NewSessions extends Context.Service<
  NewSessions,
  {
    /** Who the visitor is by the cookie that came along. */
    readonly present: (visitor: Visitor) => Effect.Effect<Option.Option<WithSession>, StorageUnavailable>
    /** Begins a session of the account, in place of `replaced`, whoever's that was. */
    readonly begin: (
      account: { readonly user: User; readonly role: ServerRole },
      visitor: Visitor,
      options: { readonly isRemembered: boolean; readonly replaced: Option.Option<WithSession> }
    ) => Effect.Effect<Entered, StorageUnavailable>
    /** As `begin`, after a proof by password: the device is known to this account from now on. */
    readonly beginOnDevice: (
      account: { readonly user: User; readonly role: ServerRole },
      visitor: Visitor,
      options: { readonly isRemembered: boolean; readonly replaced: Option.Option<WithSession> }
    ) => Effect.Effect<Entered, StorageUnavailable>
    /** Whether the visitor's device has logged in to this account before. */
    readonly isKnownDevice: (visitor: Visitor, userId: UserId) => Effect.Effect<boolean, StorageUnavailable>
    /** Ends all sessions of an account but one, and their connections. */
    readonly endOthers: (userId: UserId, keep: SessionId | null) => Effect.Effect<void, StorageUnavailable>
  }
>()("@messenger/chat/NewSessions") {
  static readonly layer = Layer.effect(
    NewSessions,
    Effect.gen(function* () {
      const live = yield* LivePrincipals
      const rows = yield* SessionRows
      const sessions = yield* Sessions

      /** Ends what is past `maxSessions`, and never the one that has just begun. */
      const endSurplus = Effect.fnUntraced(function* (userId: UserId, begun: SessionId, now: number) {
        const listed = yield* whenAway(rows.list(userId, now))
        const surplus = listed.filter(({ id }) => id !== begun).slice(maxSessions - 1)
        yield* Effect.forEach(surplus, ({ id }) =>
          Effect.andThen(
            whenAway(rows.remove(userId, id)),
            Effect.sync(() => live.endSession(userId, id, "Revoked"))
          )
        )
      })

      const begin: NewSessions["Service"]["begin"] = Effect.fnUntraced(function* (account, visitor, options) {
        const { isRemembered, replaced } = options
        const { user, role } = account
        const seen = live.changes
        const at = yield* Clock.currentTimeMillis
        const token = Redacted.make(newSecret())
        const id = SessionId.make(newId())
        const expiresAt = at + sessionMillis(isRemembered)
        const row = { id, tokenHash: hashSecret(token), userId: user.id, isRemembered, at, expiresAt }
        const { address } = visitor
        const client = visitor.client.toWellFormed().replaceAll("\u0000", "").slice(0, maxClient).toWellFormed()
        const old = Option.getOrUndefined(replaced)
        yield* whenAway(rows.create({ ...row, address, client }, old?.sessionId ?? null))
        if (old !== undefined) live.endSession(old.user.id, old.sessionId, "Renewed")
        yield* endSurplus(user.id, id, at)
        const deviceToken = Option.none()
        return {
          user,
          role,
          scope: null,
          sessionId: id,
          tokenId: null,
          expiresAt,
          isRemembered,
          seen,
          token,
          deviceToken
        }
      })

      const isKnownDevice: NewSessions["Service"]["isKnownDevice"] = ({ deviceToken }, userId) =>
        Option.match(deviceToken, {
          onNone: () => Effect.succeed(false),
          onSome: (token) => whenAway(rows.isKnownDevice(userId, hashSecret(token)))
        })

      return NewSessions.of({
        begin,
        present: ({ token }) =>
          Option.match(token, {
            onNone: () => Effect.succeedNone,
            onSome: (cookie) => Effect.map(sessions.authenticate(cookie), Option.flatMap(withSession))
          }),
        beginOnDevice: Effect.fnUntraced(function* (account, visitor, options) {
          // Only one that this account gave out is kept: any other somebody may have put there to be known by it.
          const isKnown = yield* isKnownDevice(visitor, account.user.id)
          const entered = yield* begin(account, visitor, options)
          const at = yield* Clock.currentTimeMillis
          const deviceToken = Option.getOrElse(isKnown ? visitor.deviceToken : Option.none(), () =>
            Redacted.make(newSecret())
          )
          yield* whenAway(rows.rememberDevice(account.user.id, hashSecret(deviceToken), at))
          return { ...entered, deviceToken: Option.some(deviceToken) }
        }),
        isKnownDevice,
        endOthers: Effect.fnUntraced(function* (userId, keep) {
          yield* whenAway(rows.removeOthers(userId, keep))
          live.endSessions(userId, keep, "Revoked")
        })
      })
    })
  )
}

const withSession = (found: Authenticated): Option.Option<WithSession> => {
  const { sessionId, expiresAt } = found
  return sessionId === null || expiresAt === null ? Option.none() : Option.some({ ...found, sessionId, expiresAt })
}
