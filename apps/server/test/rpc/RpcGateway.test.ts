import { expect, it } from "@effect/vitest"
import { Deferred, Effect } from "effect"
import { describe } from "vitest"
import { startServer } from "../support/TestServer.ts"
import { enter, greeted, open, refusedUpgrade, until } from "../support/WireClient.ts"

const post = (text: string, key = "key-00000001") => ({ roomId: "lobby", key, text })

describe("the first exchange", () => {
  it.live("greets a person with a session of the same contract", () =>
    Effect.gen(function* () {
      const server = yield* startServer()
      const client = yield* greeted(server, "Ada")
      expect(yield* client.exitOf("hello")).toMatchObject({
        _tag: "Success",
        value: { contract: 1, user: { name: "Ada", isGuest: true } }
      })
    })
  )

  it.live("refuses every other request before the handshake, and goes on", () =>
    Effect.gen(function* () {
      const server = yield* startServer()
      const cookie = yield* enter(server, "Ada")
      const client = yield* open(server, { headers: { cookie, origin: server.url } })
      client.ask(1, "PostMessage", post("too early"))
      expect((yield* client.exitOf(1)).cause?.[0]?.error?._tag).toBe("UpgradeRequired")
      client.ask(2, "Handshake", { contract: 1 })
      expect((yield* client.exitOf(2))._tag).toBe("Success")
      client.ask(3, "PostMessage", post("in time"))
      expect((yield* client.exitOf(3))._tag).toBe("Success")
    })
  )

  it.live("tells a client of another contract to upgrade", () =>
    Effect.gen(function* () {
      const server = yield* startServer()
      const cookie = yield* enter(server, "Ada")
      const client = yield* open(server, { headers: { cookie, origin: server.url } })
      client.ask(1, "Handshake", { contract: 99 })
      expect((yield* client.exitOf(1)).cause?.[0]?.error).toMatchObject({ _tag: "UpgradeRequired", serverContract: 1 })
    })
  )

  it.live("tells whoever has no session that they are not authenticated", () =>
    Effect.gen(function* () {
      const server = yield* startServer()
      const client = yield* open(server)
      client.ask(1, "Handshake", { contract: 1 })
      expect((yield* client.exitOf(1)).cause?.[0]?.error?._tag).toBe("Unauthenticated")
    })
  )
})

describe("what is no request", () => {
  it.live("answers frames that are no request, and goes on", () =>
    Effect.gen(function* () {
      const server = yield* startServer()
      const client = yield* greeted(server)
      for (const frame of ["{", "null", "[]", "5", '{"_tag":"Request"}', '{"_tag":"Nonsense"}']) client.raw(frame)
      yield* until("six defects", () => client.received.filter(({ _tag }) => _tag === "Defect").length === 6)
      expect(client.received.at(-1)?.defect?.name).toBe("BadFrame")
      client.ask(1, "PostMessage", post("still here"))
      expect((yield* client.exitOf(1))._tag).toBe("Success")
    })
  )

  it.live("answers a bad envelope to its own request when the id can be told", () =>
    Effect.gen(function* () {
      const server = yield* startServer()
      const client = yield* greeted(server)
      client.raw('{"_tag":"Request","id":"7","tag":"PostMessage","headers":5}')
      expect((yield* client.exitOf("7")).cause?.[0]).toMatchObject({ _tag: "Die", defect: { name: "BadFrame" } })
    })
  )

  it.live("answers a request that the contract does not have", () =>
    Effect.gen(function* () {
      const server = yield* startServer()
      const client = yield* greeted(server)
      client.ask(1, "DropAllTables", {})
      expect((yield* client.exitOf(1)).cause?.[0]).toMatchObject({ _tag: "Die", defect: { name: "BadFrame" } })
    })
  )

  it.live("answers a payload of another shape", () =>
    Effect.gen(function* () {
      const server = yield* startServer()
      const client = yield* greeted(server)
      client.ask(1, "PostMessage", { roomId: 5 })
      expect((yield* client.exitOf(1)).cause?.[0]?._tag).toBe("Die")
      client.ask(2, "PostMessage", post("fine"))
      expect((yield* client.exitOf(2))._tag).toBe("Success")
    })
  )

  it.live("refuses a request id that is in use without touching the request that uses it", () =>
    Effect.gen(function* () {
      const server = yield* startServer()
      server.chat.hold = yield* Deferred.make<void>()
      const client = yield* greeted(server)
      client.ask(1, "PostMessage", post("first"))
      client.ask(1, "PostMessage", post("second", "key-00000002"))
      yield* until("a defect", () => client.received.some(({ _tag }) => _tag === "Defect"))
      yield* Deferred.succeed(server.chat.hold, undefined)
      expect((yield* client.exitOf(1))._tag).toBe("Success")
      expect(server.chat.arrived).toEqual(["first"])
    })
  )

  it.live("ends a connection that sends nothing else with 1008, and no other", () =>
    Effect.gen(function* () {
      const server = yield* startServer()
      const neighbour = yield* greeted(server, "Grace")
      const client = yield* greeted(server, "Ada")
      for (let count = 0; count < 30; count++) client.raw("{")
      expect((yield* client.closed).code).toBe(1008)
      neighbour.ask(1, "PostMessage", post("undisturbed"))
      expect((yield* neighbour.exitOf(1))._tag).toBe("Success")
    })
  )

  it.live("ends a connection that sends a frame of 65 KiB with 1009", () =>
    Effect.gen(function* () {
      const server = yield* startServer()
      const client = yield* greeted(server)
      client.raw("x".repeat(65 * 1024))
      expect((yield* client.closed).code).toBe(1009)
      yield* until("the connection is forgotten", () => server.counts.connections === 0)
    })
  )

  it.live("ends a request that meets a bug, and nothing beside it", () =>
    Effect.gen(function* () {
      const server = yield* startServer()
      const client = yield* greeted(server)
      client.ask("follow", "FollowRoom", { roomId: "lobby" })
      yield* until("a follow", () => server.chat.follows === 1)
      server.chat.breakNextPost = true
      client.ask(1, "PostMessage", post("poison"))
      expect((yield* client.exitOf(1)).cause?.[0]?._tag).toBe("Die")
      client.ask(2, "PostMessage", post("fine"))
      expect((yield* client.exitOf(2))._tag).toBe("Success")
      expect(server.chat.follows).toBe(1)
    })
  )
})

