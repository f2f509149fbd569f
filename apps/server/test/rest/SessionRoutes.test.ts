import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { browserOf, type Coding } from "../support/Browser.ts"
import { callerOf } from "../support/Caller.ts"
import { temporaryFolder } from "../support/ServerProcess.ts"
import { startWhole } from "../support/WholeServer.ts"

const codings: ReadonlyArray<Coding> = ["json", "form", "multipart"]

const password = "correct horse battery"

const ada = { username: "ada", email: "ada@example.org", password }

const day = 86_400

const maxAgeOf = (cookie: string | undefined) => Number(/Max-Age=(\d+)/i.exec(cookie ?? "")?.[1])

describe("registering", () => {
  it.live("makes a member, in JSON and in both kinds of forms", () =>
    Effect.gen(function* () {
      const server = yield* startWhole()
      for (const as of codings) {
        const browser = browserOf(server)
        const fields = { username: `ada-${as}`, email: `${as}@example.org`, password, remember: true }
        const answer = yield* browser.post("/register", fields, { as })
        expect(answer.status).toBe(200)
        expect(answer.json).toMatchObject({
          user: { name: `ada-${as}`, isGuest: false },
          role: "member",
          registration: "open",
          guests: true
        })
        expect(answer.json["socketToken"]).toBeUndefined()
        expect(Math.abs(maxAgeOf(answer.setCookies.get("messenger_session")) - 60 * day)).toBeLessThan(60)
        expect((yield* browser.get("/session")).json).toMatchObject({ user: { name: `ada-${as}` }, role: "member" })
      }
    })
  )

  it.live("turns a guest into a member in place", () =>
    Effect.gen(function* () {
      const server = yield* startWhole()
      const browser = browserOf(server)
      const guest = yield* browser.post("/guest", { name: "Ada" })
      const member = yield* browser.post("/register", ada)
      expect(member.json).toMatchObject({ role: "member" })
      expect(idOf(member.json)).toBe(idOf(guest.json))
      expect(member.setCookies.get("messenger_session")).not.toBe(guest.setCookies.get("messenger_session"))
      const again = yield* browser.post("/register", { ...ada, username: "ada2", email: "ada2@example.org" })
      expect([again.status, again.json]).toMatchObject([409, { _tag: "AlreadyRegistered" }])
    })
  )

  it.live("refuses with errors that say what to change, and repeats nothing that was sent", () =>
    Effect.gen(function* () {
      const server = yield* startWhole()
      yield* browserOf(server).post("/register", ada)
      for (const [change, status, tag] of [
        [{ username: "a" }, 422, "UsernameInvalid"],
        [{ email: "nowhere" }, 422, "EmailInvalid"],
        [{ password: "short" }, 422, "PasswordRefused"],
        [{ password: "password123" }, 422, "PasswordRefused"],
        [{ email: "other@example.org" }, 409, "AccountTaken"],
        [{ username: "other" }, 409, "AccountTaken"],
        [{ username: "other", email: "ADA@example.org" }, 409, "AccountTaken"]
      ] as const) {
        const refused = yield* browserOf(server).post("/register", { ...ada, ...change })
        expect([refused.status, refused.json["_tag"]]).toEqual([status, tag])
        expect(refused.setCookies.size).toBe(0)
      }
      for (const as of codings) {
        const refused = yield* browserOf(server).post("/register", { username: "ada", password }, { as })
        expect([refused.status, refused.json["_tag"]]).toEqual([400, "BadRequest"])
        expect(refused.text).not.toContain(password)
      }
    })
  )

  it.live("is for nobody where the server is closed, and guests are not let in where they are not wanted", () =>
    Effect.gen(function* () {
      const server = yield* startWhole({ REGISTRATION: "closed", GUESTS: "off" })
      const browser = browserOf(server)
      expect((yield* browser.get("/session")).json).toEqual({
        user: null,
        role: null,
        registration: "closed",
        guests: false
      })
      const registering = yield* browser.post("/register", ada)
      expect([registering.status, registering.json]).toMatchObject([
        403,
        { _tag: "RegistrationClosed", registration: "closed" }
      ])
      const entering = yield* browser.post("/guest", { name: "Ada" })
      expect([entering.status, entering.json]).toMatchObject([403, { _tag: "GuestsRefused" }])
    })
  )

  it.live("takes an invitation where the server asks for one, as often as it is good for", () =>
    Effect.gen(function* () {
      const DATA_DIR = yield* temporaryFolder
      const invite = yield* Effect.scoped(
        Effect.gen(function* () {
          const ownerToken = "makes the first owner of this server"
          const server = yield* startWhole({ DATA_DIR, OWNER_TOKEN: ownerToken })
          const browser = browserOf(server)
          yield* browser.post("/register", { ...ada, username: "owner", email: "owner@example.org" })
          const owner = yield* callerOf(server, { cookie: browser.cookie(), origin: server.url })
          yield* owner.done("ClaimServer", { token: ownerToken })
          const { token } = yield* owner.done("InviteToServer", { days: 1, uses: 1 })
          return String(token)
        })
      )
      const server = yield* startWhole({ DATA_DIR, REGISTRATION: "invite" })
      for (const fields of [ada, { ...ada, invite: "" }]) {
        const without = yield* browserOf(server).post("/register", fields, { as: "form" })
        expect([without.status, without.json]).toMatchObject([
          403,
          { _tag: "RegistrationClosed", registration: "invite" }
        ])
      }
      const wrong = yield* browserOf(server).post("/register", { ...ada, invite: "nonsense" })
      expect([wrong.status, wrong.json]).toMatchObject([410, { _tag: "LinkInvalid" }])
      const right = yield* browserOf(server).post("/register", { ...ada, invite }, { as: "form" })
      expect(right.json).toMatchObject({ user: { name: "ada" }, role: "member", registration: "invite" })
      const grace = { username: "grace", email: "grace@example.org", password }
      const usedUp = yield* browserOf(server).post("/register", { ...grace, invite })
      expect([usedUp.status, usedUp.json]).toMatchObject([410, { _tag: "LinkInvalid" }])
    })
  )

  it.live("keeps its name from guests", () =>
    Effect.gen(function* () {
      const server = yield* startWhole()
      yield* browserOf(server).post("/register", ada)
      for (const as of codings) {
        const taken = yield* browserOf(server).post("/guest", { name: "Ada" }, { as })
        expect([taken.status, taken.json]).toMatchObject([409, { _tag: "NameTaken" }])
        const invalid = yield* browserOf(server).post("/guest", { name: " " }, { as })
        expect([invalid.status, invalid.json]).toMatchObject([422, { _tag: "NameInvalid", reason: "Empty" }])
        expect((yield* browserOf(server).post("/guest", { name: `Grace ${as}` }, { as })).status).toBe(200)
      }
    })
  )
})

