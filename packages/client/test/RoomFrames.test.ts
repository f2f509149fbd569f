import { expect, it } from "@effect/vitest"
import { LogId } from "@messenger/protocol/Cursor"
import type { RoomFrame } from "@messenger/protocol/RoomFeed"
import { Context, Effect, Latch, Layer, Stream } from "effect"
import { Socket } from "effect/socket"
import { describe } from "vitest"
import { Connection } from "../src/Connection.ts"
import * as RoomFrames from "../src/RoomFrames.ts"
import { silent } from "../src/Signals.ts"
import { keyOf, MemoryServer, roomIdOf, userOf } from "./MemoryServer.ts"
import { elapse, settle } from "./time.ts"

const ada = userOf("ada")
const bob = userOf("bob")
const lobby = roomIdOf("lobby")

describe("the frames of a room as a stream", () => {
  it.effect("stall nobody when their consumer stops, and miss nothing when it goes on", () =>
    Effect.gen(function* () {
      const server = yield* MemoryServer
      const room = yield* server.addRoom("lobby")
      const context = yield* Layer.build(
        Connection.layer({ account: ada.id, signals: silent }).pipe(
          Layer.provide(Layer.succeed(Socket.Socket, server.socketOf(ada)))
        )
      )
      const connection = Context.get(context, Connection)
      connection.connect()
      const goOn = Latch.makeUnsafe()
      const seen: Array<number> = []
      yield* RoomFrames.stream(lobby, { backlog: 8 }).pipe(
        Stream.provideContext(context),
        Stream.runForEach((frame: RoomFrame) =>
          Effect.suspend(() => {
            if (frame._tag === "Changes") seen.push(frame.cursor.number)
            return goOn.await
          })
        ),
        Effect.forkScoped
      )
      yield* settle
      for (let i = 1; i <= 200; i++) {
        server.post(room, bob, keyOf(`message ${i}`), `message ${i}`)
        if (i % 20 === 0) yield* settle
      }
      // Other requests of the same connection are answered.
      const session = yield* connection.session
      expect(yield* session.rpcs.ListPeople({ roomId: lobby, after: null })).toMatchObject({ people: [] })
      expect(room.followers.size).toBe(0)
      goOn.openUnsafe()
      yield* elapse("30 seconds")
      expect(seen).toEqual(Array.from({ length: 200 }, (_, index) => index + 1))
    }).pipe(Effect.provide(MemoryServer.layer))
  )

  it.effect("begin anew when the room goes on with another log", () =>
    Effect.gen(function* () {
      const server = yield* MemoryServer
      const room = yield* server.addRoom("lobby", 2)
      const context = yield* Layer.build(
        Connection.layer({ account: ada.id, signals: silent }).pipe(
          Layer.provide(Layer.succeed(Socket.Socket, server.socketOf(ada)))
        )
      )
      Context.get(context, Connection).connect()
      const tags: Array<string> = []
      yield* RoomFrames.stream(lobby).pipe(
        Stream.provideContext(context),
        Stream.runForEach(({ _tag }) => Effect.sync(() => tags.push(_tag))),
        Effect.forkScoped
      )
      yield* settle
      room.log = LogId.make("restored")
      server.say(room, { _tag: "Hello", log: room.log, epoch: 2, head: room.head })
      yield* elapse("5 seconds")
      expect(tags).toEqual(["Hello", "Snapshot", "Hello", "Reset"])
    }).pipe(Effect.provide(MemoryServer.layer))
  )
})
