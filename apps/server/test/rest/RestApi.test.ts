import { expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { describe } from "vitest"
import { browserOf } from "../support/Browser.ts"
import { ask } from "../support/Http.ts"
import { startWhole, unlimited } from "../support/WholeServer.ts"

const start = Effect.gen(function* () {
  const server = yield* startWhole({}, unlimited)
  const ada = browserOf(server)
  yield* ada.post("/guest", { name: "Ada" })
  const send = (method: string, path: string, body?: unknown, headers: Readonly<Record<string, string>> = {}) =>
    Effect.map(
      ask(server, `/api/v1${path}`, {
        method,
        headers: {
          cookie: ada.cookie(),
          origin: server.url,
          ...(body === undefined ? {} : { "content-type": "application/json" }),
          ...headers
        },
        ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) })
      }),
      (answer) => ({ ...answer, json: answer.text === "" ? {} : JSON.parse(answer.text) })
    )
  return { server, send }
})

const messages = "/rooms/lobby/messages"

describe("a message", () => {
  it.live("is posted with 201, is found where the answer says, and is the same there", () =>
    Effect.gen(function* () {
      const { send, server } = yield* start
      const posted = yield* send("POST", messages, { text: "  Hello\r\nthere  " })
      expect(posted.status).toBe(201)
      expect(posted.headers["cache-control"]).toBe("no-store")
      expect(posted.json).toMatchObject({ text: "Hello\nthere", author: { name: "Ada" }, state: "Present" })
      const location = String(posted.headers["location"])
      const found = yield* send("GET", location.replace("/api/v1", ""))
      expect(found.json).toEqual(posted.json)
      expect(found.headers["etag"]).toBe(posted.headers["etag"])
      expect((yield* ask(server, location)).status).toBe(401)
    })
  )

  it.live("is posted once under its key, quoted or bare, and another one under that key is refused", () =>
    Effect.gen(function* () {
      const { send } = yield* start
      const first = yield* send("POST", messages, { text: "once" }, { "idempotency-key": "deploy-0042" })
      const again = yield* send("POST", messages, { text: "once" }, { "idempotency-key": '"deploy-0042"' })
      expect([again.status, again.json]).toEqual([201, first.json])
      expect(first.json.key).toBe("deploy-0042")
      const other = yield* send("POST", messages, { text: "twice" }, { "idempotency-key": "deploy-0042" })
      expect([other.status, other.json._tag]).toEqual([422, "IdempotencyKeyReused"])
      const page = yield* send("GET", messages)
      expect(page.json.messages).toHaveLength(1)
      for (const key of ["short", "no spaces in it", "ä-long-enough", ""]) {
        const refused = yield* send("POST", messages, { text: "once" }, { "idempotency-key": encodeURI(key) })
        expect([key, refused.status, refused.json._tag]).toEqual([key, 400, "IdempotencyKeyInvalid"])
      }
      const keyless = [yield* send("POST", messages, { text: "a" }), yield* send("POST", messages, { text: "a" })]
      expect(new Set(keyless.map(({ json }) => json.number)).size).toBe(2)
    })
  )

  it.live("is edited at the version that was seen, or at the newest when none is named", () =>
    Effect.gen(function* () {
      const { send } = yield* start
      const posted = yield* send("POST", messages, { text: "one" })
      const at = `${messages}/${posted.json.number}`
      const two = yield* send("PATCH", at, { text: "two" })
      expect([two.status, two.json.text, two.json.change > posted.json.change]).toEqual([200, "two", true])
      expect((yield* send("GET", at)).json).toEqual(two.json)
      const stale = yield* send("PATCH", at, { text: "three", change: posted.json.change })
      expect([stale.status, stale.json._tag, stale.json.change]).toEqual([409, "EditConflict", two.json.change])
      const tagged = { "if-match": String(posted.headers["etag"]) }
      expect((yield* send("PATCH", at, { text: "three" }, tagged)).status).toBe(409)
      const fresh = { "if-match": String(two.headers["etag"]), "idempotency-key": "edit-00001" }
      const three = yield* send("PATCH", at, { text: "three" }, fresh)
      expect([three.status, three.json.text]).toEqual([200, "three"])
      const again = yield* send("PATCH", at, { text: "three" }, fresh)
      expect([again.status, again.json.change]).toEqual([200, three.json.change])
      expect((yield* send("PATCH", at, { text: "four" }, { "if-match": "W/x" })).status).toBe(400)
    })
  )

  it.live("is edited once under a key that names no version, and a repetition answers the same", () =>
    Effect.gen(function* () {
      const { send } = yield* start
      const { number } = (yield* send("POST", messages, { text: "one" })).json
      const keyed = { "idempotency-key": "edit-00002" }
      const first = yield* send("PATCH", `${messages}/${number}`, { text: "two" }, keyed)
      const again = yield* send("PATCH", `${messages}/${number}`, { text: "two" }, { ...keyed, "if-match": "*" })
      expect([again.status, again.json]).toEqual([200, first.json])
      expect(again.headers["etag"]).toBe(first.headers["etag"])
      const other = yield* send("PATCH", `${messages}/${number}`, { text: "three" }, keyed)
      expect([other.status, other.json._tag]).toEqual([422, "IdempotencyKeyReused"])
    })
  )

  it.live("takes every edit that names no version, however many come at once", () =>
    Effect.gen(function* () {
      const { send } = yield* start
      const { number } = (yield* send("POST", messages, { text: "one" })).json
      const texts = ["a", "b", "c", "d", "e", "f", "g", "h"]
      const edits = yield* Effect.forEach(texts, (text) => send("PATCH", `${messages}/${number}`, { text }), {
        concurrency: "unbounded"
      })
      expect(edits.map(({ status }) => status)).toEqual(texts.map(() => 200))
      expect(edits.map(({ json }) => json.text)).toEqual(texts)
      expect(new Set(edits.map(({ json }) => json.change)).size).toBe(texts.length)
    })
  )

  it.live("is answered as it is by an edit that is repeated after a later change", () =>
    Effect.gen(function* () {
      const { send } = yield* start
      const { number } = (yield* send("POST", messages, { text: "one" })).json
      const at = `${messages}/${number}`
      const keyed = { "idempotency-key": "edit-00003" }
      yield* send("PATCH", at, { text: "two" }, keyed)
      const three = yield* send("PATCH", at, { text: "three" })
      const again = yield* send("PATCH", at, { text: "two" }, keyed)
      expect([again.status, again.json]).toEqual([200, three.json])
      expect(again.headers["etag"]).toBe(three.headers["etag"])
      yield* send("DELETE", at)
      const gone = yield* send("PATCH", at, { text: "two" }, keyed)
      expect([gone.status, gone.json]).toEqual([200, (yield* send("GET", at)).json])
    })
  )

  it.live("is deleted at the version that If-Match names, and at no newer one", () =>
    Effect.gen(function* () {
      const { send } = yield* start
      const posted = yield* send("POST", messages, { text: "one" })
      const at = `${messages}/${posted.json.number}`
      const edited = yield* send("PATCH", at, { text: "two" })
      const stale = yield* send("DELETE", at, undefined, { "if-match": String(posted.headers["etag"]) })
      expect([stale.status, stale.json._tag, stale.json.change]).toEqual([409, "EditConflict", edited.json.change])
      const foreign = yield* send("DELETE", at, undefined, { "if-match": '"of something else"' })
      expect([foreign.status, foreign.json._tag]).toEqual([400, "BadRequest"])
      expect((yield* send("GET", at)).json.state).toBe("Present")
      const fresh = { "if-match": String(edited.headers["etag"]), "idempotency-key": "delete-0002" }
      expect((yield* send("DELETE", at, undefined, fresh)).status).toBe(204)
      expect((yield* send("DELETE", at, undefined, fresh)).status).toBe(204)
      const other = (yield* send("POST", messages, { text: "any" })).json.number
      expect((yield* send("DELETE", `${messages}/${other}`, undefined, { "if-match": "*" })).status).toBe(204)
    })
  )

  it.live("that was deleted is still there as such, and is deleted once", () =>
    Effect.gen(function* () {
      const { send } = yield* start
      const { number } = (yield* send("POST", messages, { text: "gone soon" })).json
      const deleted = yield* send("DELETE", `${messages}/${number}`, undefined, { "idempotency-key": "delete-0001" })
      expect([deleted.status, deleted.text]).toEqual([204, ""])
      const again = yield* send("DELETE", `${messages}/${number}`, undefined, { "idempotency-key": "delete-0001" })
      expect(again.status).toBe(204)
      expect((yield* send("DELETE", `${messages}/${number}`)).json._tag).toBe("MessageNotFound")
      expect((yield* send("GET", `${messages}/${number}`)).json).toMatchObject({ state: "Deleted", text: "" })
    })
  )
})

