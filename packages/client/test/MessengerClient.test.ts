import { expect, it } from "@effect/vitest"
import { Context, Effect, Exit, Fiber, Layer, Redacted, Scope } from "effect"
import { Socket } from "effect/socket"
import { describe } from "vitest"
import { DrainLock } from "../src/DrainLock.ts"
import { MessengerClient } from "../src/MessengerClient.ts"
import { OutboxStore } from "../src/OutboxStore.ts"
import { silent } from "../src/Signals.ts"
import { keyOf, MemoryServer, roomIdOf, userOf } from "./MemoryServer.ts"
import { elapse, settle } from "./time.ts"

const ada = userOf("ada")
const bob = userOf("bob")
const lobby = roomIdOf("lobby")

/** Ada's client, connected. */
const client = Effect.gen(function* () {
  const server = yield* MemoryServer
  const context = yield* Layer.build(
    MessengerClient.layer({ account: ada.id, signals: silent }).pipe(
      Layer.provide([OutboxStore.layerMemory, DrainLock.layerAlone, Layer.succeed(Socket.Socket, server.socketOf(ada))])
    )
  )
  const messenger = Context.get(context, MessengerClient)
  messenger.connection.connect()
  yield* settle
  return messenger
})

const told = (server: MemoryServer["Service"], tag: string) =>
  server.heard.flatMap(({ message }) => (message._tag === "Request" && message.tag === tag ? [message.payload] : []))

