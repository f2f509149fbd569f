import { expect, it } from "@effect/vitest"
import { CommandRejected } from "@messenger/protocol/Message"
import { RateLimited, StorageUnavailable } from "@messenger/protocol/Unavailable"
import { Context, Effect, Exit, Fiber, Layer, Result, Scope } from "effect"
import { Socket } from "effect/socket"
import { describe } from "vitest"
import { Connection } from "../src/Connection.ts"
import { DrainLock, leaseMillis } from "../src/DrainLock.ts"
import { Outbox } from "../src/Outbox.ts"
import { memoryDevice, OutboxStore } from "../src/OutboxStore.ts"
import * as RoomClient from "../src/RoomClient.ts"
import { silent } from "../src/Signals.ts"
import { MemoryServer, roomIdOf, userOf } from "./MemoryServer.ts"
import { elapse, settle } from "./time.ts"

const ada = userOf("ada")
const lobby = roomIdOf("lobby")

/** A tab of Ada on a device: it closes with the scope. */
const tab = Effect.fnUntraced(function* (store: OutboxStore["Service"]) {
  const server = yield* MemoryServer
  const context = yield* Layer.build(
    Outbox.layer(ada.id).pipe(
      Layer.provideMerge(Connection.layer({ account: ada.id, signals: silent })),
      Layer.provide(DrainLock.layerLease),
      Layer.provide(Layer.succeed(OutboxStore, store)),
      Layer.provide(Layer.succeed(Socket.Socket, server.socketOf(ada)))
    )
  )
  const outbox = Context.get(context, Outbox)
  const connection = Context.get(context, Connection)
  connection.connect()
  yield* settle
  return {
    outbox,
    connection,
    /** Follows the lobby in this tab. */
    openLobby: Effect.gen(function* () {
      const onMessages = yield* outbox.watch(lobby)
      const client = yield* RoomClient.make({ roomId: lobby, remembered: undefined, gone: Effect.never, onMessages })
      yield* settle
      return client
    }).pipe(Effect.provideContext(context)),
    write: (...texts: ReadonlyArray<string>) => texts.map((text) => Result.getOrThrow(outbox.add(lobby, text))),
    /** What is on its way: text and state. */
    onItsWay: () => outbox.entries.get().map(({ text, state }) => `${text} ${state._tag}`)
  }
})

/** The server with a lobby: what its history holds, and what was posted to it, also twice. */
const world = Effect.gen(function* () {
  const server = yield* MemoryServer
  const room = yield* server.addRoom("lobby")
  return {
    server,
    room,
    history: () => room.messages.map(({ text }) => text),
    posts: () =>
      server.heard.flatMap(({ message }) =>
        message._tag === "Request" && message.tag === "PostMessage" ? [message.payload] : []
      )
  }
})

