import { AccountPolicy, defaults } from "@messenger/chat/AccountPolicy"
import { Accounts } from "@messenger/chat/Accounts"
import { Administration } from "@messenger/chat/Administration"
import { LoginLimits } from "@messenger/chat/LoginThrottle"
import { Rooms } from "@messenger/chat/Rooms"
import { Sessions } from "@messenger/chat/Sessions"
import { Accounts as AccountRows } from "@messenger/storage/Accounts"
import * as Memory from "@messenger/storage/Memory"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer, Option, Redacted } from "effect"
import { TestClock } from "effect/testing"
import { forMonths, freshKey, layer, lobby, over, person } from "./Server.ts"
import { Browser, member, otherPassword, password, withRole } from "./Visitors.ts"

const withPolicy = (policy: Partial<typeof defaults>) =>
  over(Memory.layer).pipe(Layer.provide(Layer.succeed(AccountPolicy, { ...defaults, ...policy })))

const tagOf = <A, E extends { readonly _tag: string }, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.map(Effect.flip(effect), ({ _tag }) => _tag)

describe("registration", () => {
  it.effect("makes a member who is logged in, and whom a log-in by name or address finds again", () =>
    Effect.gen(function* () {
      const accounts = yield* Accounts
      const { user, role } = yield* new Browser().register("ada")
      expect({ user, role }).toEqual({ user: { id: user.id, name: "ada", isGuest: false }, role: "member" })
      expect((yield* new Browser().logIn("Ada")).user).toEqual(user)
      expect((yield* new Browser().logIn(" ADA@example.org")).user).toEqual(user)
      const both = { username: "ada", email: "ada@example.org", password, isRemembered: false }
      expect((yield* accounts.logIn(new Browser().visitor, both)).user).toEqual(user)
      const twoPeople = { ...both, email: "ben@example.org" }
      expect(yield* tagOf(accounts.logIn(new Browser().visitor, twoPeople))).toBe("WrongCredentials")
    }).pipe(Effect.provide(layer))
  )

  it.effect("turns a guest into a member in place, who keeps name, messages and rooms", () =>
    Effect.gen(function* () {
      const rooms = yield* Rooms
      const browser = new Browser()
      const guest = yield* browser.guest("Ada Lovelace")
      const connection = yield* browser.connect()
      yield* rooms.post(connection.asker, { roomId: lobby, key: freshKey(), text: "as a guest" })
      const registered = yield* browser.register("ada")
      expect(registered.user).toEqual({ ...guest.user, isGuest: false })
      expect(connection.ends).toEqual(["Renewed"])
      const { asker } = yield* browser.connect()
      const page = yield* rooms.history(asker, lobby, { _tag: "Newest" }, 10)
      expect(page.messages.map(({ author }) => author)).toEqual([registered.user])
    }).pipe(Effect.provide(layer))
  )

  it.effect("gives a guest whose name a member has taken the username for a name", () =>
    Effect.gen(function* () {
      const browser = new Browser()
      yield* browser.guest("Ben")
      yield* new Browser().register("ben")
      expect((yield* browser.register("another")).user.name).toBe("another")
    }).pipe(Effect.provide(layer))
  )

  it.effect("answers a taken email as it answers a taken username", () =>
    Effect.gen(function* () {
      yield* new Browser().register("ada", { email: "ada@example.org" })
      const byName = yield* Effect.flip(new Browser().register("ADA", { email: "else@example.org" }))
      const byEmail = yield* Effect.flip(new Browser().register("else", { email: "Ada@Example.org" }))
      expect(byName).toEqual(byEmail)
      expect(byName._tag).toBe("AccountTaken")
    }).pipe(Effect.provide(layer))
  )

  it.effect("is refused to members, to bad names, bad addresses and bad passwords, each in its words", () =>
    Effect.gen(function* () {
      const accounts = yield* Accounts
      const { browser } = yield* member("ada")
      expect(yield* tagOf(browser.register("second"))).toBe("AlreadyRegistered")
      expect(yield* tagOf(new Browser().register("a"))).toBe("UsernameInvalid")
      expect(yield* tagOf(new Browser().register("ben", { email: "nowhere" }))).toBe("EmailInvalid")
      const short = { username: "ben", email: "b@example.org", password: Redacted.make("short"), isRemembered: false }
      const error = accounts.register(new Browser().visitor, { ...short, invite: undefined })
      expect(yield* tagOf(error)).toBe("PasswordRefused")
    }).pipe(Effect.provide(layer))
  )

  it.effect(
    "by invitation takes one of somebody who may still invite, uses it as often as it is for, and gives it back when nothing came of it",
    () =>
      Effect.gen(function* () {
        const administration = yield* Administration
        expect(yield* tagOf(new Browser().register("ada"))).toBe("RegistrationClosed")
        expect(yield* tagOf(new Browser().register("ada", { invite: "guess" }))).toBe("LinkInvalid")
        const admin = person("Root", { role: "admin" })
        const rows = yield* AccountRows
        const { id } = admin.user
        yield* rows.createService({ id, name: "Root", fold: "root", at: 0 })
        yield* rows.setRole(id, "admin")
        const { token: invite } = yield* administration.inviteToServer(admin, { days: 1, uses: 2 })
        yield* new Browser().register("ada", { invite })
        expect(yield* tagOf(new Browser().register("ada", { invite }))).toBe("AccountTaken")
        yield* rows.setRole(id, "member")
        expect(yield* tagOf(new Browser().register("ben", { invite }))).toBe("LinkInvalid")
        yield* rows.setRole(id, "admin")
        yield* new Browser().register("ben", { invite })
        expect(yield* tagOf(new Browser().register("cem", { invite }))).toBe("LinkInvalid")
      }).pipe(Effect.provide(withPolicy({ registration: "invite" })))
  )

  it.effect("is open to whoever holds the link to ownership, on a closed server too, until it is used", () =>
    Effect.gen(function* () {
      const administration = yield* Administration
      const link = Option.getOrThrow(yield* administration.ownerLinkIfUnowned)
      const invite = Redacted.value(link)
      expect(yield* tagOf(new Browser().register("mallory", { invite: "guess" }))).toBe("RegistrationClosed")
      const browser = new Browser()
      yield* browser.register("ada", { invite })
      yield* administration.claimServer((yield* browser.connect()).asker, invite)
      expect(yield* tagOf(new Browser().register("ben", { invite }))).toBe("RegistrationClosed")
    }).pipe(Effect.provide(withPolicy({ registration: "closed" })))
  )

  it.effect("is refused to everybody by a closed server, and so are guests where there are none", () =>
    Effect.gen(function* () {
      expect(yield* tagOf(new Browser().register("ada"))).toBe("RegistrationClosed")
      expect(yield* tagOf(new Browser().guest("Ada"))).toBe("GuestsRefused")
    }).pipe(Effect.provide(withPolicy({ registration: "closed", allowsGuests: false })))
  )
})

