import { expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { describe } from "vitest"
import { ask } from "../support/Http.ts"
import { startServer, type TestServer } from "../support/TestServer.ts"

describe("every answer", () => {
  it.live("forbids what the client does not need", () =>
    Effect.gen(function* () {
      const server = yield* startServer()
      for (const path of ["/", "/session", "/nothing", "/healthz", "/assets/app.js"]) {
        const { headers } = yield* ask(server, path)
        const policy = headers["content-security-policy"]
        expect(policy).toContain("default-src 'none'")
        expect(policy).toContain("frame-ancestors 'none'")
        expect(policy).not.toContain("unsafe")
        expect(headers["x-content-type-options"]).toBe("nosniff")
        expect(headers["referrer-policy"]).toBe("no-referrer")
        expect(headers["cross-origin-opener-policy"]).toBe("same-origin")
        expect(headers["permissions-policy"]).toContain("camera=()")
        expect(headers["server"]).toBeUndefined()
        expect(headers["x-powered-by"]).toBeUndefined()
        expect(headers["strict-transport-security"]).toBeUndefined()
      }
    })
  )

  it.live("keeps browsers to TLS where the public address is https, for that name alone", () =>
    Effect.gen(function* () {
      const secure = yield* startServer({ environment: { PUBLIC_URL: "https://chat.example.org" } })
      expect((yield* ask(secure, "/session")).headers["strict-transport-security"]).toBe("max-age=31536000")
      const plain = yield* startServer({ environment: { PUBLIC_URL: "http://chat.example.org" } })
      expect((yield* ask(plain, "/session")).headers["strict-transport-security"]).toBeUndefined()
    })
  )

  it.live("asks for a window of its own only where browsers heed it, over TLS or on their own machine", () =>
    Effect.gen(function* () {
      const openerPolicy = (server: TestServer, headers: Record<string, string>) =>
        Effect.map(ask(server, "/", { headers }), (answer) => answer.headers["cross-origin-opener-policy"])
      const server = yield* startServer({ environment: { TRUSTED_PROXIES: "127.0.0.1" } })
      for (const host of ["localhost:4000", "127.0.0.1", "[::1]:4000", "chat.localhost"]) {
        expect([host, yield* openerPolicy(server, { host })]).toEqual([host, "same-origin"])
      }
      for (const host of ["192.168.1.7:4000", "chat.example.org", "not a host"]) {
        expect([host, yield* openerPolicy(server, { host })]).toEqual([host, undefined])
      }
      const host = "chat.example.org"
      expect(yield* openerPolicy(server, { host, "x-forwarded-proto": "https" })).toBe("same-origin")
      const named = yield* startServer({ environment: { PUBLIC_URL: "https://chat.example.org" } })
      expect(yield* openerPolicy(named, { host })).toBe("same-origin")
    })
  )
})
