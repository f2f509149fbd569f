import { expect, it } from "@effect/vitest"
import { problemKinds, type HttpErrorTag } from "@messenger/protocol/rest/Problems"
import { Effect, ErrorReporter } from "effect"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import type { OutgoingHttpHeaders } from "node:http"
import { describe } from "vitest"
import { answered } from "../src/Refusals.ts"
import { RouteTable } from "../src/RouteTable.ts"
import { ask, askRaw, type Answer } from "./support/Http.ts"
import { startServer } from "./support/TestServer.ts"
import { open, refusedUpgrade } from "./support/WireClient.ts"

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

  it.live("says that an address is for WebSockets to whoever asks for a page there", () =>
    Effect.gen(function* () {
      const server = yield* startServer()
      for (const path of ["/rpc", "/socket/websocket?vsn=2.0.0"]) {
        const answer = yield* ask(server, path)
        expect([path, answer.status, answer.headers["upgrade"]]).toEqual([path, 426, "websocket"])
        expect(JSON.parse(answer.text)).toEqual(problem("WebSocketExpected", 426))
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

  it.live("with TRACE, which changes nothing, is told of the methods that an address takes", () =>
    Effect.gen(function* () {
      const server = yield* startServer()
      const answer = yield* ask(server, "/session", { method: "TRACE" })
      expect([answer.status, answer.headers.allow]).toEqual([405, "GET, HEAD"])
      expect((yield* ask(server, "/nothing", { method: "TRACE" })).status).toBe(404)
    })
  )
})

const phoenix = "/socket/websocket?vsn=2.0.0"

/** That all parts of a refusal say the same. */
const expectOneStory = ({ headers, status, text }: Answer, tag: HttpErrorTag, sentence: RegExp) => {
  const { status: documented, title } = problemKinds[tag]
  expect([status, headers["content-type"], JSON.parse(text)]).toEqual([
    documented,
    "application/problem+json",
    expect.objectContaining({ ...problem(tag, documented), title, detail: expect.stringMatching(sentence) })
  ])
}

describe("a refused upgrade", () => {
  it.live("tells one story in its status line, its title and its detail, whoever refused it", () =>
    Effect.gen(function* () {
      const server = yield* startServer({ environment: { GUESTS: "off" } })
      const bearer = { authorization: "Bearer mst1.of.nobody" }
      const evil = { origin: "https://evil.example" }
      const refusals: ReadonlyArray<readonly [string, OutgoingHttpHeaders, HttpErrorTag, RegExp]> = [
        ["/elsewhere", {}, "AddressNotFound", /no WebSocket at this address/],
        ["/rpc", evil, "UpgradeRefused", /origin "https:\/\/evil\.example"/],
        [phoenix, evil, "UpgradeRefused", /origin "https:\/\/evil\.example"/],
        ["/rpc", { cookie: "messenger_session=stale" }, "UpgradeRefused", /no Origin/],
        ["/rpc", bearer, "Unauthenticated", /token is not known/],
        [phoenix, {}, "UpgradeRefused", /params\.user/],
        [`${phoenix}&token=mst1.of.nobody`, {}, "UpgradeRefused", /token is not known/],
        ["/socket/websocket", {}, "BadRequest", /vsn=2\.0\.0/],
        ["/rpc", { "sec-websocket-key": "short" }, "BadRequest", /Sec-WebSocket-Key/],
        [phoenix, { "sec-websocket-key": "" }, "BadRequest", /Sec-WebSocket-Key/],
        ["/rpc", { "sec-websocket-version": "12" }, "BadRequest", /Sec-WebSocket-Version/],
        [`${phoenix}&user=Ada`, { "sec-websocket-version": "" }, "BadRequest", /Sec-WebSocket-Version/],
        ["/rpc", { "sec-websocket-protocol": "messenger, messenger" }, "BadRequest", /Sec-WebSocket-Protocol/]
      ]
      for (const [path, headers, tag, sentence] of refusals) {
        expectOneStory(yield* refusedUpgrade(server, headers, path), tag, sentence)
      }
      const older = yield* refusedUpgrade(server, { "sec-websocket-version": "12" })
      expect(older.headers["sec-websocket-version"]).toBe("13, 8")
      // No guest is made for who cannot speak.
      expect(server.chat.sessions.guestAddresses).toEqual([])
    })
  )

  it.live("tells one story of limits too, and when to come back", () =>
    Effect.gen(function* () {
      const server = yield* startServer({ environment: { SOCKETS_PER_ADDRESS: "1" } })
      yield* open(server)
      const tooMany = yield* refusedUpgrade(server, {})
      expectOneStory(tooMany, "TooManyConnections", /SOCKETS_PER_ADDRESS/)
      server.connections.refuseNew()
      const draining = yield* refusedUpgrade(server, {})
      expectOneStory(draining, "ServerUnavailable", /stopping/)
      for (const { retryAfter, text } of [tooMany, draining]) {
        expect(Number(retryAfter) * 1000).toBe(JSON.parse(text).retryAfterMillis)
      }
    })
  )

  it.live("tells one story to who asks with a body, or with another method", () =>
    Effect.gen(function* () {
      const server = yield* startServer()
      const handshake = `Host: 127.0.0.1:${server.address.port}
Origin: ${server.url}
Connection: Upgrade, close
Upgrade: websocket
Sec-WebSocket-Version: 13
Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==
`
      const asked: ReadonlyArray<readonly [string, HttpErrorTag, RegExp]> = [
        [`GET /rpc HTTP/1.1\n${handshake}Content-Length: 4\n\nab`, "BadRequest", /no body/],
        [`POST /rpc HTTP/1.1\n${handshake}\n`, "MethodNotAllowed", /GET/],
        [`GET /rpc HTTP/1.1\n${handshake.replace(/Sec-WebSocket-Key.*\n/, "")}\n`, "BadRequest", /Sec-WebSocket-Key/]
      ]
      for (const [text, tag, sentence] of asked) {
        const answer = yield* askRaw(server, text)
        const [head = "", body = ""] = answer.split("\r\n\r\n")
        const type = /^content-type: (.*)$/im.exec(head)?.[1] ?? ""
        const status = Number(/^HTTP\/1\.1 (\d+)/.exec(head)?.[1])
        expectOneStory({ status, headers: { "content-type": type }, text: body }, tag, sentence)
      }
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
