// Over real sockets: what a program sees of the client.
import { expect, it } from "@effect/vitest"
import { contractVersion } from "@messenger/protocol/Handshake"
import { Context, Effect, Fiber, Layer, Stream } from "effect"
import { describe } from "vitest"
import { connectBot } from "../src/Bot.ts"
import type { Bot } from "../src/Bot.ts"
import { BotClient } from "../src/BotClient.ts"
import { memory } from "../src/Device.ts"
import { bearer, botOf, eventually, reading, rejectionOf, restless, robot } from "./bots.ts"
import { keyOf, MemoryServer, userOf } from "./MemoryServer.ts"
import { is, soon } from "./page.ts"
import * as SocketServer from "./SocketServer.ts"

const bob = userOf("bob")

/** A server with a lobby, a bot, and the texts of what is posted in the lobby from now on. */
const listening = Effect.gen(function* () {
  const server = yield* SocketServer.make
  const lobby = yield* server.addRoom("lobby", 3)
  const bot = yield* botOf(server)
  const messages = yield* reading(bot.messages("lobby"))
  const first = yield* Effect.forkChild(messages.next)
  yield* eventually(() => lobby.followers.size === 1)
  const say = (text: string) => server.post(lobby, bob, keyOf(`key of ${text}`), text)
  say("ready")
  expect((yield* Fiber.join(first)).value).toMatchObject({ text: "ready" })
  const nextText = Effect.map(messages.next, ({ value }) => value?.text)
  return { server, lobby, bot, messages, nextText, say }
})

