import { describe, expect, it } from "@effect/vitest"
import { Deferred, Effect, Fiber } from "effect"
import { startServer } from "./support/TestServer.ts"
import { greeted, refusedUpgrade, until } from "./support/WireClient.ts"

const post = (text: string) => ({ roomId: "lobby", key: "key-00000001", text })

describe("a server that drains", () => {
  it.live("is not ready, lets nobody in, and answers what it has taken before it says goodbye", () =>
    Effect.gen(function* () {
      const server = yield* startServer()
      server.readiness.set(true)
      server.chat.hold = yield* Deferred.make<void>()
      const busy = yield* greeted(server, "Ada")
      const idle = yield* greeted(server, "Bob")
      idle.ask("follow", "FollowRoom", { roomId: "lobby" })
      busy.ask(1, "PostMessage", post("taken"))
      yield* until("the post", () => server.chat.arrived.length === 1 && server.chat.follows === 1)
      const draining = yield* Effect.forkChild(server.drain)
      // A follow is not waited for.
      expect(yield* idle.closed).toEqual({ code: 1012, reason: "the server restarts" })
      expect((yield* Effect.promise(() => fetch(`${server.url}/readyz`))).status).toBe(503)
      expect((yield* refusedUpgrade(server, {})).status).toBe(503)
      busy.ask(2, "PostMessage", post("too late"))
      yield* Deferred.succeed(server.chat.hold, undefined)
      expect((yield* busy.exitOf(1))._tag).toBe("Success")
      expect((yield* busy.closed).code).toBe(1012)
      yield* Fiber.join(draining)
      expect(server.chat.arrived).toEqual(["taken"])
    })
  )

  it.live("does not wait longer than the setting allows", () =>
    Effect.gen(function* () {
      const server = yield* startServer({ environment: { DRAIN_SECONDS: "0" } })
      server.chat.hold = yield* Deferred.make<void>()
      const busy = yield* greeted(server, "Ada")
      busy.ask(1, "PostMessage", post("never answered"))
      yield* until("the post", () => server.chat.arrived.length === 1)
      yield* server.drain
      expect((yield* busy.closed).code).toBe(1012)
      expect(server.counts.connections).toBe(0)
    })
  )
})
