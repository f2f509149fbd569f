import { expect, it } from "@effect/vitest"
import { broadcast } from "@messenger/chat/Sink"
import { LogId } from "@messenger/protocol/Cursor"
import { Effect } from "effect"
import { createServer } from "node:http"
import { describe } from "vitest"
import { GatewayCounts } from "../../../src/GatewayCounts.ts"
import { EventStream } from "../../../src/rest/events/EventStream.ts"
import { ask } from "../../support/Http.ts"

const cursor = { log: LogId.make("log1"), number: 5 }
const hello = (log: string, head: number) =>
  broadcast("latestWins", [JSON.stringify({ _tag: "Hello", log, epoch: 1, head })])
const typing = broadcast("droppable", ['{"_tag":"Ephemeral","event":{"_tag":"Typing","user":{},"isTyping":true}}'])

/** What a reader gets of a stream that is made, and told things, before anybody listens. */
const textOf = (tell: (events: EventStream) => void, after: (events: EventStream) => void = () => undefined) =>
  Effect.gen(function* () {
    const counts = yield* GatewayCounts
    const events = new EventStream({ address: "::1", holder: undefined }, cursor, counts, { least: 7, most: 7 })
    tell(events)
    const server = yield* Effect.acquireRelease(
      Effect.callback<ReturnType<typeof createServer>>((resume) => {
        const made = createServer((_, response) => {
          events.attach(response)
          after(events)
          response.end()
        })
        made.listen(0, "127.0.0.1", () => resume(Effect.succeed(made)))
      }),
      (server) => Effect.sync(() => server.close())
    )
    const address = server.address()
    if (address === null || typeof address === "string") throw new Error("it does not listen")
    const { text } = yield* ask({ url: `http://127.0.0.1:${address.port}` }, "/")
    return { events, text }
  }).pipe(Effect.provide(GatewayCounts.layer))

describe("a stream of events", () => {
  it.live("keeps what it is told before anybody listens", () =>
    Effect.gen(function* () {
      const { text } = yield* textOf((events) => {
        expect(events.write(hello("log1", 9))).toBe(true)
        expect(events.write(typing)).toBe(true)
      })
      expect(text).toBe(
        'retry: 7\n\nid: log1~5\nevent: ready\ndata: {"cursor":{"log":"log1","number":5}}\n\n' +
          'event: typing\ndata: {"user":{},"isTyping":true}\n\n'
      )
    })
  )

  it.live("is not ready where its reader cannot go on", () =>
    Effect.gen(function* () {
      for (const [log, head] of [
        ["log2", 9],
        ["log1", 4]
      ] as const) {
        expect((yield* textOf((events) => void events.write(hello(log, head)))).text).toBe("retry: 7\n\n")
      }
    })
  )

  it.live("that ends before anybody listens is over at once, and says why", () =>
    Effect.gen(function* () {
      const { events, text } = yield* textOf((events) => {
        events.end("Revoked")
        events.end("Restart")
        expect(events.write(typing)).toBe(true)
      })
      expect(text).toBe('retry: 7\n\nretry: 7\n\nevent: end\ndata: {"reason":"Revoked"}\n\n')
      yield* Effect.all([events.begun, events.ended, events.drained])
    })
  )

  it.live("says nothing after its end", () =>
    Effect.gen(function* () {
      const { text } = yield* textOf(
        () => undefined,
        (events) => {
          events.end("RoomUnavailable", 1_500)
          events.write(typing)
          events.close()
        }
      )
      expect(text).toBe('retry: 7\n\nretry: 1500\n\nevent: end\ndata: {"reason":"RoomUnavailable"}\n\n')
    })
  )
})
