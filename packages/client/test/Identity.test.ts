// Over real sockets: whom a page takes its reader for, through everything that may become of a session.
import { expect, it } from "@effect/vitest"
import { sessionEndCode } from "@messenger/protocol/SessionEnd"
import { RateLimited } from "@messenger/protocol/Unavailable"
import { Effect } from "effect"
import "fake-indexeddb/auto"
import { describe, vi } from "vitest"
import type { Messenger } from "../src/Messenger.ts"
import { MemoryServer, roomIdOf, userOf } from "./MemoryServer.ts"
import { is, page, soon } from "./page.ts"
import * as SocketServer from "./SocketServer.ts"

const lobby = roomIdOf("lobby")
const registering = { username: "ada", email: "ada@example.org", password: "correct horse", remember: true }

/** What a page took its reader for, one after the other. */
const seen = ({ identity }: Messenger): ReadonlyArray<string> => {
  const tags = [identity.get()._tag]
  identity.subscribe(() => void tags.push(identity.get()._tag))
  return tags
}

const known = (messenger: Messenger) => {
  const identity = messenger.identity.get()
  return identity._tag === "Known" ? `${identity.user.name} ${identity.role}` : identity._tag
}

/** Somebody is known and connected, and the inbox says so. */
const settled = Effect.fnUntraced(function* (messenger: Messenger, name: string) {
  yield* soon(messenger.connection, is("Open"))
  yield* soon(messenger.inbox, ({ view }) => view.me?.name === name)
})

