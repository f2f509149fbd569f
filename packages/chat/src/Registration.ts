// How somebody new comes in: as a guest, by a name, or as a member, by what they will log in with.
import { AccountTaken, EmailInvalid, NameInvalid, NameTaken } from "@messenger/protocol/Account"
import { parseDisplayName, parseEmail, parseUsername, UserId, UsernameInvalid } from "@messenger/protocol/Account"
import type { User } from "@messenger/protocol/Account"
import { AlreadyRegistered, GuestsRefused, RegistrationClosed } from "@messenger/protocol/Session"
import type { StorageUnavailable } from "@messenger/protocol/Unavailable"
import { Accounts as AccountRows } from "@messenger/storage/Accounts"
import { Credentials } from "@messenger/storage/Credentials"
import type { NewMember } from "@messenger/storage/Credentials"
import type { InviteRow } from "@messenger/storage/Invites"
import { Clock, Effect, Option } from "effect"
import { AccountPolicy } from "./AccountPolicy.ts"
import type { Accounts } from "./Accounts.ts"
import { Audit } from "./Audit.ts"
import { ChatLimits } from "./ChatLimits.ts"
import { Invitations } from "./Invitations.ts"
import { LivePrincipals } from "./LivePrincipals.ts"
import { LoginThrottle } from "./LoginThrottle.ts"
import { foldEmail, foldName, isPunctuation, isReserved } from "./NameFold.ts"
import { makeOpensServer } from "./Ownership.ts"
import { NewSessions } from "./NewSessions.ts"
import type { WithSession } from "./NewSessions.ts"
import { Passwords } from "./Passwords.ts"
import { newId } from "./Secrets.ts"
import { take, TokenBuckets } from "./TokenBuckets.ts"
import { whenAway } from "./Weather.ts"

/** `Accounts.enterAsGuest`. */
export const makeEnterAsGuest = Effect.gen(function* () {
  const accounts = yield* AccountRows
  const audit = yield* Audit
  const newSessions = yield* NewSessions
  const { allowsGuests } = yield* AccountPolicy
  const buckets = new TokenBuckets<string>((yield* ChatLimits).guests)

  const enterAsGuest: Accounts["Service"]["enterAsGuest"] = Effect.fn("Accounts.enterAsGuest")(
    function* (visitor, raw) {
      const known = yield* newSessions.present(visitor)
      if (Option.isSome(known) && Option.isSome(visitor.token)) {
        return { ...known.value, token: visitor.token.value, deviceToken: Option.none() }
      }
      if (!allowsGuests) return yield* new GuestsRefused()
      const name = parseDisplayName(raw)
      if (name instanceof NameInvalid) return yield* name
      if (isReserved(name)) return yield* new NameTaken()
      const { address } = visitor
      const at = yield* take(buckets, address)
      const id = UserId.make(newId())
      const outcome = yield* whenAway(accounts.createGuest({ id, name, fold: foldName(name), at }))
      if (outcome === "NameTaken") return yield* new NameTaken()
      const guest = { user: { id, name, isGuest: true }, role: "guest" } as const
      // A guest has nothing to log in with: a session that ended with the browser would be the end of them.
      const entered = yield* newSessions.begin(guest, visitor, { isRemembered: true, replaced: Option.none() })
      yield* audit.record({ action: "GuestEntered", actor: id, address })
      return entered
    }
  )
  return enterAsGuest
})

