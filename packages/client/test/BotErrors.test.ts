// What whoever runs a bot reads when it fails.
import { expect, it } from "@effect/vitest"
import { Cause, Effect, Exit, Layer } from "effect"
import { describe, vi } from "vitest"
import { connectBot } from "../src/Bot.ts"
import { BotClient } from "../src/BotClient.ts"
import { Undeliverable } from "../src/OutboxEntry.ts"
import { worded } from "../src/Sentences.ts"
import { bearer, botOf, rejectionOf } from "./bots.ts"
import { MemoryServer } from "./MemoryServer.ts"
import * as SocketServer from "./SocketServer.ts"

describe("the errors of a bot", () => {
  it.live("say in a sentence what to do, and lead to the line that asked", () =>
    Effect.gen(function* () {
      const server = yield* SocketServer.make
      yield* server.addRoom("lobby")
      const wrong = yield* rejectionOf(whoComesWithAWrongToken(server.origin))
      expect(String(wrong)).toBe(
        `Unauthenticated: The server at ${server.origin} does not know who this is. Give a token that is valid, and was not revoked, as \`bearer\`.`
      )
      expect(wrong).toHaveProperty("stack", expect.stringMatching(/^Unauthenticated: The server.*whoComesWithAWrong/s))
      expect(wrong).not.toHaveProperty("stack", expect.stringContaining("Schema"))
      expect(yield* rejectionOf(connectBot({ server: "http://127.0.0.1:9", bearer }))).toHaveProperty(
        "message",
        "No Messenger server answers at http://127.0.0.1:9. See that the address is right and the server runs, then try again."
      )
      const bot = yield* botOf(server)
      expect(yield* rejectionOf(bot.post("attic", "hello"))).toHaveProperty(
        "message",
        "There is no such room. It does not exist, or not for you; list the rooms again."
      )
      const loop = bot.messages("attic")[Symbol.asyncIterator]().next()
      expect(yield* rejectionOf(loop)).toHaveProperty("message", expect.stringMatching(/^There is no such room\. /))
      expect(yield* rejectionOf(bot.post("lobby", " "))).toHaveProperty("message", expect.stringMatching(/^The text/))
      yield* server.dropSockets(4002)
      expect(yield* rejectionOf(bot.post("lobby", "late"))).toHaveProperty(
        "message",
        "The session, or its token, is over (Revoked). Connect again with another."
      )
      yield* Effect.promise(bot.close)
      expect(yield* rejectionOf(bot.rooms())).toHaveProperty("message", expect.stringMatching(/^The bot was closed\. /))
    }).pipe(Effect.provide(MemoryServer.layer))
  )

  it("say what became of a message at which the server fails, and name what they do not know", () => {
    const wordedHere = worded("http://127.0.0.1:9")
    expect(wordedHere(new Undeliverable({ detail: "a bug" })).message).toBe(
      "The server failed at this message again and again. Post it anew later."
    )
    const odd = Object.assign(new Error(""), { name: "Odd" })
    expect(wordedHere(odd).message).toBe("The server refused this: Odd.")
    expect(wordedHere(new Error("it says itself")).message).toBe("it says itself")
    expect(wordedHere("no error")).toBe("no error")
  })

  it.live("say it in the printed cause too, with Effect", () =>
    Effect.gen(function* () {
      const server = yield* SocketServer.make
      const exit = yield* Effect.exit(Layer.build(BotClient.layer({ server: server.origin, bearer: "mat_wrong" })))
      expect(Exit.isFailure(exit) && Cause.pretty(exit.cause)).toMatch(/^Unauthenticated: The server at .* `bearer`\./)
    }).pipe(Effect.provide(MemoryServer.layer))
  )

  it.live("are told at once where there is no WebSocket", () =>
    Effect.gen(function* () {
      const { WebSocket } = globalThis
      yield* Effect.acquireRelease(
        Effect.sync(() => Reflect.deleteProperty(globalThis, "WebSocket")),
        () => Effect.sync(() => vi.stubGlobal("WebSocket", WebSocket))
      )
      expect(String(yield* rejectionOf(connectBot({ server: "http://127.0.0.1:9", bearer })))).toBe(
        "WebSocketMissing: There is no WebSocket here. A bot needs Node 22 or newer."
      )
    })
  )
})

// With a name, to be found in the trace.
const whoComesWithAWrongToken = async (server: string) => {
  await connectBot({ server, bearer: "mat_wrong" })
}
