import { expect, it } from "@effect/vitest"
import { Effect, type Scope } from "effect"
import { describe } from "vitest"
import { browserOf, type Browser } from "./support/Browser.ts"
import { callerOf, type Caller } from "./support/Caller.ts"
import { temporaryFolder } from "./support/ServerProcess.ts"
import { startWhole } from "./support/WholeServer.ts"
import { refusedUpgrade } from "./support/WireClient.ts"

const password = "correct horse battery"
const ownerToken = "makes the first owner of this server"

type Server = { readonly url: string }

const connected = (server: Server, browser: Browser) =>
  callerOf(server, { cookie: browser.cookie(), origin: server.url })

const registered = Effect.fnUntraced(function* (server: Server, username: string) {
  const browser = browserOf(server)
  const answer = yield* browser.post("/register", { username, email: `${username}@example.org`, password })
  expect(answer.status).toBe(200)
  return { browser, id: idOf(answer.json) }
})

const loggedIn = Effect.fnUntraced(function* (server: Server, username: string) {
  const browser = browserOf(server)
  expect((yield* browser.post("/login", { username, password })).status).toBe(200)
  return browser
})

const idOf = (json: Readonly<Record<string, unknown>>): string => {
  const { user } = json
  if (typeof user === "object" && user !== null && "id" in user && typeof user.id === "string") return user.id
  throw new Error(`nobody: ${JSON.stringify(json)}`)
}

/** A server and its owner. */
const owned = Effect.gen(function* () {
  const server = yield* startWhole({ OWNER_TOKEN: ownerToken })
  const { browser } = yield* registered(server, "owner")
  const owner = yield* connected(server, browser)
  yield* owner.done("ClaimServer", { token: ownerToken })
  return { server, owner }
})

/** What closes within a second. */
const endOf = (caller: Caller) => Effect.timeout(caller.closed, "1 second")

const isOpen = Effect.fnUntraced(function* (caller: Caller) {
  return (yield* caller.call("GetAccount"))._tag === "Success"
})

const sessionsOf = Effect.fnUntraced(function* (caller: Caller) {
  const outcome = yield* caller.call("ListSessions")
  if (outcome._tag !== "Success" || !Array.isArray(outcome.value)) throw new Error(JSON.stringify(outcome))
  const sessions: ReadonlyArray<{ readonly id: string; readonly isCurrent: boolean }> = outcome.value
  return sessions
})

