import { expect, it } from "@effect/vitest"
import { UserId } from "@messenger/protocol/Account"
import { ClientKey } from "@messenger/protocol/Message"
import { Duration, Effect } from "effect"
import { describe } from "vitest"
import type { FakeChat } from "../support/FakeChat.ts"
import { startServer } from "../support/TestServer.ts"
import { greeted, until, type WireClient } from "../support/WireClient.ts"

const author = { id: UserId.make("grace"), name: "Grace", isGuest: true }
const key = ClientKey.make("key-00000001")
const say = (chat: FakeChat, text: string) => chat.say(author, key, text)

/** The numbers of the messages that a client was given, in the order they came. */
const numbersOf = (client: WireClient): ReadonlyArray<number> =>
  client.received.flatMap(({ values = [] }) => values.flatMap((frame) => frame.cursor?.number ?? []))

const follow = (client: WireClient, id: string | number = "lobby~1", cursor?: { log: string; number: number }) => {
  client.ask(id, "FollowRoom", { roomId: "lobby", ...(cursor === undefined ? {} : { cursor }) })
  return until("a hello", () => client.received.some(({ requestId, _tag }) => requestId === id && _tag === "Chunk"))
}

/** Fills the buffers of both ends' operating systems, until somebody lags; whoever reads gets the time to. */
const flood = (chat: FakeChat) =>
  Effect.gen(function* () {
    const text = "x".repeat(50_000)
    for (let count = 0; chat.lags === 0 && count < 2_000; count++) {
      say(chat, text)
      yield* Effect.promise(() => new Promise((resolve) => setImmediate(resolve)))
    }
    return chat.lags
  })

describe("what is written to many", () => {
  it.live("reaches every follower under its own request id, first frame first", () =>
    Effect.gen(function* () {
      const server = yield* startServer()
      const clients = yield* Effect.forEach([1, 2, 3, 4, 5, 6, 7, 8], (index) => greeted(server, `Ada ${index}`))
      yield* Effect.forEach(clients, (client, index) => follow(client, index < 3 ? "lobby~1" : `own ${index}`))
      for (let count = 1; count <= 20; count++) say(server.chat, `é ${"long ".repeat(count * 10)}${count}`)
      for (const [index, client] of clients.entries()) {
        yield* until("twenty messages", () => numbersOf(client).length === 20)
        expect(numbersOf(client)).toEqual(Array.from({ length: 20 }, (_, place) => place + 1))
        const chunks = client.received.filter(({ _tag }) => _tag === "Chunk")
        expect(chunks[0]?.values?.[0]?._tag).toBe("Hello")
        expect(new Set(chunks.map(({ requestId }) => requestId))).toEqual(
          new Set([index < 3 ? "lobby~1" : `own ${index}`])
        )
      }
    })
  )

  it.live("comes on one connection in the order it was written, answers among it", () =>
    Effect.gen(function* () {
      const server = yield* startServer()
      const client = yield* greeted(server)
      yield* follow(client)
      for (let id = 1; id <= 50; id++) {
        client.ask(id, "PostMessage", { roomId: "lobby", key: `key-${id}-xxxxx`, text: `number ${id}` })
      }
      yield* client.exitOf(50)
      // The fake room publishes before it answers, so each event stands right before the answer to its post.
      const order = client.received.flatMap(({ _tag, requestId, values }) =>
        _tag === "Exit" && requestId !== "hello"
          ? [requestId]
          : (values ?? []).flatMap((frame) => frame.cursor?.number ?? [])
      )
      expect(order).toEqual(Array.from({ length: 50 }, (_, place) => [place + 1, place + 1]).flat())
    })
  )
})

