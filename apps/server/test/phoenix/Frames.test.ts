import { expect, it } from "@effect/vitest"
import { UserId } from "@messenger/protocol/Account"
import { ClientKey } from "@messenger/protocol/Message"
import { Deferred, Duration, Effect } from "effect"
import { describe } from "vitest"
import { WebSocket } from "ws"
import { Dice } from "../fuzz/Dice.ts"
import { oddValue } from "../fuzz/Rubbish.ts"
import { enter, until } from "../support/WireClient.ts"
import { startServer, type TestServer } from "../support/TestServer.ts"

type Frame = readonly [unknown, unknown, string, string, Readonly<Record<string, unknown>>]

/** A client that says exactly what a test wants said. */
const open = Effect.fnUntraced(function* (server: Pick<TestServer, "url">, name = "Ada", options: object = {}) {
  const cookie = yield* enter(server, name)
  const received: Array<Frame> = []
  let ending: number | undefined
  const socket = yield* Effect.acquireRelease(
    Effect.sync(
      () =>
        new WebSocket(`${server.url.replace("http", "ws")}/socket/websocket?vsn=2.0.0`, {
          headers: { cookie, origin: server.url },
          ...options
        })
    ),
    (each) => Effect.sync(() => each.terminate())
  )
  socket.on("message", (data) => {
    if (Buffer.isBuffer(data)) received.push(JSON.parse(data.toString()))
  })
  socket.on("close", (code) => {
    ending = code
  })
  socket.on("error", () => undefined)
  yield* until("an open socket", () => socket.readyState === WebSocket.OPEN)
  const say = (frame: unknown) => socket.send(JSON.stringify(frame))
  const replyTo = (ref: unknown) => received.find((frame) => frame[3] === "phx_reply" && frame[1] === ref)
  return {
    socket,
    received,
    say,
    answer: Effect.fnUntraced(function* (frame: readonly [unknown, unknown, unknown, unknown, unknown]) {
      say(frame)
      yield* until(`an answer to ${String(frame[1])}`, () => replyTo(frame[1]) !== undefined)
      return replyTo(frame[1])
    }),
    closed: Effect.map(
      until("the end", () => ending !== undefined),
      () => ending
    ),
    isOpen: () => ending === undefined,
    texts: () => received.flatMap(([, , , event, { text }]) => (event === "new_message" ? [text] : []))
  }
})

const author = { id: UserId.make("grace"), name: "Grace", isGuest: true }
const key = ClientKey.make("key-00000001")

/** From the beginning of the log. */
const start = { cursor: "log1.0" }

const join = ["1", "1", "chat:lobby", "phx_join", start] as const