describe("a guest", () => {
  it.effect("is who holds the cookie, for sixty days after its last use", () =>
    Effect.gen(function* () {
      const browser = new Browser()
      const { user, isRemembered } = yield* browser.guest("Ada")
      expect({ user, isRemembered }).toEqual({ user: { id: user.id, name: "Ada", isGuest: true }, isRemembered: true })
      yield* TestClock.adjust("59 days")
      expect(yield* browser.isLoggedIn).toBe(true)
      yield* TestClock.adjust("59 days")
      expect(yield* browser.isLoggedIn).toBe(true)
      yield* TestClock.adjust("61 days")
      expect(yield* browser.isLoggedIn).toBe(false)
    }).pipe(Effect.provide(forMonths))
  )

  it.effect("is not made a second time by the same cookie", () =>
    Effect.gen(function* () {
      const browser = new Browser()
      const first = yield* browser.guest("Ada")
      const second = yield* browser.guest("Somebody else")
      expect(second.user).toEqual(first.user)
      expect(second.token).toBe(first.token)
    }).pipe(Effect.provide(layer))
  )

  it.effect("is told what is wrong with a name, and takes none that a member has", () =>
    Effect.gen(function* () {
      expect(yield* Effect.flip(new Browser().guest("   "))).toMatchObject({ _tag: "NameInvalid", reason: "Empty" })
      expect(yield* Effect.flip(new Browser().guest("a\u202Eb"))).toMatchObject({ reason: "ForbiddenCharacters" })
      yield* new Browser().register("ada")
      expect(yield* tagOf(new Browser().guest("\u0430da"))).toBe("NameTaken")
    }).pipe(Effect.provide(layer))
  )

  it.effect("is one of few from one address at one time, and others are not held up", () =>
    Effect.gen(function* () {
      for (let number = 0; number < 20; number++) yield* new Browser().guest(`Guest ${number}`)
      expect(yield* tagOf(new Browser().guest("one too many"))).toBe("RateLimited")
      yield* new Browser("10.0.0.2").guest("from elsewhere")
      yield* TestClock.adjust("10 seconds")
      yield* new Browser().guest("later")
    }).pipe(Effect.provide(layer))
  )
})

