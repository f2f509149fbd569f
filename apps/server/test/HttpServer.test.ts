import { expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { request } from "node:http"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { describe } from "vitest"
import { startServer, type TestServer, type TestServerOptions } from "./support/TestServer.ts"
import { enter, greeted, open, until } from "./support/WireClient.ts"

const ask = (server: TestServer, path: string, init: RequestInit = {}) =>
  Effect.promise(() => fetch(`${server.url}${path}`, init))

const nameOneself = (server: TestServer, body: string, headers: Record<string, string> = {}) =>
  ask(server, "/guest", {
    method: "POST",
    headers: { "content-type": "application/json", origin: server.url, ...headers },
    body
  })

const jsonOf = (response: Response): Effect.Effect<unknown> => Effect.promise(() => response.json())

/** Asks with a header that `fetch` keeps for itself. */
const askWith = (server: TestServer, path: string, headers: Record<string, string>) =>
  Effect.promise(
    () =>
      new Promise<{ readonly status: number; readonly headers: NodeJS.Dict<string | string[]> }>((resolve, reject) => {
        request(`${server.url}${path}`, { headers }, (response) => {
          response.resume()
          response.on("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers }))
        })
          .on("error", reject)
          .end()
      })
  )

const startWithClient = (options: TestServerOptions = {}) =>
  Effect.gen(function* () {
    const webFolder = yield* Effect.acquireRelease(
      Effect.sync(() => mkdtempSync(join(tmpdir(), "messenger-web-"))),
      (folder) => Effect.sync(() => rmSync(folder, { recursive: true }))
    )
    mkdirSync(join(webFolder, "assets"))
    writeFileSync(join(webFolder, "index.html"), "<!doctype html><title>Messenger</title>")
    writeFileSync(join(webFolder, "assets/app-1234.js"), `console.log("${"hello ".repeat(1_000)}")`)
    return yield* startServer({ ...options, webFolder })
  })

describe("a session", () => {
  it.live("begins with a name, in a cookie that no script can read", () =>
    Effect.gen(function* () {
      const server = yield* startServer()
      const response = yield* nameOneself(server, '{"name":"Ada"}')
      expect(response.status).toBe(200)
      expect(yield* jsonOf(response)).toMatchObject({ user: { name: "Ada", isGuest: true } })
      const cookie = response.headers.get("set-cookie") ?? ""
      expect(cookie).toMatch(/^messenger_session=/)
      for (const attribute of ["HttpOnly", "SameSite=Lax", "Path=/"]) expect(cookie).toContain(attribute)
      expect(cookie).not.toContain("Secure")
      const maxAge = Number(/Max-Age=(\d+)/.exec(cookie)?.[1])
      expect(Math.abs(maxAge - 60 * 86_400)).toBeLessThan(60)
    })
  )

  it.live("is only sent over TLS where the public address is https", () =>
    Effect.gen(function* () {
      const server = yield* startServer({ environment: { PUBLIC_URL: "https://chat.example.org" } })
      const response = yield* nameOneself(server, '{"name":"Ada"}', { origin: "https://chat.example.org" })
      expect(response.headers.get("set-cookie")).toContain("Secure")
    })
  )

  it.live("is only sent over TLS where a trusted proxy was asked over TLS", () =>
    Effect.gen(function* () {
      const server = yield* startServer({ environment: { TRUSTED_PROXIES: "127.0.0.1" } })
      const through = (protocol: string) => ({
        origin: `${protocol}://chat.example.org`,
        "x-forwarded-host": "chat.example.org",
        "x-forwarded-proto": protocol
      })
      const secure = yield* nameOneself(server, '{"name":"Ada"}', through("https"))
      expect(secure.headers.get("set-cookie")).toContain("Secure")
      const plain = yield* nameOneself(server, '{"name":"Grace"}', through("http"))
      expect(plain.headers.get("set-cookie")).not.toContain("Secure")
    })
  )

  it.live("is answered again to the same cookie, and makes no second guest", () =>
    Effect.gen(function* () {
      const server = yield* startServer()
      const cookie = yield* enter(server, "Ada")
      const again = yield* nameOneself(server, '{"name":"Grace"}', { cookie })
      expect(yield* jsonOf(again)).toMatchObject({ user: { name: "Ada" } })
      const asked = yield* ask(server, "/session", { headers: { cookie } })
      expect(yield* jsonOf(asked)).toMatchObject({ user: { name: "Ada" } })
      expect(asked.headers.get("cache-control")).toBe("no-store")
    })
  )

  it.live("is nobody's without a cookie, or with one that is not valid", () =>
    Effect.gen(function* () {
      const server = yield* startServer()
      expect(yield* jsonOf(yield* ask(server, "/session"))).toMatchObject({ user: null })
      const stale = yield* ask(server, "/session", { headers: { cookie: "messenger_session=stale" } })
      expect(yield* jsonOf(stale)).toMatchObject({ user: null })
      expect(stale.headers.get("set-cookie")).toContain("Max-Age=0")
    })
  )

  it.live("ends with logging out, its open sockets too", () =>
    Effect.gen(function* () {
      const server = yield* startServer()
      const cookie = yield* enter(server, "Ada")
      const other = yield* greeted(server, "Grace")
      const own = yield* open(server, { headers: { cookie, origin: server.url } })
      const response = yield* ask(server, "/logout", { method: "POST", headers: { cookie, origin: server.url } })
      expect(response.headers.get("set-cookie")).toContain("Max-Age=0")
      expect(yield* jsonOf(yield* ask(server, "/session", { headers: { cookie } }))).toMatchObject({ user: null })
      expect(yield* own.closed).toEqual({ code: 4001, reason: "SignedOut" })
      expect(other.socket.readyState).toBe(1)
    })
  )

  it.live("refuses names and bodies with errors that say what to do", () =>
    Effect.gen(function* () {
      const server = yield* startServer()
      const empty = yield* nameOneself(server, '{"name":"  "}')
      expect(empty.status).toBe(422)
      expect(yield* jsonOf(empty)).toMatchObject({ _tag: "NameInvalid", reason: "Empty" })
      for (const body of ["{", "null", '{"name":5}', "", `{"name":"${"x".repeat(20_000)}"}`]) {
        const refused = yield* nameOneself(server, body)
        const [status, tag] = body.length > 16_384 ? [413, "BodyTooLarge"] : [400, "BadRequest"]
        expect(refused.status).toBe(status)
        expect(yield* jsonOf(refused)).toMatchObject({ _tag: tag })
      }
    })
  )

  it.live("says when to come back to an address that makes too many guests", () =>
    Effect.gen(function* () {
      const server = yield* startServer()
      server.chat.sessions.guestsLimited = true
      const response = yield* nameOneself(server, '{"name":"Ada"}')
      expect(response.status).toBe(429)
      expect(response.headers.get("retry-after")).toBe("2")
      expect(yield* jsonOf(response)).toMatchObject({ _tag: "RateLimited", retryAfterMillis: 1_500 })
    })
  )

  it.live("is not begun or ended by a page of another origin", () =>
    Effect.gen(function* () {
      const server = yield* startServer()
      const refused = yield* nameOneself(server, '{"name":"Ada"}', { origin: "https://evil.example" })
      expect(refused.status).toBe(403)
      expect(yield* jsonOf(refused)).toMatchObject({
        _tag: "OriginRefused",
        origin: "https://evil.example",
        setting: "PUBLIC_URL"
      })
      const silent = yield* ask(server, "/logout", { method: "POST" })
      expect(silent.status).toBe(403)
    })
  )

  it.live("may be begun on a name only when PUBLIC_URL says so", () =>
    Effect.gen(function* () {
      const server = yield* startServer()
      const named = { host: "chat.example.org", origin: "http://chat.example.org" }
      const options = { method: "POST", headers: { ...named, "content-type": "application/json" } }
      const status = yield* Effect.promise(
        () =>
          new Promise<number>((resolve, reject) => {
            request(`${server.url}/guest`, options, (response) => {
              response.resume()
              resolve(response.statusCode ?? 0)
            })
              .on("error", reject)
              .end('{"name":"Ada"}')
          })
      )
      expect(status).toBe(403)
    })
  )
})

describe("the web client", () => {
  it.live("is one document at all of its pages, asked for again each time", () =>
    Effect.gen(function* () {
      const server = yield* startWithClient()
      for (const path of [
        "/",
        "/login",
        "/register",
        "/admin/audit",
        "/claim",
        "/r/lobby",
        `/r/${"%F0%9F%92%AC".repeat(40)}`,
        "/?from=mail"
      ]) {
        const response = yield* ask(server, path)
        expect([path, response.status]).toEqual([path, 200])
        expect(response.headers.get("content-type")).toBe("text/html; charset=utf-8")
        expect(response.headers.get("cache-control")).toBe("no-cache")
      }
    })
  )

  it.live("has files that browsers keep for ever, compressed as they can take it", () =>
    Effect.gen(function* () {
      const server = yield* startWithClient()
      const path = "/assets/app-1234.js"
      const plain = yield* askWith(server, path, {})
      expect(plain.headers).toMatchObject({
        "cache-control": "public, max-age=31536000, immutable",
        "content-type": "text/javascript; charset=utf-8",
        vary: "accept-encoding"
      })
      expect(plain.headers["content-encoding"]).toBeUndefined()
      // Compressed in the background.
      yield* Effect.repeat(askWith(server, path, { "accept-encoding": "gzip" }), {
        until: ({ headers }) => headers["content-encoding"] === "gzip"
      })
      const best = yield* askWith(server, path, { "accept-encoding": "gzip, deflate, br;q=0.9" })
      expect(best.headers["content-encoding"]).toBe("br")
      expect(Number(best.headers["content-length"])).toBeLessThan(200)
      const unwilling = yield* askWith(server, path, { "accept-encoding": "br;q=0, gzip" })
      expect(unwilling.headers["content-encoding"]).toBe("gzip")
      expect(new Set([plain, best, unwilling].map(({ headers }) => headers["etag"])).size).toBe(3)
    })
  )

  it.live("sends nothing that a browser has already", () =>
    Effect.gen(function* () {
      const server = yield* startWithClient()
      const { headers } = yield* askWith(server, "/", {})
      const etag = String(headers["etag"])
      expect((yield* askWith(server, "/", { "if-none-match": `"other", W/${etag}` })).status).toBe(304)
      expect((yield* askWith(server, "/", { "if-none-match": '"other"' })).status).toBe(200)
    })
  )

  it.live("is not found anywhere else, and reaches no file outside of it", () =>
    Effect.gen(function* () {
      const server = yield* startWithClient()
      for (const path of ["/nothing", "/assets/", "/r/a/b", "/../package.json", "/%2e%2e/package.json", "/index.php"]) {
        expect([path, (yield* askWith(server, path, {})).status]).toEqual([path, 404])
      }
      expect((yield* ask(server, "/", { method: "DELETE", headers: { origin: server.url } })).status).toBe(405)
    })
  )

  it.live("says so when it is not built", () =>
    Effect.gen(function* () {
      const server = yield* startServer()
      const response = yield* ask(server, "/")
      expect(response.status).toBe(503)
      expect(yield* Effect.promise(() => response.text())).toContain("npm run build")
    })
  )
})

describe("for operators", () => {
  it.live("says whether it lives and whether it takes clients, and no more", () =>
    Effect.gen(function* () {
      const server = yield* startServer()
      expect((yield* ask(server, "/healthz")).status).toBe(200)
      expect((yield* ask(server, "/readyz")).status).toBe(503)
      server.readiness.set(true)
      const ready = yield* ask(server, "/readyz")
      expect(ready.status).toBe(200)
      expect(yield* Effect.promise(() => ready.text())).toBe("ready\n")
    })
  )

  it.live("shows its numbers to this machine", () =>
    Effect.gen(function* () {
      const server = yield* startServer()
      const client = yield* greeted(server, "Somebody")
      client.ask("follow", "FollowRoom", { roomId: "lobby" })
      yield* until("a follow", () => server.chat.follows === 1)
      const response = yield* ask(server, "/metrics")
      const text = yield* Effect.promise(() => response.text())
      expect(response.headers.get("content-type")).toContain("text/plain; version=0.0.4")
      expect(text).toMatch(/^messenger_connections 1$/m)
      expect(text).toMatch(/^messenger_frames_sent_total 1$/m)
      expect(text).toMatch(/^event_loop_delay_seconds\{quantile="0.99"\} \d/m)
      expect(text).toMatch(/^process_resident_memory_bytes \d+$/m)
      expect(text).not.toContain("Somebody")
      expect(text).not.toContain("lobby")
    })
  )

  it.live("hides its numbers from whoever came through a proxy, unless they know the token", () =>
    Effect.gen(function* () {
      const token = "a token of some length"
      const server = yield* startServer({ environment: { METRICS_TOKEN: token } })
      const statusWith = (headers: Record<string, string>) =>
        Effect.map(askWith(server, "/metrics", headers), ({ status }) => status)
      const forwarded = { "x-forwarded-for": "203.0.113.7" }
      expect(yield* statusWith(forwarded)).toBe(404)
      expect(yield* statusWith({ forwarded: "for=203.0.113.7" })).toBe(404)
      expect(yield* statusWith({ "x-forwarded-proto": "https" })).toBe(404)
      expect(yield* statusWith({ "cf-connecting-ip": "203.0.113.7" })).toBe(404)
      expect(yield* statusWith({ ...forwarded, authorization: "Bearer wrong" })).toBe(404)
      expect(yield* statusWith({ ...forwarded, authorization: `Bearer ${token}` })).toBe(200)
    })
  )

  it.live("knows no token that was not set", () =>
    Effect.gen(function* () {
      const server = yield* startServer()
      const headers = { via: "1.1 proxy", authorization: "Bearer " }
      expect((yield* askWith(server, "/metrics", headers)).status).toBe(404)
    })
  )
})
