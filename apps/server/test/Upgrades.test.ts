import { expect, it } from "@effect/vitest"
import { UserId } from "@messenger/protocol/Account"
import { ApiTokenId } from "@messenger/protocol/PeopleRpcs"
import { Effect, Option, Redacted } from "effect"
import { describe } from "vitest"
import type { Holder } from "../src/tokens/Authenticator.ts"
import type { Credential } from "../src/tokens/Credential.ts"
import { startServer } from "./support/TestServer.ts"
import { enter, open, refusedUpgrade } from "./support/WireClient.ts"

const token = "mst1.a-known.token"

const holder: Holder = {
  authenticated: {
    user: { id: UserId.make("bot"), name: "Bot", isGuest: false, isApp: true },
    role: "member",
    scope: "write",
    sessionId: null,
    tokenId: ApiTokenId.make("token"),
    expiresAt: null,
    isRemembered: false,
    seen: 0
  },
  until: null
}

/** Knows one token, and no cookie. */
const knowing = (seen: Array<Credential> = []) => ({
  holderOf: (credential: Credential) => {
    seen.push(credential)
    return Effect.succeed(
      credential._tag === "Bearer" && Redacted.value(credential.token) === token ? Option.some(holder) : Option.none()
    )
  }
})

describe("a bearer token", () => {
  it.live("opens a socket as whoever holds it, in a header and without an Origin", () =>
    Effect.gen(function* () {
      const server = yield* startServer(knowing())
      const client = yield* open(server, { headers: { authorization: `Bearer ${token}` } })
      client.ask("hello", "Handshake", { contract: 1 })
      expect(yield* client.exitOf("hello")).toMatchObject({ _tag: "Success", value: { user: { name: "Bot" } } })
    })
  )

  it.live("opens a socket as whoever holds it, among the subprotocols, and is not sent back", () =>
    Effect.gen(function* () {
      const server = yield* startServer(knowing())
      for (const offer of [
        ["messenger", `messenger.bearer.${token}`],
        [`messenger.bearer.${token}`, "messenger"]
      ]) {
        const client = yield* open(server, { headers: { origin: server.url } }, offer)
        client.ask("hello", "Handshake", { contract: 1 })
        expect((yield* client.exitOf("hello"))._tag).toBe("Success")
        expect(client.socket.protocol).toBe("messenger")
      }
      const answer = yield* refusedUpgrade(server, { "sec-websocket-protocol": `messenger.bearer.${token}` })
      expect(answer.status).toBe(101)
      expect(answer.headers["sec-websocket-protocol"]).toBeUndefined()
    })
  )

  it.live("is refused with 401 when nobody holds it, also beside a cookie that is valid", () =>
    Effect.gen(function* () {
      const server = yield* startServer()
      const cookie = yield* enter(server, "Ada")
      const unknown = [
        { authorization: `Bearer ${token}` },
        { authorization: `Bearer ${token}`, cookie, origin: server.url },
        { "sec-websocket-protocol": `messenger, messenger.bearer.${token}` },
        { "sec-websocket-protocol": "messenger, messenger.bearer." }
      ]
      for (const headers of unknown) {
        const answer = yield* refusedUpgrade(server, headers)
        expect(answer.status).toBe(401)
        expect(answer.headers["www-authenticate"]).toBe("Bearer")
        expect(answer.text + JSON.stringify(answer.headers)).not.toContain(token)
      }
    })
  )

  it.live("does not open a socket to a page that may not act here", () =>
    Effect.gen(function* () {
      const server = yield* startServer(knowing())
      const offer = { "sec-websocket-protocol": `messenger, messenger.bearer.${token}` }
      expect((yield* refusedUpgrade(server, { ...offer, origin: "https://evil.example" })).status).toBe(403)
      expect((yield* refusedUpgrade(server, { ...offer, origin: "null" })).status).toBe(403)
    })
  )

  it.live("is not looked for in the address", () =>
    Effect.gen(function* () {
      const seen: Array<Credential> = []
      const server = yield* startServer(knowing(seen))
      for (const query of [`token=${token}`, `access_token=${token}`, `authorization=Bearer%20${token}`]) {
        expect((yield* refusedUpgrade(server, {}, `/rpc?${query}`)).status).toBe(101)
      }
      expect(seen).toEqual([])
    })
  )
})

describe("a cookie", () => {
  it.live("that is not valid lets its browser in to be told so", () =>
    Effect.gen(function* () {
      const server = yield* startServer()
      const client = yield* open(server, { headers: { cookie: "messenger_session=stale", origin: server.url } })
      client.ask("hello", "Handshake", { contract: 1 })
      expect((yield* client.exitOf("hello")).cause?.[0]?.error?._tag).toBe("Unauthenticated")
    })
  )
})

describe("subprotocols", () => {
  it.live("are answered by our own, and by none of others", () =>
    Effect.gen(function* () {
      const server = yield* startServer()
      const answered = (offer: string) =>
        Effect.map(refusedUpgrade(server, { "sec-websocket-protocol": offer }), ({ headers, status }) => [
          status,
          headers["sec-websocket-protocol"]
        ])
      expect(yield* answered("messenger")).toEqual([101, "messenger"])
      expect(yield* answered("graphql-ws, messenger")).toEqual([101, "messenger"])
      expect(yield* answered("graphql-ws")).toEqual([101, undefined])
      expect(yield* answered("messenger, messenger")).toEqual([400, undefined])
    })
  )
})