describe("logging in", () => {
  it.effect("takes the place of the session that the browser had, and its connections are told so", () =>
    Effect.gen(function* () {
      const { browser, ends } = yield* member("ada")
      const before = new Browser()
      before.token = browser.token
      yield* browser.logIn("ada")
      expect(ends).toEqual(["Renewed"])
      expect(yield* before.isLoggedIn).toBe(false)
      expect(yield* browser.isLoggedIn).toBe(true)
    }).pipe(Effect.provide(layer))
  )

  it.effect("of a guest to another account leaves the guest's messages under the guest's name", () =>
    Effect.gen(function* () {
      const rooms = yield* Rooms
      const { asker } = yield* member("ada")
      const browser = new Browser()
      const guest = yield* browser.guest("Visitor")
      const connection = yield* browser.connect()
      yield* rooms.post(connection.asker, { roomId: lobby, key: freshKey(), text: "hello" })
      yield* browser.logIn("ada")
      const page = yield* rooms.history(asker, lobby, { _tag: "Newest" }, 10)
      expect(page.messages.map(({ author }) => author.id)).toEqual([guest.user.id])
    }).pipe(Effect.provide(layer))
  )

  it.effect("twice at once makes two sessions that are both good", () =>
    Effect.gen(function* () {
      yield* new Browser().register("ada")
      const phone = new Browser()
      const laptop = new Browser()
      yield* Effect.all([phone.logIn("ada"), laptop.logIn("ada")], { concurrency: "unbounded" })
      expect(yield* phone.isLoggedIn).toBe(true)
      expect(yield* laptop.isLoggedIn).toBe(true)
    }).pipe(Effect.provide(layer))
  )

  it.effect("with a wrong password, or as nobody, is refused alike, and then throttled", () =>
    Effect.gen(function* () {
      yield* new Browser().register("ada")
      const wrong = { password: otherPassword }
      expect(yield* tagOf(new Browser().logIn("ada", wrong))).toBe("WrongCredentials")
      expect(yield* tagOf(new Browser().logIn("nobody", wrong))).toBe("WrongCredentials")
      const tags = []
      for (let time = 0; time < 10; time++) tags.push(yield* tagOf(new Browser().logIn("ada", wrong)))
      expect(tags).toContain("RateLimited")
    }).pipe(Effect.provide(layer))
  )

  it.effect("wrongly is answered alike whoever exists, and whichever of their names is given", () =>
    Effect.gen(function* () {
      const accounts = yield* Accounts
      yield* new Browser().register("ada")
      const guess = (names: { readonly username?: string; readonly email?: string }, from: string) => {
        const { username, email } = names
        const loggingIn = { username, email, password: otherPassword, isRemembered: false }
        return tagOf(accounts.logIn(new Browser(from).visitor, loggingIn))
      }
      // Of each name and address in turn, from one place, then from everywhere.
      const answersAbout = (name: string, net: string) => {
        const [username, email] = [name, `${name}@example.org`]
        const ways = [{ username }, { email }, { username, email }]
        const here = Array.from({ length: 6 }, () => guess({ username }, `${net}.0`))
        const everywhere = ways.flatMap((way, at) =>
          Array.from({ length: 30 }, (_, time) => guess(way, `${net}.${at * 30 + time + 1}`))
        )
        return Effect.all([...here, ...ways.map((way) => guess(way, `${net}.0`)), ...everywhere])
      }
      const known = yield* answersAbout("ada", "10.3.0")
      expect(known).toEqual(yield* answersAbout("nobody", "10.4.0"))
      expect(known.slice(4, 9)).toEqual([
        "WrongCredentials",
        "RateLimited",
        "RateLimited",
        "WrongCredentials",
        "RateLimited"
      ])
      expect(known.slice(-1)).toEqual(["RateLimited"])
    }).pipe(Effect.provide(layer))
  )

  it.effect("from a device that logged in before is not held up by strangers who guess", () =>
    Effect.gen(function* () {
      const { browser } = yield* member("ada")
      const stranger = (at: number) => new Browser(`10.1.0.${at}`).logIn("ada", { password: otherPassword })
      let guesses = 0
      while ((yield* tagOf(stranger(guesses))) !== "RateLimited") guesses++
      expect(guesses).toBe(3)
      expect(yield* tagOf(new Browser("10.2.0.1").logIn("ada"))).toBe("RateLimited")
      yield* browser.logIn("ada")
    }).pipe(
      Effect.provide(layer),
      Effect.provideService(LoginLimits, {
        pair: [{ burst: 5, every: "1 minute" }],
        account: [{ burst: 3, every: "1 hour" }],
        right: { burst: 10, every: "10 seconds" },
        addressWidening: 10,
        perAddress: { register: { burst: 20, every: "1 minute" }, reset: { burst: 20, every: "1 minute" } }
      })
    )
  )

  it.effect("keeps the device that is known to the account, and none that came from elsewhere", () =>
    Effect.gen(function* () {
      const { browser: mallorys } = yield* member("mallory")
      const browser = new Browser()
      browser.deviceToken = mallorys.deviceToken
      yield* browser.register("ada")
      const adas = browser.deviceToken
      expect(Option.map(adas, Redacted.value)).not.toEqual(Option.map(mallorys.deviceToken, Redacted.value))
      yield* browser.logIn("ada")
      expect(Option.map(browser.deviceToken, Redacted.value)).toEqual(Option.map(adas, Redacted.value))
      browser.deviceToken = mallorys.deviceToken
      yield* browser.logIn("ada")
      const another = Option.map(browser.deviceToken, Redacted.value)
      expect(another).not.toEqual(Option.map(mallorys.deviceToken, Redacted.value))
    }).pipe(Effect.provide(layer))
  )

  it.effect("of a deactivated account says so to whoever knows the password, and to nobody else", () =>
    Effect.gen(function* () {
      const administration = yield* Administration
      const owner = yield* withRole("owner", "owner")
      const { browser, asker, ends } = yield* member("ada")
      yield* administration.setActive(owner.asker, asker.user.id, false)
      expect(ends).toEqual(["Deactivated"])
      expect(yield* browser.isLoggedIn).toBe(false)
      expect(yield* tagOf(new Browser().logIn("ada"))).toBe("AccountDeactivated")
      expect(yield* tagOf(new Browser().logIn("ada", { password: otherPassword }))).toBe("WrongCredentials")
      yield* administration.setActive(owner.asker, asker.user.id, true)
      expect(yield* browser.isLoggedIn).toBe(false)
      yield* browser.logIn("ada")
    }).pipe(Effect.provide(layer))
  )

  it.effect("is over after logging out", () =>
    Effect.gen(function* () {
      const accounts = yield* Accounts
      const { browser, ends } = yield* member("ada")
      yield* accounts.logOut(browser.visitor)
      expect(ends).toEqual(["SignedOut"])
      expect(yield* browser.isLoggedIn).toBe(false)
    }).pipe(Effect.provide(layer))
  )
})

