import { expect, it } from "@effect/vitest"
import { Effect, ErrorReporter } from "effect"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import { describe } from "vitest"
import { answered } from "../src/Refusals.ts"
import { RouteTable } from "../src/RouteTable.ts"
import { ask } from "./support/Http.ts"
import { startServer } from "./support/TestServer.ts"
import { refusedUpgrade } from "./support/WireClient.ts"

const problem = (tag: string, status: number) => ({
  type: `/docs/problems#${tag}`,
  title: expect.stringMatching(/^[A-Z][^.]*$/),
  status,
  detail: expect.stringMatching(/^[A-Z].*\.$/),
  _tag: tag
})

describe("a request that is not answered", () => {
  it.live("tells programs of nothing at an address in problem details, and people in a sentence", () =>
    Effect.gen(function* () {
      const server = yield* startServer()
      for (const path of ["/nothing", "/api/v1/nothing", "/assets/none.js", "/r/a/b"]) {
        const answer = yield* ask(server, path, { headers: { accept: "application/json" } })
        expect([path, answer.status]).toEqual([path, 404])
        expect(answer.headers["content-type"]).toBe("application/problem+json")
        expect(JSON.parse(answer.text)).toEqual(problem("AddressNotFound", 404))
        const page = yield* ask(server, path, { headers: { accept: "text/html,*/*;q=0.8" } })
        expect([page.status, page.text]).toEqual([404, "There is nothing at this address.\n"])
      }
    })
  )

  it.live("says which methods an address takes, when it takes others", () =>
    Effect.gen(function* () {
      const server = yield* startServer()
      const asked: ReadonlyArray<readonly [string, string, string]> = [
        ["GET", "/logout", "POST"],
        ["HEAD", "/logout", "POST"],
        ["DELETE", "/login", "GET, HEAD, POST"],
        ["POST", "/r/lobby", "GET, HEAD"],
        ["PUT", "/session?x=/nothing", "GET, HEAD"]
      ]
      for (const [method, path, allow] of asked) {
        const answer = yield* ask(server, path, { method, headers: { origin: server.url } })
        expect([method, path, answer.status, answer.headers.allow]).toEqual([method, path, 405, allow])
        if (method === "HEAD") continue
        expect(JSON.parse(answer.text)).toEqual({ ...problem("MethodNotAllowed", 405), allow: allow.split(", ") })
      }
    })
  )

  it.live("gets problem details for a refused upgrade too, in the words of who refused it", () =>
    Effect.gen(function* () {
      const server = yield* startServer()
      const elsewhere = yield* refusedUpgrade(server, {}, "/elsewhere")
      expect(JSON.parse(elsewhere.text)).toEqual({
        ...problem("AddressNotFound", 404),
        detail: "There is no WebSocket at this address."
      })
      const evil = yield* refusedUpgrade(server, { origin: "https://evil.example" })
      expect(evil.headers["content-type"]).toBe("application/problem+json")
      expect(JSON.parse(evil.text)).toEqual(problem("UpgradeRefused", 403))
    })
  )
})

describe("a bug", () => {
  it.effect("is answered with 500, tells nothing of itself, and is reported", () =>
    Effect.gen(function* () {
      const reported: Array<unknown> = []
      const reporter: ErrorReporter.ErrorReporter = {
        [ErrorReporter.TypeId]: ErrorReporter.TypeId,
        report: ({ cause }) => void reported.push(...cause.reasons)
      }
      const response = yield* Effect.die(new Error("a secret of the house")).pipe(
        answered(new RouteTable()),
        Effect.provideService(
          HttpServerRequest.HttpServerRequest,
          HttpServerRequest.fromWeb(new Request("http://localhost/"))
        ),
        Effect.provide(ErrorReporter.layer([reporter]))
      )
      expect(response.status).toBe(500)
      const text = yield* Effect.promise(() => HttpServerResponse.toWeb(response).text())
      expect(JSON.parse(text)).toEqual(problem("ServerFailed", 500))
      expect(reported).toHaveLength(1)
    })
  )
})
