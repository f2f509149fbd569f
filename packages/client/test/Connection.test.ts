import { expect, it } from "@effect/vitest"
import { contractVersion } from "@messenger/protocol/Handshake"
import { sessionEndCode } from "@messenger/protocol/SessionEnd"
import { Context, Effect, Layer } from "effect"
import { Socket } from "effect/socket"
import { describe } from "vitest"
import { Connection } from "../src/Connection.ts"
import { longestWaitMillis } from "../src/ConnectionState.ts"
import { asQueue } from "../src/Follow.ts"
import * as Request from "../src/Request.ts"
import type { Signal } from "../src/Signals.ts"
import { MemoryServer, roomIdOf, userOf } from "./MemoryServer.ts"
import { elapse, settle } from "./time.ts"

const ada = userOf("ada")

/** A client of the server for Ada, and the hand that signals what her device says. */
const client = Effect.fnUntraced(function* (account = ada) {
  const server = yield* MemoryServer
  let signal: (signal: Signal) => void = () => {}
  const context = yield* Layer.build(
    Connection.layer({
      account: account.id,
      signals: (listener) => {
        signal = listener
        return () => {}
      }
    }).pipe(Layer.provide(Layer.succeed(Socket.Socket, server.socketOf(ada))))
  )
  const connection = Context.get(context, Connection)
  return { connection, signal: (next: Signal) => signal(next) }
})