describe("a page of messages", () => {
  it.live("leads to the next one, backwards and forwards, until there is none", () =>
    Effect.gen(function* () {
      const { send } = yield* start
      const numbers: Array<number> = []
      for (let left = 7; left > 0; left--)
        numbers.push((yield* send("POST", messages, { text: `${left}` })).json.number)
      const walk = Effect.fnUntraced(function* (direction: "before" | "after", from: string) {
        const seen: Array<number> = []
        let query = from
        for (let pages = 0; pages < 9; pages++) {
          const { json } = yield* send("GET", `${messages}?limit=3${query}`)
          const found = json.messages.map(({ number }: { readonly number: number }) => number)
          if (direction === "before") seen.unshift(...found)
          else seen.push(...found)
          if (json.next === null) return seen
          query = `&${direction}=${json.next}`
        }
        throw new Error("the pages do not end")
      })
      expect(yield* walk("before", "")).toEqual(numbers)
      expect(yield* walk("after", "&after=0")).toEqual(numbers)
      const around = yield* send("GET", `${messages}?limit=3&around=${numbers[3]}`)
      expect(around.json.messages.map(({ number }: { readonly number: number }) => number)).toContain(numbers[3])
      const both = yield* send("GET", `${messages}?before=3&after=1`)
      expect([both.status, both.json.detail]).toEqual([400, "Ask with one of before, after and around."])
    })
  )
})