describe("a bot", () => {
  it.live("hears what is posted from now on, and answers", () =>
    Effect.gen(function* () {
      const { bot, say, nextText } = yield* listening
      expect(bot.user).toEqual(robot)
      say("ping")
      expect(yield* nextText).toBe("ping")
      const receipt = yield* Effect.promise(() => bot.post("lobby", "pong"))
      expect(receipt).toMatchObject({ number: 6, cursor: { log: "log-of-lobby", number: 6 } })
      expect(yield* nextText).toBe("pong")
      expect(yield* Effect.promise(() => bot.history("lobby", { _tag: "Newest" }, 1))).toMatchObject({
        messages: [{ text: "pong", author: { name: "robot" } }]
      })
    }).pipe(Effect.provide(MemoryServer.layer))
  )

  it.live("hears each message once when its connection is lost, those of meanwhile too", () =>
    Effect.gen(function* () {
      const { server, bot, say, nextText } = yield* listening
      const states = untilBack(bot)
      yield* server.dropSockets(1012)
      say("while away")
      expect(yield* nextText).toBe("while away")
      say("and after")
      expect(yield* nextText).toBe("and after")
      expect(yield* Effect.promise(() => states)).toEqual(["Open", "Waiting", "Open"])
    }).pipe(Effect.provide(MemoryServer.layer))
  )

  it.live("hears what was edited while it was away as it is now, and not what was deleted", () =>
    Effect.gen(function* () {
      const { server, lobby, say, nextText } = yield* listening
      yield* server.dropSockets(1012)
      say("typo")
      say("gone")
      say("fine")
      const [typo, gone] = lobby.messages.slice(-3)
      if (typo === undefined || gone === undefined) throw new Error("Nothing was posted")
      server.commit(lobby, (change) => ({ ...typo, change, text: "typo, mended" }))
      server.commit(lobby, (change) => ({ ...gone, change, text: "", state: "Deleted" }))
      expect(yield* nextText).toBe("fine")
      expect(yield* nextText).toBe("typo, mended")
      say("next")
      expect(yield* nextText).toBe("next")
    }).pipe(Effect.provide(MemoryServer.layer))
  )

  it.live("is told of edits and deletions, and of a new name of the room", () =>
    Effect.gen(function* () {
      const { server, lobby, bot } = yield* listening
      const events = yield* reading(bot.events("lobby", { cursor: { log: lobby.log, number: lobby.head } }))
      const told = Effect.map(events.next, ({ value }) => value)
      const receipt = yield* Effect.promise(() => bot.post("lobby", "helo"))
      expect(yield* told).toMatchObject({ _tag: "Posted", message: { text: "helo" }, cursor: receipt.cursor })
      yield* Effect.promise(() => bot.edit("lobby", { number: receipt.number, change: receipt.number }, "hello"))
      expect(yield* told).toMatchObject({ _tag: "Edited", message: { text: "hello" } })
      yield* Effect.promise(() => bot.remove("lobby", receipt.number))
      expect(yield* told).toMatchObject({ _tag: "Deleted", message: { number: receipt.number } })
      const change = ++lobby.head
      const room = { ...lobby.room, name: "salon", change }
      server.say(lobby, {
        _tag: "Changes",
        cursor: { log: lobby.log, number: change },
        changes: [{ _tag: "RoomChanged", room }]
      })
      expect(yield* told).toMatchObject({ _tag: "RoomChanged", room: { name: "salon" }, cursor: { number: change } })
    }).pipe(Effect.provide(MemoryServer.layer))
  )

  it.live("goes on after the last message of its last run", () =>
    Effect.gen(function* () {
      const { bot, server, messages, say } = yield* listening
      say("handled")
      const { value } = yield* messages.next
      yield* Effect.promise(bot.close)
      say("while it did not run")
      const next = yield* botOf(server)
      const rest = yield* reading(next.messages("lobby", { cursor: value.cursor }))
      expect((yield* rest.next).value).toMatchObject({ text: "while it did not run" })
    }).pipe(Effect.provide(MemoryServer.layer))
  )

  it.live("that reads slowly piles nothing up and misses nothing", () =>
    Effect.gen(function* () {
      const { server, lobby, bot } = yield* listening
      const slow = yield* reading(bot.messages("lobby", { backlog: 4 }))
      const first = yield* Effect.forkChild(slow.next)
      yield* eventually(() => lobby.followers.size === 2)
      for (let i = 1; i <= 100; i++) server.post(lobby, bob, keyOf(`message ${i}`), `message ${i}`)
      expect((yield* Fiber.join(first)).value).toMatchObject({ text: "message 1" })
      // Its feed is let go of; that of the other loop is not full.
      yield* eventually(() => lobby.followers.size === 1)
      for (let i = 2; i <= 100; i++) expect((yield* slow.next).value).toMatchObject({ text: `message ${i}` })
    }).pipe(Effect.provide(MemoryServer.layer))
  )

  it.live("lets go of a room when its loop ends", () =>
    Effect.gen(function* () {
      const { lobby, messages } = yield* listening
      const pending = yield* Effect.forkChild(messages.next)
      yield* messages.stop
      expect((yield* Fiber.join(pending)).done).toBe(true)
      yield* eventually(() => lobby.followers.size === 0)
    }).pipe(Effect.provide(MemoryServer.layer))
  )

  it.live("is told why a message is not taken, and what there is no room of", () =>
    Effect.gen(function* () {
      const { bot, server } = yield* listening
      expect(yield* rejectionOf(bot.post("lobby", "   "))).toMatchObject({ _tag: "MessageInvalid", reason: "Empty" })
      expect(yield* rejectionOf(bot.post("attic", "hello"))).toMatchObject({ _tag: "RoomNotFound" })
      expect(yield* rejectionOf(drained(bot.messages("attic")))).toMatchObject({ _tag: "RoomNotFound" })
      server.rooms.delete("lobby")
      expect(yield* rejectionOf(bot.post("lobby", "hello"))).toMatchObject({ _tag: "RoomNotFound" })
      // What was refused does not stay in the outbox, where nobody would see it.
      yield* server.addRoom("lobby")
      expect(yield* Effect.promise(() => bot.post("lobby", "hello"))).toMatchObject({ number: 1 })
    }).pipe(Effect.provide(MemoryServer.layer))
  )

  it.live("that is closed ends its loops, and what it waits for", () =>
    Effect.gen(function* () {
      const { bot, server, messages } = yield* listening
      server.script.post.before.push(Effect.never)
      const posting = rejectionOf(bot.post("lobby", "never answered"))
      const rejected = yield* Effect.forkChild(posting)
      const pending = yield* Effect.forkChild(messages.next)
      yield* Effect.promise(bot.close)
      expect((yield* Fiber.join(pending)).done).toBe(true)
      expect(yield* Fiber.join(rejected)).toMatchObject({ _tag: "BotClosed" })
      expect(yield* rejectionOf(bot.rooms())).toMatchObject({ _tag: "BotClosed" })
    }).pipe(Effect.provide(MemoryServer.layer))
  )
})

