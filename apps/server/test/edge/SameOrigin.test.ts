import { expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { describe } from "vitest"
import { ask } from "../support/Http.ts"
import { startServer } from "../support/TestServer.ts"
import { enter, open, refusedUpgrade } from "../support/WireClient.ts"

const changing = ["POST", "PUT", "PATCH", "DELETE", "PROPFIND"]
const paths = ["/guest", "/logout", "/login", "/register", "/session", "/api/v1/anything", "/", "/nothing", "/metrics"]
const json = { "content-type": "application/json" }
const name = '{"name":"Ada"}'

describe("a request that may change something", () => {
  it.live("is refused from a page of another origin and from nowhere, at every address and with every method", () =>
    Effect.gen(function* () {
      const server = yield* startServer()
      for (const method of changing) {
        for (const path of paths) {
          for (const origin of ["https://evil.example", "null", undefined]) {
            const headers = origin === undefined ? {} : { origin }
            const { status, text } = yield* ask(server, path, { method, headers })
            expect([method, path, origin, status]).toEqual([method, path, origin, 403])
            expect(JSON.parse(text)).toMatchObject({
              _tag: "OriginRefused",
              origin: origin ?? "",
              setting: "PUBLIC_URL"
            })
          }
        }
      }
      expect(server.chat.sessions.guestAddresses).toEqual([])
    })
  )

  it.live("passes from our own page, to what is there and to what is not", () =>
    Effect.gen(function* () {
      const server = yield* startServer()
      const headers = { origin: server.url, "sec-fetch-site": "same-origin", ...json }
      expect((yield* ask(server, "/guest", { method: "POST", headers, body: name })).status).toBe(200)
      expect((yield* ask(server, "/nothing", { method: "POST", headers })).status).toBe(404)
    })
  )

  it.live("is refused when the browser says that the page stands elsewhere, even under our own name", () =>
    Effect.gen(function* () {
      const server = yield* startServer()
      for (const site of ["cross-site", "same-site"]) {
        const headers = { origin: server.url, "sec-fetch-site": site, ...json }
        expect((yield* ask(server, "/guest", { method: "POST", headers, body: name })).status).toBe(403)
      }
    })
  )

  it.live("passes without an Origin when the browser vouches for the page", () =>
    Effect.gen(function* () {
      const server = yield* startServer()
      const headers = { "sec-fetch-site": "same-origin", ...json }
      expect((yield* ask(server, "/guest", { method: "POST", headers, body: name })).status).toBe(200)
    })
  )

  it.live("needs no page when it carries a bearer token and no cookie of ours", () =>
    Effect.gen(function* () {
      const server = yield* startServer()
      const cookie = yield* enter(server, "Grace")
      const authorization = "Bearer a-token"
      const statusOf = (headers: Record<string, string>) =>
        Effect.map(ask(server, "/nothing", { method: "POST", headers }), ({ status }) => status)
      expect(yield* statusOf({ authorization })).toBe(404)
      expect(yield* statusOf({ authorization, cookie: "balancer=7" })).toBe(404)
      expect(yield* statusOf({ authorization, cookie })).toBe(403)
      expect(yield* statusOf({ authorization, origin: "null" })).toBe(403)
      expect(yield* statusOf({ authorization: "Basic YTpi" })).toBe(403)
      expect(yield* statusOf({ authorization: "Bearer " })).toBe(403)
    })
  )

  it.live("passes from the pages that ALLOWED_ORIGINS names, and upgrades too", () =>
    Effect.gen(function* () {
      const server = yield* startServer({ environment: { ALLOWED_ORIGINS: "https://app.example.org" } })
      const origin = "https://app.example.org"
      const headers = { origin, "sec-fetch-site": "cross-site", ...json }
      expect((yield* ask(server, "/guest", { method: "POST", headers, body: name })).status).toBe(200)
      const cookie = yield* enter(server, "Grace")
      expect((yield* refusedUpgrade(server, { cookie, origin })).status).toBe(101)
      expect((yield* refusedUpgrade(server, { cookie, origin: "https://other.example.org" })).status).toBe(403)
    })
  )

  it.live("passes from the page that a trusted proxy was asked for, and from none that a stranger claims", () =>
    Effect.gen(function* () {
      const forwarded = { "x-forwarded-proto": "https", "x-forwarded-host": "chat.example.org" }
      const headers = { origin: "https://chat.example.org", ...forwarded, ...json }
      const behind = yield* startServer({ environment: { TRUSTED_PROXIES: "127.0.0.0/8" } })
      expect((yield* ask(behind, "/guest", { method: "POST", headers, body: name })).status).toBe(200)
      expect((yield* refusedUpgrade(behind, headers)).status).toBe(101)
      const direct = yield* startServer()
      expect((yield* ask(direct, "/guest", { method: "POST", headers, body: name })).status).toBe(403)
      expect((yield* refusedUpgrade(direct, headers)).status).toBe(403)
    })
  )
})

describe("a request that changes nothing", () => {
  it.live("passes from everywhere", () =>
    Effect.gen(function* () {
      const server = yield* startServer()
      const headers = { origin: "https://evil.example", "sec-fetch-site": "cross-site" }
      expect((yield* ask(server, "/session", { headers })).status).toBe(200)
      expect((yield* ask(server, "/healthz", { method: "HEAD", headers })).status).toBe(200)
    })
  )
})

describe("an upgrade", () => {
  it.live("needs a page of ours with a cookie, none without, and no other page in any case", () =>
    Effect.gen(function* () {
      const server = yield* startServer()
      const cookie = yield* enter(server, "Ada")
      const statusOf = (headers: Record<string, string>) =>
        Effect.map(refusedUpgrade(server, headers), ({ status }) => status)
      expect(yield* statusOf({ cookie, origin: server.url })).toBe(101)
      expect(yield* statusOf({ cookie })).toBe(403)
      expect(yield* statusOf({})).toBe(101)
      expect(yield* statusOf({ cookie: "balancer=7" })).toBe(101)
      for (const origin of ["null", "https://evil.example"]) {
        expect(yield* statusOf({ origin })).toBe(403)
        expect(yield* statusOf({ cookie, origin })).toBe(403)
      }
      expect(yield* statusOf({ cookie, origin: server.url, "sec-fetch-site": "cross-site" })).toBe(403)
    })
  )
})

describe("limits behind a trusted proxy", () => {
  it.live("count each client by itself, at upgrades and for guests", () =>
    Effect.gen(function* () {
      const environment = { TRUSTED_PROXIES: "127.0.0.1", SOCKETS_PER_ADDRESS: "1" }
      const server = yield* startServer({ environment })
      const from = (address: string) => ({ "x-forwarded-for": `192.0.2.66, ${address}` })
      yield* open(server, { headers: from("198.51.100.7") })
      expect((yield* refusedUpgrade(server, from("198.51.100.7"))).status).toBe(429)
      expect((yield* refusedUpgrade(server, from("198.51.100.8"))).status).toBe(101)
      const headers = { origin: server.url, ...json, ...from("2001:db8:1:2::9") }
      yield* ask(server, "/guest", { method: "POST", headers, body: name })
      expect(server.chat.sessions.guestAddresses).toEqual(["2001:db8:1:2::/64"])
    })
  )
})
