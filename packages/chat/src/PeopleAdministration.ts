// What admins do with the accounts of others. `mayManage` decides whose: admins manage guests and members, owners everybody.
import { AccountNotFound } from "@messenger/protocol/Account"
import type { UserId } from "@messenger/protocol/Account"
import * as Limits from "@messenger/protocol/Limits"
import { Forbidden, LastOwner, mayManage } from "@messenger/protocol/Rights"
import type { ServerRole } from "@messenger/protocol/Rights"
import { StorageUnavailable } from "@messenger/protocol/Unavailable"
import { Accounts as AccountRows } from "@messenger/storage/Accounts"
import type { Account, OwnerOutcome } from "@messenger/storage/Accounts"
import { Credentials } from "@messenger/storage/Credentials"
import { OneTimeLinks } from "@messenger/storage/OneTimeLinks"
import { Clock, Effect, Option } from "effect"
import { AccountTelling } from "./AccountTelling.ts"
import type { Administration } from "./Administration.ts"
import type { Admit } from "./Admission.ts"
import { Audit } from "./Audit.ts"
import type { Happening } from "./Audit.ts"
import { LivePrincipals } from "./LivePrincipals.ts"
import { foldEmail, foldName } from "./NameFold.ts"
import { NewSessions } from "./NewSessions.ts"
import type { Asker } from "./Rooms.ts"
import { hashSecret, newSecret } from "./Secrets.ts"
import { whenAway } from "./Weather.ts"

/** How long a reset link is good for, in milliseconds. */
const resetMillis = 3_600_000

/** The part of `Administration` that is about accounts. */
export const make = Effect.fnUntraced(function* (admit: Admit) {
  const accounts = yield* AccountRows
  const audit = yield* Audit
  const credentials = yield* Credentials
  const links = yield* OneTimeLinks
  const live = yield* LivePrincipals
  const newSessions = yield* NewSessions
  const telling = yield* AccountTelling

  /** Changes an account in its turn, if the asker still may manage it then. */
  const manage = Effect.fnUntraced(function* <A, E>(
    asker: Asker,
    userId: UserId,
    next: ServerRole | undefined,
    change: (account: Account) => Effect.Effect<A, E>
  ) {
    yield* admit(asker, "people.manage")
    return yield* Effect.gen(function* () {
      const found = yield* whenAway(accounts.find(userId))
      if (Option.isNone(found)) return yield* new AccountNotFound()
      const { role } = found.value
      if (!mayManage(asker.role, role, next)) return yield* new Forbidden({ needs: "people.manage" })
      return yield* change(found.value).pipe(
        // A write whose answer was lost may have happened: what is live is told what is true.
        Effect.tapError((error) =>
          error instanceof StorageUnavailable ? Effect.ignore(telling.tell(userId)) : Effect.void
        )
      )
    }).pipe(Effect.uninterruptible, (each) => live.exclusively(userId, each))
  })

  const record = (asker: Asker, subject: UserId, action: Happening["action"], detail = "") =>
    audit.record({ action, actor: asker.user.id, subject, detail, address: asker.address })

  const refused = (outcome: OwnerOutcome) => {
    if (outcome === "LastOwner") return Effect.fail(new LastOwner())
    return outcome === "NotFound" ? Effect.fail(new AccountNotFound()) : Effect.void
  }

  const makeLink = Effect.fnUntraced(function* (userId: UserId) {
    const token = newSecret()
    const expiresAt = (yield* Clock.currentTimeMillis) + resetMillis
    yield* whenAway(links.put({ _tag: "Reset", tokenHash: hashSecret(token), userId, expiresAt }))
    return { token, expiresAt }
  })

  return {
    listAccounts: Effect.fn("Administration.listAccounts")(function* (asker, { search, after }) {
      yield* admit(asker, "people.manage")
      const limit = Limits.maxPeoplePage
      const found = yield* whenAway(accounts.list({ search: search.trim(), after, limit: limit + 1 }))
      const shown = found.slice(0, limit)
      return {
        accounts: shown.map(({ user, role, username, isActive, createdAt, lastSeenAt }) => ({
          user,
          role,
          username,
          isActive,
          createdAt,
          lastSeenAt
        })),
        next: found.length > limit ? (shown.at(-1)?.user.id ?? null) : null
      }
    }),

    setRole: Effect.fn("Administration.setRole")((asker, userId, role) =>
      manage(asker, userId, role, ({ user }) =>
        Effect.gen(function* () {
          if (user.isGuest) return yield* new AccountNotFound()
          // A token cannot be asked for a password, nor make anybody else an owner in its place.
          if (user.isApp === true && role === "owner") return yield* new Forbidden({ needs: "people.manage" })
          yield* refused(yield* whenAway(accounts.setRole(userId, role)))
          live.changed(userId, { role })
          yield* record(asker, userId, "RoleChanged", role)
        })
      )
    ),

    setActive: Effect.fn("Administration.setActive")((asker, userId, isActive) =>
      manage(asker, userId, undefined, () =>
        Effect.gen(function* () {
          yield* refused(yield* whenAway(accounts.setActive(userId, isActive)))
          if (!isActive) live.endAccount(userId, "Deactivated")
          yield* record(asker, userId, isActive ? "Reactivated" : "Deactivated")
        })
      )
    ),

    signOutEverywhere: Effect.fn("Administration.signOutEverywhere")((asker, userId) =>
      manage(asker, userId, undefined, () =>
        Effect.andThen(newSessions.endOthers(userId, null), record(asker, userId, "SignedOutEverywhere"))
      )
    ),

    createResetLink: Effect.fn("Administration.createResetLink")((asker, userId) =>
      manage(asker, userId, undefined, () =>
        Effect.gen(function* () {
          const own = yield* whenAway(credentials.find(userId))
          if (Option.isNone(own)) return yield* new AccountNotFound()
          const link = yield* makeLink(userId)
          yield* record(asker, userId, "ResetLinkMade")
          return link
        })
      )
    ),

    makeResetLink: Effect.fn("Administration.makeResetLink")(function* (loginName) {
      const by = loginName.includes("@")
        ? { usernameFold: undefined, emailFold: foldEmail(loginName) }
        : { usernameFold: foldName(loginName), emailFold: undefined }
      const login = yield* whenAway(credentials.findLogin(by))
      if (Option.isNone(login)) return yield* new AccountNotFound()
      const { userId } = login.value
      const link = yield* makeLink(userId)
      yield* audit.record({ action: "ResetLinkMade", subject: userId })
      return link
    }, Effect.uninterruptible)
  } satisfies Partial<Administration["Service"]>
})
