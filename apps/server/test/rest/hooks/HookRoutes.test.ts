import { expect, it } from "@effect/vitest"
import { RateLimited } from "@messenger/protocol/Unavailable"
import { IncomingWebhook } from "@slack/webhook"
import { Effect } from "effect"
import { describe } from "vitest"
import { browserOf } from "../../support/Browser.ts"
import { callerOf } from "../../support/Caller.ts"
import { ask } from "../../support/Http.ts"
import { startServer } from "../../support/TestServer.ts"
import { startWhole } from "../../support/WholeServer.ts"

const json = { "content-type": "application/json" }
const form = { "content-type": "application/x-www-form-urlencoded" }

/** A server, and how to post to its webhook. */
const withHook = Effect.gen(function* () {
  const server = yield* startServer()
  const { token } = server.chat.webhooks
  const post = (body: string, headers: Record<string, string> = json, path = `/hooks/${token}`) =>
    ask(server, path, { method: "POST", headers, body })
  return { server, post, url: `${server.url}/hooks/${token}`, webhooks: server.chat.webhooks }
})

describe("an incoming webhook", () => {
  it.live("takes what the sender package of Slack sends", () =>
    Effect.gen(function* () {
      const { url, webhooks } = yield* withHook
      const hook = new IncomingWebhook(url, { username: "Monitor", icon_emoji: ":ghost:" })
      expect(yield* Effect.promise(() => hook.send("disk is full"))).toEqual({ text: "ok" })
      const blocks = [{ type: "section", text: { type: "mrkdwn", text: "see <https://example.org|the log>" } }]
      yield* Effect.promise(() => hook.send({ text: "fallback", blocks }))
      expect(webhooks.posted).toMatchObject([
        { text: "disk is full", alias: { name: "Monitor", emoji: "👻" }, address: "127.0.0.1" },
        { text: "see the log (https://example.org)" }
      ])
      const gone = new IncomingWebhook(`${url}x`)
      yield* Effect.promise(() => expect(gone.send("hello")).rejects.toMatchObject({ statusCode: 404 }))
    })
  )

  it.live("answers ok in plain text, which nobody keeps", () =>
    Effect.gen(function* () {
      const { post } = yield* withHook
      const answer = yield* post('{"text": "Hello"}')
      expect(answer).toMatchObject({ status: 200, text: "ok" })
      expect(answer.headers["content-type"]).toMatch(/^text\/plain/)
      expect(answer.headers["cache-control"]).toBe("no-store")
    })
  )

  it.live("takes JSON, a form with a payload, and either under a wrong content type", () =>
    Effect.gen(function* () {
      const { post, webhooks } = yield* withHook
      const body = '{"text": "1 + 1 = 2 & more ✓"}'
      const payload = `payload=${encodeURIComponent(body)}`
      const boundary = "------------------------d74496d66958873e"
      const multipart = `--${boundary}\r\nContent-Disposition: form-data; name="payload"\r\n\r\n${body}\r\n--${boundary}--\r\n`
      const given: ReadonlyArray<readonly [string, Record<string, string>]> = [
        [body, json],
        [`\n ${body}`, { "content-type": "application/json; charset=utf-8" }],
        [body, form],
        [body, { "content-type": "text/plain" }],
        [body, {}],
        [payload, form],
        [`a=b&${payload}`, {}],
        [multipart, { "content-type": `multipart/form-data; boundary=${boundary}` }]
      ]
      for (const [text, headers] of given) expect([text, (yield* post(text, headers)).status]).toEqual([text, 200])
      expect(webhooks.posted.map(({ text }) => text)).toEqual(given.map(() => "1 + 1 = 2 & more ✓"))
    })
  )

  it.live("cuts a text that is too long, so that an alert is not lost", () =>
    Effect.gen(function* () {
      const { post, webhooks } = yield* withHook
      expect((yield* post(JSON.stringify({ text: "x".repeat(60_000) }))).status).toBe(200)
      expect(webhooks.posted[0]?.text).toBe(`${"x".repeat(3_999)}…`)
    })
  )

  it.live("refuses with problem details", () =>
    Effect.gen(function* () {
      const { post, webhooks } = yield* withHook
      const problem = Effect.fnUntraced(function* (...given: Parameters<typeof post>) {
        const { headers, status, text } = yield* post(...given)
        expect(headers["content-type"]).toMatch(/^application\/problem\+json/)
        const body: unknown = JSON.parse(text)
        expect(body).toMatchObject({ status })
        return body
      })
      for (const body of ["", "{", "[]", '"text"', "payload={", "text=hello", "\u0000"])
        expect(yield* problem(body)).toMatchObject({ status: 400, _tag: "BadRequest" })
      for (const body of ["{}", '{"text": " "}', '{"attachments": [{}]}'])
        expect(yield* problem(body)).toMatchObject({ status: 422, _tag: "MessageInvalid", reason: "Empty" })
      expect(yield* problem(JSON.stringify({ text: "x".repeat(65_536) }))).toMatchObject({
        status: 413,
        _tag: "BodyTooLarge",
        limit: 65_536
      })
      expect(yield* problem('{"text": "Hello"}', json, "/hooks/mih_unknown")).toMatchObject({
        status: 404,
        _tag: "WebhookNotFound"
      })
      webhooks.refusal = new RateLimited({ retryAfterMillis: 1_500 })
      const limited = yield* post('{"text": "Hello"}')
      expect(limited).toMatchObject({ status: 429, headers: { "retry-after": "2" } })
      expect(webhooks.posted).toEqual([])
    })
  )

  it.live("counts every request, and reads the body of none that is not let in", () =>
    Effect.gen(function* () {
      const { post, webhooks } = yield* withHook
      const unreadable = ["{", JSON.stringify({ text: "x".repeat(65_536) })]
      for (const body of unreadable) yield* post(body)
      expect(webhooks.requests).toBe(2)
      for (const body of unreadable) expect((yield* post(body, json, "/hooks/mih_unknown")).status).toBe(404)
      webhooks.refusal = new RateLimited({ retryAfterMillis: 1_500 })
      for (const body of unreadable) expect((yield* post(body)).status).toBe(429)
      expect(webhooks.requests).toBe(6)
    })
  )

  it.live("posts the same Idempotency-Key once, and without one each time", () =>
    Effect.gen(function* () {
      const { post, webhooks } = yield* withHook
      const keyed = (key: string, text: string) => post(JSON.stringify({ text }), { ...json, "idempotency-key": key })
      expect((yield* keyed("alert-2026-11-23", "Hello")).status).toBe(200)
      expect((yield* keyed("alert-2026-11-23", "Hello")).status).toBe(200)
      expect((yield* keyed('"alert-2026-11-23"', "Hello")).status).toBe(200)
      expect(webhooks.posted.length).toBe(1)
      expect((yield* keyed("alert-2026-11-23", "Other")).status).toBe(422)
      expect((yield* keyed("no key", "Hello")).text).toContain("IdempotencyKeyInvalid")
      yield* post('{"text": "Hello"}')
      yield* post('{"text": "Hello"}')
      expect(webhooks.posted.length).toBe(3)
    })
  )

  it.live("takes posts from wherever, and reads neither cookie nor bearer token", () =>
    Effect.gen(function* () {
      const { post, server, webhooks } = yield* withHook
      const credentials = { cookie: "messenger_session=stolen", authorization: "Bearer mat_stolen" }
      for (const origin of ["https://evil.example", "null", server.url]) {
        const answer = yield* post('{"text": "Hello"}', {
          ...json,
          ...credentials,
          origin,
          "sec-fetch-site": "cross-site"
        })
        expect(answer.status).toBe(200)
        expect(answer.headers["set-cookie"]).toBe(undefined)
      }
      expect(webhooks.posted.length).toBe(3)
    })
  )

  it.live("stands in no metric", () =>
    Effect.gen(function* () {
      const { post, server, webhooks } = yield* withHook
      yield* post('{"text": "Hello"}')
      const { status, text } = yield* ask(server, "/metrics")
      expect(status).toBe(200)
      expect(text).not.toContain(webhooks.token)
    })
  )

  it.live("opens the gate for itself alone", () =>
    Effect.gen(function* () {
      const { server } = yield* withHook
      const headers = { ...json, origin: "https://evil.example" }
      const elsewhere = [
        "/hooks/",
        "/hooks",
        "/hooks/../guest",
        "/hooks/x/../../guest",
        "/hooks/x/y",
        "/hooks/%2e%2e%2fguest",
        "/hooks/x;/guest",
        "//hooks/x",
        "/HOOKS/x",
        "/guest?/hooks/x",
        "/guest#/hooks/x",
        "/x/hooks/x"
      ]
      for (const path of elsewhere) {
        const { status } = yield* ask(server, path, { method: "POST", headers, body: '{"name":"Ada"}' })
        expect([path, status]).toEqual([path, 403])
      }
      for (const method of ["PUT", "DELETE", "PATCH"])
        expect((yield* ask(server, "/hooks/x", { method, headers })).status).toBe(403)
      expect((yield* ask(server, "/hooks/x")).status).toBe(405)
      expect(server.chat.sessions.guestAddresses).toEqual([])
    })
  )
})

