// Accounts, what they log in with, and whose a name is.
import { UserId } from "@messenger/protocol/Account"
import { Accounts } from "@messenger/storage/Accounts"
import { Credentials } from "@messenger/storage/Credentials"
import type { Ports } from "@messenger/storage/Ports"
import { expect } from "@effect/vitest"
import type { Vitest } from "@effect/vitest"
import { Effect, Option } from "effect"
import { makeGuest, makeMember, makeSession, newMember, page, post, startRoom, unique, write } from "./world.ts"

const enter = Effect.fnUntraced(function* (fold: string) {
  const accounts = yield* Accounts
  return yield* accounts.createGuest({ id: UserId.make(unique("user")), name: fold, fold, at: 1 })
})

const found = Effect.fnUntraced(function* (id: UserId) {
  return Option.getOrThrow(yield* (yield* Accounts).find(id))
})

export const accountsContract = (it: Vitest.MethodsNonLive<Ports>): void => {
  it.effect("a member is registered with a role, and found by what they log in with", () =>
    Effect.gen(function* () {
      const credentials = yield* Credentials
      const ada = yield* makeMember()
      expect(yield* found(ada.id)).toEqual({
        user: { id: ada.id, name: ada.name, isGuest: false },
        status: "online",
        role: "member",
        isActive: true,
        createdAt: ada.at
      })
      const { id: userId, passwordHash, usernameFold, emailFold, username, email } = ada
      const login = Option.some({ userId, passwordHash, isActive: true })
      const findLogin = (usernameFold?: string, emailFold?: string) =>
        credentials.findLogin({ usernameFold, emailFold })
      expect(yield* findLogin(usernameFold)).toEqual(login)
      expect(yield* findLogin(undefined, emailFold)).toEqual(login)
      expect(yield* findLogin(usernameFold, emailFold)).toEqual(login)
      expect(yield* findLogin(usernameFold, "another@example.org")).toEqual(Option.none())
      expect(yield* findLogin("nobody", emailFold)).toEqual(Option.none())
      expect(yield* findLogin()).toEqual(Option.none())
      expect(yield* credentials.find(userId)).toEqual(Option.some({ username, email, passwordHash, createdAt: 1_000 }))
    })
  )

  it.effect("a guest becomes a member in place: what they wrote is theirs under the new name", () =>
    Effect.gen(function* () {
      const credentials = yield* Credentials
      const owner = yield* startRoom
      yield* write(owner, post(owner.author, "as a guest"))
      const ada = newMember({ id: owner.author, at: 9_000 })
      expect(yield* credentials.register(ada)).toBe("Registered")
      const { messages } = yield* page(owner.roomId, { _tag: "Newest" }, 10)
      expect(messages.map(({ author }) => author)).toEqual([{ id: owner.author, name: ada.name, isGuest: false }])
      expect(yield* credentials.find(owner.author)).toMatchObject({ value: { createdAt: 1_000 } })
      expect(yield* found(owner.author)).toMatchObject({ role: "member" })
    })
  )

  it.effect(
    "a registration that is repeated because its answer was lost is the same one; another by a member is none",
    () =>
      Effect.gen(function* () {
        const credentials = yield* Credentials
        const ada = yield* makeMember()
        expect(yield* credentials.register(ada)).toBe("Registered")
        expect(yield* credentials.register({ ...ada, passwordHash: unique("hash") })).toBe("NotAGuest")
        expect(yield* credentials.register(newMember({ id: ada.id }))).toBe("NotAGuest")
        expect(yield* credentials.find(ada.id)).toMatchObject({ value: { passwordHash: ada.passwordHash } })
      })
  )

  it.effect("a username, an email address and a name are one member's", () =>
    Effect.gen(function* () {
      const credentials = yield* Credentials
      const { usernameFold, emailFold, nameFold } = yield* makeMember()
      const attempt = (changes: Parameters<typeof newMember>[0]) => credentials.register(newMember(changes))
      expect(yield* attempt({ usernameFold })).toBe("Taken")
      expect(yield* attempt({ emailFold })).toBe("Taken")
      expect(yield* attempt({ nameFold })).toBe("NameTaken")
      expect(yield* attempt({ nameFold: usernameFold })).toBe("NameTaken")
      expect(yield* attempt({ usernameFold: nameFold })).toBe("Taken")
    })
  )

  it.effect("a registration that is refused leaves nothing behind: not the guest changed, not a name taken", () =>
    Effect.gen(function* () {
      const credentials = yield* Credentials
      const { nameFold } = yield* makeMember()
      const guest = yield* makeGuest("Bo")
      const bo = newMember({ id: guest, nameFold })
      expect(yield* credentials.register(bo)).toBe("NameTaken")
      expect(yield* found(guest)).toMatchObject({ user: { name: "Bo", isGuest: true }, role: "guest" })
      const stranger = newMember({ nameFold })
      expect(yield* credentials.register(stranger)).toBe("NameTaken")
      expect(yield* (yield* Accounts).find(stranger.id)).toEqual(Option.none())
      expect(yield* credentials.register(newMember({ usernameFold: bo.usernameFold, emailFold: bo.emailFold }))).toBe(
        "Registered"
      )
    })
  )

  it.effect("of ten who register one username at once one has it", () =>
    Effect.gen(function* () {
      const credentials = yield* Credentials
      const usernameFold = unique("grace")
      const outcomes = yield* Effect.all(
        Array.from({ length: 10 }, () => credentials.register(newMember({ usernameFold }))),
        { concurrency: "unbounded" }
      )
      expect(outcomes.toSorted()).toEqual(["Registered", ...Array.from({ length: 9 }, () => "Taken")])
    })
  )

  it.effect("two who want each other's username for a name wait for each other, never in a circle", () =>
    Effect.gen(function* () {
      const credentials = yield* Credentials
      for (let round = 0; round < 5; round++) {
        const [x, y] = [unique("x"), unique("y")]
        const outcomes = yield* Effect.all(
          [newMember({ usernameFold: x, nameFold: y }), newMember({ usernameFold: y, nameFold: x })].map((each) =>
            credentials.register(each)
          ),
          { concurrency: "unbounded" }
        )
        expect(outcomes.toSorted()).toEqual(["Registered", "Taken"])
      }
    })
  )

  it.effect("no guest enters under a member's username or name", () =>
    Effect.gen(function* () {
      const { usernameFold, nameFold } = yield* makeMember()
      expect(yield* enter(usernameFold)).toBe("NameTaken")
      expect(yield* enter(nameFold)).toBe("NameTaken")
    })
  )

  it.effect("a name that a member gives up is free, the username and the new name are not", () =>
    Effect.gen(function* () {
      const accounts = yield* Accounts
      const ada = yield* makeMember()
      const fold = unique("countess")
      expect(yield* accounts.setName(ada.id, "Countess", fold)).toBe("Changed")
      expect((yield* found(ada.id)).user.name).toBe("Countess")
      expect(yield* enter(ada.nameFold)).toBe("Created")
      expect(yield* enter(fold)).toBe("NameTaken")
      expect(yield* enter(ada.usernameFold)).toBe("NameTaken")
      // Their own username is theirs as a name, and stays theirs when they give that up.
      expect(yield* accounts.setName(ada.id, "Ada", ada.usernameFold)).toBe("Changed")
      expect(yield* accounts.setName(ada.id, "Countess", fold)).toBe("Changed")
      expect(yield* enter(ada.usernameFold)).toBe("NameTaken")
    })
  )

  it.effect("nobody takes a member's name, and a guest's new name is nobody's", () =>
    Effect.gen(function* () {
      const accounts = yield* Accounts
      const ada = yield* makeMember()
      const bo = yield* makeMember()
      const guest = yield* makeGuest("Bo")
      expect(yield* accounts.setName(bo.id, "Ada", ada.nameFold)).toBe("NameTaken")
      expect(yield* accounts.setName(guest, "Ada", ada.usernameFold)).toBe("NameTaken")
      const fold = unique("eve")
      expect(yield* accounts.setName(guest, "Eve", fold)).toBe("Changed")
      expect((yield* found(guest)).user).toEqual({ id: guest, name: "Eve", isGuest: true })
      expect(yield* enter(fold)).toBe("Created")
    })
  )

  it.effect("of ten who choose one name at once one has it", () =>
    Effect.gen(function* () {
      const accounts = yield* Accounts
      const members = yield* Effect.forEach(Array.from({ length: 10 }), () => makeMember())
      const fold = unique("grace")
      const outcomes = yield* Effect.all(
        members.map(({ id }) => accounts.setName(id, "Grace", fold)),
        { concurrency: "unbounded" }
      )
      expect(outcomes.filter((outcome) => outcome === "Changed")).toHaveLength(1)
    })
  )

  it.effect("a member changes email and password; a taken address stays its owner's", () =>
    Effect.gen(function* () {
      const credentials = yield* Credentials
      const [ada, bo] = [yield* makeMember(), yield* makeMember()]
      expect(yield* credentials.setEmail(ada.id, bo.email, bo.emailFold)).toBe("Taken")
      const address = `${unique("new")}@example.org`
      expect(yield* credentials.setEmail(ada.id, address, address)).toBe("Changed")
      expect(yield* credentials.setEmail(ada.id, address, address)).toBe("Changed")
      yield* credentials.setPassword(ada.id, "another hash")
      const by = { usernameFold: ada.usernameFold, emailFold: address }
      expect(yield* credentials.findLogin(by)).toMatchObject({ value: { passwordHash: "another hash" } })
      expect(yield* credentials.register(newMember({ emailFold: ada.emailFold }))).toBe("Registered")
    })
  )

  it.effect("a colour is shown with the person wherever they wrote, until it is taken away", () =>
    Effect.gen(function* () {
      const accounts = yield* Accounts
      const owner = yield* startRoom
      yield* write(owner, post(owner.author, "one"))
      const shown = Effect.map(page(owner.roomId, { _tag: "Newest" }, 1), ({ messages }) => messages[0]?.author)
      yield* accounts.setColour(owner.author, 7)
      expect(yield* shown).toEqual({ id: owner.author, name: "Ada", isGuest: true, colour: 7 })
      yield* accounts.setColour(owner.author, null)
      expect(yield* shown).toEqual({ id: owner.author, name: "Ada", isGuest: true })
    })
  )

  it.effect("a service account is an app with a name of its own, the same when it is made again", () =>
    Effect.gen(function* () {
      const accounts = yield* Accounts
      const { usernameFold } = yield* makeMember()
      const bot = { id: UserId.make(unique("bot")), name: "Bot", fold: unique("bot"), at: 1 }
      expect(yield* accounts.createService({ ...bot, fold: usernameFold })).toBe("NameTaken")
      expect(yield* accounts.find(bot.id)).toEqual(Option.none())
      expect(yield* accounts.createService(bot)).toBe("Created")
      expect(yield* accounts.createService(bot)).toBe("Created")
      expect(yield* enter(bot.fold)).toBe("NameTaken")
      const account = {
        user: { id: bot.id, name: "Bot", isGuest: false, isApp: true as const },
        status: "online",
        role: "member",
        isActive: true,
        createdAt: bot.at
      }
      expect(yield* found(bot.id)).toEqual(account)
      expect(yield* accounts.services).toContainEqual(account)
    })
  )

  it.effect("a deactivated account is found as one, also by its log-in", () =>
    Effect.gen(function* () {
      const accounts = yield* Accounts
      const credentials = yield* Credentials
      const { id, usernameFold } = yield* makeMember()
      const login = credentials.findLogin({ usernameFold, emailFold: undefined })
      expect(yield* accounts.setActive(id, false)).toBe("Changed")
      expect(yield* found(id)).toMatchObject({ isActive: false })
      expect(yield* login).toMatchObject({ value: { isActive: false } })
      expect(yield* accounts.setActive(id, true)).toBe("Changed")
      expect(yield* login).toMatchObject({ value: { isActive: true } })
      expect(yield* accounts.setActive(UserId.make("nobody"), false)).toBe("NotFound")
      expect(yield* accounts.setRole(UserId.make("nobody"), "admin")).toBe("NotFound")
    })
  )

  it.effect("accounts are listed page by page, and searched by any part of name or username in any case", () =>
    Effect.gen(function* () {
      const accounts = yield* Accounts
      const mark = unique("mark").toLowerCase()
      const made = [
        yield* makeMember({ username: `a-${mark.toUpperCase()}` }),
        yield* makeMember({ name: `ÄRZTE ${mark}`, at: 7_000 }),
        { id: yield* makeGuest(`Guest ${mark} 100%`), username: null }
      ].toSorted((a, b) => (a.id < b.id ? -1 : 1))
      yield* makeMember()
      const list = (search: string, after: UserId | null = null, limit = 10) => accounts.list({ search, after, limit })
      const ids = (rows: ReadonlyArray<{ readonly user: { readonly id: UserId } }>) => rows.map(({ user }) => user.id)
      expect(ids(yield* list(mark))).toEqual(made.map(({ id }) => id))
      expect((yield* list(mark)).map(({ username }) => username)).toEqual(made.map(({ username }) => username))
      const first = yield* list(mark.toUpperCase(), null, 2)
      expect(ids(first)).toEqual(made.slice(0, 2).map(({ id }) => id))
      expect(ids(yield* list(mark, first[1]?.user.id))).toEqual(made.slice(2).map(({ id }) => id))
      expect(yield* list(`ärzte ${mark}`)).toMatchObject([{ createdAt: 7_000, lastSeenAt: null, role: "member" }])
      expect(yield* list(`${mark} 100%`)).toHaveLength(1)
      expect(yield* list(`${mark}_100`)).toEqual([])
      expect((yield* list("", null, 1_000)).length).toBeGreaterThanOrEqual(4)
    })
  )

  it.effect("the list says when an account was seen last", () =>
    Effect.gen(function* () {
      const accounts = yield* Accounts
      const { id, username } = yield* makeMember()
      yield* makeSession(id, { at: 3_000 })
      yield* makeSession(id, { at: 4_000 })
      expect(yield* accounts.list({ search: username, after: null, limit: 5 })).toMatchObject([{ lastSeenAt: 4_000 }])
    })
  )
}