describe("a connection", () => {
  it.effect("greets with its contract and is open", () =>
    Effect.gen(function* () {
      const { connection } = yield* client()
      expect(connection.state.get()._tag).toBe("Closed")
      connection.connect()
      expect((yield* connection.session).user).toEqual(ada)
      yield* settle
      expect(connection.state.get()).toMatchObject({ _tag: "Open", node: "memory" })
    }).pipe(Effect.provide(MemoryServer.layer))
  )

  it.effect("comes back after its socket was lost, and what was in flight fails as lost", () =>
    Effect.gen(function* () {
      const server = yield* MemoryServer
      yield* server.addRoom("lobby")
      const { connection } = yield* client()
      connection.connect()
      const first = yield* connection.session
      server.script.history.after.push(Effect.never)
      const unanswered = yield* first.rpcs
        .History({ roomId: roomIdOf("lobby"), anchor: { _tag: "Newest" }, limit: 10 })
        .pipe(Effect.flip, Effect.forkScoped)
      yield* settle
      yield* server.dropSockets()
      yield* elapse("2 seconds")
      expect(connection.current()).toMatchObject({ number: 2 })
      expect(unanswered.pollUnsafe()).toMatchObject({ _tag: "Success", value: { _tag: "RpcClientError" } })
      expect(server.dials()).toBe(2)
    }).pipe(Effect.provide(MemoryServer.layer))
  )

  it.effect("asks a server that is down less and less often", () =>
    Effect.gen(function* () {
      const server = yield* MemoryServer
      server.setUp(false)
      const { connection } = yield* client()
      connection.connect()
      yield* elapse("10 minutes")
      expect(connection.state.get()).toMatchObject({ _tag: "Waiting" })
      server.setUp(true)
      yield* elapse(longestWaitMillis)
      expect(connection.state.get()).toMatchObject({ _tag: "Open" })
    }).pipe(Effect.provide(MemoryServer.layer))
  )

  it.effect("comes back at once when the network does", () =>
    Effect.gen(function* () {
      const server = yield* MemoryServer
      const { connection, signal } = yield* client()
      signal("Offline")
      server.setUp(false)
      connection.connect()
      yield* settle
      expect(connection.state.get()._tag).toBe("Offline")
      server.setUp(true)
      signal("Online")
      yield* settle
      expect(connection.state.get()._tag).toBe("Open")
    }).pipe(Effect.provide(MemoryServer.layer))
  )

  it.effect("notices within 30 s that its server has fallen silent", () =>
    Effect.gen(function* () {
      const server = yield* MemoryServer
      const { connection } = yield* client()
      connection.connect()
      yield* elapse("5 minutes")
      expect(server.dials()).toBe(1)
      yield* server.fallSilent
      yield* elapse("30 seconds")
      expect(server.dials()).toBe(2)
      expect(connection.state.get()._tag).toBe("Open")
    }).pipe(Effect.provide(MemoryServer.layer))
  )

  it.effect("notices a silent server within seconds when the device wakes", () =>
    Effect.gen(function* () {
      const server = yield* MemoryServer
      const { connection, signal } = yield* client()
      connection.connect()
      yield* settle
      yield* server.fallSilent
      signal("Woke")
      yield* elapse("7 seconds")
      expect(server.dials()).toBe(2)
    }).pipe(Effect.provide(MemoryServer.layer))
  )

  it.effect.each(["}", "null", '{"_tag":"Surprise"}', '{"_tag":"Defect","defect":"I give up"}'])(
    "begins anew when its server says %s",
    (nonsense) =>
      Effect.gen(function* () {
        const server = yield* MemoryServer
        const { connection } = yield* client()
        connection.connect()
        yield* settle
        server.babble(nonsense)
        yield* elapse("5 seconds")
        expect(server.dials()).toBe(2)
        expect(connection.state.get()._tag).toBe("Open")
      }).pipe(Effect.provide(MemoryServer.layer))
  )

  it.effect("of another contract is refused until somebody asks again", () =>
    Effect.gen(function* () {
      const server = yield* MemoryServer
      server.setContract(contractVersion + 1)
      const { connection } = yield* client()
      connection.connect()
      yield* elapse("5 minutes")
      expect(connection.state.get()).toMatchObject({
        _tag: "Refused",
        refusal: { _tag: "UpgradeRequired", serverContract: contractVersion + 1 }
      })
      expect(server.dials()).toBe(1)
      server.setContract(contractVersion)
      connection.connect()
      yield* settle
      expect(connection.state.get()._tag).toBe("Open")
    }).pipe(Effect.provide(MemoryServer.layer))
  )

  it.effect.each(["SignedOut", "Revoked", "Expired", "Deactivated", "Deleted", "Renewed"] as const)(
    "whose session is over (%s) says so and tries no more until somebody asks",
    (end) =>
      Effect.gen(function* () {
        const server = yield* MemoryServer
        const { connection, signal } = yield* client()
        connection.connect()
        yield* settle
        yield* server.dropSockets(sessionEndCode[end])
        yield* elapse("5 minutes")
        signal("Online")
        yield* settle
        expect(connection.state.get()).toMatchObject({ _tag: "Refused", refusal: { _tag: "SessionEnded", end } })
        expect(server.dials()).toBe(1)
        connection.connect()
        yield* settle
        expect(connection.state.get()._tag).toBe("Open")
      }).pipe(Effect.provide(MemoryServer.layer))
  )

  it.effect("that the server knows as somebody else is refused as unauthenticated", () =>
    Effect.gen(function* () {
      const { connection } = yield* client(userOf("eve"))
      connection.connect()
      yield* settle
      expect(connection.state.get()).toMatchObject({ _tag: "Refused", refusal: { _tag: "Unauthenticated" } })
    }).pipe(Effect.provide(MemoryServer.layer))
  )

  it.effect("repeats on the next one what was not answered on the last", () =>
    Effect.gen(function* () {
      const server = yield* MemoryServer
      yield* server.addRoom("lobby", 3)
      const { connection } = yield* client()
      connection.connect()
      yield* settle
      server.script.history.after.push(Effect.never)
      const page = yield* Request.untilAnswered(connection, (rpcs) =>
        rpcs.History({ roomId: roomIdOf("lobby"), anchor: { _tag: "Newest" }, limit: 10 })
      ).pipe(Effect.forkScoped)
      yield* settle
      yield* server.dropSockets()
      yield* elapse("2 seconds")
      expect(page.pollUnsafe()).toMatchObject({ _tag: "Success", value: { messages: [{}, {}, {}] } })
    }).pipe(Effect.provide(MemoryServer.layer))
  )

  it.effect("gives a room's follow the same id whatever was asked before, and no id twice", () =>
    Effect.gen(function* () {
      const server = yield* MemoryServer
      yield* server.addRoom("lobby")
      yield* server.addRoom("random")
      const quiet = yield* client()
      const busy = yield* client()
      quiet.connection.connect()
      busy.connection.connect()
      const quietly = yield* quiet.connection.session
      const busily = yield* busy.connection.session
      const followOnce = (session: typeof quietly, room: string) =>
        Effect.scoped(Effect.andThen(session.rpcs.FollowRoom({ roomId: roomIdOf(room) }, asQueue), settle))
      for (let i = 0; i < 7; i++) yield* busily.rpcs.SetIdle({ isIdle: i % 2 === 0 })
      yield* followOnce(busily, "random")
      yield* followOnce(quietly, "lobby")
      yield* followOnce(busily, "lobby")
      yield* followOnce(busily, "lobby")
      expect(server.wireIds("FollowRoom")).toEqual(["random~1", "lobby~1", "lobby~1", "lobby~2"])
      const ofBusy = server.heard.flatMap(({ connection, message }) =>
        connection === 2 && message._tag === "Request" ? [message.id] : []
      )
      expect(new Set(ofBusy).size).toBe(ofBusy.length)
      expect(server.rooms.get("lobby")?.followers.size).toBe(0)
    }).pipe(Effect.provide(MemoryServer.layer))
  )
})