describe("a session", () => {
  it.effect("that is not remembered ends a day after its last use, and its connection within a second of that", () =>
    Effect.gen(function* () {
      const sessions = yield* Sessions
      const { asker, ends } = yield* member("ada")
      yield* TestClock.adjust("23 hours")
      sessions.used(asker)
      yield* TestClock.adjust("23 hours")
      expect(ends).toEqual([])
      yield* TestClock.adjust("1 hour")
      yield* TestClock.adjust("1 second")
      expect(ends).toEqual(["Expired"])
    }).pipe(Effect.provide(layer))
  )

  it.effect("that is remembered lives sixty days", () =>
    Effect.gen(function* () {
      const browser = new Browser()
      const { expiresAt } = yield* browser.register("ada", { isRemembered: true })
      expect(expiresAt).toBe(60 * 86_400_000)
      yield* TestClock.adjust("59 days")
      expect(yield* browser.isLoggedIn).toBe(true)
      yield* TestClock.adjust("61 days")
      expect(yield* browser.isLoggedIn).toBe(false)
    }).pipe(Effect.provide(forMonths))
  )

  it.effect("is one of a list of devices, and may be revoked from another", () =>
    Effect.gen(function* () {
      const accounts = yield* Accounts
      const laptop = yield* member("ada")
      const phone = new Browser()
      const { sessionId } = yield* phone.logIn("ada")
      const { ends } = yield* phone.connect()
      const devices = yield* accounts.devices(laptop.asker)
      expect(new Map(devices.map(({ id, isCurrent }) => [id, isCurrent])).get(sessionId)).toBe(false)
      expect(devices.length).toBe(2)
      yield* accounts.revokeSession(laptop.asker, sessionId)
      expect(ends).toEqual(["Revoked"])
      expect(laptop.ends).toEqual([])
      expect(yield* phone.isLoggedIn).toBe(false)
      yield* phone.logIn("ada")
      yield* accounts.revokeOtherSessions(laptop.asker)
      expect(yield* phone.isLoggedIn).toBe(false)
      expect(yield* laptop.browser.isLoggedIn).toBe(true)
    }).pipe(Effect.provide(layer))
  )

  it.effect("is one of a hundred at most: a new one ends that which was not used for the longest", () =>
    Effect.gen(function* () {
      const accounts = yield* Accounts
      const { asker, browser, ends } = yield* member("ada")
      const phone = new Browser()
      yield* phone.logIn("ada")
      for (let time = 0; time < 98; time++) {
        yield* TestClock.adjust("10 seconds")
        yield* new Browser().logIn("ada")
      }
      expect([yield* browser.isLoggedIn, yield* phone.isLoggedIn]).toEqual([true, true])
      // Makes the use of these two known; the next log-in ends another.
      yield* accounts.devices(asker)
      yield* TestClock.adjust("10 seconds")
      yield* new Browser().logIn("ada")
      expect([yield* browser.isLoggedIn, yield* phone.isLoggedIn]).toEqual([true, true])
      expect((yield* accounts.devices(asker)).length).toBe(100)
      for (let time = 0; time < 101; time++) {
        yield* TestClock.adjust("10 seconds")
        yield* new Browser().logIn("ada")
      }
      expect(ends).toEqual(["Revoked"])
      expect(yield* browser.isLoggedIn).toBe(false)
    }).pipe(Effect.provide(layer))
  )

  it.effect("of somebody else cannot be revoked", () =>
    Effect.gen(function* () {
      const accounts = yield* Accounts
      const ada = yield* member("ada")
      const ben = yield* member("ben")
      const { sessionId } = ben.asker
      if (sessionId !== null) yield* accounts.revokeSession(ada.asker, sessionId)
      expect(ben.ends).toEqual([])
      expect(yield* ben.browser.isLoggedIn).toBe(true)
    }).pipe(Effect.provide(layer))
  )
})

