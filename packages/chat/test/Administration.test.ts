import { AccountPolicy, defaults } from "@messenger/chat/AccountPolicy"
import { Accounts } from "@messenger/chat/Accounts"
import { Administration } from "@messenger/chat/Administration"
import type { Asker } from "@messenger/chat/Rooms"
import { Sessions } from "@messenger/chat/Sessions"
import { UserId } from "@messenger/protocol/Account"
import type { ServerRole } from "@messenger/protocol/Rights"
import { Accounts as AccountRows } from "@messenger/storage/Accounts"
import { AuditLog } from "@messenger/storage/AuditLog"
import * as Memory from "@messenger/storage/Memory"
import { DatabaseAway } from "@messenger/storage/StorageFailure"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer, Option, Redacted } from "effect"
import { TestClock } from "effect/testing"
import { InboxReader } from "./InboxReader.ts"
import { forMonths, layer, over, person } from "./Server.ts"
import { Browser, member, open, otherPassword, password, withRole } from "./Visitors.ts"
import { Inboxes } from "@messenger/chat/Inboxes"

const tagOf = <A, E extends { readonly _tag: string }, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.map(Effect.flip(effect), ({ _tag }) => _tag)

const actions = Effect.gen(function* () {
  const { entries } = yield* (yield* AuditLog).page(null, 100)
  return entries.map(({ action }) => action)
})

describe("roles on the server", () => {
  it.effect("are given by owners, and act on open connections at once", () =>
    Effect.gen(function* () {
      const administration = yield* Administration
      const inboxes = yield* Inboxes
      const owner = yield* withRole("owner", "owner")
      const ada = yield* member("ada")
      const reader = new InboxReader()
      yield* Effect.forkChild(inboxes.follow(ada.asker, reader))
      yield* TestClock.adjust("1 millis")
      expect(yield* tagOf(administration.listAccounts(ada.asker, { search: "", after: null }))).toBe("Forbidden")
      yield* administration.setRole(owner.asker, ada.asker.user.id, "admin")
      expect(ada.asker.role).toBe("admin")
      expect(reader.view.role).toBe("admin")
      yield* administration.listAccounts(ada.asker, { search: "", after: null })
      yield* administration.setRole(owner.asker, ada.asker.user.id, "member")
      expect(yield* tagOf(administration.listAccounts(ada.asker, { search: "", after: null }))).toBe("Forbidden")
    }).pipe(Effect.provide(layer))
  )

  it.effect("of admins and owners are nothing that admins give, take or use", () =>
    Effect.gen(function* () {
      const administration = yield* Administration
      const admin = yield* withRole("admin", "admin")
      const other = yield* withRole("other", "admin")
      const ada = yield* member("ada")
      const acts = (target: UserId) => [
        administration.setRole(admin.asker, target, "admin"),
        administration.setActive(admin.asker, target, false),
        administration.signOutEverywhere(admin.asker, target),
        administration.createResetLink(admin.asker, target)
      ]
      for (const act of acts(other.asker.user.id)) expect(yield* tagOf(act)).toBe("Forbidden")
      expect(yield* tagOf(administration.setRole(admin.asker, ada.asker.user.id, "owner"))).toBe("Forbidden")
      yield* administration.signOutEverywhere(admin.asker, ada.asker.user.id)
      expect(ada.ends).toEqual(["Revoked"])
      expect(other.ends).toEqual([])
    }).pipe(Effect.provide(layer))
  )

  it.effect("leave the server its last owner", () =>
    Effect.gen(function* () {
      const administration = yield* Administration
      const owner = yield* withRole("owner", "owner")
      const { id } = owner.asker.user
      expect(yield* tagOf(administration.setRole(owner.asker, id, "member"))).toBe("LastOwner")
      expect(yield* tagOf(administration.setActive(owner.asker, id, false))).toBe("LastOwner")
      const second = yield* member("second")
      yield* administration.setRole(owner.asker, second.asker.user.id, "owner")
      yield* administration.setRole(owner.asker, id, "member")
      expect(owner.asker.role).toBe("member")
    }).pipe(Effect.provide(layer))
  )

  it.effect("are not for guests, and a program owns no server", () =>
    Effect.gen(function* () {
      const administration = yield* Administration
      const owner = yield* withRole("owner", "owner")
      const guest = yield* new Browser().guest("Visitor")
      const app = yield* administration.createServiceAccount(owner.asker, "Deploy bot")
      expect(yield* tagOf(administration.setRole(owner.asker, guest.user.id, "admin"))).toBe("AccountNotFound")
      expect(yield* tagOf(administration.setRole(owner.asker, app.id, "owner"))).toBe("Forbidden")
      yield* administration.setRole(owner.asker, app.id, "admin")
      expect(yield* tagOf(administration.createResetLink(owner.asker, app.id))).toBe("AccountNotFound")
    }).pipe(Effect.provide(layer))
  )

  for (const role of ["guest", "member"] as const satisfies ReadonlyArray<ServerRole>) {
    it.effect(`below admin may administer nothing: ${role}`, () =>
      Effect.gen(function* () {
        const administration = yield* Administration
        const asker: Asker = person("Somebody", { role })
        const { id } = asker.user
        const acts: ReadonlyArray<Effect.Effect<unknown, { readonly _tag: string }>> = [
          administration.listAccounts(asker, { search: "", after: null }),
          administration.setRole(asker, id, "owner"),
          administration.setActive(asker, id, true),
          administration.signOutEverywhere(asker, id),
          administration.createResetLink(asker, id),
          administration.inviteToServer(asker, { days: 1, uses: 1 }),
          administration.serverInvites(asker),
          administration.serviceAccounts(asker),
          administration.createServiceAccount(asker, "Bot"),
          administration.createApiToken(asker, { userId: id, name: "t", scope: "admin", password }),
          administration.readAudit(asker, null)
        ]
        for (const act of acts) expect(yield* tagOf(act)).toBe("Forbidden")
      }).pipe(Effect.provide(layer))
    )
  }
})