describe("flow control of requests", () => {
  it.live("hands the posts of one connection over in the order they arrived", () =>
    Effect.gen(function* () {
      const server = yield* startServer()
      const client = yield* greeted(server)
      const texts = Array.from({ length: 300 }, (_, index) => `number ${index}`)
      texts.forEach((text, index) => client.ask(index, "PostMessage", post(text)))
      yield* client.exitOf(299)
      expect(server.chat.arrived).toEqual(texts)
    })
  )

  it.live("takes no more than 64 requests before it has answered some", () =>
    Effect.gen(function* () {
      const server = yield* startServer()
      server.chat.hold = yield* Deferred.make<void>()
      const client = yield* greeted(server)
      for (let id = 0; id < 200; id++) client.ask(id, "PostMessage", post(`number ${id}`))
      yield* until("64 posts", () => server.chat.arrived.length === 64)
      // Another connection is served meanwhile: whatever the first had sent could have come through by now.
      const neighbour = yield* greeted(server, "Grace")
      neighbour.ask(1, "History", { roomId: "lobby", anchor: { _tag: "Newest" }, limit: 1 })
      yield* neighbour.exitOf(1)
      expect(server.chat.arrived.length).toBe(64)
      yield* Deferred.succeed(server.chat.hold, undefined)
      yield* client.exitOf(199)
      expect(server.chat.arrived.length).toBe(200)
    })
  )

  it.live("counts open follows apart from requests, and bounds them", () =>
    Effect.gen(function* () {
      const server = yield* startServer({ environment: { FOLLOWS_PER_SOCKET: "3" } })
      const client = yield* greeted(server)
      for (let id = 0; id < 4; id++) client.ask(id, "FollowRoom", { roomId: "lobby" })
      expect((yield* client.exitOf(3)).cause?.[0]?.error?._tag).toBe("RateLimited")
      expect(server.chat.follows).toBe(3)
      client.raw(JSON.stringify({ _tag: "Interrupt", requestId: 0 }))
      yield* client.exitOf(0)
      client.ask(5, "FollowRoom", { roomId: "lobby" })
      yield* until("a third follow", () => server.chat.follows === 3)
    })
  )
})

describe("who may open a socket", () => {
  it.live("refuses a page of another origin with a sentence that names the setting", () =>
    Effect.gen(function* () {
      const server = yield* startServer()
      const cookie = yield* enter(server, "Ada")
      for (const headers of [{ cookie, origin: "https://evil.example" }, { origin: "https://evil.example" }]) {
        const { status, text } = yield* refusedUpgrade(server, headers)
        expect(status).toBe(403)
        expect(text).toContain("PUBLIC_URL")
      }
      expect((yield* refusedUpgrade(server, { cookie })).status).toBe(403)
    })
  )

  it.live("accepts the origin that PUBLIC_URL names, and no other", () =>
    Effect.gen(function* () {
      const server = yield* startServer({ environment: { PUBLIC_URL: "https://chat.example.org/" } })
      expect((yield* refusedUpgrade(server, { origin: "https://chat.example.org" })).status).toBe(101)
      expect((yield* refusedUpgrade(server, { origin: server.url })).status).toBe(403)
    })
  )

  it.live("refuses more sockets of one address than the setting allows", () =>
    Effect.gen(function* () {
      const server = yield* startServer({ environment: { SOCKETS_PER_ADDRESS: "2" } })
      yield* open(server)
      const second = yield* open(server)
      expect(yield* refusedUpgrade(server, {})).toMatchObject({ status: 429, retryAfter: "30" })
      second.socket.close()
      yield* until("room for one", () => server.counts.connections === 1)
      expect((yield* refusedUpgrade(server, {})).status).toBe(101)
    })
  )

  it.live("refuses more sockets of one person than the setting allows", () =>
    Effect.gen(function* () {
      const server = yield* startServer({ environment: { SOCKETS_PER_USER: "1" } })
      const cookie = yield* enter(server, "Ada")
      yield* open(server, { headers: { cookie, origin: server.url } })
      expect((yield* refusedUpgrade(server, { cookie, origin: server.url })).status).toBe(429)
      yield* greeted(server, "Grace")
    })
  )

  it.live("knows no WebSocket at any other address", () =>
    Effect.gen(function* () {
      const server = yield* startServer()
      expect((yield* refusedUpgrade(server, {}, "/elsewhere")).status).toBe(404)
    })
  )
})