describe("a new password", () => {
  it.effect("renews the session it was set in and ends all others", () =>
    Effect.gen(function* () {
      const accounts = yield* Accounts
      const { browser, asker, ends } = yield* member("ada")
      const phone = new Browser()
      yield* phone.logIn("ada")
      const onPhone = yield* phone.connect()
      const change = { password, newPassword: otherPassword }
      yield* accounts.changePassword(asker, browser.visitor, change).pipe(Effect.map(browser.keep))
      expect(ends).toEqual(["Renewed"])
      expect(onPhone.ends).toEqual(["Revoked"])
      expect(yield* browser.isLoggedIn).toBe(true)
      expect(yield* phone.isLoggedIn).toBe(false)
      expect(yield* tagOf(phone.logIn("ada"))).toBe("WrongCredentials")
      yield* phone.logIn("ada", { password: otherPassword })
    }).pipe(Effect.provide(layer))
  )

  it.effect("takes the old one", () =>
    Effect.gen(function* () {
      const accounts = yield* Accounts
      const { browser, asker } = yield* member("ada")
      const change = { password: otherPassword, newPassword: otherPassword }
      expect(yield* tagOf(accounts.changePassword(asker, browser.visitor, change))).toBe("WrongPassword")
      expect(yield* tagOf(accounts.changeEmail(asker, { email: "a@b.org", password: otherPassword }))).toBe(
        "WrongPassword"
      )
      expect(yield* tagOf(accounts.deleteAccount(asker, otherPassword))).toBe("WrongPassword")
    }).pipe(Effect.provide(layer))
  )

  it.effect("by a link is set once, logs in, and ends every other session", () =>
    Effect.gen(function* () {
      const accounts = yield* Accounts
      const administration = yield* Administration
      const owner = yield* withRole("owner", "owner")
      const { asker, ends } = yield* member("ada")
      const { token } = yield* administration.createResetLink(owner.asker, asker.user.id)
      const reset = { token, password: otherPassword }
      const browser = new Browser()
      browser.keep(yield* accounts.resetPassword(browser.visitor, reset))
      expect(ends).toEqual(["Revoked"])
      expect(yield* browser.isLoggedIn).toBe(true)
      expect(yield* tagOf(accounts.resetPassword(browser.visitor, reset))).toBe("LinkInvalid")
      yield* new Browser().logIn("ada", { password: otherPassword })
    }).pipe(Effect.provide(layer))
  )

  it.effect("by a link is refused when an hour has passed", () =>
    Effect.gen(function* () {
      const accounts = yield* Accounts
      const administration = yield* Administration
      yield* new Browser().register("ada")
      const { token } = yield* administration.makeResetLink("ada")
      yield* TestClock.adjust("61 minutes")
      const late = accounts.resetPassword(new Browser().visitor, { token, password: otherPassword })
      expect(yield* tagOf(late)).toBe("LinkInvalid")
    }).pipe(Effect.provide(layer))
  )
})