describe("a client", () => {
  it.effect("knows its person's rooms and what is unread in them", () =>
    Effect.gen(function* () {
      const server = yield* MemoryServer
      yield* server.addRoom("lobby", 3)
      const { inbox } = yield* client
      expect(inbox.feed.get().view.me).toEqual(ada)
      expect(inbox.feed.get().view.rooms.get(lobby)).toMatchObject({ lastMessage: 3 })
      server.sayToInboxes({ _tag: "MarkersMoved", markers: [{ roomId: lobby, number: 2 }] })
      yield* settle
      expect(inbox.feed.get().view.markers.get(lobby)).toBe(2)
      expect(server.wireIds("FollowInbox")).toEqual(["inbox~1"])
    }).pipe(Effect.provide(MemoryServer.layer))
  )

  it.effect("moves a read marker forward at once, never back, and tells the newest when it can", () =>
    Effect.gen(function* () {
      const server = yield* MemoryServer
      yield* server.addRoom("lobby", 9)
      const { inbox } = yield* client
      server.setUp(false)
      yield* server.dropSockets()
      yield* settle
      inbox.markRead(lobby, 4)
      inbox.markRead(lobby, 7)
      inbox.markRead(lobby, 5)
      expect(inbox.feed.get().view.markers.get(lobby)).toBe(7)
      server.setUp(true)
      yield* elapse("5 seconds")
      expect(told(server, "MarkRead").at(-1)).toEqual({ roomId: "lobby", number: 7 })
      expect(inbox.feed.get().view.markers.get(lobby)).toBe(7)
    }).pipe(Effect.provide(MemoryServer.layer))
  )

  it.effect("says on every connection that its person is idle, which the server forgets with each", () =>
    Effect.gen(function* () {
      const server = yield* MemoryServer
      const { inbox } = yield* client
      inbox.setIdle(true)
      inbox.setIdle(true)
      yield* settle
      yield* server.dropSockets()
      yield* elapse("5 seconds")
      inbox.setIdle(false)
      yield* settle
      yield* server.dropSockets()
      yield* elapse("5 seconds")
      expect(told(server, "SetIdle")).toEqual([{ isIdle: true }, { isIdle: true }, { isIdle: false }])
    }).pipe(Effect.provide(MemoryServer.layer))
  )

  it.effect("remembers a room that was closed: opened again it shows what was held and catches up", () =>
    Effect.gen(function* () {
      const server = yield* MemoryServer
      const room = yield* server.addRoom("lobby", 2)
      const { openRoom } = yield* client
      const scope = yield* Scope.make()
      yield* Scope.provide(openRoom(lobby), scope)
      yield* settle
      yield* Scope.close(scope, Exit.void)
      yield* settle
      expect(room.followers.size).toBe(0)
      server.post(room, bob, keyOf("meanwhile"), "meanwhile")
      const { feed } = yield* openRoom(lobby)
      expect(feed.get().view.messages.map(({ text }) => text)).toEqual(["old 1", "old 2"])
      expect(feed.get().status._tag).toBe("Behind")
      yield* settle
      expect(feed.get().view.messages.map(({ text }) => text)).toEqual(["old 1", "old 2", "meanwhile"])
      expect(told(server, "FollowRoom").at(-1)).toMatchObject({ cursor: { number: 2 } })
    }).pipe(Effect.provide(MemoryServer.layer))
  )

  it.effect("remembers the sixteen rooms that were closed last, and of a room that never came nothing", () =>
    Effect.gen(function* () {
      const server = yield* MemoryServer
      const { openRoom } = yield* client
      const look = Effect.fnUntraced(function* (id: string, isAwaited = true) {
        const scope = yield* Scope.make()
        yield* Scope.provide(openRoom(roomIdOf(id)), scope)
        if (isAwaited) yield* settle
        yield* Scope.close(scope, Exit.void)
        yield* settle
      })
      const ids = Array.from({ length: 17 }, (_, index) => `room-${index}`)
      for (const id of ids) {
        yield* server.addRoom(id, 1)
        yield* look(id)
      }
      yield* server.addRoom("glimpsed", 1)
      yield* look("glimpsed", false)
      for (const id of ["room-0", "room-16", "glimpsed"]) yield* look(id)
      expect(told(server, "FollowRoom").slice(-3)).toEqual([
        { roomId: "room-0" },
        { roomId: "room-16", cursor: { log: "log-of-room-16", number: 1 } },
        { roomId: "glimpsed" }
      ])
    }).pipe(Effect.provide(MemoryServer.layer))
  )

  it.effect("asks by name for what the contract offers, and answers what it declares", () =>
    Effect.gen(function* () {
      const { call } = yield* client
      const bobby = { _tag: "Username", username: "bob" } as const
      expect(yield* call("GetAccount")).toMatchObject({ user: ada, role: "guest" })
      expect(yield* call("CreateRoom", { name: "tea", isPrivate: true })).toMatchObject({
        slug: "tea",
        isPrivate: true
      })
      expect(yield* call("AddMember", { roomId: lobby, person: bobby })).toEqual({ user: bob, role: "member" })
      expect(
        yield* Effect.flip(call("AddMember", { roomId: lobby, person: { ...bobby, username: "nobody" } }))
      ).toMatchObject({ _tag: "AccountNotFound" })
      const change = (password: string) =>
        call("ChangeEmail", { email: "ada@example.org", password: Redacted.make(password) })
      expect(yield* Effect.flip(change("a guess"))).toMatchObject({ _tag: "WrongPassword" })
      yield* change("correct horse")
    }).pipe(Effect.provide(MemoryServer.layer))
  )

  it.effect("is nobody's when the server does not know its session any more, whatever it asks for", () =>
    Effect.gen(function* () {
      const server = yield* MemoryServer
      yield* server.addRoom("lobby", 3)
      const asked = [
        ({ call }: MessengerClient["Service"]) => Effect.flip(call("GetAccount")),
        ({ inbox }: MessengerClient["Service"]) => Effect.sync(() => inbox.markRead(lobby, 2))
      ]
      for (const ask of asked) {
        const messenger = yield* client
        server.forgetPeople()
        const asking = yield* Effect.forkScoped(ask(messenger))
        yield* elapse("10 seconds")
        expect(messenger.connection.state.get()).toMatchObject({
          _tag: "Refused",
          refusal: { _tag: "Unauthenticated" }
        })
        expect(asking.pollUnsafe()).toMatchObject({ _tag: "Success" })
      }
    }).pipe(Effect.provide(MemoryServer.layer))
  )

  it.effect("asks once: a connection that is lost before the answer is Unreachable", () =>
    Effect.gen(function* () {
      const server = yield* MemoryServer
      const { call } = yield* client
      server.script.account.before.push(Effect.never)
      const answer = yield* Effect.forkScoped(Effect.flip(call("GetAccount")))
      yield* settle
      yield* server.dropSockets()
      yield* elapse("10 seconds")
      expect(answer.pollUnsafe()).toMatchObject({ _tag: "Success", value: { _tag: "Unreachable" } })
      expect(told(server, "GetAccount").length).toBe(1)
    }).pipe(Effect.provide(MemoryServer.layer))
  )

  it.effect("waits a little for a connection that is on its way, and not for ever", () =>
    Effect.gen(function* () {
      const server = yield* MemoryServer
      const { call } = yield* client
      server.setUp(false)
      yield* server.dropSockets()
      const inTime = yield* Effect.forkScoped(call("GetAccount"))
      yield* settle
      server.setUp(true)
      yield* elapse("4 seconds")
      expect(yield* Fiber.join(inTime)).toMatchObject({ user: ada })
      server.setUp(false)
      yield* server.dropSockets()
      const tooLate = yield* Effect.forkScoped(Effect.flip(call("GetAccount")))
      yield* elapse("6 seconds")
      expect(tooLate.pollUnsafe()).toMatchObject({ _tag: "Success", value: { _tag: "Unreachable" } })
    }).pipe(Effect.provide(MemoryServer.layer))
  )
})