describe("the open sockets of a session", () => {
  it.live("are closed when it is revoked on another device, and that one's stay", () =>
    Effect.gen(function* () {
      const server = yield* startWhole()
      const here = yield* connected(server, (yield* registered(server, "ada")).browser)
      const lost = yield* loggedIn(server, "ada")
      const there = yield* connected(server, lost)
      const sessions = yield* sessionsOf(here)
      expect(sessions.length).toBe(2)
      yield* here.done("RevokeSession", { id: sessions.find(({ isCurrent }) => !isCurrent)?.id })
      expect(yield* endOf(there)).toEqual({ code: 4002, reason: "Revoked" })
      expect((yield* lost.get("/session")).json["user"]).toBeNull()
      expect(yield* isOpen(here)).toBe(true)
    })
  )

  it.live("are closed when all others are revoked, and when it is logged out of", () =>
    Effect.gen(function* () {
      const server = yield* startWhole()
      const { browser } = yield* registered(server, "ada")
      const here = yield* connected(server, browser)
      const others = [
        yield* connected(server, yield* loggedIn(server, "ada")),
        yield* connected(server, yield* loggedIn(server, "ada"))
      ]
      yield* here.done("RevokeOtherSessions")
      for (const other of others) expect(yield* endOf(other)).toEqual({ code: 4002, reason: "Revoked" })
      expect(yield* isOpen(here)).toBe(true)
      yield* browser.post("/logout", {})
      expect(yield* endOf(here)).toEqual({ code: 4001, reason: "SignedOut" })
    })
  )

  it.live("are closed to come again when its password is changed, and those of all others for good", () =>
    Effect.gen(function* () {
      const server = yield* startWhole()
      const { browser } = yield* registered(server, "ada")
      const here = yield* connected(server, browser)
      const other = yield* loggedIn(server, "ada")
      const there = yield* connected(server, other)
      const before = browser.cookie()
      const newPassword = "another horse battery"
      const wrong = yield* browser.post("/api/v1/me/password", { password: newPassword, newPassword })
      expect([wrong.status, wrong.json]).toMatchObject([403, { _tag: "WrongPassword" }])
      const weak = yield* browser.post("/api/v1/me/password", { password, newPassword: "short" })
      expect([weak.status, weak.json]).toMatchObject([422, { _tag: "PasswordRefused", reason: "TooShort" }])
      const changed = yield* browser.post("/api/v1/me/password", { password, newPassword }, { as: "form" })
      expect([changed.status, idOf(changed.json)]).toEqual([200, idOf((yield* browser.get("/session")).json)])
      expect(yield* endOf(here)).toEqual({ code: 4006, reason: "Renewed" })
      expect(yield* endOf(there)).toEqual({ code: 4002, reason: "Revoked" })
      expect(browser.cookie()).not.toBe(before)
      expect((yield* browserOf(server).get("/session", { cookie: before })).json["user"]).toBeNull()
      expect((yield* other.get("/session")).json["user"]).toBeNull()
      expect(yield* isOpen(yield* connected(server, browser))).toBe(true)
    })
  )

  it.live("are closed to come again when their guest registers, who keeps their messages", () =>
    Effect.gen(function* () {
      const server = yield* startWhole()
      const browser = browserOf(server)
      yield* browser.post("/guest", { name: "Ada" })
      const guest = yield* connected(server, browser)
      yield* guest.done("PostMessage", { roomId: "lobby", key: "key-00000001", text: "as a guest" })
      const answer = yield* browser.post("/register", { username: "ada", email: "ada@example.org", password })
      expect(yield* endOf(guest)).toEqual({ code: 4006, reason: "Renewed" })
      const member = yield* connected(server, browser)
      const page = yield* member.done("History", { roomId: "lobby", anchor: { _tag: "Newest" }, limit: 1 })
      expect(page["messages"]).toMatchObject([
        { text: "as a guest", author: { id: idOf(answer.json), isGuest: false } }
      ])
    })
  )

  it.live("are closed when their account is signed out everywhere, deactivated or deleted", () =>
    Effect.gen(function* () {
      const { owner, server } = yield* owned
      const { browser, id } = yield* registered(server, "ada")
      const first = yield* connected(server, browser)
      yield* owner.done("SignOutEverywhere", { userId: id })
      expect(yield* endOf(first)).toEqual({ code: 4002, reason: "Revoked" })
      const second = yield* connected(server, yield* loggedIn(server, "ada"))
      yield* owner.done("SetActive", { userId: id, isActive: false })
      expect(yield* endOf(second)).toEqual({ code: 4004, reason: "Deactivated" })
      const refused = yield* browserOf(server).post("/login", { username: "ada", password })
      expect([refused.status, refused.json]).toMatchObject([403, { _tag: "AccountDeactivated" }])
      yield* owner.done("SetActive", { userId: id, isActive: true })
      const third = yield* connected(server, yield* loggedIn(server, "ada"))
      // Its answer would be written after the end of its connection.
      yield* third.call("DeleteAccount", { password })
      expect(yield* endOf(third)).toEqual({ code: 4005, reason: "Deleted" })
      expect((yield* browserOf(server).post("/login", { username: "ada", password })).status).toBe(401)
    })
  )

  it.live("stay open when their role changes, and may do what the new one may", () =>
    Effect.gen(function* () {
      const { owner, server } = yield* owned
      const { browser, id } = yield* registered(server, "ada")
      const ada = yield* connected(server, browser)
      const mayReadAudit = Effect.map(ada.call("ReadAudit", { before: null }), ({ _tag }) => _tag === "Success")
      expect(yield* mayReadAudit).toBe(false)
      yield* owner.done("SetRole", { userId: id, role: "admin" })
      expect(yield* mayReadAudit).toBe(true)
      yield* owner.done("SetRole", { userId: id, role: "member" })
      expect(yield* mayReadAudit).toBe(false)
      expect((yield* browser.get("/session")).json["role"]).toBe("member")
    })
  )
})

describe("a reset link", () => {
  it.live("sets a new password once, logs in, and ends every other session", () =>
    Effect.gen(function* () {
      const { owner, server } = yield* owned
      const { browser, id } = yield* registered(server, "ada")
      const before = yield* connected(server, browser)
      const { token } = yield* owner.done("CreateResetLink", { userId: id })
      const fields = { token: String(token), password: "a new horse battery" }
      const reset = browserOf(server)
      expect((yield* reset.post("/api/v1/reset", { ...fields, password: "short" })).status).toBe(422)
      const answer = yield* reset.post("/api/v1/reset", fields, { as: "multipart" })
      expect([answer.status, idOf(answer.json)]).toEqual([200, id])
      expect((yield* endOf(before)).code).toBe(4002)
      expect((yield* reset.get("/session")).json).toMatchObject({ user: { id } })
      const again = yield* browserOf(server).post("/api/v1/reset", fields)
      expect([again.status, again.json]).toMatchObject([410, { _tag: "LinkInvalid" }])
    })
  )
})