describe("what is done to an account", () => {
  it.effect("is done to none that there is not", () =>
    Effect.gen(function* () {
      const administration = yield* Administration
      const { asker } = yield* withRole("owner", "owner")
      const nobody = UserId.make("nobody")
      for (const act of [
        administration.setRole(asker, nobody, "admin"),
        administration.setActive(asker, nobody, false),
        administration.signOutEverywhere(asker, nobody),
        administration.createResetLink(asker, nobody)
      ]) {
        expect(yield* tagOf(act)).toBe("AccountNotFound")
      }
    }).pipe(Effect.provide(layer))
  )
})

describe("the list of accounts", () => {
  it.effect("has a hundred on a page, and each account on one", () =>
    Effect.gen(function* () {
      const administration = yield* Administration
      const accounts = yield* AccountRows
      const { asker } = yield* withRole("admin", "admin")
      for (let number = 0; number < 102; number++) {
        const id = UserId.make(`many-${number}`)
        yield* accounts.createService({ id, name: `Many ${number}`, fold: `many${number}`, at: 0 })
      }
      const first = yield* administration.listAccounts(asker, { search: "many", after: null })
      const second = yield* administration.listAccounts(asker, { search: "many", after: first.next })
      expect([first.accounts.length, second.accounts.length, second.next]).toEqual([100, 2, null])
      expect(new Set([...first.accounts, ...second.accounts].map(({ user }) => user.id)).size).toBe(102)
    }).pipe(Effect.provide(layer))
  )

  it.effect("is paged in order of ids, finds part of a name, and shows no address", () =>
    Effect.gen(function* () {
      const administration = yield* Administration
      const admin = yield* withRole("admin", "admin")
      yield* new Browser().register("ada")
      yield* new Browser().guest("Adam")
      const { accounts, next } = yield* administration.listAccounts(admin.asker, { search: "ADA", after: null })
      expect(new Set(accounts.map(({ user }) => user.name))).toEqual(new Set(["ada", "Adam"]))
      expect(next).toBeNull()
      expect(JSON.stringify(accounts)).not.toContain("example.org")
      const [first] = accounts
      const rest = yield* administration.listAccounts(admin.asker, { search: "ada", after: first?.user.id ?? null })
      expect(rest.accounts.length).toBe(1)
    }).pipe(Effect.provide(layer))
  )
})

