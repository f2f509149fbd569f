import { expect, it } from "@effect/vitest"
import { EditConflict } from "@messenger/protocol/Message"
import { StorageUnavailable } from "@messenger/protocol/Unavailable"
import { Context, Effect, Exit, Fiber, Layer, Scope } from "effect"
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

/** Ada looks at the lobby, in which she and Bob have written one message each. */
const lookingAtLobby = Effect.gen(function* () {
  const server = yield* MemoryServer
  const room = yield* server.addRoom("lobby")
  server.post(room, ada, keyOf("of-ada-1"), "helo")
  server.post(room, bob, keyOf("of-bob-1"), "hi")
  const context = yield* Layer.build(
    MessengerClient.layer({ account: ada.id, signals: silent }).pipe(
      Layer.provide([OutboxStore.layerMemory, DrainLock.layerAlone, Layer.succeed(Socket.Socket, server.socketOf(ada))])
    )
  )
  const { connection, edits, openRoom } = Context.get(context, MessengerClient)
  connection.connect()
  const scope = yield* Scope.make()
  yield* Effect.addFinalizer(() => Scope.close(scope, Exit.void))
  const { feed } = yield* Scope.provide(openRoom(lobby), scope)
  yield* settle
  const asked = (tag: string) =>
    server.heard.flatMap(({ message }) => (message._tag === "Request" && message.tag === tag ? [message.payload] : []))
  return {
    server,
    room,
    edits,
    feed,
    close: Scope.close(scope, Exit.void),
    texts: () => feed.get().view.messages.map(({ text }) => text),
    pending: () => edits.pending.get().map((change) => `${change._tag} ${change.number}`),
    asked
  }
})

describe("an edit", () => {
  it.effect("is pending from the moment it is made until the room shows it", () =>
    Effect.gen(function* () {
      const { edits, texts, pending } = yield* lookingAtLobby
      const edit = yield* Effect.forkScoped(edits.edit(lobby, { number: 1, change: 1 }, " hello "), {
        startImmediately: true
      })
      expect(pending()).toEqual(["Edit 1"])
      expect(edits.pending.get()).toMatchObject([{ text: "hello", roomId: lobby }])
      expect(texts()).toEqual(["helo", "hi"])
      yield* settle
      expect(edit.pollUnsafe()).toMatchObject({ _tag: "Success", value: { number: 1, cursor: { number: 3 } } })
      expect(texts()).toEqual(["hello", "hi"])
      expect(pending()).toEqual([])
    }).pipe(Effect.provide(MemoryServer.layer))
  )

  it.effect("stays pending after its answer while the event is on its way", () =>
    Effect.gen(function* () {
      const { server, room, edits, texts, pending } = yield* lookingAtLobby
      const followers = [...room.followers]
      room.followers.clear()
      yield* edits.edit(lobby, { number: 1, change: 1 }, "hello")
      expect(texts()).toEqual(["helo", "hi"])
      expect(pending()).toEqual(["Edit 1"])
      for (const follower of followers) room.followers.add(follower)
      server.say(room, {
        _tag: "Changes",
        cursor: { log: room.log, number: 3 },
        changes: [{ _tag: "MessageChanged", message: room.messages[0] }]
      })
      yield* settle
      expect(texts()).toEqual(["hello", "hi"])
      expect(pending()).toEqual([])
    }).pipe(Effect.provide(MemoryServer.layer))
  )

  it.effect("that is made is pending no more when nobody looks at the room", () =>
    Effect.gen(function* () {
      const { room, edits, pending, close } = yield* lookingAtLobby
      room.followers.clear()
      yield* edits.edit(lobby, { number: 1, change: 1 }, "hello")
      expect(pending()).toEqual(["Edit 1"])
      yield* close
      expect(pending()).toEqual([])
    }).pipe(Effect.provide(MemoryServer.layer))
  )

  it.effect("is asked under one key until it is answered, through weather and lost connections", () =>
    Effect.gen(function* () {
      const { server, room, edits, texts, pending, asked } = yield* lookingAtLobby
      server.script.edit.before.push(Effect.fail(new StorageUnavailable({ retryAfterMillis: 1_000 })))
      server.script.edit.after.push(Effect.never)
      const edit = yield* Effect.forkScoped(edits.edit(lobby, { number: 1, change: 1 }, "hello"))
      yield* elapse("2 seconds")
      // It is made, and the answer is lost.
      expect(texts()).toEqual(["hello", "hi"])
      expect(pending()).toEqual(["Edit 1"])
      yield* server.dropSockets()
      yield* elapse("5 seconds")
      expect(edit.pollUnsafe()).toMatchObject({ _tag: "Success", value: { number: 1 } })
      expect(pending()).toEqual([])
      const keys = asked("EditMessage").map((payload) => JSON.stringify(payload))
      expect([keys.length, new Set(keys).size]).toEqual([3, 1])
      expect(room.head).toBe(3)
    }).pipe(Effect.provide(MemoryServer.layer))
  )

  it.effect("goes on when the room is closed, and is pending no more once it is made", () =>
    Effect.gen(function* () {
      const { server, room, edits, pending, close } = yield* lookingAtLobby
      server.setUp(false)
      yield* server.dropSockets()
      const edit = yield* Effect.forkScoped(edits.edit(lobby, { number: 1, change: 1 }, "hello"))
      yield* settle
      yield* close
      expect(pending()).toEqual(["Edit 1"])
      server.setUp(true)
      yield* elapse("5 seconds")
      expect(yield* Fiber.join(edit)).toMatchObject({ number: 1 })
      expect(room.messages[0]?.text).toBe("hello")
      expect(pending()).toEqual([])
    }).pipe(Effect.provide(MemoryServer.layer))
  )

  it.effect("that is refused is taken back, and says why", () =>
    Effect.gen(function* () {
      const { edits, texts, pending, asked } = yield* lookingAtLobby
      const refusal = (number: number, change: number, text: string) =>
        Effect.flip(edits.edit(lobby, { number, change }, text))
      expect(yield* refusal(1, 1, "  ")).toMatchObject({ _tag: "MessageInvalid", reason: "Empty" })
      expect(asked("EditMessage")).toEqual([])
      expect(yield* refusal(2, 2, "not mine")).toMatchObject({ _tag: "NotYourMessage" })
      expect(yield* refusal(9, 9, "not there")).toMatchObject({ _tag: "MessageNotFound" })
      expect(yield* refusal(1, 7, "seen otherwise")).toEqual(new EditConflict({ change: 1 }))
      expect(pending()).toEqual([])
      expect(texts()).toEqual(["helo", "hi"])
    }).pipe(Effect.provide(MemoryServer.layer))
  )
})

describe("a removal", () => {
  it.effect("leaves a tombstone, once", () =>
    Effect.gen(function* () {
      const { edits, feed, pending } = yield* lookingAtLobby
      const removal = yield* Effect.forkScoped(edits.remove(lobby, 1), { startImmediately: true })
      expect(pending()).toEqual(["Removal 1"])
      yield* Fiber.join(removal)
      yield* settle
      expect(feed.get().view.messages[0]).toMatchObject({ number: 1, state: "Deleted", text: "" })
      expect(pending()).toEqual([])
      expect(yield* Effect.flip(edits.remove(lobby, 1))).toMatchObject({ _tag: "MessageNotFound" })
      expect(yield* Effect.flip(edits.remove(lobby, 2))).toMatchObject({ _tag: "NotYourMessage" })
    }).pipe(Effect.provide(MemoryServer.layer))
  )
})