describe("the frames of Phoenix", () => {
  it.live("that lead nowhere are answered, and end the connection when there are hundreds", () =>
    Effect.gen(function* () {
      const server = yield* startServer()
      for (const [event, topic] of [
        ["shout", "chat:nowhere"],
        ["phx_join", "elsewhere"],
        ["phx_leave", "chat:nowhere"],
        ["heartbeat", "phoenix"]
      ] as const) {
        const { answer, closed, isOpen, received, say } = yield* open(server, `Ada ${event}`)
        for (let ref = 0; ref < 250; ref++) say([null, String(ref), topic, event, {}])
        yield* answer([null, "last", topic, event, {}])
        expect(isOpen()).toBe(true)
        for (let ref = 0; ref < 1_000; ref++) say([null, String(ref), topic, event, {}])
        expect(yield* closed).toBe(1008)
        expect(received.length).toBeLessThan(400)
      }
    })
  )

  it.live("are answered with the refs that they came with", () =>
    Effect.gen(function* () {
      const server = yield* startServer()
      const ada = yield* open(server)
      expect(yield* ada.answer([null, "7", "phoenix", "heartbeat", {}])).toEqual([
        null,
        "7",
        "phoenix",
        "phx_reply",
        { status: "ok", response: {} }
      ])
      expect(yield* ada.answer(["1", "2", "chat:lobby", "new_message", { text: "early" }])).toEqual([
        null,
        "2",
        "chat:lobby",
        "phx_reply",
        { status: "error", response: { reason: "unmatched topic", error: "UnmatchedTopic" } }
      ])
      expect((yield* ada.answer(join))?.slice(0, 4)).toEqual(["1", "1", "chat:lobby", "phx_reply"])
      expect(yield* ada.answer(["1", 3, "chat:lobby", "typing", { typing: true }])).toEqual([
        "1",
        3,
        "chat:lobby",
        "phx_reply",
        { status: "ok", response: {} }
      ])
      server.chat.say(author, key, "hello")
      yield* until("the message", () => ada.texts().length === 1)
      expect(ada.received.at(-1)?.slice(0, 4)).toEqual([null, null, "chat:lobby", "new_message"])
    })
  )

  it.live("end a join that another one replaces, and no later one", () =>
    Effect.gen(function* () {
      const server = yield* startServer()
      const ada = yield* open(server)
      yield* ada.answer(join)
      yield* ada.answer(["2", "2", "chat:lobby", "phx_join", start])
      expect(ada.received).toContainEqual(["1", "1", "chat:lobby", "phx_close", {}])
      ada.say(["1", "3", "chat:lobby", "phx_leave", {}])
      yield* ada.answer([null, "4", "phoenix", "heartbeat", {}])
      expect(server.chat.follows).toBe(1)
      yield* ada.answer(["2", "5", "chat:lobby", "phx_leave", {}])
      expect(ada.received.at(-1)).toEqual(["2", "2", "chat:lobby", "phx_close", {}])
      yield* until("no follow", () => server.chat.follows === 0)
      // Left already, which is no error.
      expect((yield* ada.answer(["2", "6", "chat:lobby", "phx_leave", {}]))?.[4]).toEqual({
        status: "ok",
        response: {}
      })
    })
  )

  it.live("are refused when they are binary, to their ref, and the socket goes on", () =>
    Effect.gen(function* () {
      const server = yield* startServer()
      const ada = yield* open(server)
      yield* ada.answer(join)
      const texts = ["1", "9", "chat:lobby", "upload"]
      ada.socket.send(
        Buffer.concat([Buffer.from([0, ...texts.map(({ length }) => length)]), Buffer.from(`${texts.join("")}bytes`)])
      )
      yield* until("a refusal", () => ada.received.some(([, ref]) => ref === "9"))
      expect(ada.received.find(([, ref]) => ref === "9")?.[4]).toMatchObject({ response: { error: "BadFrame" } })
      expect((yield* ada.answer([null, "10", "phoenix", "heartbeat", {}]))?.[4]).toMatchObject({ status: "ok" })
    })
  )

  it.live("that are none are answered, and a few too many close the socket", () =>
    Effect.gen(function* () {
      const server = yield* startServer()
      const ada = yield* open(server)
      for (const frame of ["{", "null", "[]", "5", '{"topic":"chat:lobby"}', "[1,2,3,4,5]", '["1"]'])
        ada.socket.send(frame)
      yield* until("seven refusals", () => ada.received.filter(([, , , event]) => event === "bad_frame").length === 7)
      expect(server.counts.badFrames).toBe(7)
      const bob = yield* open(server, "Bob")
      for (let count = 0; count < 11; count++) bob.socket.send("{")
      expect(yield* bob.closed).toBe(1008)
      expect(ada.isOpen()).toBe(true)
    })
  )

  it.live("of chance crash nothing, and reach no neighbour", () =>
    Effect.gen(function* () {
      const server = yield* startServer()
      const neighbour = yield* open(server, "Neighbour")
      yield* neighbour.answer(join)
      const seed = Number(process.env["FUZZ_SEED"] ?? Date.now() % 1_000_000_007)
      const dice = new Dice(seed)
      const parts = [
        () => dice.pick(["1", "2", "3"]),
        () => String(dice.below(100)),
        () => dice.pick(["chat:lobby", "phoenix", "chat:", "chat:__proto__", "chat:lobby "]),
        () => dice.pick(["phx_join", "phx_leave", "heartbeat", "new_message", "typing", "status", "constructor"]),
        () => dice.pick<object>([{}, { text: "fuzz" }, { typing: true }, { status: "away" }, { cursor: "log1.0" }])
      ]
      for (let round = 0; round < 60; round++) {
        const each = yield* open(server, `Fuzz ${round}`)
        for (let count = 0; count < 12; count++) {
          const frame = parts.map((part) => (dice.oneIn(6) ? oddValue(dice) : part()))
          if (dice.oneIn(10)) frame.pop()
          if (each.socket.readyState !== WebSocket.OPEN) break
          each.socket.send(dice.oneIn(8) ? dice.bytes(40) : JSON.stringify(frame), { binary: dice.oneIn(8) })
        }
        each.socket.terminate()
      }
      yield* until("the neighbour alone", () => server.counts.connections === 1)
      expect([seed, neighbour.isOpen()]).toEqual([seed, true])
      expect(
        (yield* neighbour.answer(["1", "last", "chat:lobby", "new_message", { text: "here" }]))?.[4]
      ).toMatchObject({
        status: "ok"
      })
      yield* until("no other follow", () => server.chat.follows === 1)
    })
  )

  it.live("that wait for an answer are bounded: past that the socket is not read", () =>
    Effect.gen(function* () {
      const server = yield* startServer()
      server.chat.hold = yield* Deferred.make<void>()
      const ada = yield* open(server)
      yield* ada.answer(join)
      for (let ref = 10; ref < 110; ref++) ada.say(["1", ref, "chat:lobby", "new_message", { text: `number ${ref}` }])
      yield* until("64 posts", () => server.chat.arrived.length === 64)
      const bob = yield* open(server, "Bob")
      yield* bob.answer([null, "1", "phoenix", "heartbeat", {}])
      expect(server.chat.arrived.length).toBe(64)
      yield* Deferred.succeed(server.chat.hold, undefined)
      yield* until("all posts", () => server.chat.arrived.length === 100)
      expect(server.chat.arrived.at(-1)).toBe("number 109")
    })
  )

  it.live("that meet a bug are answered, and no others are touched", () =>
    Effect.gen(function* () {
      const server = yield* startServer()
      const ada = yield* open(server)
      yield* ada.answer(join)
      server.chat.breakNextPost = true
      expect((yield* ada.answer(["1", "2", "chat:lobby", "new_message", { text: "first" }]))?.[4]).toMatchObject({
        status: "error",
        response: { error: "Failed" }
      })
      expect((yield* ada.answer(["1", "3", "chat:lobby", "new_message", { text: "second" }]))?.[4]).toMatchObject({
        status: "ok"
      })
    })
  )
})

