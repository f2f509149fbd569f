import { expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { createServer } from "node:http"
import { describe } from "vitest"
import { asksForWebSocket, readAgain } from "../src/UpgradeRequest.ts"
import { askRaw } from "./support/Http.ts"
import { startServer } from "./support/TestServer.ts"

const lines = (first: string, ...headers: ReadonlyArray<string>) =>
  [first, "Host: localhost", ...headers, "", ""].join("\n")

/** As `curl --http2` and Java's HttpClient ask. */
const wantsHttp2 = [
  "Connection: Upgrade, HTTP2-Settings, close",
  "Upgrade: h2c",
  "HTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA"
]

const statusOf = (answer: string) => Number(/^HTTP\/1\.1 (\d{3}) /.exec(answer)?.[1])

describe("a request that would rather be spoken to in another protocol", () => {
  it.live("is answered as if it had not said so", () =>
    Effect.gen(function* () {
      const server = yield* startServer()
      for (const other of [wantsHttp2, ["Connection: close, upgrade", "Upgrade: TLS/1.0, websocket"]]) {
        const session = yield* askRaw(server, lines("GET /session HTTP/1.1", ...other))
        expect(statusOf(session)).toBe(200)
        const nothing = yield* askRaw(server, lines("GET /nothing HTTP/1.1", ...other))
        expect(statusOf(nothing)).toBe(404)
        expect(nothing).toContain("There is nothing at this address")
      }
    })
  )

  it.live("brings its body, however it arrives", () =>
    Effect.gen(function* () {
      const server = yield* startServer()
      const { posted, token } = server.chat.webhooks
      const body = '{"text": "deployed"}'
      const json = ["Content-Type: application/json", `Content-Length: ${body.length}`]
      for (const other of [wantsHttp2, ["Connection: upgrade, close", "Upgrade: websocket"]]) {
        const text = lines(`POST /hooks/${token} HTTP/1.1`, ...json, ...other) + body
        expect(statusOf(yield* askRaw(server, text))).toBe(200)
      }
      expect(posted.map(({ text }) => text)).toEqual(["deployed", "deployed"])
    })
  )

  it.live("is read again where Node takes every upgrade from the HTTP server", () =>
    Effect.gen(function* () {
      const server = createServer((request, response) => {
        const { authorization, upgrade } = request.headers
        response.end(`${request.method} ${request.url} ${authorization}, ${upgrade}`)
      })
      server.on("upgrade", (request, socket, head) => {
        expect(asksForWebSocket(request)).toBe(false)
        readAgain(server, request, socket, head)
      })
      const url = yield* Effect.acquireRelease(
        Effect.callback<string>((resume) => {
          server.listen(0, "127.0.0.1", () => {
            const address = server.address()
            resume(Effect.succeed(`http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`))
          })
        }),
        () => Effect.sync(() => server.closeAllConnections())
      )
      const answer = yield* askRaw({ url }, lines("GET /a?b HTTP/1.1", "Authorization: hello", ...wantsHttp2))
      expect(answer).toMatch(/^HTTP\/1\.1 200 OK[^]*GET \/a\?b hello, undefined$/)
      server.close()
    })
  )
})