describe("logging in", () => {
  it.live("is by username or email, in JSON and in both kinds of forms, and blank fields are none", () =>
    Effect.gen(function* () {
      const server = yield* startWhole()
      yield* browserOf(server).post("/register", ada)
      for (const as of codings) {
        for (const names of [
          { username: "ada" },
          { email: "ada@example.org" },
          { username: "ADA", email: "ada@example.org" },
          { username: "ada", email: "" }
        ]) {
          const answer = yield* browserOf(server).post("/login", { ...names, password }, { as })
          expect(answer.status).toBe(200)
          expect(answer.json).toMatchObject({ user: { name: "ada" }, role: "member" })
        }
        const nobody = yield* browserOf(server).post("/login", { password }, { as })
        expect([nobody.status, nobody.json["_tag"]]).toEqual([400, "BadRequest"])
      }
    })
  )

  it.live("ends with the browser unless it is to be remembered", () =>
    Effect.gen(function* () {
      const server = yield* startWhole()
      yield* browserOf(server).post("/register", ada)
      for (const [remember, isKept] of [
        [true, true],
        [false, false]
      ] as const) {
        const browser = browserOf(server)
        const answer = yield* browser.post("/login", { username: "ada", password, remember }, { as: "form" })
        expect(answer.setCookies.get("messenger_session")?.includes("Max-Age")).toBe(isKept)
        browser.restart()
        const asked = yield* browser.get("/session")
        expect(asked.json["user"] !== null).toBe(isKept)
      }
    })
  )

  it.live("knows the device again by a cookie of a year", () =>
    Effect.gen(function* () {
      const server = yield* startWhole()
      const browser = browserOf(server)
      const device = (yield* browser.post("/register", ada)).setCookies.get("messenger_device") ?? ""
      for (const attribute of ["HttpOnly", "SameSite=Lax", "Path=/"]) expect(device).toContain(attribute)
      expect(maxAgeOf(device)).toBe(365 * day)
      yield* browser.post("/logout", {})
      expect(browser.cookie()).toMatch(/^messenger_device=/)
    })
  )

  it.live("says neither whether the account exists nor which part was wrong", () =>
    Effect.gen(function* () {
      const server = yield* startWhole()
      yield* browserOf(server).post("/register", ada)
      for (const wrong of [
        { username: "ada", password: "another password" },
        { username: "nobody", password },
        { username: "ada", email: "other@example.org", password }
      ]) {
        const refused = yield* browserOf(server).post("/login", wrong)
        expect([refused.status, refused.json]).toMatchObject([401, { _tag: "WrongCredentials" }])
        expect(refused.headers["www-authenticate"]).toBe("Bearer")
        expect(refused.setCookies.size).toBe(0)
      }
    })
  )

  it.live("says when to come back after too many wrong passwords", () =>
    Effect.gen(function* () {
      const server = yield* startWhole()
      yield* browserOf(server).post("/register", ada)
      const statuses = []
      for (let attempt = 0; attempt < 10; attempt++) {
        const refused = yield* browserOf(server).post("/login", { username: "ada", password: "another password" })
        statuses.push(refused.status)
        if (refused.status === 429) {
          expect(Number(refused.headers["retry-after"])).toBeGreaterThan(0)
          expect(refused.json["_tag"]).toBe("RateLimited")
        }
      }
      expect(statuses).toContain(401)
      expect(statuses).toContain(429)
    })
  )

  it.live("answers a socket token to those who ask for one", () =>
    Effect.gen(function* () {
      const server = yield* startWhole()
      const registered = yield* browserOf(server).post("/register", { ...ada, socketToken: true }, { as: "form" })
      const guest = yield* browserOf(server).post("/guest", { name: "Grace", socketToken: true })
      const loggedIn = yield* browserOf(server).post("/login", { username: "ada", password, socketToken: true })
      for (const [answer, name] of [
        [registered, "ada"],
        [guest, "Grace"],
        [loggedIn, "ada"]
      ] as const) {
        const token = answer.json["socketToken"]
        expect(token).toMatch(/^mst1\./)
        const asked = yield* browserOf(server).get("/session", { authorization: `Bearer ${String(token)}` })
        expect(asked.json).toMatchObject({ user: { name } })
        expect(asked.setCookies.size).toBe(0)
      }
    })
  )
})