describe("a reader of Phoenix that does not keep up", () => {
  it.live("lags without delaying anybody, and is resumed without a gap", () =>
    Effect.gen(function* () {
      const server = yield* startServer()
      const quick = yield* open(server, "Quick")
      const slow = yield* open(server, "Slow")
      yield* quick.answer(join)
      yield* slow.answer(join)
      slow.socket.pause()
      let said = 0
      const text = "x".repeat(50_000)
      while (server.chat.lags === 0 && said < 2_000) {
        server.chat.say(author, key, `${++said} ${text}`)
        yield* Effect.promise(() => new Promise((resolve) => setImmediate(resolve)))
      }
      server.chat.say(author, key, `${++said} the last`)
      const heard = (client: typeof quick) => client.texts().map((each) => Number.parseInt(String(each), 10))
      const all = Array.from({ length: said }, (_, at) => at + 1)
      yield* until("everything at the quick one", () => heard(quick).length === said)
      expect(server.counts.laggingReaders).toBe(1)
      slow.socket.resume()
      yield* until("everything at the slow one", () => heard(slow).length === said)
      expect(heard(slow)).toEqual(all)
      expect(server.counts.laggingReaders).toBe(0)
    })
  )

  it.live("is asked by ping whether it is there, and needs no handshake", () =>
    Effect.gen(function* () {
      const quick = { beatEvery: Duration.millis(10), pingAfter: Duration.millis(60), deadAfter: Duration.millis(200) }
      const server = yield* startServer({ heartbeat: { ...quick, greetWithin: Duration.millis(50) } })
      const ada = yield* open(server)
      let pings = 0
      ada.socket.on("ping", () => pings++)
      yield* until("ten pings", () => pings === 10)
      expect(server.counts.connections).toBe(1)
      const mute = yield* open(server, "Mute", { autoPong: false })
      yield* until("it is gone", () => !mute.isOpen())
    })
  )
})

describe("a server of clients of Phoenix that drains", () => {
  it.live("answers what it has taken before it says goodbye", () =>
    Effect.gen(function* () {
      const server = yield* startServer()
      server.chat.hold = yield* Deferred.make<void>()
      const ada = yield* open(server)
      yield* ada.answer(join)
      ada.say(["1", "2", "chat:lobby", "new_message", { text: "taken" }])
      yield* until("the post", () => server.chat.arrived.length === 1)
      yield* Effect.forkScoped(server.drain)
      yield* until("not ready", () => !server.readiness.isReady())
      yield* Deferred.succeed(server.chat.hold, undefined)
      expect(yield* ada.closed).toBe(1012)
      expect(ada.received.some(([, ref, , event]) => ref === "2" && event === "phx_reply")).toBe(true)
    })
  )
})
