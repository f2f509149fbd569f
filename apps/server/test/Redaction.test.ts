import { expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { describe } from "vitest"
import { canary } from "./support/Canary.ts"
import { ask } from "./support/Http.ts"
import { connect, guestToken } from "./support/PhoenixClient.ts"
import { startProcess, temporaryFolder, type ServerProcess } from "./support/ServerProcess.ts"
import { enter, open, refusedUpgrade } from "./support/WireClient.ts"

const slow = { timeout: 60_000 }

/** A server that writes down all that it ever would. What it wrote is searched for canaries when the test ends. */
const talkative = Effect.gen(function* () {
  const server = yield* startProcess(yield* temporaryFolder, {
    LOG_LEVEL: "Debug",
    METRICS_TOKEN: canary(),
    SECRET_KEY: canary().padEnd(32, "."),
    OWNER_TOKEN: canary(),
    TRUSTED_PROXIES: "127.0.0.1",
    ALLOWED_ORIGINS: "https://app.example.org"
  })
  return { server, url: yield* server.url }
})

/** Ends it in order, so that all of its log is there. */
const stopped = Effect.fnUntraced(function* (server: ServerProcess) {
  server.kill("SIGTERM")
  expect(yield* server.exitCode).toBe(0)
  // It does write: a log that is empty would prove nothing.
  expect(server.output()).toContain("Draining")
})

const secretHeaders = (origin: string) => ({
  origin,
  cookie: `messenger_session=${canary()}; other=${canary()}`,
  authorization: `Bearer ${canary()}`,
  "proxy-authorization": `Basic ${canary()}`,
  referer: `https://app.example.org/reset#${canary()}`,
  "x-forwarded-for": `${canary()}, 198.51.100.7`,
  "x-api-key": canary(),
  "last-event-id": canary(),
  "idempotency-key": canary()
})

const requests = [
  ["GET", "/"],
  ["GET", "/session"],
  ["GET", "/metrics"],
  ["GET", "/healthz"],
  ["GET", "/assets/app.js"],
  ["GET", "/rpc"],
  ["GET", "/socket/websocket"],
  ["GET", "/api/v1/rooms/lobby/events"],
  ["GET", `/api/v1/rooms/${canary()}/events`],
  ["GET", "/nothing"],
  ["GET", "/%"],
  ["POST", "/guest"],
  ["POST", "/login"],
  ["POST", "/register"],
  ["POST", "/logout"],
  ["POST", "/api/v1/reset"],
  ["POST", `/hooks/${canary()}`],
  ["POST", `/hooks/mih_${canary().padEnd(43, "x")}`],
  ["GET", `/hooks/${canary()}`],
  ["DELETE", "/session"],
  ["OPTIONS", "/guest"]
] as const

describe("the log of a server, with all that it can say", () => {
  it.live(
    "holds nothing that a request brought in its address, its headers or its body",
    () =>
      Effect.gen(function* () {
        const { server, url } = yield* talkative
        for (const [method, path] of requests) {
          for (const origin of [url, "https://app.example.org", `https://${canary()}.example`]) {
            const headers = secretHeaders(origin)
            const address = `${path}?token=${canary()}&password=${canary()}`
            const password = canary()
            const bodies: ReadonlyArray<readonly [string, string]> = [
              ["application/json", JSON.stringify({ name: password, password, token: password })],
              ["application/json", `{"password": "${password}`],
              ["application/json", JSON.stringify({ name: { deep: password } })],
              ["application/json", JSON.stringify({ text: password, username: password })],
              ["application/x-www-form-urlencoded", `payload={"text":"${password}"}`],
              ["application/x-www-form-urlencoded", `username=${password}&password=${password}`],
              ["text/plain", password]
            ]
            for (const [type, body] of method === "POST" ? bodies : [["text/plain", ""]]) {
              yield* ask({ url }, address, { method, headers: { ...headers, "content-type": type }, body })
            }
          }
        }
        yield* stopped(server)
      }),
    slow
  )

  it.live(
    "holds nothing that an upgrade brought, taken or refused",
    () =>
      Effect.gen(function* () {
        const { server, url } = yield* talkative
        const offer = { "sec-websocket-protocol": `messenger, messenger.bearer.${canary()}` }
        const cookie = `messenger_session=${canary()}`
        const upgrades = [
          { ...offer },
          { ...offer, cookie, origin: url },
          { ...offer, origin: `https://${canary()}.example` },
          { cookie, origin: url },
          { cookie },
          { authorization: `Bearer ${canary()}` },
          { "sec-websocket-protocol": `${canary()}, ${canary()} ${canary()}` },
          { "sec-websocket-protocol": `phoenix, base64url.bearer.phx.${btoa(canary())}` },
          { "sec-websocket-key": canary() },
          { "sec-websocket-version": canary() }
        ]
        for (const headers of upgrades) {
          yield* refusedUpgrade({ url }, headers, `/rpc?token=${canary()}`)
          yield* refusedUpgrade({ url }, headers, `/elsewhere/${canary()}`)
          yield* refusedUpgrade({ url }, headers, `/socket/websocket?vsn=2.0.0&token=${canary()}`)
          yield* refusedUpgrade({ url }, headers, `/socket/websocket?vsn=${canary()}&token=${canary()}`)
          yield* refusedUpgrade({ url }, headers, `/socket/longpoll?vsn=2.0.0&token=${canary()}`)
        }
        yield* stopped(server)
      }),
    slow
  )

  it.live(
    "holds nothing that was said on a socket",
    () =>
      Effect.gen(function* () {
        const { server, url } = yield* talkative
        const cookie = yield* enter({ url }, "Ada")
        const client = yield* open({ url }, { headers: { cookie, origin: url } })
        client.ask("early", "PostMessage", { roomId: "lobby", key: canary(), text: canary() })
        client.ask("stranger", "Handshake", { contract: canary() })
        client.ask("hello", "Handshake", { contract: 1 })
        yield* client.exitOf("hello")
        client.raw(canary())
        client.ask("post", "PostMessage", { roomId: "lobby", key: canary(), text: canary() })
        client.ask("shape", "PostMessage", { roomId: { deep: canary() }, key: 5, text: canary() })
        client.ask("unknown", canary(), { password: canary() })
        client.ask("room", "FollowRoom", { roomId: canary() })
        client.raw(JSON.stringify({ _tag: "Request", id: "headed", tag: "History", headers: [["x", canary()]] }))
        for (const id of ["early", "stranger", "post", "shape", "unknown", "room", "headed"]) yield* client.exitOf(id)
        server.kill("SIGTERM")
        yield* server.exitCode
        expect(server.output() + server.errors()).not.toContain(cookie.split("=")[1])
      }),
    slow
  )

  it.live(
    "does not hold a token that a client of Phoenix was let in by, in its address or as authToken",
    () =>
      Effect.gen(function* () {
        const { server, url } = yield* talkative
        const token = yield* guestToken({ url }, "Ada")
        const byParams = yield* connect({ url }, "1.7", { params: { token } })
        const byAuthToken = yield* connect({ url }, "1.8", { authToken: token })
        const asGuest = yield* connect({ url }, "1.8", { params: { user: "Bob" } })
        const secrets = [token]
        for (const client of [byParams, byAuthToken, asGuest]) {
          const lobby = yield* client.join("chat:lobby")
          expect(lobby.joins[0]?.status).toBe("ok")
          const given = lobby.joins[0]?.response["token"]
          if (typeof given === "string") secrets.push(given)
          yield* lobby.push("new_message", { text: canary(), key: canary() })
          yield* lobby.push(canary(), { text: canary() })
          yield* client.join(`chat:${canary()}`, { cursor: canary() })
        }
        server.kill("SIGTERM")
        yield* server.exitCode
        expect(secrets.length).toBe(2)
        expect(secrets.filter((secret) => (server.output() + server.errors()).includes(secret))).toEqual([])
      }),
    slow
  )
})