describe("a session", () => {
  it.live("is over for its cookie and its tokens once it was logged out of", () =>
    Effect.gen(function* () {
      const server = yield* startWhole()
      const browser = browserOf(server)
      const { json } = yield* browser.post("/register", { ...ada, socketToken: true })
      const cookie = browser.cookie()
      const left = yield* browser.post("/logout", {}, { as: "form" })
      expect([left.status, left.json["user"]]).toEqual([200, null])
      expect(maxAgeOf(left.setCookies.get("messenger_session"))).toBe(0)
      expect((yield* browser.get("/session", { cookie })).json["user"]).toBeNull()
      const bearer = yield* browser.get("/session", { authorization: `Bearer ${String(json["socketToken"])}` })
      expect([bearer.status, bearer.json]).toMatchObject([401, { _tag: "Unauthenticated" }])
    })
  )

  it.live("is given to forms of pages without scripts by way of the client, and refused to them in JSON", () =>
    Effect.gen(function* () {
      const server = yield* startWhole()
      const browser = browserOf(server)
      const asPage = { as: "form", headers: { accept: "text/html,application/xhtml+xml,*/*;q=0.8" } } as const
      const refused = yield* browser.post("/register", { ...ada, password: "short" }, asPage)
      expect([refused.status, refused.json["_tag"]]).toEqual([422, "PasswordRefused"])
      const steps = [
        ["/guest", { name: "Ada" }],
        ["/register", ada],
        ["/login", { username: "ada", password }],
        ["/logout", {}]
      ] as const
      for (const [path, fields] of steps) {
        const answer = yield* browser.post(path, fields, asPage)
        expect([answer.status, answer.headers.location, answer.text]).toEqual([303, "/", ""])
        expect(answer.setCookies.has("messenger_session")).toBe(true)
        expect(answer.headers["cache-control"]).toBe("no-store")
      }
    })
  )

  it.live("is kept by cookies of this one host over TLS, and by no others", () =>
    Effect.gen(function* () {
      const origin = "https://chat.example.org"
      const server = yield* startWhole({ PUBLIC_URL: origin })
      const browser = browserOf(server, origin)
      const answer = yield* browser.post("/register", { ...ada, remember: true })
      expect([...answer.setCookies.keys()].toSorted()).toEqual(["__Host-messenger_device", "__Host-messenger_session"])
      for (const cookie of answer.setCookies.values()) {
        for (const attribute of ["HttpOnly", "SameSite=Lax", "Path=/", "Secure"]) expect(cookie).toContain(attribute)
        expect(cookie).not.toContain("Domain")
      }
      const [, token = ""] = /__Host-messenger_session=([^;]+)/.exec(browser.cookie()) ?? []
      // Whoever may set cookies for the domain can put a session of their own neither in its place nor before it.
      const plain = yield* browserOf(server, origin).get("/session", { cookie: `messenger_session=${token}` })
      expect([plain.json["user"], plain.setCookies.size]).toEqual([null, 0])
      const tossed = yield* browserOf(server, origin).get("/session", {
        cookie: `messenger_session=tossed; __Host-messenger_session=${token}`
      })
      expect(tossed.json).toMatchObject({ user: { name: "ada" } })
    })
  )

  it.live("is not found by a bearer token that nobody was given", () =>
    Effect.gen(function* () {
      const server = yield* startWhole()
      for (const token of ["mat_unknown", "mst1.e30.x", "anything"]) {
        const answer = yield* browserOf(server).get("/session", { authorization: `Bearer ${token}` })
        expect([answer.status, answer.json]).toMatchObject([401, { _tag: "Unauthenticated" }])
      }
    })
  )
})

const idOf = (json: Readonly<Record<string, unknown>>): unknown =>
  typeof json["user"] === "object" && json["user"] !== null && "id" in json["user"] ? json["user"].id : undefined
