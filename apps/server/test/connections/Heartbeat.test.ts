import { expect, it } from "@effect/vitest"
import { Deferred, Duration, Effect } from "effect"
import { describe } from "vitest"
import { startServer } from "../support/TestServer.ts"
import { greeted, open, until } from "../support/WireClient.ts"

const quick = { beatEvery: Duration.millis(10), pingAfter: Duration.millis(60), deadAfter: Duration.millis(200) }

describe("the heartbeat", () => {
  it.live("asks a silent peer whether it is there, and keeps one that answers", () =>
    Effect.gen(function* () {
      const server = yield* startServer({ heartbeat: quick })
      const client = yield* greeted(server)
      let pings = 0
      client.socket.on("ping", () => pings++)
      // Long past `deadAfter`.
      yield* until("ten pings", () => pings === 10)
      expect(server.counts.connections).toBe(1)
    })
  )

  it.live("drops a peer of which no byte comes, and its follows with it", () =>
    Effect.gen(function* () {
      const server = yield* startServer({ heartbeat: quick })
      const client = yield* greeted(server, "Ada", { autoPong: false })
      client.ask("follow", "FollowRoom", { roomId: "lobby" })
      yield* until("a follow", () => server.chat.follows === 1)
      yield* until("it is gone", () => server.counts.connections === 0)
      yield* until("its follow is over", () => server.chat.follows === 0)
      expect((yield* client.closed).code).toBe(1006)
      expect(server.counts.droppedConnections).toBe(1)
    })
  )

  it.live("does not take a peer for dead that is not read from while its requests wait", () =>
    Effect.gen(function* () {
      const server = yield* startServer({ heartbeat: quick })
      server.chat.hold = yield* Deferred.make<void>()
      const waiting = yield* greeted(server, "Ada", { autoPong: false })
      for (let id = 0; id < 64; id++) {
        waiting.ask(id, "PostMessage", { roomId: "lobby", key: "key-00000001", text: `number ${id}` })
      }
      yield* until("64 posts", () => server.chat.arrived.length === 64)
      const neighbour = yield* greeted(server, "Bob")
      let pings = 0
      neighbour.socket.on("ping", () => pings++)
      // Long past `deadAfter`.
      yield* until("ten pings", () => pings === 10)
      yield* Deferred.succeed(server.chat.hold, undefined)
      expect((yield* waiting.exitOf(63))._tag).toBe("Success")
    })
  )

  it.live("ends a connection that was not greeted in time", () =>
    Effect.gen(function* () {
      const server = yield* startServer({ heartbeat: { ...quick, greetWithin: Duration.millis(100) } })
      const greetedInTime = yield* greeted(server)
      const stranger = yield* open(server)
      stranger.ask(1, "Handshake", { contract: 1 })
      expect((yield* stranger.closed).code).toBe(1008)
      expect(greetedInTime.socket.readyState).toBe(1)
    })
  )
})