describe("a private room of which one is a member no more", () => {
  const cellar = roomIdOf("cellar")

  /** Ada reads the cellar, writes something, and closes it, or keeps it open. */
  const reading = Effect.fnUntraced(function* () {
    const server = yield* MemoryServer
    yield* server.addRoom("lobby", 1)
    const room = yield* server.addRoom("cellar", 2, true)
    const messenger = yield* client
    const scope = yield* Scope.make()
    yield* Effect.addFinalizer(() => Scope.close(scope, Exit.void))
    const { feed } = yield* Scope.provide(messenger.openRoom(cellar), scope)
    messenger.outbox.setDraft(cellar, "half a thought")
    messenger.outbox.setDraft(lobby, "another")
    yield* messenger.outbox.flush
    yield* settle
    expect(feed.get().status._tag).toBe("Live")
    const leave = () => {
      server.rooms.delete("cellar")
      room.followers.clear()
    }
    return { ...messenger, server, feed, close: Scope.close(scope, Exit.void), leave }
  })

  /** What is left of the room, when it is opened again. */
  const left = Effect.fnUntraced(function* ({
    openRoom,
    outbox
  }: Pick<MessengerClient["Service"], "openRoom" | "outbox">) {
    const { feed } = yield* openRoom(cellar)
    const { messages } = feed.get().view
    yield* settle
    return { messages, status: feed.get().status, draft: yield* outbox.draft(cellar) }
  })

  const nothing = { messages: [], status: { _tag: "Failed", error: { _tag: "RoomNotFound" } }, draft: "" }

  it.effect("is gone at once when the inbox says so, and nothing of it is remembered", () =>
    Effect.gen(function* () {
      const { server, feed, leave, close, ...rest } = yield* reading()
      leave()
      server.sayToInboxes({ _tag: "MembershipsChanged", memberships: [{ roomId: cellar, role: null }] })
      yield* settle
      expect(feed.get().status).toMatchObject({ _tag: "Failed", error: { _tag: "RoomNotFound" } })
      yield* elapse("5 minutes")
      expect(server.wireIds("FollowRoom")).toEqual(["cellar~1"])
      yield* close
      expect(yield* left(rest)).toMatchObject(nothing)
      expect(yield* rest.outbox.draft(lobby)).toBe("another")
    }).pipe(Effect.provide(MemoryServer.layer))
  )

  it.effect("is forgotten when it was closed before", () =>
    Effect.gen(function* () {
      const { server, leave, close, ...rest } = yield* reading()
      yield* close
      leave()
      server.sayToInboxes({ _tag: "MembershipsChanged", memberships: [{ roomId: cellar, role: null }] })
      yield* settle
      expect(yield* left(rest)).toMatchObject(nothing)
    }).pipe(Effect.provide(MemoryServer.layer))
  )

  it.effect("is forgotten when that happened while one was away", () =>
    Effect.gen(function* () {
      const { server, leave, close, ...rest } = yield* reading()
      yield* close
      server.setUp(false)
      yield* server.dropSockets()
      leave()
      server.setUp(true)
      yield* elapse("5 seconds")
      expect(rest.inbox.feed.get().view.rooms.has(cellar)).toBe(false)
      expect(yield* left(rest)).toMatchObject(nothing)
    }).pipe(Effect.provide(MemoryServer.layer))
  )
})