describe("two who ask at once", () => {
  const both = <A, E, B, F, R>(one: Effect.Effect<A, E, R>, other: Effect.Effect<B, F, R>) =>
    Effect.map(Effect.all([Effect.result(one), Effect.result(other)], { concurrency: "unbounded" }), (results) =>
      results.map(({ _tag }) => _tag).toSorted((a, b) => (a < b ? -1 : 1))
    )

  it.effect("make one member of one guest", () =>
    Effect.gen(function* () {
      const browser = new Browser()
      yield* browser.guest("Ada")
      const tab = new Browser()
      tab.token = browser.token
      expect(yield* both(browser.register("ada"), tab.register("lovelace"))).toEqual(["Failure", "Success"])
    }).pipe(Effect.provide(layer))
  )

  it.effect("do not both take a username", () =>
    Effect.gen(function* () {
      const register = (email: string) => new Browser().register("ada", { email })
      expect(yield* both(register("a@example.org"), register("b@example.org"))).toEqual(["Failure", "Success"])
    }).pipe(Effect.provide(layer))
  )

  it.effect("do not both set a password by one link", () =>
    Effect.gen(function* () {
      const accounts = yield* Accounts
      const administration = yield* Administration
      yield* new Browser().register("ada")
      const { token } = yield* administration.makeResetLink("ADA@example.org")
      const reset = () => accounts.resetPassword(new Browser().visitor, { token, password: otherPassword })
      expect(yield* both(reset(), reset())).toEqual(["Failure", "Success"])
    }).pipe(Effect.provide(layer))
  )

  it.effect(
    "of whom one logs in with the old password while the other sets a new one: the old one opens nothing after",
    () =>
      Effect.gen(function* () {
        const accounts = yield* Accounts
        const { asker, browser } = yield* member("ada")
        const thief = new Browser()
        const change = { password, newPassword: otherPassword }
        const changing = accounts.changePassword(asker, browser.visitor, change).pipe(Effect.map(browser.keep))
        yield* both(changing, thief.logIn("ada"))
        expect(yield* thief.isLoggedIn).toBe(false)
        expect(yield* browser.isLoggedIn).toBe(true)
      }).pipe(Effect.provide(layer))
  )
})

