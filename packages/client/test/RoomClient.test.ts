import { expect, it } from "@effect/vitest"
import * as Limits from "@messenger/protocol/Limits"
import type { Message } from "@messenger/protocol/Message"
import { RateLimited } from "@messenger/protocol/Unavailable"
import { Context, Effect, Latch, Layer } from "effect"
import { Socket } from "effect/socket"
import { describe } from "vitest"
import { Connection } from "../src/Connection.ts"
import * as RoomClient from "../src/RoomClient.ts"
import { silent } from "../src/Signals.ts"
import { keyOf, MemoryServer, roomIdOf, userOf } from "./MemoryServer.ts"
import { elapse, settle } from "./time.ts"

const ada = userOf("ada")
const bob = userOf("bob")

/** Ada follows the lobby, which holds some old messages. */
const lobby = Effect.fnUntraced(function* (old: number) {
  const server = yield* MemoryServer
  const room = yield* server.addRoom("lobby", old)
  const context = yield* Layer.build(
    Connection.layer({ account: ada.id, signals: silent }).pipe(
      Layer.provide(Layer.succeed(Socket.Socket, server.socketOf(ada)))
    )
  )
  const connection = Context.get(context, Connection)
  connection.connect()
  const arrived: Array<number> = []
  const client = yield* RoomClient.make({
    roomId: roomIdOf("lobby"),
    remembered: undefined,
    gone: Effect.never,
    onMessages: (messages) => arrived.push(...messages.map(({ change }) => change))
  }).pipe(Effect.provideContext(context))
  yield* settle
  const texts = () => client.feed.get().view.messages.map(({ text }) => text)
  const numbers = () => client.feed.get().view.messages.map(({ number }) => number)
  const write = (text: string) => server.post(room, bob, keyOf(`key-of-${text}`), text)
  const edit = (number: number, text: string) =>
    server.commit(room, (change) => {
      const message = room.messages.find((each) => each.number === number)
      if (message === undefined) throw new Error("There is no such message")
      return { ...message, change, text } satisfies Message
    })
  return {
    server,
    room,
    connection,
    client,
    arrived,
    texts,
    numbers,
    write,
    edit,
    status: () => client.feed.get().status._tag
  }
})

const upTo = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index)