describe("a reader that does not keep up", () => {
  it.live("lags without delaying anybody, and is resumed without a gap", () =>
    Effect.gen(function* () {
      const server = yield* startServer()
      const quick = yield* greeted(server, "Ada")
      const slow = yield* greeted(server, "Bob")
      yield* follow(quick)
      yield* follow(slow)
      slow.socket.pause()
      expect(yield* flood(server.chat)).toBe(1)
      const last = say(server.chat, "the last").number
      yield* until("everything at the quick one", () => numbersOf(quick).at(-1) === last)
      expect(server.counts.laggingReaders).toBe(1)
      slow.socket.resume()
      yield* until("everything at the slow one", () => numbersOf(slow).at(-1) === last)
      expect(numbersOf(slow)).toEqual(Array.from({ length: last }, (_, place) => place + 1))
      expect(server.counts.laggingReaders).toBe(0)
    })
  )

  it.live("is told to come back later when it takes not one byte for too long", () =>
    Effect.gen(function* () {
      const server = yield* startServer({ heartbeat: { stuckAfter: Duration.millis(150) } })
      const slow = yield* greeted(server, "Bob")
      yield* follow(slow)
      slow.socket.pause()
      yield* flood(server.chat)
      yield* until("the connection is given up", () => server.counts.connections === 0)
      yield* until("its follow is over", () => server.chat.follows === 0)
      expect(server.counts.laggingReaders).toBe(0)
    })
  )

  it.live("is not read from meanwhile, so that it cannot make more that it does not take", () =>
    Effect.gen(function* () {
      const server = yield* startServer()
      const slow = yield* greeted(server, "Bob")
      yield* follow(slow)
      slow.socket.pause()
      yield* flood(server.chat)
      const asked = server.counts.requests
      for (let id = 0; id < 10; id++) slow.ask(id, "History", { roomId: "lobby", anchor: { _tag: "Newest" }, limit: 1 })
      const neighbour = yield* greeted(server, "Ada")
      neighbour.ask(1, "ListPeople", { roomId: "lobby", after: null })
      yield* neighbour.exitOf(1)
      // The neighbour's two requests, and none of the slow one's.
      expect(server.counts.requests - asked).toBe(2)
    })
  )
})

describe("the end of a connection", () => {
  it.live("takes it out of every fan-out at once, sends Close, and writes nothing after it", () =>
    Effect.gen(function* () {
      const server = yield* startServer()
      const client = yield* greeted(server)
      yield* follow(client)
      const connection = [...server.connections.all()][0]
      connection?.close(1012, "the server restarts")
      expect(server.counts.connections).toBe(0)
      const sent = server.counts.deliveries
      say(server.chat, "too late")
      expect(server.counts.deliveries).toBe(sent)
      expect(yield* client.closed).toEqual({ code: 1012, reason: "the server restarts" })
      expect(numbersOf(client)).toEqual([])
    })
  )

  it.live("ends the follows of a peer that closes", () =>
    Effect.gen(function* () {
      const server = yield* startServer()
      const client = yield* greeted(server)
      yield* follow(client)
      client.socket.close(1000)
      yield* until("no follow", () => server.chat.follows === 0)
      expect(server.counts.connections).toBe(0)
    })
  )

  it.live("does not wait for a peer that ignores a Close frame", () =>
    Effect.gen(function* () {
      const server = yield* startServer()
      const client = yield* greeted(server)
      client.socket.pause()
      for (const connection of server.connections.all()) connection.close(1012, "the server restarts")
      client.socket.on("error", () => undefined)
      let isGone = false
      // The paused client learns of the destroyed socket only by writing to it.
      const poke = setInterval(() => {
        client.socket.ping(undefined, undefined, (error) => {
          if (error !== undefined && error !== null) isGone = true
        })
      }, 50)
      yield* until("the socket is destroyed", () => isGone || client.socket.readyState !== 1, 4_000)
      clearInterval(poke)
    })
  )

  it.live("tells all connections to come back when the gateway itself ends", () =>
    Effect.gen(function* () {
      const server = yield* startServer()
      const client = yield* greeted(server)
      yield* server.stopRpc
      expect((yield* client.closed).code).toBe(1012)
    })
  )
})