describe("a server without an owner", () => {
  it.effect("is claimed by the link of its last start, once, by a member", () =>
    Effect.gen(function* () {
      const administration = yield* Administration
      const first = Option.getOrThrow(yield* administration.ownerLinkIfUnowned)
      const second = Option.getOrThrow(yield* administration.ownerLinkIfUnowned)
      const ada = yield* member("ada")
      const ben = yield* member("ben")
      const guest = new Browser()
      yield* guest.guest("Visitor")
      const { asker: visitor } = yield* guest.connect()
      const claim = (asker: Asker, token: Redacted.Redacted) => administration.claimServer(asker, Redacted.value(token))
      expect(yield* tagOf(claim(visitor, second))).toBe("Forbidden")
      expect(yield* tagOf(claim(ada.asker, first))).toBe("LinkInvalid")
      yield* claim(ada.asker, second)
      expect(ada.asker.role).toBe("owner")
      expect(yield* tagOf(claim(ben.asker, second))).toBe("LinkInvalid")
      expect(yield* administration.ownerLinkIfUnowned).toEqual(Option.none())
    }).pipe(Effect.provide(layer))
  )

  it.effect("is claimed by the secret of its settings, and only while it has none", () =>
    Effect.gen(function* () {
      const administration = yield* Administration
      const ada = yield* member("ada")
      const ben = yield* member("ben")
      expect(yield* tagOf(administration.claimServer(ada.asker, "another secret"))).toBe("LinkInvalid")
      const claims = [ada, ben].map(({ asker }) =>
        Effect.result(administration.claimServer(asker, "the secret of the settings"))
      )
      const results = yield* Effect.all(claims, { concurrency: "unbounded" })
      expect(results.map(({ _tag }) => _tag)).toEqual(["Success", "Failure"])
      expect([ada.asker.role, ben.asker.role]).toEqual(["owner", "member"])
    }).pipe(
      Effect.provide(
        over(Memory.layer).pipe(
          Layer.provide(
            Layer.succeed(AccountPolicy, {
              ...defaults,
              ownerToken: Option.some(Redacted.make("the secret of the settings"))
            })
          )
        )
      )
    )
  )

  it.effect("has a link made on its machine work also when it has one", () =>
    Effect.gen(function* () {
      const administration = yield* Administration
      yield* withRole("owner", "owner")
      const ada = yield* member("ada")
      const token = yield* administration.makeOwnerLink
      yield* administration.claimServer(ada.asker, Redacted.value(token))
      expect(ada.asker.role).toBe("owner")
    }).pipe(Effect.provide(layer))
  )
})