describe("an account", () => {
  it.effect("logs in and confirms only so often, and asks of few addresses whether they are taken", () =>
    Effect.gen(function* () {
      const accounts = yield* Accounts
      const { asker } = yield* member("ada")
      const move = (number: number) => accounts.changeEmail(asker, { email: `ada${number}@example.org`, password })
      for (let number = 0; number < 5; number++) yield* move(number)
      expect(yield* Effect.flip(move(5))).toMatchObject({ _tag: "RateLimited", retryAfterMillis: 60_000 })
      yield* TestClock.adjust("1 minute")
      yield* move(5)
      for (let time = 0; time < 10; time++) yield* new Browser().logIn("ada")
      expect(yield* Effect.flip(new Browser().logIn("ada"))).toMatchObject({ _tag: "RateLimited" })
    }).pipe(Effect.provide(layer))
  )

  it.effect("shows its owner what nobody else sees", () =>
    Effect.gen(function* () {
      const accounts = yield* Accounts
      const { asker } = yield* member("ada")
      const own = yield* accounts.ownAccount(asker)
      expect(own).toMatchObject({ username: "ada", email: "ada@example.org", role: "member" })
      const guest = new Browser()
      yield* guest.guest("Visitor")
      const { asker: visitor } = yield* guest.connect()
      expect(yield* accounts.ownAccount(visitor)).toMatchObject({ username: null, email: null, role: "guest" })
    }).pipe(Effect.provide(layer))
  )

  it.effect("is never called as those who are deleted are, nor a username nothing but punctuation", () =>
    Effect.gen(function* () {
      const accounts = yield* Accounts
      const administration = yield* Administration
      const { asker } = yield* withRole("owner", "owner")
      const name = "D\u0435leted User"
      expect(yield* tagOf(new Browser().guest(name))).toBe("NameTaken")
      expect(yield* tagOf(accounts.updateProfile(asker, { name }))).toBe("NameTaken")
      expect(yield* tagOf(administration.createServiceAccount(asker, name))).toBe("NameTaken")
      expect(yield* tagOf(new Browser().register("deleted.user"))).toBe("AccountTaken")
      expect(yield* Effect.flip(new Browser().register("\u01C3\u01C3", { email: "ben@example.org" }))).toMatchObject({
        _tag: "UsernameInvalid",
        reason: "ForbiddenCharacters"
      })
      yield* accounts.updateProfile(asker, { name: "!!!" })
      expect(yield* tagOf(new Browser().guest("! ! !"))).toBe("NameTaken")
      expect((yield* new Browser().guest("...")).user.name).toBe("...")
      expect((yield* new Browser().guest("👋")).user.name).toBe("👋")
    }).pipe(Effect.provide(layer))
  )

  it.effect("takes another name and colour on all connections at once", () =>
    Effect.gen(function* () {
      const accounts = yield* Accounts
      const { asker, browser } = yield* member("ada")
      const second = yield* browser.connect()
      yield* accounts.updateProfile(asker, { name: "Ada L.", colour: 3 })
      expect(second.asker.user).toMatchObject({ name: "Ada L.", colour: 3 })
      yield* accounts.updateProfile(asker, { colour: null })
      expect(second.asker.user).toEqual({ id: asker.user.id, name: "Ada L.", isGuest: false })
      yield* new Browser().register("ben")
      expect(yield* tagOf(accounts.updateProfile(asker, { name: "Ben" }))).toBe("NameTaken")
    }).pipe(Effect.provide(layer))
  )

  it.effect("that is deleted is gone everywhere, and its username stays blocked for ninety days", () =>
    Effect.gen(function* () {
      const accounts = yield* Accounts
      const rooms = yield* Rooms
      const { asker, browser, ends } = yield* member("ada")
      const reader = yield* member("ben")
      yield* rooms.post(asker, { roomId: lobby, key: freshKey(), text: "I was here" })
      yield* accounts.deleteAccount(asker, password)
      expect(ends).toEqual(["Deleted"])
      expect(yield* browser.isLoggedIn).toBe(false)
      expect(yield* tagOf(new Browser().logIn("ada"))).toBe("WrongCredentials")
      expect(yield* tagOf(new Browser().register("ada"))).toBe("AccountTaken")
      const page = yield* rooms.history(reader.asker, lobby, { _tag: "Newest" }, 10)
      expect(page.messages[0]?.author.name).toBe("deleted user")
      yield* TestClock.adjust("91 days")
      yield* new Browser().register("ada")
    }).pipe(Effect.provide(layer))
  )

  it.effect("of the last owner cannot be deleted", () =>
    Effect.gen(function* () {
      const accounts = yield* Accounts
      const { asker } = yield* withRole("ada", "owner")
      expect(yield* tagOf(accounts.deleteAccount(asker, password))).toBe("LastOwner")
    }).pipe(Effect.provide(layer))
  )
})