describe("a page", () => {
  it.live("knows who may come in before anybody has", () =>
    Effect.gen(function* () {
      const server = yield* SocketServer.make
      const messenger = yield* page(server.origin)
      expect(messenger.server.get()).toBeUndefined()
      yield* soon(messenger.identity, is("Anonymous"))
      expect(messenger.server.get()).toEqual({ registration: "invite", guests: true })
    }).pipe(Effect.provide(MemoryServer.layer))
  )

  it.live("does not believe an answer that was true before its reader entered", () =>
    Effect.gen(function* () {
      const server = yield* SocketServer.make
      const answer = Promise.withResolvers<void>()
      server.delayAnswers("/session", answer.promise)
      const messenger = yield* page(server.origin)
      const identities = seen(messenger)
      const entered = messenger.enter("ada")
      // Time enough for the one to overtake the other, if it could.
      setTimeout(answer.resolve, 100)
      yield* Effect.promise(() => entered)
      yield* settled(messenger, "ada")
      expect(identities).toEqual(["Loading", "Anonymous", "Known", "Known"])
    }).pipe(Effect.provide(MemoryServer.layer))
  )

  it.live("that is closed keeps what was written the moment before", () =>
    Effect.gen(function* () {
      const server = yield* SocketServer.make
      yield* server.addRoom("lobby")
      const messenger = yield* page(server.origin)
      yield* Effect.promise(() => messenger.enter("hasty"))
      yield* settled(messenger, "hasty")
      const room = messenger.openRoom(lobby)
      yield* server.dropSockets()
      yield* soon(messenger.connection, is("Waiting"))
      for (const text of ["one", "two", "three"]) room.send(text)
      room.saveDraft("four")
      yield* Effect.promise(messenger.close)
      const next = yield* page(server.origin)
      yield* soon(next.outbox, (entries) => entries.length === 3)
      expect(next.outbox.get().map(({ text }) => text)).toEqual(["one", "two", "three"])
      expect(yield* Effect.promise(() => next.openRoom(lobby).loadDraft())).toBe("four")
    }).pipe(Effect.provide(MemoryServer.layer))
  )

  it.live("of a guest who registers stays theirs, with what they had not sent yet, and is connected anew", () =>
    Effect.gen(function* () {
      const server = yield* SocketServer.make
      const room = yield* server.addRoom("lobby")
      const messenger = yield* page(server.origin)
      yield* Effect.promise(() => messenger.enter("ada"))
      yield* settled(messenger, "ada")
      expect(known(messenger)).toBe("ada guest")
      server.script.post.before.push(Effect.fail(new RateLimited({ retryAfterMillis: 500 })))
      messenger.openRoom(lobby).send("written as a guest")
      const identities = seen(messenger)
      const outcome = yield* Effect.promise(() => messenger.register({ ...registering, invite: "let me in" }))
      expect(outcome).toMatchObject({ isOk: true, value: { id: "ada", isGuest: false } })
      expect(server.bodies.at(-1)).toEqual({ ...registering, invite: "let me in" })
      yield* soon(messenger.inbox, ({ view }) => view.role === "member")
      yield* soon(messenger.outbox, (entries) => entries.length === 0)
      expect(room.messages).toMatchObject([{ text: "written as a guest", author: { id: "ada", isGuest: false } }])
      expect(known(messenger)).toBe("ada member")
      expect(new Set(identities)).toEqual(new Set(["Known"]))
      expect(server.dials()).toBe(2)
    }).pipe(Effect.provide(MemoryServer.layer))
  )

  it.live("whose socket is closed before the answer to its log-in has come believes the answer", () =>
    Effect.gen(function* () {
      const server = yield* SocketServer.make
      const messenger = yield* page(server.origin)
      yield* Effect.promise(() => messenger.enter("ada"))
      yield* settled(messenger, "ada")
      const answer = Promise.withResolvers<void>()
      server.delayAnswers("/register", answer.promise)
      const identities = seen(messenger)
      const registered = messenger.register(registering)
      yield* soon(messenger.connection, is("Refused"))
      expect(messenger.connection.get()).toMatchObject({ refusal: { _tag: "SessionEnded", end: "Renewed" } })
      answer.resolve()
      expect(yield* Effect.promise(() => registered)).toMatchObject({ isOk: true })
      yield* settled(messenger, "ada")
      expect(new Set(identities)).toEqual(new Set(["Known"]))
    }).pipe(Effect.provide(MemoryServer.layer))
  )

  it.live("of somebody who logs in to another account sends nothing under the new name, and keeps it for the old", () =>
    Effect.gen(function* () {
      const server = yield* SocketServer.make
      const room = yield* server.addRoom("lobby")
      server.addAccount("bob", "bob@example.org", "battery staple")
      const messenger = yield* page(server.origin)
      yield* Effect.promise(() => messenger.enter("visitor"))
      yield* settled(messenger, "visitor")
      const handle = messenger.openRoom(lobby)
      handle.saveDraft("half a thought")
      server.setUp(false)
      yield* server.dropSockets()
      yield* soon(messenger.connection, is("Waiting"))
      handle.send("written as a visitor")
      const login = { login: "bob@example.org", password: "battery staple", remember: false }
      expect(yield* Effect.promise(() => messenger.login(login))).toMatchObject({ isOk: true, value: { id: "bob" } })
      expect(server.bodies.at(-1)).toEqual({ email: "bob@example.org", password: "battery staple", remember: false })
      yield* settled(messenger, "bob")
      expect(known(messenger)).toBe("bob member")
      expect(messenger.outbox.get()).toEqual([])
      const own = messenger.openRoom(lobby)
      expect(yield* Effect.promise(() => own.loadDraft())).toBe("")
      own.send("written as bob")
      yield* soon(own.feed, ({ view }) => view.messages.length === 1)

      server.renew(userOf("visitor"), 0)
      yield* soon(messenger.inbox, ({ view }) => view.me?.name === "visitor")
      yield* soon(messenger.outbox, (entries) => entries.length === 0)
      expect(room.messages.map(({ author, text }) => `${author.name}: ${text}`)).toEqual([
        "bob: written as bob",
        "visitor: written as a visitor"
      ])
      expect(yield* Effect.promise(() => messenger.openRoom(lobby).loadDraft())).toBe("half a thought")
    }).pipe(Effect.provide(MemoryServer.layer))
  )

  it.live("tells what is wrong with a registration, a log-in, a password and a link", () =>
    Effect.gen(function* () {
      const server = yield* SocketServer.make
      server.addAccount("ada", "ada@example.org", "correct horse")
      const messenger = yield* page(server.origin)
      const refused = (_tag: string) => ({ isOk: false, error: { _tag } })
      const login = { login: "ada", remember: true }
      expect(yield* Effect.promise(() => messenger.register(registering))).toMatchObject(refused("AccountTaken"))
      expect(yield* Effect.promise(() => messenger.login({ ...login, password: "a guess" }))).toMatchObject(
        refused("WrongCredentials")
      )
      expect(server.bodies.at(-1)).toMatchObject({ username: "ada" })
      expect(
        yield* Effect.promise(() => messenger.resetPassword({ token: "stale", password: "a new horse" }))
      ).toMatchObject(refused("LinkInvalid"))
      expect(
        yield* Effect.promise(() => messenger.resetPassword({ token: "reset-ada", password: "a new horse" }))
      ).toMatchObject({ isOk: true, value: { id: "ada" } })
      yield* settled(messenger, "ada")
      const change = { password: "correct horse", newPassword: "battery staple" }
      expect(yield* Effect.promise(() => messenger.changePassword(change))).toMatchObject(refused("WrongPassword"))
      expect(
        yield* Effect.promise(() => messenger.changePassword({ ...change, password: "a new horse" }))
      ).toMatchObject({ isOk: true })
      yield* settled(messenger, "ada")
      expect(known(messenger)).toBe("ada member")
    }).pipe(Effect.provide(MemoryServer.layer))
  )

  it.live.each(["SignedOut", "Revoked", "Expired", "Deactivated", "Deleted"] as const)(
    "whose session has ended (%s) says why, and keeps what was written",
    (end) =>
      Effect.gen(function* () {
        const server = yield* SocketServer.make
        const room = yield* server.addRoom("lobby")
        const name = `ada-${end}`
        const messenger = yield* page(server.origin)
        yield* Effect.promise(() => messenger.enter(name))
        yield* settled(messenger, name)
        server.script.post.before.push(Effect.fail(new RateLimited({ retryAfterMillis: 60_000 })))
        messenger.openRoom(lobby).send("not sent yet")
        yield* soon(
          messenger.outbox,
          ([entry]) => entry?.state._tag === "Waiting" && entry.state.heldUntilMillis !== undefined
        )
        server.endSession()
        yield* server.dropSockets(sessionEndCode[end])
        yield* soon(messenger.identity, is("Anonymous"))
        expect(messenger.identity.get()).toEqual({ _tag: "Anonymous", ended: end })
        expect(messenger.connection.get()._tag).toBe("Closed")
        yield* Effect.promise(() => messenger.enter(name))
        yield* soon(messenger.inbox, ({ view }) => view.me?.name === name)
        yield* soon(messenger.outbox, (entries) => entries.length === 0)
        expect(room.messages.map(({ text }) => text)).toEqual(["not sent yet"])
      }).pipe(Effect.provide(MemoryServer.layer))
  )

  it.live("becomes that of whoever has logged in in another tab, though the first answer knows nobody", () =>
    Effect.gen(function* () {
      const server = yield* SocketServer.make
      const messenger = yield* page(server.origin)
      yield* Effect.promise(() => messenger.enter("ada"))
      yield* settled(messenger, "ada")
      const identities = seen(messenger)
      server.renew({ ...userOf("bob"), isGuest: false }, 1)
      yield* settled(messenger, "bob")
      expect(known(messenger)).toBe("bob member")
      expect(new Set(identities)).toEqual(new Set(["Known"]))
    }).pipe(Effect.provide(MemoryServer.layer))
  )

  it.live("knows at once when its person is called otherwise or may do more", () =>
    Effect.gen(function* () {
      const server = yield* SocketServer.make
      const messenger = yield* page(server.origin)
      yield* Effect.promise(() => messenger.enter("ada"))
      yield* settled(messenger, "ada")
      server.sayToInboxes({ _tag: "MeChanged", me: { ...userOf("ada"), name: "Ada L." }, role: "admin" })
      yield* soon(messenger.identity, () => known(messenger) === "Ada L. admin")
    }).pipe(Effect.provide(MemoryServer.layer))
  )
})