describe("an API token", () => {
  it.live("acts for its service account within its scope, over HTTP too, and ends its sockets when it is revoked", () =>
    Effect.gen(function* () {
      const { owner, server } = yield* owned
      const { id: userId } = yield* owner.done("CreateServiceAccount", { name: "Robot" })
      const made = yield* owner.done("CreateApiToken", { userId, name: "reads", scope: "read", password })
      expect(made["secret"]).toMatch(/^mat_/)
      const authorization = `Bearer ${String(made["secret"])}`
      const robot = yield* callerOf(server, { authorization })
      expect((yield* robot.call("History", { roomId: "lobby", anchor: { _tag: "Newest" }, limit: 1 }))._tag).toBe(
        "Success"
      )
      const post = { roomId: "lobby", key: "key-00000001", text: "beep" }
      expect(yield* robot.call("PostMessage", post)).toEqual({
        _tag: "Failure",
        error: { _tag: "Forbidden", needs: "room.post" }
      })
      const asked = yield* browserOf(server).get("/session", { authorization })
      expect(asked.json).toMatchObject({ user: { name: "Robot", isApp: true }, role: "member" })
      const change = yield* browserOf(server).post(
        "/api/v1/me/password",
        { password, newPassword: password },
        { headers: { authorization } }
      )
      expect([change.status, change.json["_tag"]]).toEqual([403, "Forbidden"])
      const { token } = made
      const id = typeof token === "object" && token !== null && "id" in token ? token.id : undefined
      yield* owner.done("RevokeApiToken", { id, password })
      expect(yield* endOf(robot)).toEqual({ code: 4002, reason: "Revoked" })
      expect((yield* refusedUpgrade(server, { authorization })).status).toBe(401)
    })
  )
})

describe("a socket token", () => {
  it.live("opens sockets of its session for as long as that lives, and may be made on one", () =>
    Effect.gen(function* () {
      const server = yield* startWhole()
      const { browser } = yield* registered(server, "ada")
      const ada = yield* connected(server, browser)
      const { token, expiresAt } = yield* ada.done("CreateSocketToken")
      expect(Number(expiresAt) - Date.now()).toBeGreaterThan(13.9 * 86_400_000)
      const authorization = `Bearer ${String(token)}`
      const program = yield* callerOf(server, { authorization })
      expect(yield* isOpen(program)).toBe(true)
      yield* browser.post("/logout", {})
      expect(yield* endOf(program)).toEqual({ code: 4001, reason: "SignedOut" })
      expect((yield* refusedUpgrade(server, { authorization })).status).toBe(401)
    })
  )

  it.live("makes no other on a socket that it opened, so it ends when it says", () =>
    Effect.gen(function* () {
      const server = yield* startWhole()
      const { browser } = yield* registered(server, "ada")
      const ada = yield* connected(server, browser)
      const { token } = yield* ada.done("CreateSocketToken")
      const program = yield* callerOf(server, { authorization: `Bearer ${String(token)}` })
      expect(yield* program.call("CreateSocketToken")).toMatchObject({
        _tag: "Failure",
        error: { _tag: "Forbidden", needs: "self.sessions" }
      })
    })
  )

  it.live("that was signed with the key before is good until that is given up", () =>
    Effect.gen(function* () {
      const DATA_DIR = yield* temporaryFolder
      const [first, second] = ["first", "second"].map((text) => text.padEnd(32, "."))
      const withServer = <A, E>(
        keys: Readonly<Record<string, string | undefined>>,
        use: (server: Server) => Effect.Effect<A, E, Scope.Scope>
      ) => Effect.scoped(Effect.flatMap(startWhole({ DATA_DIR, ...keys }), use))
      const token = yield* withServer({ SECRET_KEY: first }, (server) =>
        Effect.map(
          browserOf(server).post("/guest", { name: "Ada", socketToken: true }),
          ({ json }) => `Bearer ${String(json["socketToken"])}`
        )
      )
      const upgrade = (server: Server) =>
        Effect.map(refusedUpgrade(server, { authorization: token }), ({ status }) => status)
      expect(yield* withServer({ SECRET_KEY: second, SECRET_KEY_PREVIOUS: first }, upgrade)).toBe(101)
      expect(yield* withServer({ SECRET_KEY: second }, upgrade)).toBe(401)
    })
  )
})