describe("the outbox", () => {
  it.effect("sends what is written in order, and is empty afterwards", () =>
    Effect.gen(function* () {
      const { history } = yield* world
      const { write, onItsWay } = yield* tab(memoryDevice()())
      write("one", "two", "three")
      expect(onItsWay()).toEqual(["one Waiting", "two Waiting", "three Waiting"])
      yield* settle
      expect(history()).toEqual(["one", "two", "three"])
      expect(onItsWay()).toEqual([])
    }).pipe(Effect.provide(MemoryServer.layer))
  )

  it.effect("has one message of a room on its way at a time", () =>
    Effect.gen(function* () {
      const { server, posts } = yield* world
      const { write, onItsWay } = yield* tab(memoryDevice()())
      server.script.post.before.push(Effect.never)
      write("one", "two")
      yield* settle
      expect(onItsWay()).toEqual(["one Sent", "two Waiting"])
      expect(posts()).toHaveLength(1)
    }).pipe(Effect.provide(MemoryServer.layer))
  )

  it.effect("waits when the server asks for patience, and does not fail", () =>
    Effect.gen(function* () {
      const { server, history } = yield* world
      const { write, outbox, onItsWay } = yield* tab(memoryDevice()())
      server.script.post.before.push(
        Effect.fail(new RateLimited({ retryAfterMillis: 10_000 })),
        Effect.fail(new StorageUnavailable({ retryAfterMillis: 10_000 }))
      )
      write("one", "two")
      yield* settle
      expect(onItsWay()).toEqual(["one Waiting", "two Waiting"])
      expect(outbox.entries.get()[0]?.state).toMatchObject({ heldUntilMillis: expect.closeTo(12_500, -4) })
      yield* elapse("9 seconds")
      expect(history()).toEqual([])
      yield* elapse("22 seconds")
      expect(history()).toEqual(["one", "two"])
    }).pipe(Effect.provide(MemoryServer.layer))
  )

  it.effect("lets a refused message step aside, and sends it again only when told, under a new key", () =>
    Effect.gen(function* () {
      const { server, history, posts } = yield* world
      const { write, outbox, onItsWay } = yield* tab(memoryDevice()())
      server.script.post.before.push(Effect.fail(new CommandRejected()))
      const [poison] = write("poison", "two")
      yield* settle
      yield* server.dropSockets()
      yield* elapse("1 minute")
      expect(history()).toEqual(["two"])
      expect(posts()).toHaveLength(2)
      expect(onItsWay()).toEqual(["poison Refused"])
      const again = poison && outbox.resend(poison)
      yield* settle
      expect(history()).toEqual(["two", "poison"])
      expect(again).not.toBe(poison)
      expect(onItsWay()).toEqual([])
    }).pipe(Effect.provide(MemoryServer.layer))
  )

  it.effect("forgets a message that is discarded, unless it is on its way", () =>
    Effect.gen(function* () {
      const { server, history } = yield* world
      const { write, outbox, onItsWay } = yield* tab(memoryDevice()())
      server.script.post.before.push(Effect.never)
      const keys = write("one", "two")
      yield* settle
      expect(keys.map((key) => outbox.discard(key))).toEqual([false, true])
      yield* server.dropSockets()
      yield* elapse("5 seconds")
      expect(history()).toEqual(["one"])
      expect(onItsWay()).toEqual([])
    }).pipe(Effect.provide(MemoryServer.layer))
  )

  it.effect("lets a message step aside at which the server fails again and again", () =>
    Effect.gen(function* () {
      const { server, history } = yield* world
      const { write, onItsWay } = yield* tab(memoryDevice()())
      server.script.post.before.push(Effect.die("a bug"), Effect.die("a bug"), Effect.die("a bug"))
      write("one", "two")
      yield* elapse("1 minute")
      expect(onItsWay()).toEqual(["one Refused"])
      expect(history()).toEqual(["two"])
    }).pipe(Effect.provide(MemoryServer.layer))
  )

  it.effect("settles by the event when the answer is lost, and goes on", () =>
    Effect.gen(function* () {
      const { server, history, posts } = yield* world
      const { write, openLobby, onItsWay } = yield* tab(memoryDevice()())
      yield* openLobby
      server.script.post.after.push(Effect.never)
      write("one", "two")
      yield* settle
      expect(history()).toEqual(["one", "two"])
      expect(posts()).toHaveLength(2)
      expect(onItsWay()).toEqual([])
    }).pipe(Effect.provide(MemoryServer.layer))
  )

  it.effect("asks again under the same key when answer and connection are lost, and nothing doubles", () =>
    Effect.gen(function* () {
      const { server, history, posts } = yield* world
      const { write, onItsWay } = yield* tab(memoryDevice()())
      server.script.post.after.push(Effect.never)
      write("one", "two")
      yield* settle
      yield* server.dropSockets()
      yield* elapse("5 seconds")
      expect(history()).toEqual(["one", "two"])
      expect(posts()).toHaveLength(3)
      expect(onItsWay()).toEqual([])
    }).pipe(Effect.provide(MemoryServer.layer))
  )

  it.effect("shows a settled message until the open room's view holds it", () =>
    Effect.gen(function* () {
      const { room, history } = yield* world
      const { write, openLobby, onItsWay } = yield* tab(memoryDevice()())
      const client = yield* openLobby
      const followers = [...room.followers]
      room.followers.clear()
      write("one")
      yield* settle
      expect(history()).toEqual(["one"])
      expect(onItsWay()).toEqual(["one Settled"])
      for (const follower of followers) room.followers.add(follower)
      const server = yield* MemoryServer
      server.say(room, {
        _tag: "Changes",
        cursor: { log: room.log, number: room.head },
        changes: room.messages.map((message) => ({ _tag: "MessageChanged", message }))
      })
      yield* settle
      expect(onItsWay()).toEqual([])
      expect(client.feed.get().view.messages.map(({ text }) => text)).toEqual(["one"])
    }).pipe(Effect.provide(MemoryServer.layer))
  )

  it.effect("keeps what was written offline over a reload, and delivers it once and in order", () =>
    Effect.gen(function* () {
      const { server, history } = yield* world
      const device = memoryDevice()
      server.setUp(false)
      const written = Effect.scoped(
        Effect.gen(function* () {
          const { outbox, write } = yield* tab(device())
          write("one", "two", "three")
          outbox.setDraft(lobby, "four, unfin")
          outbox.setDraft(lobby, "four, unfinished")
          yield* outbox.flush
        })
      )
      yield* written
      const { outbox, onItsWay } = yield* tab(device())
      expect(onItsWay()).toEqual(["one Waiting", "two Waiting", "three Waiting"])
      expect(yield* outbox.draft(lobby)).toBe("four, unfinished")
      server.setUp(true)
      yield* elapse("1 minute")
      expect(history()).toEqual(["one", "two", "three"])
      expect(onItsWay()).toEqual([])
    }).pipe(Effect.provide(MemoryServer.layer))
  )

  it.effect("of two tabs is drained by one: each message is posted once, in order, and both see it", () =>
    Effect.gen(function* () {
      const { server, history, posts } = yield* world
      const device = memoryDevice()
      const first = yield* tab(device())
      const second = yield* tab(device())
      server.setUp(false)
      yield* server.dropSockets()
      yield* settle
      first.write("one")
      yield* settle
      second.write("two")
      yield* settle
      first.write("three")
      yield* settle
      expect(second.onItsWay()).toEqual(["one Waiting", "two Waiting", "three Waiting"])
      // Slow enough that both tabs are connected long before the first message is answered.
      for (let i = 0; i < 9; i++) server.script.post.before.push(Effect.sleep("1 minute"))
      server.setUp(true)
      yield* elapse("5 minutes")
      expect(history()).toEqual(["one", "two", "three"])
      expect(posts()).toHaveLength(3)
      expect([...first.onItsWay(), ...second.onItsWay()]).toEqual([])
    }).pipe(Effect.provide(MemoryServer.layer))
  )

  it.effect("is taken over by another tab when the one that sends is closed", () =>
    Effect.gen(function* () {
      const { server, history } = yield* world
      const device = memoryDevice()
      server.script.post.before.push(Effect.never)
      const second = yield* Effect.scoped(
        Effect.gen(function* () {
          const first = yield* tab(device())
          first.write("one", "two")
          yield* settle
          return first.outbox.flush
        })
      ).pipe(Effect.andThen(tab(device())))
      yield* elapse(leaseMillis)
      expect(history()).toEqual(["one", "two"])
      expect(second.onItsWay()).toEqual([])
    }).pipe(Effect.provide(MemoryServer.layer))
  )

  it.effect("tells every tab of a refusal", () =>
    Effect.gen(function* () {
      const { server } = yield* world
      const device = memoryDevice()
      const first = yield* tab(device())
      const second = yield* tab(device())
      server.script.post.before.push(Effect.fail(new CommandRejected()))
      second.write("poison")
      yield* settle
      expect(first.onItsWay()).toEqual(["poison Refused"])
      expect(second.onItsWay()).toEqual(["poison Refused"])
    }).pipe(Effect.provide(MemoryServer.layer))
  )

  it.effect(
    "holds what is written when the server does not know the session any more, and sends it with the next",
    () =>
      Effect.gen(function* () {
        const { server, history, posts } = yield* world
        const { connection, write, onItsWay } = yield* tab(memoryDevice()())
        server.forgetPeople()
        write("one", "two")
        yield* elapse("1 minute")
        expect(connection.state.get()).toMatchObject({ _tag: "Refused", refusal: { _tag: "Unauthenticated" } })
        expect(onItsWay()).toEqual(["one Waiting", "two Waiting"])
        expect(posts()).toHaveLength(1)
        connection.connect()
        yield* elapse("5 seconds")
        expect(history()).toEqual(["one", "two"])
        expect(onItsWay()).toEqual([])
      }).pipe(Effect.provide(MemoryServer.layer))
  )

  it.effect("sends again only what was refused", () =>
    Effect.gen(function* () {
      const { server, history } = yield* world
      const { connection, outbox, write } = yield* tab(memoryDevice()())
      server.setUp(false)
      yield* server.dropSockets()
      const [waiting] = write("one")
      yield* settle
      expect(waiting && outbox.resend(waiting)).toBeUndefined()
      server.setUp(true)
      connection.connect()
      yield* elapse("5 seconds")
      expect(history()).toEqual(["one"])
      expect(waiting && outbox.resend(waiting)).toBeUndefined()
    }).pipe(Effect.provide(MemoryServer.layer))
  )

  it.effect("shows a settled message until the last view of its room is closed", () =>
    Effect.gen(function* () {
      const { room } = yield* world
      const { write, openLobby, onItsWay } = yield* tab(memoryDevice()())
      const [one, other] = [yield* Scope.make(), yield* Scope.make()]
      yield* Scope.provide(openLobby, one)
      yield* Scope.provide(openLobby, other)
      room.followers.clear()
      write("one")
      yield* settle
      expect(onItsWay()).toEqual(["one Settled"])
      yield* Scope.close(one, Exit.void)
      expect(onItsWay()).toEqual(["one Settled"])
      yield* Scope.close(other, Exit.void)
      expect(onItsWay()).toEqual([])
    }).pipe(Effect.provide(MemoryServer.layer))
  )

  it.effect("keeps the newest of what is being written, and knows it before it is on disk", () =>
    Effect.gen(function* () {
      const device = memoryDevice()
      yield* world
      const { outbox } = yield* tab(device())
      outbox.setDraft(lobby, "hel")
      outbox.setDraft(lobby, "hello")
      expect(yield* outbox.draft(lobby)).toBe("hello")
      yield* outbox.flush
      expect(yield* (yield* tab(device())).outbox.draft(lobby)).toBe("hello")
    }).pipe(Effect.provide(MemoryServer.layer))
  )

  it.effect("takes no text that the contract forbids", () =>
    Effect.gen(function* () {
      yield* world
      const { outbox } = yield* tab(memoryDevice()())
      expect(outbox.add(lobby, "  ")).toMatchObject({ failure: { _tag: "MessageInvalid", reason: "Empty" } })
      expect(outbox.add(lobby, "a".repeat(4_001))).toMatchObject({ failure: { reason: "TooLong" } })
      expect(outbox.entries.get()).toEqual([])
    }).pipe(Effect.provide(MemoryServer.layer))
  )
})