describe("a program with a token", () => {
  const bot = { ...userOf("bot"), isGuest: false, isApp: true as const }

  it.live("is known without logging in, and its sockets carry the token", () =>
    Effect.gen(function* () {
      const server = yield* SocketServer.make
      server.addBearer("mat_secret", bot)
      const messenger = yield* page(server.origin, "mat_secret")
      yield* settled(messenger, "bot")
      expect(known(messenger)).toBe("bot member")
      expect(server.upgrades).toMatchObject([{ authorization: "Bearer mat_secret" }])
    }).pipe(Effect.provide(MemoryServer.layer))
  )

  it.live("that was revoked while its connection was away is nobody, and tries no more", () =>
    Effect.gen(function* () {
      const server = yield* SocketServer.make
      server.addBearer("mat_secret", bot)
      const messenger = yield* page(server.origin, "mat_secret")
      yield* settled(messenger, "bot")
      server.revokeBearer("mat_secret")
      yield* server.dropSockets()
      yield* soon(messenger.identity, is("Anonymous"))
      expect(messenger.connection.get()._tag).toBe("Closed")
    }).pipe(Effect.provide(MemoryServer.layer))
  )

  it.live("in a browser, which sets no headers, offers the token as a subprotocol", () =>
    Effect.gen(function* () {
      const server = yield* SocketServer.make
      server.addBearer("mat_secret", bot)
      vi.stubGlobal("document", {})
      yield* Effect.addFinalizer(() => Effect.sync(() => vi.unstubAllGlobals()))
      const messenger = yield* page(server.origin, "mat_secret")
      yield* settled(messenger, "bot")
      expect(server.upgrades).toMatchObject([{ "sec-websocket-protocol": "messenger, messenger.bearer.mat_secret" }])
      expect(server.upgrades[0]).not.toHaveProperty("authorization")
    }).pipe(Effect.provide(MemoryServer.layer))
  )
})
