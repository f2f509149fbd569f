// Coming back: by what somebody logs in with, or by a link to a new password; and leaving. Throttled before anything is hashed, and
// an account that does not exist takes as long as one that does.
import { UserId } from "@messenger/protocol/Account"
import { LinkInvalid } from "@messenger/protocol/Link"
import { AccountDeactivated, WrongCredentials } from "@messenger/protocol/Session"
import { Accounts as AccountRows } from "@messenger/storage/Accounts"
import { Credentials } from "@messenger/storage/Credentials"
import type { Login } from "@messenger/storage/Credentials"
import { OneTimeLinks } from "@messenger/storage/OneTimeLinks"
import { Sessions as SessionRows } from "@messenger/storage/Sessions"
import { Clock, Effect, Option } from "effect"
import type { Redacted } from "effect"
import type { Accounts, LoggingIn } from "./Accounts.ts"
import { Audit } from "./Audit.ts"
import { LivePrincipals } from "./LivePrincipals.ts"
import { LoginThrottle } from "./LoginThrottle.ts"
import { foldEmail, foldName } from "./NameFold.ts"
import { NewSessions } from "./NewSessions.ts"
import { Passwords } from "./Passwords.ts"
import { hashSecret } from "./Secrets.ts"
import { whenAway } from "./Weather.ts"

/** `Accounts.logIn`. */
export const makeLogIn = Effect.gen(function* () {
  const accounts = yield* AccountRows
  const audit = yield* Audit
  const credentials = yield* Credentials
  const live = yield* LivePrincipals
  const newSessions = yield* NewSessions
  const passwords = yield* Passwords
  const throttle = yield* LoginThrottle

  /** Hashes anew at the cost of now; whoever logs in does not wait for it when all turns are taken. */
  const rehash = (userId: UserId, password: Redacted.Redacted, address: string) =>
    passwords.hash(password, address).pipe(
      Effect.flatMap((hash) => credentials.setPassword(userId, hash)),
      Effect.ignore
    )

  /** The account, if the login that was checked is still the one it has. */
  const unchanged = Effect.fnUntraced(function* ({ userId, passwordHash }: Login) {
    const own = yield* whenAway(credentials.find(userId))
    const account = yield* whenAway(accounts.find(userId))
    if (Option.isNone(own) || Option.isNone(account) || own.value.passwordHash !== passwordHash) {
      return yield* new WrongCredentials()
    }
    return account.value.isActive ? account.value : yield* new AccountDeactivated()
  })

  const logIn: Accounts["Service"]["logIn"] = Effect.fn("Accounts.logIn")(function* (visitor, loggingIn) {
    const { password, isRemembered } = loggingIn
    const { address } = visitor
    const by = foldsOf(loggingIn)
    const login = Option.getOrUndefined(yield* whenAway(credentials.findLogin(by)))
    const isKnownDevice = yield* newSessions.isKnownDevice(visitor, login?.userId ?? nobody)
    const attempt = { names: namesOf(by), address, isKnownDevice }
    yield* throttle.admit(attempt)
    const verdict = yield* passwords
      .verify(password, login?.passwordHash, address)
      .pipe(Effect.onError(() => throttle.judged(attempt, "Unjudged")))
    if (login === undefined || verdict === "NoMatch") {
      yield* throttle.judged(attempt, "Wrong")
      yield* audit.record({ action: "LoginFailed", subject: login?.userId, address })
      return yield* new WrongCredentials()
    }
    yield* throttle.judged(attempt, "Right")
    const replaced = yield* newSessions.present(visitor)
    return yield* Effect.gen(function* () {
      const found = yield* unchanged(login)
      if (verdict === "MatchRehash") yield* rehash(login.userId, password, address)
      yield* audit.record({ action: "LoggedIn", actor: login.userId, address })
      return yield* newSessions.beginOnDevice(found, visitor, { isRemembered, replaced })
    }).pipe(Effect.uninterruptible, (change) => live.exclusively(login.userId, change))
  })
  return logIn
})