describe("an incoming webhook of a whole server", () => {
  it.live("posts into its room as a program, under its alias, until it is deleted", () =>
    Effect.gen(function* () {
      const server = yield* startWhole()
      const browser = browserOf(server)
      const password = "correct horse battery"
      yield* browser.post("/register", { username: "ada", email: "ada@example.org", password })
      const ada = yield* callerOf(server, { cookie: browser.cookie(), origin: server.url })
      const { id: roomId } = yield* ada.done("CreateRoom", { name: "Alerts" })
      const { token, webhook } = yield* ada.done("CreateIncomingWebhook", { roomId, name: "Monitor" })
      const hook = new IncomingWebhook(`${server.url}/hooks/${String(token)}`)
      const alert = { text: "disk is full", username: "Grafana", icon_emoji: ":ghost:" }
      expect(yield* Effect.promise(() => hook.send(alert))).toEqual({ text: "ok" })
      expect(yield* Effect.promise(() => hook.send("plain"))).toEqual({ text: "ok" })
      expect(yield* ada.done("History", { roomId, anchor: { _tag: "Newest" }, limit: 10 })).toMatchObject({
        messages: [
          {
            text: "disk is full",
            author: { name: "Monitor", isApp: true },
            alias: { name: "Grafana", emoji: "👻" }
          },
          { text: "plain", author: { name: "Monitor", isApp: true } }
        ]
      })
      yield* ada.done("DeleteWebhook", {
        roomId,
        id: typeof webhook === "object" && webhook !== null && "id" in webhook ? webhook.id : ""
      })
      yield* Effect.promise(() => expect(hook.send(alert)).rejects.toMatchObject({ statusCode: 404 }))
    })
  )
})