describe("a connection that is opened after its proof was checked", () => {
  it.effect("ends at once when the session was revoked between the two", () =>
    Effect.gen(function* () {
      const accounts = yield* Accounts
      const sessions = yield* Sessions
      const { asker, browser } = yield* member("ada")
      const found = yield* sessions.authenticate(Option.getOrThrow(browser.token))
      yield* accounts.logOut(browser.visitor)
      const ends: Array<string> = []
      const onEnd = (reason: string) => void ends.push(reason)
      sessions.open(Option.getOrThrow(found), { connectionId: 1, address: asker.address, onEnd })
      expect(ends).toEqual(["SignedOut"])
    }).pipe(Effect.provide(layer))
  )

  it.effect("has the role that was given between the two", () =>
    Effect.gen(function* () {
      const administration = yield* Administration
      const sessions = yield* Sessions
      const owner = yield* withRole("owner", "owner")
      const browser = new Browser()
      const { user } = yield* browser.register("ada")
      const found = yield* sessions.authenticate(Option.getOrThrow(browser.token))
      yield* administration.setRole(owner.asker, user.id, "admin")
      const options = { connectionId: 1, address: "10.0.0.1", onEnd: () => undefined }
      expect(sessions.open(Option.getOrThrow(found), options).principal.role).toBe("admin")
    }).pipe(Effect.provide(layer))
  )
})