describe("who a bot is", () => {
  it.live("is said by a token, by the cookie of a session, or by the name of a guest", () =>
    Effect.gen(function* () {
      const server = yield* SocketServer.make
      const byToken = yield* botOf(server)
      expect(byToken.user.name).toBe("robot")
      const guest = yield* botOf(server, { bearer: undefined, guest: "gus" })
      expect(guest.user).toMatchObject({ name: "gus", isGuest: true })
      const byCookie = yield* botOf(server, { bearer: undefined, cookie: "session=secret" })
      expect(byCookie.user.name).toBe("gus")
      expect(server.upgrades.map(({ authorization, cookie, origin }) => ({ authorization, cookie, origin }))).toEqual([
        { authorization: `Bearer ${bearer}`, cookie: undefined, origin: undefined },
        { authorization: undefined, cookie: "session=secret", origin: server.origin },
        { authorization: undefined, cookie: "session=secret", origin: server.origin }
      ])
    }).pipe(Effect.provide(MemoryServer.layer))
  )

  it.live("is nobody with a token that is nobody's, and nowhere without a server", () =>
    Effect.gen(function* () {
      const server = yield* SocketServer.make
      const wrong = connectBot({ server: server.origin, bearer: "mat_wrong" })
      expect(yield* rejectionOf(wrong)).toMatchObject({ _tag: "Unauthenticated" })
      expect(yield* rejectionOf(connectBot({ server: server.origin }))).toMatchObject({ _tag: "Unauthenticated" })
      const nowhere = connectBot({ server: "http://127.0.0.1:9", bearer })
      expect(yield* rejectionOf(nowhere)).toMatchObject({ _tag: "Unreachable" })
    }).pipe(Effect.provide(MemoryServer.layer))
  )

  it.live("is over when the server says that the token is good no more", () =>
    Effect.gen(function* () {
      const { bot, server, messages } = yield* listening
      const thrown = yield* Effect.forkChild(rejectionOf(drained(messages.raw)))
      yield* server.dropSockets(4002)
      expect(yield* Fiber.join(thrown)).toMatchObject({ _tag: "SessionEnded", end: "Revoked" })
      expect(yield* rejectionOf(bot.post("lobby", "hello"))).toMatchObject({ _tag: "SessionEnded" })
    }).pipe(Effect.provide(MemoryServer.layer))
  )

  it.live("is over when the token was revoked while the connection was away", () =>
    Effect.gen(function* () {
      const { bot, server } = yield* listening
      server.revokeBearer(bearer)
      yield* server.dropSockets()
      const posting = rejectionOf(bot.post("lobby", "hello"))
      expect(yield* posting).toMatchObject({ _tag: "Unauthenticated" })
      yield* soon(bot.connection, is("Refused"))
    }).pipe(Effect.provide(MemoryServer.layer))
  )
})

describe("a contract that has moved on", () => {
  const moved = { _tag: "UpgradeRequired", serverContract: contractVersion + 1 }

  it.live("is told to a bot that comes in", () =>
    Effect.gen(function* () {
      const server = yield* SocketServer.make
      server.setContract(contractVersion + 1)
      server.addBearer(bearer, robot)
      expect(yield* rejectionOf(connectBot({ server: server.origin, bearer }))).toMatchObject(moved)
    }).pipe(Effect.provide(MemoryServer.layer))
  )

  it.live("fails all that a bot does, which its state says too", () =>
    Effect.gen(function* () {
      const { bot, server, messages } = yield* listening
      const thrown = yield* Effect.forkChild(rejectionOf(drained(messages.raw)))
      server.setContract(contractVersion + 1)
      yield* server.dropSockets(1012)
      // Asked while the connection is away, and answered by the refusal.
      expect(yield* rejectionOf(bot.post("lobby", "hello"))).toMatchObject(moved)
      expect(yield* Fiber.join(thrown)).toMatchObject(moved)
      expect(bot.connection.get()).toMatchObject({ _tag: "Refused", refusal: moved })
      expect(yield* rejectionOf(bot.call("GetAccount"))).toMatchObject(moved)
      expect(yield* rejectionOf(drained(bot.events("lobby")))).toMatchObject(moved)
      expect(yield* rejectionOf(bot.rooms())).toMatchObject(moved)
    }).pipe(Effect.provide(MemoryServer.layer))
  )

  it.live("fails the streams and the calls of the face for Effect", () =>
    Effect.gen(function* () {
      const server = yield* SocketServer.make
      const lobby = yield* server.addRoom("lobby")
      server.addBearer(bearer, robot)
      const context = yield* Layer.build(
        BotClient.layer({ server: server.origin, bearer, signals: restless, store: memory })
      )
      const bot = Context.get(context, BotClient)
      const following = yield* Effect.forkChild(Effect.flip(Stream.runDrain(bot.messages("lobby"))))
      const frames = yield* Effect.forkChild(Effect.flip(Stream.runDrain(bot.frames("lobby"))))
      yield* eventually(() => lobby.followers.size === 2)
      server.setContract(contractVersion + 1)
      yield* server.dropSockets(1012)
      expect(yield* Fiber.join(following)).toMatchObject(moved)
      expect(yield* Effect.flip(bot.client.call("GetAccount"))).toMatchObject(moved)
      expect(yield* Fiber.join(frames)).toMatchObject(moved)
      expect(yield* Effect.flip(bot.post("lobby", "hello"))).toMatchObject(moved)
    }).pipe(Effect.provide(MemoryServer.layer))
  )
})

/** What the connection was in until it came back from a loss, of those states in which it stays. */
const untilBack = async (bot: Bot) => {
  const tags: Array<string> = []
  for await (const state of bot.connectionStates()) {
    if (state._tag !== "Connecting") tags.push(state._tag)
    if (state._tag === "Open" && state.attempt > 0) break
  }
  return tags
}

/** Reads until there is no more. */
const drained = async (iterator: AsyncIterable<unknown>) => {
  for await (const _ of iterator);
}