describe("an API token", () => {
  it.effect("acts for its service account within its scope until it is revoked, which ends its connections", () =>
    Effect.gen(function* () {
      const administration = yield* Administration
      const sessions = yield* Sessions
      const owner = yield* withRole("owner", "owner")
      const bot = yield* administration.createServiceAccount(owner.asker, "Deploy bot")
      const wish = { userId: bot.id, name: "ci", scope: "read" as const }
      const wrong = administration.createApiToken(owner.asker, { ...wish, password: otherPassword })
      expect(yield* tagOf(wrong)).toBe("WrongPassword")
      const { secret, token } = yield* administration.createApiToken(owner.asker, { ...wish, password })
      expect(secret).toMatch(/^mat_[A-Za-z0-9_-]{43}$/)
      const found = Option.getOrThrow(yield* sessions.authenticateApiToken(Redacted.make(secret)))
      expect(found).toMatchObject({ user: bot, role: "member", scope: "read", sessionId: null, expiresAt: null })
      const connection = yield* open(found)
      yield* TestClock.adjust("2 minutes")
      const [listed] = yield* administration.serviceAccounts(owner.asker)
      expect(listed?.tokens).toEqual([{ ...token, lastUsedAt: 0 }])
      yield* administration.revokeApiToken(owner.asker, token.id, password)
      expect(connection.ends).toEqual(["Revoked"])
      expect(yield* sessions.authenticateApiToken(Redacted.make(secret))).toEqual(Option.none())
      expect(yield* tagOf(administration.revokeApiToken(owner.asker, token.id, password))).toBe("ApiTokenNotFound")
    }).pipe(Effect.provide(layer))
  )

  it.effect("has a name, and so has its service account", () =>
    Effect.gen(function* () {
      const administration = yield* Administration
      const { asker } = yield* withRole("owner", "owner")
      expect(yield* tagOf(administration.createServiceAccount(asker, " "))).toBe("NameInvalid")
      const { id } = yield* administration.createServiceAccount(asker, "Deploy bot")
      expect(yield* tagOf(administration.createServiceAccount(asker, "deploy  BOT"))).toBe("NameTaken")
      const wish = { userId: id, name: "", scope: "read" as const, password }
      expect(yield* tagOf(administration.createApiToken(asker, wish))).toBe("NameInvalid")
      expect((yield* administration.serviceAccounts(asker)).map(({ tokens }) => tokens)).toEqual([[]])
    }).pipe(Effect.provide(layer))
  )

  it.effect("is made for programs alone, and not for one that may do more than its maker manages", () =>
    Effect.gen(function* () {
      const administration = yield* Administration
      const owner = yield* withRole("owner", "owner")
      const admin = yield* withRole("admin", "admin")
      const bot = yield* administration.createServiceAccount(owner.asker, "Deploy bot")
      yield* administration.setRole(owner.asker, bot.id, "admin")
      const wish = { name: "ci", scope: "admin" as const, password }
      const forBot = administration.createApiToken(admin.asker, { ...wish, userId: bot.id })
      expect(yield* tagOf(forBot)).toBe("Forbidden")
      const forPerson = administration.createApiToken(owner.asker, { ...wish, userId: admin.asker.user.id })
      expect(yield* tagOf(forPerson)).toBe("AccountNotFound")
    }).pipe(Effect.provide(layer))
  )

  it.effect("is revoked by nobody who may not manage its program", () =>
    Effect.gen(function* () {
      const administration = yield* Administration
      const sessions = yield* Sessions
      const owner = yield* withRole("owner", "owner")
      const admin = yield* withRole("admin", "admin")
      const bot = yield* administration.createServiceAccount(owner.asker, "Deploy bot")
      const wish = { userId: bot.id, name: "ci", scope: "admin" as const, password }
      const { secret, token } = yield* administration.createApiToken(owner.asker, wish)
      yield* administration.setRole(owner.asker, bot.id, "admin")
      expect(yield* tagOf(administration.revokeApiToken(admin.asker, token.id, password))).toBe("Forbidden")
      expect(Option.isSome(yield* sessions.authenticateApiToken(Redacted.make(secret)))).toBe(true)
      yield* administration.setRole(owner.asker, bot.id, "member")
      yield* administration.revokeApiToken(admin.asker, token.id, password)
      expect(yield* sessions.authenticateApiToken(Redacted.make(secret))).toEqual(Option.none())
    }).pipe(Effect.provide(layer))
  )

  it.effect("of a deactivated service account opens nothing", () =>
    Effect.gen(function* () {
      const administration = yield* Administration
      const sessions = yield* Sessions
      const owner = yield* withRole("owner", "owner")
      const bot = yield* administration.createServiceAccount(owner.asker, "Deploy bot")
      const wish = { userId: bot.id, name: "ci", scope: "write" as const, password }
      const { secret } = yield* administration.createApiToken(owner.asker, wish)
      const found = Option.getOrThrow(yield* sessions.authenticateApiToken(Redacted.make(secret)))
      const connection = yield* open(found)
      yield* administration.setActive(owner.asker, bot.id, false)
      expect(connection.ends).toEqual(["Deactivated"])
      expect(yield* sessions.authenticateApiToken(Redacted.make(secret))).toEqual(Option.none())
    }).pipe(Effect.provide(layer))
  )
})

