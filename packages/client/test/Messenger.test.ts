// Over real sockets: what a page sees of the client.
import { expect, it } from "@effect/vitest"
import { contractVersion } from "@messenger/protocol/Handshake"
import { Effect } from "effect"
import { describe } from "vitest"
import { keyOf, MemoryServer, roomIdOf } from "./MemoryServer.ts"
import { is, page, soon } from "./page.ts"
import * as SocketServer from "./SocketServer.ts"

const lobby = roomIdOf("lobby")

describe("a page", () => {
  it.live("of a visitor who names themselves chats, and goes on after a restart of the server", () =>
    Effect.gen(function* () {
      const server = yield* SocketServer.make
      const world = yield* server.addRoom("lobby", 3)
      const messenger = yield* page(server.origin)
      yield* soon(messenger.identity, is("Anonymous"))
      expect(yield* Effect.promise(() => messenger.enter("ada"))).toMatchObject({ isOk: true, value: { name: "ada" } })
      yield* soon(messenger.connection, is("Open"))
      yield* soon(messenger.inbox, ({ view }) => view.rooms.has(lobby))

      const room = messenger.openRoom(lobby)
      const texts = () => room.feed.get().view.messages.map(({ text }) => text)
      yield* soon(room.feed, ({ status }) => status._tag === "Live")
      expect(room.send("hello")).toMatchObject({ isOk: true })
      expect(messenger.outbox.get()).toMatchObject([{ text: "hello" }])
      yield* soon(messenger.outbox, (entries) => entries.length === 0)
      expect(texts()).toEqual(["old 1", "old 2", "old 3", "hello"])

      yield* server.dropSockets(1012)
      yield* soon(messenger.connection, is("Waiting"))
      room.send("written meanwhile")
      messenger.reconnect()
      yield* soon(room.feed, () => texts().includes("written meanwhile"))
      expect(world.messages.map(({ text }) => text)).toEqual(["old 1", "old 2", "old 3", "hello", "written meanwhile"])
      expect(room.send("   ")).toMatchObject({ isOk: false, error: { _tag: "MessageInvalid", reason: "Empty" } })

      room.saveDraft("an unfinished")
      yield* Effect.promise(() => messenger.flush())
      expect(yield* Effect.promise(() => room.loadDraft())).toBe("an unfinished")

      room.close()
      yield* Effect.promise(() => messenger.leave())
      expect(messenger.identity.get()._tag).toBe("Anonymous")
      expect(messenger.connection.get()._tag).toBe("Closed")
      expect(messenger.inbox.get().view.rooms.size).toBe(0)
    }).pipe(Effect.provide(MemoryServer.layer))
  )

  it.live("changes and takes back what its reader wrote, and shows meanwhile that it is on its way", () =>
    Effect.gen(function* () {
      const server = yield* SocketServer.make
      yield* server.addRoom("lobby")
      const messenger = yield* page(server.origin)
      yield* Effect.promise(() => messenger.enter("ada"))
      yield* soon(messenger.connection, is("Open"))
      const room = messenger.openRoom(lobby)
      const message = () => room.feed.get().view.messages[0]
      room.send("helo")
      yield* soon(room.feed, () => message() !== undefined)
      const written = message()
      if (written === undefined) throw new Error("There is no message")
      const edited = room.edit(written, "hello")
      expect(messenger.changes.get()).toMatchObject([{ _tag: "Edit", number: 1, text: "hello" }])
      expect(yield* Effect.promise(() => edited)).toMatchObject({ isOk: true, value: { number: 1 } })
      yield* soon(messenger.changes, (changes) => changes.length === 0)
      expect(message()).toMatchObject({ text: "hello" })
      expect(yield* Effect.promise(() => room.edit(written, "hullo"))).toMatchObject({
        isOk: false,
        error: { _tag: "EditConflict", change: 2 }
      })
      expect(yield* Effect.promise(() => room.remove(1))).toMatchObject({ isOk: true })
      yield* soon(room.feed, () => message()?.state === "Deleted")
    }).pipe(Effect.provide(MemoryServer.layer))
  )

  it.live("makes rooms, private ones too, and asks for whatever else the contract offers", () =>
    Effect.gen(function* () {
      const server = yield* SocketServer.make
      const messenger = yield* page(server.origin)
      yield* soon(messenger.identity, is("Anonymous"))
      expect(yield* Effect.promise(() => messenger.call("GetAccount"))).toMatchObject({
        isOk: false,
        error: { _tag: "Unreachable" }
      })
      yield* Effect.promise(() => messenger.enter("ada"))
      // The connection is still on its way.
      expect(yield* Effect.promise(() => messenger.call("GetAccount"))).toMatchObject({
        isOk: true,
        value: { user: { name: "ada" }, role: "guest" }
      })
      expect(yield* Effect.promise(() => messenger.createRoom("tea"))).toMatchObject({
        isOk: true,
        value: { name: "tea", isPrivate: false }
      })
      expect(yield* Effect.promise(() => messenger.createRoom("plans", { isPrivate: true }))).toMatchObject({
        isOk: true,
        value: { isPrivate: true }
      })
    }).pipe(Effect.provide(MemoryServer.layer))
  )

  it.live("that was logged in before is connected by itself", () =>
    Effect.gen(function* () {
      const server = yield* SocketServer.make
      const first = yield* page(server.origin)
      yield* Effect.promise(() => first.enter("ada"))
      const second = yield* page(server.origin)
      yield* soon(second.connection, is("Open"))
      expect(second.identity.get()).toMatchObject({ _tag: "Known", user: { name: "ada" } })
    }).pipe(Effect.provide(MemoryServer.layer))
  )

  it.live("knows nobody any more when the session has ended elsewhere", () =>
    Effect.gen(function* () {
      const server = yield* SocketServer.make
      const messenger = yield* page(server.origin)
      yield* Effect.promise(() => messenger.enter("ada"))
      yield* soon(messenger.connection, is("Open"))
      server.endSession()
      yield* server.dropSockets()
      yield* soon(messenger.identity, is("Anonymous"))
      expect(() => messenger.openRoom(lobby)).toThrow("Nobody is known")
    }).pipe(Effect.provide(MemoryServer.layer))
  )

  it.live("of yesterday's contract says that it must be renewed, and keeps what was written", () =>
    Effect.gen(function* () {
      const server = yield* SocketServer.make
      yield* server.addRoom("lobby")
      server.setContract(contractVersion + 1)
      const messenger = yield* page(server.origin)
      yield* Effect.promise(() => messenger.enter("ada"))
      yield* soon(messenger.connection, is("Refused"))
      expect(messenger.connection.get()).toMatchObject({ refusal: { _tag: "UpgradeRequired" } })
      messenger.openRoom(lobby).send("wait for me")
      yield* Effect.promise(() => messenger.flush())
      expect(messenger.outbox.get()).toMatchObject([{ text: "wait for me", state: { _tag: "Waiting" } }])
    }).pipe(Effect.provide(MemoryServer.layer))
  )

  it.live("that speaks for nobody has nothing on its way, and nothing to keep", () =>
    Effect.gen(function* () {
      const server = yield* SocketServer.make
      const messenger = yield* page(server.origin)
      expect(messenger.discard(keyOf("no such message"))).toBe(false)
      yield* Effect.promise(() => messenger.flush())
      expect(messenger.outbox.get()).toEqual([])
    }).pipe(Effect.provide(MemoryServer.layer))
  )

  it.live("is told why a name is refused, and that nobody can be reached", () =>
    Effect.gen(function* () {
      const server = yield* SocketServer.make
      const messenger = yield* page(server.origin)
      const enter = (name: string) => Effect.promise(() => messenger.enter(name))
      expect(yield* enter("")).toMatchObject({ isOk: false, error: { _tag: "NameInvalid", reason: "Empty" } })
      expect(yield* enter("taken")).toMatchObject({ isOk: false, error: { _tag: "NameTaken" } })
      server.breakProxy(true)
      expect(yield* enter("ada")).toMatchObject({ isOk: false, error: { _tag: "Unreachable" } })
      server.breakProxy(false)
      expect(yield* enter("ada")).toMatchObject({ isOk: true })
    }).pipe(Effect.provide(MemoryServer.layer))
  )
})