describe("a request that cannot be read", () => {
  it.live("is told what is wrong with it, and nothing of what it said", () =>
    Effect.gen(function* () {
      const { send } = yield* start
      const secret = "hunter2hunter2"
      const bodies: ReadonlyArray<readonly [unknown, Readonly<Record<string, string>>, number, string]> = [
        ["{", {}, 400, "BadRequest"],
        ["", {}, 400, "BadRequest"],
        ["null", {}, 400, "BadRequest"],
        [{ text: [secret] }, {}, 400, "BadRequest"],
        [{ said: secret }, {}, 400, "BadRequest"],
        [{ text: "x" }, { "content-type": "text/plain" }, 415, "UnsupportedMediaType"],
        [`text=${secret}`, { "content-type": "application/x-www-form-urlencoded" }, 415, "UnsupportedMediaType"],
        [{ text: "x".repeat(70_000) }, {}, 413, "BodyTooLarge"],
        [{ text: "x".repeat(4_001) }, {}, 422, "MessageInvalid"],
        [{ text: "  " }, {}, 422, "MessageInvalid"]
      ]
      for (const [body, headers, status, tag] of bodies) {
        const answer = yield* send("POST", messages, body, headers)
        expect([body, answer.status, answer.json._tag]).toEqual([body, status, tag])
        expect(answer.headers).toMatchObject({
          "content-type": "application/problem+json",
          "cache-control": "no-store"
        })
        expect(answer.text).not.toContain(secret)
      }
      const missing = yield* send("POST", messages, {})
      expect(missing.json.detail).toBe("body.text: missing key.")
      for (const path of [`${messages}?limit=0`, `${messages}?limit=1000`, `${messages}?before=x`, `${messages}/one`]) {
        const answer = yield* send("GET", path)
        expect([path, answer.status, answer.json._tag]).toEqual([path, 400, "BadRequest"])
      }
      for (const path of ["/rooms/nowhere", "/rooms/nowhere/messages", `/rooms/${"x".repeat(200)}/people`]) {
        const answer = yield* send("GET", path)
        expect([path, answer.status, answer.json._tag]).toEqual([path, 404, "RoomNotFound"])
      }
    })
  )
})

describe("a room", () => {
  it.live("is named by its id or by its slug, and is listed in pages", () =>
    Effect.gen(function* () {
      const { send } = yield* start
      const made = yield* send("POST", "/rooms", { name: "Züge & Busse" })
      expect(made.status).toBe(201)
      expect(made.headers["location"]).toBe(`/api/v1/rooms/${made.json.id}`)
      for (const name of [made.json.id, encodeURIComponent(made.json.slug)]) {
        expect((yield* send("GET", `/rooms/${name}`)).json.room.id).toBe(made.json.id)
        expect((yield* send("POST", `/rooms/${name}/messages`, { text: "hello" })).status).toBe(201)
      }
      const taken = yield* send("POST", "/rooms", { name: "züge busse" })
      expect([taken.status, taken.json._tag, taken.json.roomId]).toEqual([409, "RoomNameTaken", made.json.id])
      const seen: Array<string> = []
      let after = ""
      for (let pages = 0; pages < 9; pages++) {
        const { json } = yield* send("GET", `/rooms?limit=1${after}`)
        seen.push(...json.rooms.map(({ room }: { readonly room: { readonly slug: string } }) => room.slug))
        if (json.next === null) break
        after = `&after=${json.next}`
      }
      expect(seen.toSorted()).toEqual(["lobby", "random", made.json.slug])
    })
  )
})

describe("who sends a request", () => {
  it.live("is nobody any more from the moment their session ends", () =>
    Effect.gen(function* () {
      const { send } = yield* start
      const { sessions } = (yield* send("GET", "/me/sessions")).json
      expect(sessions).toHaveLength(1)
      expect((yield* send("DELETE", `/me/sessions/${sessions[0].id}`)).status).toBe(204)
      const after = yield* send("GET", "/me")
      expect([after.status, after.json._tag, after.headers["www-authenticate"]]).toEqual([
        401,
        "Unauthenticated",
        "Bearer"
      ])
    })
  )

  it.live("may come with a socket token, and cannot make another one of it", () =>
    Effect.gen(function* () {
      const { send, server } = yield* start
      const made = yield* send("POST", "/me/socket-token")
      expect(made.status).toBe(201)
      const authorization = `Bearer ${made.json.token}`
      const me = yield* ask(server, "/api/v1/me", { headers: { authorization } })
      expect(JSON.parse(me.text)).toMatchObject({ user: { name: "Ada" } })
      const renewed = yield* ask(server, "/api/v1/me/socket-token", { method: "POST", headers: { authorization } })
      expect([renewed.status, JSON.parse(renewed.text).needs]).toEqual([403, "self.sessions"])
      const wrong = yield* ask(server, "/api/v1/me", { headers: { authorization: "Bearer mat_none" } })
      expect(wrong.status).toBe(401)
    })
  )
})
