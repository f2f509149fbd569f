import { expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { describe } from "vitest"
import { ask, type Answer } from "../support/Http.ts"
import { startServer } from "../support/TestServer.ts"
import { enter } from "../support/WireClient.ts"

const page = "https://app.example.org"
const environment = { ALLOWED_ORIGINS: `${page}, http://localhost:5173` }
const preflight = { "access-control-request-method": "POST", "access-control-request-headers": "content-type" }

const corsOf = ({ headers }: Answer) => Object.keys(headers).filter((name) => name.startsWith("access-control-"))

describe("a page of another origin", () => {
  it.live("may read everything as whoever is logged in, when it is allowed by name", () =>
    Effect.gen(function* () {
      const server = yield* startServer({ environment })
      const cookie = yield* enter(server, "Ada")
      for (const path of ["/session", "/healthz", "/nothing"]) {
        const { headers } = yield* ask(server, path, { headers: { origin: page, cookie } })
        expect(headers).toMatchObject({
          "access-control-allow-origin": page,
          "access-control-allow-credentials": "true",
          vary: "origin"
        })
      }
    })
  )

  it.live("is told beforehand what it may ask", () =>
    Effect.gen(function* () {
      const server = yield* startServer({ environment })
      for (const path of ["/guest", "/api/v1/anything"]) {
        const answer = yield* ask(server, path, { method: "OPTIONS", headers: { origin: page, ...preflight } })
        expect(answer.status).toBe(204)
        expect(answer.headers["access-control-allow-origin"]).toBe(page)
        expect(answer.headers["access-control-allow-methods"]).toContain("DELETE")
        expect(answer.headers["access-control-allow-headers"]).toContain("authorization")
        expect(answer.headers.vary).toBe("origin")
      }
    })
  )

  it.live("is told nothing when it is not, and no cache mixes the two up", () =>
    Effect.gen(function* () {
      const server = yield* startServer({ environment })
      for (const origin of ["https://evil.example", "null", `${page}.evil.example`, "https://APP.example.org"]) {
        const answer = yield* ask(server, "/session", { headers: { origin } })
        expect([origin, corsOf(answer)]).toEqual([origin, []])
        expect(answer.headers.vary).toBe("origin")
        const asked = yield* ask(server, "/guest", { method: "OPTIONS", headers: { origin, ...preflight } })
        expect([origin, corsOf(asked), asked.status]).toEqual([origin, [], 405])
      }
    })
  )

  it.live("is never answered with a star, and with nothing at all when none is allowed", () =>
    Effect.gen(function* () {
      const server = yield* startServer()
      const answer = yield* ask(server, "/session", { headers: { origin: page } })
      expect(corsOf(answer)).toEqual([])
      expect(answer.headers.vary).toBeUndefined()
    })
  )

  it.live("can read why it was refused, when it is allowed by name", () =>
    Effect.gen(function* () {
      const server = yield* startServer({ environment })
      const headers = { origin: page, "content-type": "application/json" }
      const { status, headers: answered } = yield* ask(server, "/guest", { method: "POST", headers, body: "{" })
      expect(status).toBe(400)
      expect(answered["access-control-allow-origin"]).toBe(page)
    })
  )
})
