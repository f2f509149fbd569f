// Over real sockets: what a page sees of the client.
import { expect, it } from "@effect/vitest"
import { contractVersion } from "@messenger/protocol/Handshake"
import { Effect } from "effect"
import { describe } from "vitest"
import { makeMessenger } from "../src/Messenger.ts"
import { until } from "../src/Readable.ts"
import type { Readable } from "../src/Readable.ts"
import { silent } from "../src/Signals.ts"
import { MemoryServer, roomIdOf } from "./MemoryServer.ts"
import * as SocketServer from "./SocketServer.ts"

const lobby = roomIdOf("lobby")

/** A page of one browser; closed with the scope. */
const page = (origin: string) =>
  Effect.acquireRelease(
    Effect.sync(() => makeMessenger({ server: origin, signals: silent })),
    (messenger) => Effect.promise(messenger.close)
  )

/** Waits for what must happen within 5 s. */
const soon = <A>(readable: Readable<A>, isSo: (value: A) => boolean) =>
  Effect.timeout(until(readable, isSo), "5 seconds")

const is = (tag: string) => (value: { readonly _tag: string }) => value._tag === tag

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
