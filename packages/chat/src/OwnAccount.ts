// What somebody does with their own account: how they appear, what they log in with, their devices, and leaving for good.
import {
  AccountTaken,
  EmailInvalid,
  NameInvalid,
  NameTaken,
  parseDisplayName,
  parseEmail
} from "@messenger/protocol/Account"
import type { User, UserId } from "@messenger/protocol/Account"
import { Forbidden, LastOwner } from "@messenger/protocol/Rights"
import { StorageUnavailable } from "@messenger/protocol/Unavailable"
import { Accounts as AccountRows } from "@messenger/storage/Accounts"
import { Credentials } from "@messenger/storage/Credentials"
import { Clock, Effect, Option } from "effect"
import { Access } from "./Access.ts"
import type { Accounts } from "./Accounts.ts"
import { AccountTelling } from "./AccountTelling.ts"
import { Audit } from "./Audit.ts"
import { ChatLimits } from "./ChatLimits.ts"
import { Confirmation } from "./Confirmation.ts"
import { LivePrincipals } from "./LivePrincipals.ts"
import { foldEmail, foldName, isReserved } from "./NameFold.ts"
import { NewSessions } from "./NewSessions.ts"
import { Passwords } from "./Passwords.ts"
import type { Asker } from "./Rooms.ts"
import { take, TokenBuckets } from "./TokenBuckets.ts"
import { whenAway } from "./Weather.ts"

/** How long the names of a deleted account stay blocked, in milliseconds. */
const blockedMillis = 90 * 86_400_000

/** `Accounts.updateProfile` and `Accounts.ownAccount`. */
export const makeProfile = Effect.gen(function* () {
  const access = yield* Access
  const accounts = yield* AccountRows
  const audit = yield* Audit
  const credentials = yield* Credentials
  const live = yield* LivePrincipals
  const telling = yield* AccountTelling
  const buckets = new TokenBuckets<UserId>((yield* ChatLimits).account)

  const rename = Effect.fnUntraced(function* (asker: Asker, name: string) {
    if (isReserved(name)) return yield* new NameTaken()
    const userId = asker.user.id
    const outcome = yield* whenAway(accounts.setName(userId, name, foldName(name)))
    if (outcome === "NameTaken") return yield* new NameTaken()
    yield* audit.record({ action: "NameChanged", actor: userId, subject: userId, address: asker.address })
  })

  const updateProfile: Accounts["Service"]["updateProfile"] = Effect.fn("Accounts.updateProfile")(
    function* (asker, change) {
      yield* access.onServer(asker, "self.write")
      const name = change.name === undefined ? undefined : parseDisplayName(change.name)
      if (name instanceof NameInvalid) return yield* name
      const userId = asker.user.id
      yield* take(buckets, userId)
      return yield* Effect.gen(function* () {
        if (name !== undefined && name !== asker.user.name) yield* rename(asker, name)
        if (change.colour !== undefined) yield* whenAway(accounts.setColour(userId, change.colour))
        return Option.getOrElse(yield* telling.tell(userId), (): User => asker.user)
      }).pipe(
        // What of it was written is said, also when the rest was not.
        Effect.tapError((error) =>
          error instanceof StorageUnavailable ? Effect.ignore(telling.tell(userId)) : Effect.void
        ),
        Effect.uninterruptible,
        (each) => live.exclusively(userId, each)
      )
    }
  )

  const ownAccount: Accounts["Service"]["ownAccount"] = Effect.fn("Accounts.ownAccount")(function* (asker) {
    yield* access.onServer(asker, "self.read")
    yield* take(buckets, asker.user.id)
    const [account, own] = yield* whenAway(Effect.all([accounts.find(asker.user.id), credentials.find(asker.user.id)]))
    const { username = null, email = null } = Option.getOrUndefined(own) ?? {}
    const createdAt = Option.getOrUndefined(account)?.createdAt ?? 0
    return { user: asker.user, role: asker.role, username, email, createdAt }
  })
  return { updateProfile, ownAccount }
})

/** `Accounts.changePassword`, `Accounts.changeEmail` and `Accounts.deleteAccount`. */
export const makeCredentialChanges = Effect.gen(function* () {
  const access = yield* Access
  const accounts = yield* AccountRows
  const audit = yield* Audit
  const { confirm, isStill } = yield* Confirmation
  const credentials = yield* Credentials
  const live = yield* LivePrincipals
  const newSessions = yield* NewSessions
  const passwords = yield* Passwords
  const telling = yield* AccountTelling
  const emails = new TokenBuckets<UserId>((yield* ChatLimits).emails)

  const changePassword: Accounts["Service"]["changePassword"] = Effect.fn("Accounts.changePassword")(function* (
    asker,
    visitor,
    { password, newPassword }
  ) {
    yield* access.onServer(asker, "self.account")
    const replaced = yield* newSessions.present(visitor)
    const { user, sessionId, address } = asker
    // The new token goes to where the request came from, so that must be the asker's own session.
    if (Option.isNone(replaced) || sessionId === null || replaced.value.sessionId !== sessionId) {
      return yield* new Forbidden({ needs: "self.account" })
    }
    const own = yield* confirm(asker, password)
    yield* passwords.check(newPassword, own)
    const passwordHash = yield* passwords.hash(newPassword, address)
    return yield* Effect.gen(function* () {
      yield* isStill(user.id, own)
      // First out, then the new password: no moment in which it is set and somebody who knew the old one is still in.
      yield* newSessions.endOthers(user.id, sessionId)
      yield* whenAway(credentials.setPassword(user.id, passwordHash))
      yield* audit.record({ action: "PasswordChanged", actor: user.id, subject: user.id, address })
      const { isRemembered } = replaced.value
      return yield* newSessions.beginOnDevice(asker, visitor, { isRemembered, replaced })
    }).pipe(Effect.uninterruptible, (change) => live.exclusively(user.id, change))
  })

  const changeEmail: Accounts["Service"]["changeEmail"] = Effect.fn("Accounts.changeEmail")(function* (asker, change) {
    yield* access.onServer(asker, "self.account")
    const email = parseEmail(change.email)
    if (email instanceof EmailInvalid) return yield* email
    const own = yield* confirm(asker, change.password)
    const userId = asker.user.id
    yield* take(emails, userId)
    yield* Effect.gen(function* () {
      yield* isStill(userId, own)
      const outcome = yield* whenAway(credentials.setEmail(userId, email, foldEmail(email)))
      if (outcome === "Taken") return yield* new AccountTaken()
      yield* audit.record({ action: "EmailChanged", actor: userId, subject: userId, address: asker.address })
    }).pipe(Effect.uninterruptible, (each) => live.exclusively(userId, each))
  })

  const deleteAccount: Accounts["Service"]["deleteAccount"] = Effect.fn("Accounts.deleteAccount")(
    function* (asker, password) {
      yield* access.onServer(asker, "self.account")
      const own = yield* confirm(asker, password)
      const { user, address } = asker
      yield* Effect.gen(function* () {
        yield* isStill(user.id, own)
        const at = yield* Clock.currentTimeMillis
        const outcome = yield* whenAway(accounts.remove(user.id, at, at + blockedMillis))
        if (outcome === "LastOwner") return yield* new LastOwner()
        yield* telling.gone(user.id)
        yield* audit.record({ action: "AccountDeleted", actor: user.id, subject: user.id, address })
      }).pipe(Effect.uninterruptible, (each) => live.exclusively(user.id, each))
    }
  )
  return { changePassword, changeEmail, deleteAccount }
})