/** `Accounts.logOut`. */
export const makeLogOut = Effect.gen(function* () {
  const audit = yield* Audit
  const live = yield* LivePrincipals
  const newSessions = yield* NewSessions
  const sessions = yield* SessionRows

  const logOut: Accounts["Service"]["logOut"] = Effect.fn("Accounts.logOut")(function* (visitor) {
    const present = yield* newSessions.present(visitor)
    if (Option.isNone(present)) return
    const { sessionId, user } = present.value
    yield* whenAway(sessions.remove(user.id, sessionId))
    live.endSession(user.id, sessionId, "SignedOut")
    yield* audit.record({ action: "LoggedOut", actor: user.id, address: visitor.address })
  }, Effect.uninterruptible)
  return logOut
})

/** `Accounts.resetPassword`. */
export const makeResetPassword = Effect.gen(function* () {
  const accounts = yield* AccountRows
  const audit = yield* Audit
  const credentials = yield* Credentials
  const links = yield* OneTimeLinks
  const live = yield* LivePrincipals
  const newSessions = yield* NewSessions
  const passwords = yield* Passwords
  const throttle = yield* LoginThrottle

  /** Whose link it is, without using it up. */
  const look = Effect.fnUntraced(function* (tokenHash: string) {
    const userId = yield* whenAway(links.findReset(tokenHash, yield* Clock.currentTimeMillis))
    if (Option.isNone(userId)) return yield* new LinkInvalid()
    const own = yield* whenAway(credentials.find(userId.value))
    const account = yield* whenAway(accounts.find(userId.value))
    if (Option.isNone(own) || Option.isNone(account)) return yield* new LinkInvalid()
    if (!account.value.isActive) return yield* new AccountDeactivated()
    return { account: account.value, own: own.value }
  })

  const resetPassword: Accounts["Service"]["resetPassword"] = Effect.fn("Accounts.resetPassword")(function* (
    visitor,
    { token, password }
  ) {
    const { address } = visitor
    yield* throttle.perAddress("reset", address)
    const tokenHash = hashSecret(token)
    const { account, own } = yield* look(tokenHash)
    yield* passwords.check(password, own)
    const passwordHash = yield* passwords.hash(password, address)
    const present = yield* newSessions.present(visitor)
    const userId = account.user.id
    return yield* Effect.gen(function* () {
      const taken = yield* whenAway(links.takeReset(tokenHash, yield* Clock.currentTimeMillis))
      if (Option.isNone(taken)) return yield* new LinkInvalid()
      const kept = Option.filter(present, ({ user }) => user.id === userId)
      // First out, then the new password: no moment in which it is set and somebody who knew the old one is still in.
      yield* newSessions.endOthers(userId, Option.getOrNull(Option.map(kept, ({ sessionId }) => sessionId)))
      yield* whenAway(credentials.setPassword(userId, passwordHash))
      yield* audit.record({ action: "PasswordReset", actor: userId, address })
      return yield* newSessions.beginOnDevice(account, visitor, { isRemembered: false, replaced: present })
    }).pipe(Effect.uninterruptible, (change) => live.exclusively(userId, change))
  })
  return resetPassword
})

// Asked about like an account that exists, so that both take as long.
const nobody = UserId.make("nobody")

// A username never holds an `@`, so whoever writes an address where a username is asked for means their address.
const foldsOf = ({ username, email }: LoggingIn) => {
  const isAddress = username !== undefined && email === undefined && username.includes("@")
  const address = isAddress ? username : email
  return {
    usernameFold: username === undefined || isAddress ? undefined : foldName(username),
    emailFold: address === undefined ? undefined : foldEmail(address)
  }
}

const namesOf = ({ usernameFold, emailFold }: ReturnType<typeof foldsOf>) => [
  ...(usernameFold === undefined ? [] : [`username ${usernameFold}`]),
  ...(emailFold === undefined ? [] : [`email ${emailFold}`])
]