describe("a followed room", () => {
  it.effect("begins with the newest messages and goes on as they are written", () =>
    Effect.gen(function* () {
      const { client, texts, write, status } = yield* lobby(2)
      expect(client.feed.get().view.room?.name).toBe("lobby")
      write("hello")
      yield* settle
      expect(texts()).toEqual(["old 1", "old 2", "hello"])
      expect(status()).toBe("Live")
    }).pipe(Effect.provide(MemoryServer.layer))
  )

  it.effect("resumes after a lost connection without a gap and without a double", () =>
    Effect.gen(function* () {
      const { server, arrived, numbers, write, status } = yield* lobby(2)
      write("before")
      yield* settle
      server.setUp(false)
      yield* server.dropSockets()
      yield* settle
      write("meanwhile 1")
      write("meanwhile 2")
      expect(status()).toBe("Behind")
      server.setUp(true)
      yield* elapse("5 seconds")
      write("after")
      yield* settle
      expect(numbers()).toEqual(upTo(1, 6))
      expect(arrived).toEqual(upTo(1, 6))
      expect(status()).toBe("Live")
    }).pipe(Effect.provide(MemoryServer.layer))
  )

  it.effect("takes an edit that arrives during its catch-up over the older row", () =>
    Effect.gen(function* () {
      const { server, room, texts, write, edit } = yield* lobby(2)
      server.setUp(false)
      yield* server.dropSockets()
      yield* settle
      write("first thought")
      edit(3, "second thought")
      server.setUp(true)
      yield* elapse("5 seconds")
      // The row as it was before the edit arrives late, as from a page that was read earlier.
      const late = { ...room.messages[2], change: 3, text: "first thought" }
      server.say(room, {
        _tag: "Changes",
        cursor: { log: room.log, number: 4 },
        changes: [{ _tag: "MessageChanged", message: late }]
      })
      yield* settle
      expect(texts()).toEqual(["old 1", "old 2", "second thought"])
    }).pipe(Effect.provide(MemoryServer.layer))
  )

  it.effect("loads older pages until the beginning", () =>
    Effect.gen(function* () {
      const { client, numbers } = yield* lobby(120)
      expect(numbers()).toEqual(upTo(71, 120))
      yield* client.loadOlder
      expect(numbers()).toEqual(upTo(21, 120))
      yield* client.loadOlder
      expect(numbers()).toEqual(upTo(1, 120))
      yield* client.loadOlder
      expect(client.feed.get().view.hasOlder).toBe(false)
    }).pipe(Effect.provide(MemoryServer.layer))
  )

  it.effect("lets an edit win that arrives while a history page read before it is on its way", () =>
    Effect.gen(function* () {
      const { server, client, edit } = yield* lobby(120)
      const answer = Latch.makeUnsafe()
      server.script.history.after.push(answer.await)
      const loading = yield* Effect.forkScoped(client.loadOlder)
      yield* settle
      expect(client.isLoadingOlder.get()).toBe(true)
      edit(30, "edited")
      yield* settle
      yield* answer.open
      yield* settle
      expect(loading.pollUnsafe()).toBeDefined()
      expect(client.isLoadingOlder.get()).toBe(false)
      expect(client.feed.get().view.messages.find(({ number }) => number === 30)?.text).toBe("edited")
    }).pipe(Effect.provide(MemoryServer.layer))
  )

  it.effect("drops a history page that no longer touches what it holds", () =>
    Effect.gen(function* () {
      const { server, room, client, numbers } = yield* lobby(120)
      const answer = Latch.makeUnsafe()
      server.script.history.after.push(answer.await)
      yield* Effect.forkScoped(client.loadOlder)
      yield* settle
      const [last] = room.messages.slice(-1)
      server.say(room, {
        _tag: "Reset",
        reason: "CannotCatchUp",
        cursor: { log: room.log, number: 120 },
        state: { room: room.room, messages: [last], hasOlder: true }
      })
      yield* settle
      yield* answer.open
      yield* settle
      expect(numbers()).toEqual([120])
    }).pipe(Effect.provide(MemoryServer.layer))
  )

  it.effect("replaces what it holds when the log is another one, as after a restored backup", () =>
    Effect.gen(function* () {
      const { server, room, texts, write, status } = yield* lobby(3)
      server.setUp(false)
      yield* server.dropSockets()
      yield* settle
      Object.assign(room, { log: "restored", head: 0, messages: [] })
      write("a new beginning")
      server.setUp(true)
      yield* elapse("5 seconds")
      expect(texts()).toEqual(["a new beginning"])
      expect(status()).toBe("Live")
    }).pipe(Effect.provide(MemoryServer.layer))
  )

  it.effect("asks again when the room's new owner stands behind it, and goes on when it does not", () =>
    Effect.gen(function* () {
      const { server, room, texts, write } = yield* lobby(3)
      server.say(room, { _tag: "Hello", log: room.log, epoch: 2, head: 3 })
      yield* settle
      expect(server.wireIds("FollowRoom")).toEqual(["lobby~1"])
      room.head = 2
      room.messages = room.messages.slice(0, 2)
      server.say(room, { _tag: "Hello", log: room.log, epoch: 3, head: 2 })
      yield* settle
      write("the true third")
      yield* settle
      expect(server.wireIds("FollowRoom")).toEqual(["lobby~1", "lobby~2"])
      expect(texts()).toEqual(["old 1", "old 2", "the true third"])
    }).pipe(Effect.provide(MemoryServer.layer))
  )

  it.effect("skips events that it does not know while its cursor advances", () =>
    Effect.gen(function* () {
      const { server, room, client, texts, write } = yield* lobby(1)
      room.head++
      server.say(
        room,
        { _tag: "Thunder", loud: true },
        {
          _tag: "Changes",
          cursor: { log: room.log, number: 2 },
          changes: [{ _tag: "PollOpened", poll: { question: "Tea?" } }]
        },
        { _tag: "Latest", values: [{ _tag: "Mood", mood: "calm" }] },
        { _tag: "Ephemeral", event: { _tag: "Waving" } }
      )
      yield* settle
      expect(client.feed.get().view.cursor?.number).toBe(2)
      write("still here")
      yield* settle
      expect(texts()).toEqual(["old 1", "still here"])
      expect(server.wireIds("FollowRoom")).toEqual(["lobby~1"])
    }).pipe(Effect.provide(MemoryServer.layer))
  )

  it.effect("waits as long as the server asks, and does not fail", () =>
    Effect.gen(function* () {
      const { server, status, write, texts } = yield* lobby(1)
      server.script.follow.before.push(Effect.fail(new RateLimited({ retryAfterMillis: 60_000 })))
      yield* server.dropSockets()
      yield* elapse("5 seconds")
      expect(status()).toBe("Held")
      write("meanwhile")
      yield* elapse("90 seconds")
      expect(status()).toBe("Live")
      expect(texts()).toEqual(["old 1", "meanwhile"])
    }).pipe(Effect.provide(MemoryServer.layer))
  )

  it.effect("is followed again when the server ends its feed by a bug of its own", () =>
    Effect.gen(function* () {
      const { server, status, write, texts } = yield* lobby(1)
      server.script.follow.before.push(Effect.die("a bug"), Effect.interrupt)
      yield* server.dropSockets()
      write("meanwhile")
      yield* elapse("10 seconds")
      expect(status()).toBe("Live")
      expect(texts()).toEqual(["old 1", "meanwhile"])
      expect(server.dials()).toBe(2)
    }).pipe(Effect.provide(MemoryServer.layer))
  )

  it.effect("that does not exist says so and asks no more", () =>
    Effect.gen(function* () {
      const { server, room, client } = yield* lobby(1)
      server.rooms.delete("lobby")
      yield* server.dropSockets()
      yield* elapse("1 minute")
      expect(client.feed.get().status).toMatchObject({ _tag: "Failed", error: { _tag: "RoomNotFound" } })
      expect(client.feed.get().view.room).toEqual(room.room)
      expect(server.wireIds("FollowRoom")).toEqual(["lobby~1", "lobby~1"])
    }).pipe(Effect.provide(MemoryServer.layer))
  )

  it.effect("ends the connection when the server does not know the session any more, and goes on with the next", () =>
    Effect.gen(function* () {
      const { connection, room, server, texts, write } = yield* lobby(1)
      server.forgetPeople()
      // The room is to be followed anew, which is answered to nobody.
      server.say(room, { _tag: "Hello", log: room.log, epoch: 2, head: 0 })
      yield* elapse("1 minute")
      expect(connection.state.get()).toMatchObject({ _tag: "Refused", refusal: { _tag: "Unauthenticated" } })
      write("meanwhile")
      connection.connect()
      yield* elapse("5 seconds")
      expect(texts()).toEqual(["old 1", "meanwhile"])
    }).pipe(Effect.provide(MemoryServer.layer))
  )

  it.effect("forgets who types when they say no more", () =>
    Effect.gen(function* () {
      const { server, room, client } = yield* lobby(1)
      server.say(room, { _tag: "Ephemeral", event: { _tag: "Typing", user: bob, isTyping: true } })
      yield* settle
      expect([...client.feed.get().view.typing.keys()]).toEqual([bob.id])
      yield* elapse(Limits.typingExpiresMillis)
      expect([...client.feed.get().view.typing.keys()]).toEqual([])
    }).pipe(Effect.provide(MemoryServer.layer))
  )

  it.effect("tells that its person types as often as the contract wants, and once that they stopped", () =>
    Effect.gen(function* () {
      const { server, client } = yield* lobby(1)
      const told = () =>
        server.heard.flatMap(({ message }) =>
          message._tag === "Request" && message.tag === "SetTyping" ? [message.payload] : []
        )
      for (let press = 0; press < 30; press++) {
        yield* client.setTyping(true)
        yield* elapse(100)
      }
      yield* client.setTyping(false)
      yield* client.setTyping(false)
      expect(told()).toEqual([
        { roomId: "lobby", isTyping: true },
        { roomId: "lobby", isTyping: true },
        { roomId: "lobby", isTyping: false }
      ])
    }).pipe(Effect.provide(MemoryServer.layer))
  )
})