/** `Accounts.register`. */
export const makeRegister = Effect.gen(function* () {
  const accounts = yield* AccountRows
  const audit = yield* Audit
  const credentials = yield* Credentials
  const invitations = yield* Invitations
  const live = yield* LivePrincipals
  const newSessions = yield* NewSessions
  const passwords = yield* Passwords
  const throttle = yield* LoginThrottle
  const { registration } = yield* AccountPolicy
  const opensServer = yield* makeOpensServer

  /**
   * Whether the visitor may register at all, by the invitation they bring; answers it where one is needed. A link to ownership
   * opens every door, since a server that takes nobody new would never have an owner.
   */
  const admit = Effect.fnUntraced(function* (invite: string | undefined) {
    if (registration === "open") return undefined
    if (invite !== undefined && (yield* opensServer(invite))) return undefined
    if (registration === "closed" || invite === undefined) return yield* new RegistrationClosed({ registration })
    const { roomId } = yield* invitations.find(invite)
    // A link into a room is good for who has an account: it is no invitation to the server.
    return roomId === null ? invite : yield* new RegistrationClosed({ registration })
  })

  // What was used for nothing is given back.
  const giveBack = (invite: InviteRow | undefined) =>
    invite === undefined ? Effect.void : invitations.giveBack(invite)

  const write = Effect.fnUntraced(function* (member: Omit<NewMember, "name" | "nameFold">, name: string) {
    const named = (shown: string) => ({ ...member, name: shown, nameFold: foldName(shown) })
    const outcome = yield* whenAway(credentials.register(named(name)))
    // A guest's name may belong to a member by now: then the username is the name.
    if (outcome !== "NameTaken" || name === member.username) return { outcome, name }
    return { outcome: yield* whenAway(credentials.register(named(member.username))), name: member.username }
  })

  /** Turns the guest into a member in place, or makes one; answers who it is now. */
  const settle = Effect.fnUntraced(function* (
    member: Omit<NewMember, "name" | "nameFold">,
    invite: InviteRow | undefined
  ): Effect.fn.Return<User, AccountTaken | AlreadyRegistered | StorageUnavailable> {
    const before = yield* whenAway(accounts.find(member.id))
    const guest = Option.getOrUndefined(before)?.user
    const { outcome, name } = yield* write(member, guest?.name ?? member.username).pipe(
      Effect.onError(() => giveBack(invite))
    )
    if (outcome === "Registered") return { ...guest, id: member.id, name, isGuest: false }
    yield* giveBack(invite)
    return yield* outcome === "NotAGuest" ? new AlreadyRegistered() : new AccountTaken()
  })

  const register: Accounts["Service"]["register"] = Effect.fn("Accounts.register")(function* (visitor, registering) {
    const { password, isRemembered } = registering
    const username = parseUsername(registering.username)
    if (username instanceof UsernameInvalid) return yield* username
    if (isPunctuation(username)) return yield* new UsernameInvalid({ reason: "ForbiddenCharacters" })
    if (isReserved(username)) return yield* new AccountTaken()
    const email = parseEmail(registering.email)
    if (email instanceof EmailInvalid) return yield* email
    const needed = yield* admit(registering.invite)
    yield* passwords.check(password, { username, email })
    const { address } = visitor
    yield* throttle.perAddress("register", address)
    const replaced: Option.Option<WithSession> = yield* newSessions.present(visitor)
    if (Option.isSome(replaced) && replaced.value.role !== "guest") return yield* new AlreadyRegistered()
    const passwordHash = yield* passwords.hash(password, address)
    const id = Option.match(replaced, { onNone: () => UserId.make(newId()), onSome: ({ user }) => user.id })
    return yield* Effect.gen(function* () {
      const at = yield* Clock.currentTimeMillis
      const invite = needed === undefined ? undefined : yield* invitations.use(needed)
      const folds = { usernameFold: foldName(username), emailFold: foldEmail(email) }
      const user = yield* settle({ id, username, email, passwordHash, at, ...folds }, invite)
      if (Option.isSome(replaced)) live.changed(id, { user, role: "member" })
      yield* audit.record({ action: "Registered", actor: id, address })
      if (invite !== undefined) yield* audit.record({ action: "InviteUsed", actor: id, detail: invite.id, address })
      return yield* newSessions.beginOnDevice({ user, role: "member" }, visitor, { isRemembered, replaced })
    }).pipe(Effect.uninterruptible, (change) => live.exclusively(id, change))
  })
  return register
})