describe("the audit log", () => {
  it.effect("says who did what to whom, when and from where, the newest first", () =>
    Effect.gen(function* () {
      const administration = yield* Administration
      const owner = yield* withRole("owner", "owner")
      yield* TestClock.adjust("1 minute")
      const ada = yield* member("ada")
      yield* administration.setRole(owner.asker, ada.asker.user.id, "admin")
      const { entries, hasOlder } = yield* administration.readAudit(owner.asker, null)
      expect(hasOlder).toBe(false)
      expect(entries.slice(0, 2)).toMatchObject([
        {
          action: "RoleChanged",
          at: 60_000,
          actor: { name: "owner" },
          subject: { name: "ada" },
          detail: "admin",
          address: "10.0.0.1"
        },
        { action: "Registered", actor: { name: "ada" }, subject: null }
      ])
      const [first] = entries
      const older = yield* administration.readAudit(owner.asker, first?.id ?? null)
      expect(older.entries).toEqual(entries.slice(1))
    }).pipe(Effect.provide(layer))
  )

  it.effect("has every act of an account's life, and never a secret", () =>
    Effect.gen(function* () {
      const accounts = yield* Accounts
      const administration = yield* Administration
      const owner = yield* withRole("owner", "owner")
      const browser = new Browser()
      yield* browser.guest("Ada")
      yield* browser.register("ada")
      yield* Effect.ignore(new Browser().logIn("ada", { password: otherPassword }))
      yield* browser.logIn("ada")
      const { asker } = yield* browser.connect()
      yield* accounts.updateProfile(asker, { name: "Ada L." })
      yield* accounts.changeEmail(asker, { email: "ada@example.net", password })
      const change = { password, newPassword: otherPassword }
      yield* accounts.changePassword(asker, browser.visitor, change).pipe(Effect.map(browser.keep))
      yield* accounts.logOut(browser.visitor)
      const { token } = yield* administration.createResetLink(owner.asker, asker.user.id)
      yield* accounts.resetPassword(browser.visitor, { token, password }).pipe(Effect.map(browser.keep))
      yield* accounts.deleteAccount((yield* browser.connect()).asker, password)
      expect((yield* actions).toReversed().slice(1)).toEqual([
        "GuestEntered",
        "Registered",
        "LoginFailed",
        "LoggedIn",
        "NameChanged",
        "EmailChanged",
        "PasswordChanged",
        "LoggedOut",
        "ResetLinkMade",
        "PasswordReset",
        "AccountDeleted"
      ])
      const text = JSON.stringify(yield* (yield* AuditLog).page(null, 100))
      for (const secret of [Redacted.value(password), Redacted.value(otherPassword), token, "example.net"]) {
        expect(text).not.toContain(secret)
      }
    }).pipe(Effect.provide(layer))
  )

  it.effect("that cannot be written undoes nothing", () =>
    Effect.gen(function* () {
      expect((yield* new Browser().register("ada")).user.name).toBe("ada")
    }).pipe(
      Effect.provide(
        over(
          Layer.effect(
            AuditLog,
            Effect.map(AuditLog, (log) =>
              AuditLog.of({
                ...log,
                append: () => Effect.fail(new DatabaseAway({ operation: "AuditLog.append", cause: "taken away" }))
              })
            )
          ).pipe(Layer.provideMerge(Memory.layer))
        )
      )
    )
  )

  it.effect("forgets addresses after the days of the setting", () =>
    Effect.gen(function* () {
      const log = yield* AuditLog
      yield* new Browser().guest("Ada")
      const addresses = Effect.map(log.page(null, 10), ({ entries }) => entries.map(({ address }) => address))
      expect(yield* addresses).toEqual(["10.0.0.1"])
      yield* TestClock.adjust("91 days")
      expect(yield* addresses).toEqual([null])
    }).pipe(Effect.provide(forMonths))
  )
})