describe("who waits for a delivery", () => {
  it.effect("is told when the server has it, also when another tab has sent it", () =>
    Effect.gen(function* () {
      const { history, posts } = yield* world
      const device = memoryDevice()
      const sending = yield* tab(device())
      const asking = yield* tab(device())
      const first = yield* Effect.forkChild(sending.outbox.deliver(lobby, "by this tab"))
      const second = yield* Effect.forkChild(asking.outbox.deliver(lobby, "by the other tab"))
      yield* elapse("5 seconds")
      expect(yield* Fiber.join(first)).toMatchObject({ number: 1, cursor: { number: 1 } })
      expect(yield* Fiber.join(second)).toMatchObject({ number: 2, cursor: { number: 2 } })
      expect(history()).toEqual(["by this tab", "by the other tab"])
      // Asked once more, by its key, what became of it.
      expect(posts()).toHaveLength(3)
    }).pipe(Effect.provide(MemoryServer.layer))
  )

  it.effect("is told by the room when the answer is late", () =>
    Effect.gen(function* () {
      const { server } = yield* world
      const { outbox, openLobby } = yield* tab(memoryDevice()())
      yield* openLobby
      server.script.post.after.push(Effect.never)
      const delivering = yield* Effect.forkChild(outbox.deliver(lobby, "hello"))
      yield* settle
      expect(yield* Fiber.join(delivering)).toMatchObject({ number: 1, cursor: { log: "log-of-lobby", number: 1 } })
    }).pipe(Effect.provide(MemoryServer.layer))
  )

  it.effect("has a refused message back, and sends one that it no longer waits for all the same", () =>
    Effect.gen(function* () {
      const { server, history } = yield* world
      const { outbox, onItsWay } = yield* tab(memoryDevice()())
      server.script.post.before.push(Effect.fail(new CommandRejected()))
      const refused = yield* Effect.forkChild(Effect.flip(outbox.deliver(lobby, "poison")))
      yield* settle
      expect(yield* Fiber.join(refused)).toBeInstanceOf(CommandRejected)
      expect(onItsWay()).toEqual([])
      server.script.post.before.push(Effect.fail(new RateLimited({ retryAfterMillis: 1_000 })))
      const impatient = yield* Effect.forkChild(outbox.deliver(lobby, "later"))
      yield* settle
      const [entry] = outbox.entries.get()
      if (entry === undefined) throw new Error("Nothing is on its way")
      expect(outbox.discard(entry.key)).toBe(false)
      yield* Fiber.interrupt(impatient)
      yield* elapse("3 seconds")
      expect(history()).toEqual(["later"])
    }).pipe(Effect.provide(MemoryServer.layer))
  )
})
