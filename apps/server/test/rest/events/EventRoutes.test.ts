import { expect, it } from "@effect/vitest"
import { Duration, Effect, Fiber } from "effect"
import { EventSource } from "eventsource"
import { describe } from "vitest"
import { Connections } from "../../../src/connections/Connections.ts"
import { HeartbeatTimings } from "../../../src/connections/Heartbeat.ts"
import { drain } from "../../../src/Drain.ts"
import { GatewayCounts } from "../../../src/GatewayCounts.ts"
import { RetryMillis } from "../../../src/rest/events/EventStream.ts"
import type { Environment } from "../../../src/ServerConfig.ts"
import { browserOf } from "../../support/Browser.ts"
import { callerOf, type Caller } from "../../support/Caller.ts"
import { ask } from "../../support/Http.ts"
import { lineTo, readEvents, type EventReader } from "../../support/EventReader.ts"
import { startProcess, temporaryFolder } from "../../support/ServerProcess.ts"
import { startWhole, unlimited } from "../../support/WholeServer.ts"
import { until } from "../../support/WireClient.ts"

const password = "correct horse battery"
const ownerToken = "makes the first owner of this server"
const slow = { timeout: 60_000 }
const lobby = "/api/v1/rooms/lobby/events"

const unhurried = { POSTS_PER_MINUTE: "1000000", FOLLOWS_PER_MINUTE: "1000000" }

/** A whole server whose readers come back at once, somebody in it, and how to read its rooms as them. */
const started = Effect.fnUntraced(function* (environment: Environment = {}) {
  const server = yield* Effect.provideService(startWhole({ ...unhurried, ...environment }, unlimited), RetryMillis, {
    least: 5,
    most: 20
  })
  const ada = yield* entered(server, "ada")
  const counts = yield* Effect.provide(GatewayCounts, server.context)
  return { server, counts, ...ada }
})

const entered = Effect.fnUntraced(function* (server: { readonly url: string }, username: string) {
  const browser = browserOf(server)
  const { json } = yield* browser.post("/register", {
    username,
    email: `${username}@example.org`,
    password,
    socketToken: true
  })
  const { socketToken, user } = json
  if (typeof socketToken !== "string" || !isUser(user)) throw new Error(JSON.stringify(json))
  const caller = yield* callerOf(server, { cookie: browser.cookie(), origin: server.url })
  const read = (path: string, headers: Readonly<Record<string, string>> = {}) =>
    readEvents(server, path, { cookie: browser.cookie(), ...headers })
  return { browser, caller, read, token: socketToken, userId: user.id }
})

const loggedIn = Effect.fnUntraced(function* (server: { readonly url: string }, username: string) {
  const browser = browserOf(server)
  yield* browser.post("/login", { username, password })
  return { caller: yield* callerOf(server, { cookie: browser.cookie(), origin: server.url }) }
})

/** A real client, which comes back by itself. */
const sourceOf = (url: string, token: string) =>
  new EventSource(url, {
    fetch: (input, init) => fetch(input, { ...init, headers: { ...init.headers, authorization: `Bearer ${token}` } })
  })

const isUser = (value: unknown): value is { readonly id: string } =>
  typeof value === "object" && value !== null && "id" in value && typeof value.id === "string"

let posted = 0
const post = (caller: Caller, text: string, roomId = "lobby") =>
  caller.done("PostMessage", { roomId, key: `key-${++posted}-xyz`, text })

/** Fills the sockets of whoever does not read; answers how many messages that took. */
const postUntilOneLags = Effect.fnUntraced(function* (caller: Caller, counts: GatewayCounts["Service"]) {
  const long = "x".repeat(3_900)
  const atOnce = 50
  let count = 0
  for (let round = 0; round < 80 && counts.lags === 0; round++) {
    const texts = Array.from({ length: atOnce }, (_, at) => `${count + at} ${long}`)
    yield* Effect.forEach(texts, (text) => post(caller, text), { concurrency: atOnce })
    count += atOnce
  }
  return count
})

const textsOf = (events: ReadonlyArray<{ readonly event: string; readonly data: unknown }>): ReadonlyArray<unknown> =>
  events.filter(({ event }) => event === "message").map(({ data }) => field(data, "text"))

const field = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined

describe("the events of a room", () => {
  it.live("begin with ready, and then tell what happens from now on", () =>
    Effect.gen(function* () {
      const { caller, read } = yield* started()
      yield* post(caller, "before")
      const reader = yield* read(lobby)
      expect(reader.status).toBe(200)
      expect(reader.headers).toMatchObject({
        "content-type": "text/event-stream",
        "cache-control": "no-store, no-transform",
        "x-accel-buffering": "no",
        "x-content-type-options": "nosniff"
      })
      const ready = yield* reader.waitFor("ready")
      expect(ready.id).toBe(`${String(field(field(ready.data, "cursor"), "log"))}~1`)
      yield* reader.waitFor("presence")
      const receipt = yield* post(caller, "now")
      yield* caller.done("EditMessage", {
        roomId: "lobby",
        key: "edit-1-xyz",
        number: receipt["number"],
        change: 2,
        text: "then"
      })
      yield* caller.done("DeleteMessage", { roomId: "lobby", key: "delete-1-xyz", number: receipt["number"] })
      yield* until("the deletion", () => reader.events().some(({ data }) => field(data, "state") === "Deleted"))
      expect(reader.text()).toMatch(/^retry: \d+\n\n/)
      expect(reader.told().map(({ event, id }) => [event, id?.replace(/^.*~/, "")])).toEqual([
        ["ready", "1"],
        ["message", "2"],
        ["message", "3"],
        ["message", "4"]
      ])
      expect(textsOf(reader.told())).toEqual(["now", "then", ""])
    })
  )

  it.live("tell who types, and of whoever reads them that they are here", () =>
    Effect.gen(function* () {
      const { read, server } = yield* started()
      const bob = yield* entered(server, "bob")
      const reader = yield* read(lobby)
      const other = yield* bob.read(lobby)
      yield* other.waitFor("ready")
      yield* bob.caller.done("SetTyping", { roomId: "lobby", isTyping: true })
      expect((yield* reader.waitFor("typing")).data).toMatchObject({ user: { name: "bob" }, isTyping: true })
      yield* until("Bob is here", () =>
        reader.events().some(({ data }) => JSON.stringify(field(data, "here"))?.includes('"bob"'))
      )
    })
  )

  it.live("are found by slug, and go on after an id, in a header or in the address", () =>
    Effect.gen(function* () {
      const { caller, read } = yield* started()
      const { id, slug } = yield* caller.done("CreateRoom", { name: "My room" })
      yield* post(caller, "one", String(id))
      const first = yield* read(`/api/v1/rooms/${String(slug)}/events`)
      const ready = yield* first.waitFor("ready")
      for (const text of ["two", "three"]) yield* post(caller, text, String(id))
      for (const [path, headers] of [
        [`/api/v1/rooms/${String(id)}/events`, { "last-event-id": ready.id ?? "" }],
        [`/api/v1/rooms/${String(slug)}/events?last_event_id=${encodeURIComponent(ready.id ?? "")}`, {}],
        [`/api/v1/rooms/${String(id)}/events?last_event_id=none`, { "last-event-id": ready.id ?? "" }]
      ] as const) {
        const again = yield* read(path, headers)
        yield* until("what was missed", () => textsOf(again.events()).length === 2)
        expect(again.told().map(({ event, id }) => [event, id])).toMatchObject([
          ["ready", ready.id],
          ["message", (ready.id ?? "").replace(/~1$/, "~2")],
          ["message", (ready.id ?? "").replace(/~1$/, "~3")]
        ])
        expect(textsOf(again.events())).toEqual(["two", "three"])
      }
    })
  )

  it.live("begin anew with the newest state where an id leads nowhere", () =>
    Effect.gen(function* () {
      const { caller, read } = yield* started()
      yield* post(caller, "one")
      const ready = yield* (yield* read(lobby)).waitFor("ready")
      const resumed: Array<EventReader> = []
      for (const [id, reason] of [
        ["another~1", "OtherLog"],
        [(ready.id ?? "").replace(/~1$/, "~5"), "PastHead"]
      ] as const) {
        const reader = yield* read(lobby, { "last-event-id": id })
        const reset = yield* reader.waitFor("reset")
        expect(reset).toMatchObject({ id: ready.id, data: { reason, state: { messages: [{ text: "one" }] } } })
        expect(reader.told().map(({ event }) => event)).toEqual(["reset"])
        resumed.push(reader)
      }
      yield* post(caller, "next")
      for (const reader of resumed) {
        yield* reader.waitFor("message")
        expect(textsOf(reader.events())).toEqual(["next"])
      }
    })
  )

  it.live("are refused with problem details before anything is told", () =>
    Effect.gen(function* () {
      const { read, server } = yield* started({ SOCKETS_PER_USER: "2" })
      const problem = Effect.fnUntraced(function* (reader: EventReader) {
        yield* until("the end", reader.hasEnded)
        expect(reader.headers["content-type"]).toMatch(/^application\/problem\+json/)
        return [reader.status, field(JSON.parse(reader.text()), "_tag")]
      })
      expect(yield* problem(yield* readEvents(server, lobby, {}))).toEqual([401, "Unauthenticated"])
      expect(yield* problem(yield* readEvents(server, lobby, { authorization: "Bearer mat_none" }))).toEqual([
        401,
        "Unauthenticated"
      ])
      expect(yield* problem(yield* read("/api/v1/rooms/nowhere/events"))).toEqual([404, "RoomNotFound"])
      expect(yield* problem(yield* read(lobby, { "last-event-id": "rubbish" }))).toEqual([400, "BadRequest"])
      yield* (yield* read(lobby)).waitFor("ready")
      expect(yield* problem(yield* read(lobby))).toEqual([429, "TooManyConnections"])
    })
  )

  it.live(
    "are told to an EventSource that has to come back later by a stream, since it would give up at a refusal",
    () =>
      Effect.gen(function* () {
        const { read, server } = yield* started({ SOCKETS_PER_USER: "2" })
        const accept = { accept: "text/event-stream" }
        yield* (yield* read(lobby, accept)).waitFor("ready")
        const crowded = yield* read(lobby, accept)
        yield* until("the end", crowded.hasEnded)
        expect([crowded.status, crowded.headers["content-type"]]).toEqual([200, "text/event-stream"])
        expect(crowded.text()).toMatch(/^retry: [345]\d{4}\n\nevent: end\ndata: {"reason":"TooManyConnections"}\n\n$/)
        expect((yield* readEvents(server, lobby, accept)).status).toBe(401)
        expect((yield* read("/api/v1/rooms/nowhere/events", accept)).status).toBe(404)
        yield* Effect.provide(drain, server.context)
        const draining = yield* read(lobby, accept)
        yield* until("the end", draining.hasEnded)
        expect([draining.status, draining.told()[0]?.data]).toEqual([200, { reason: "ServerUnavailable" }])
        yield* Fiber.interrupt(server.running)
        const gone = yield* read(lobby, accept)
        yield* until("the end", gone.hasEnded)
        expect([gone.status, gone.told()[0]?.data]).toEqual([200, { reason: "ServerUnavailable" }])
        expect((yield* read(lobby)).status).toBe(503)
      })
  )

  it.live("are not opened by who asks for their head alone", () =>
    Effect.gen(function* () {
      const { browser, counts, server } = yield* started()
      const { headers, status, text } = yield* ask(server, lobby, {
        method: "HEAD",
        headers: { cookie: browser.cookie() }
      })
      expect([status, headers["content-type"], text]).toEqual([200, "text/event-stream", ""])
      yield* until("nobody reads", () => counts.eventStreams === 0)
    })
  )

  it.live("leave nothing behind when their reader goes", () =>
    Effect.gen(function* () {
      const { counts, read, server } = yield* started()
      const connections = yield* Effect.provide(Connections, server.context)
      const before = [...connections.all()].length
      yield* Effect.scoped(
        Effect.gen(function* () {
          yield* (yield* read(lobby)).waitFor("ready")
          expect([counts.eventStreams, [...connections.all()].length]).toEqual([1, before + 1])
        })
      )
      yield* until("nobody reads", () => counts.eventStreams === 0 && [...connections.all()].length === before)
    })
  )
})

describe("a reader of events", () => {
  it.live(
    "that is cut off again and again misses nothing and gets nothing twice",
    () =>
      Effect.gen(function* () {
        const { caller, server, token } = yield* started()
        const line = yield* lineTo(Number(new URL(server.url).port))
        const texts: Array<string> = []
        let openings = 0
        const source = yield* Effect.acquireRelease(
          Effect.sync(() => sourceOf(`${line.url}${lobby}`, token)),
          (source) => Effect.sync(() => source.close())
        )
        source.addEventListener("message", ({ data }) => texts.push(String(field(JSON.parse(data), "text"))))
        source.addEventListener("ready", () => openings++)
        yield* until("it is ready", () => openings === 1)
        const expected = Array.from({ length: 400 }, (_, at) => `message ${at}`)
        for (const [at, text] of expected.entries()) {
          yield* post(caller, text)
          if (at % 40 === 20) line.cut()
        }
        yield* until("all has arrived", () => texts.length >= expected.length, 20_000)
        expect(texts).toEqual(expected)
        expect(openings).toBeGreaterThan(3)
      }),
    slow
  )

  it.live(
    "whose server is killed goes on where it was when there is one again",
    () =>
      Effect.gen(function* () {
        const folder = yield* temporaryFolder
        const first = yield* startProcess(folder, unhurried)
        const url = yield* first.url
        const { token } = yield* entered({ url }, "ada")
        const texts: Array<string> = []
        const source = yield* Effect.acquireRelease(
          Effect.sync(() => sourceOf(`${url}${lobby}`, token)),
          (source) => Effect.sync(() => source.close())
        )
        source.addEventListener("message", ({ data }) => texts.push(String(field(JSON.parse(data), "text"))))
        const say = Effect.fnUntraced(function* (from: number, to: number) {
          const { caller } = yield* loggedIn({ url }, "ada")
          for (let at = from; at < to; at++) yield* post(caller, `message ${at}`)
        })
        yield* until("it reads", () => source.readyState === EventSource.OPEN)
        yield* say(0, 30)
        yield* until("some have arrived", () => texts.length > 0)
        first.kill("SIGKILL")
        yield* first.exitCode
        const second = yield* startProcess(folder, { ...unhurried, PORT: new URL(url).port })
        yield* second.url
        yield* say(30, 60)
        yield* until("all has arrived", () => texts.length >= 60, 20_000)
        expect(texts).toEqual(Array.from({ length: 60 }, (_, at) => `message ${at}`))
      }),
    slow
  )

  it.live(
    "that does not keep up lags without holding up others, and gets the rest when it reads again",
    () =>
      Effect.gen(function* () {
        const { caller, counts, read } = yield* started()
        const reader = yield* read(lobby)
        const quick = yield* read(lobby)
        yield* reader.waitFor("ready")
        reader.pause()
        const count = yield* postUntilOneLags(caller, counts)
        expect(counts.laggingReaders).toBe(1)
        yield* until("the other has all", () => textsOf(quick.events()).length === count, 20_000)
        reader.resume()
        yield* until("it has all", () => textsOf(reader.events()).length >= count, 20_000)
        const ids = reader
          .told()
          .flatMap(({ event, id }) => (event === "message" ? [Number(id?.replace(/^.*~/, ""))] : []))
        expect(ids).toEqual(Array.from({ length: count }, (_, at) => at + 1))
        yield* until("it keeps up", () => counts.laggingReaders === 0)
      }),
    slow
  )

  it.live(
    "that reads nothing for too long is let go, and one that is silent hears that somebody is there",
    () =>
      Effect.gen(function* () {
        const timings = {
          beatEvery: Duration.millis(20),
          pingAfter: Duration.millis(100),
          deadAfter: Duration.seconds(60),
          stuckAfter: Duration.millis(300),
          greetWithin: Duration.seconds(60)
        }
        const { caller, counts, read } = yield* Effect.provideService(started(), HeartbeatTimings, timings)
        const reader = yield* read(lobby)
        const quiet = yield* read(lobby)
        yield* until("a comment", () => quiet.text().includes("\n\n:\n\n"))
        reader.pause()
        yield* postUntilOneLags(caller, counts)
        yield* until("it was let go", () => counts.eventStreams === 1 && counts.droppedConnections === 1)
        expect(counts.laggingReaders).toBe(0)
        expect(quiet.hasEnded()).toBe(false)
      }),
    slow
  )

  it.live("is told nothing more of a private room from the moment at which they are out of it", () =>
    Effect.gen(function* () {
      const { caller, server } = yield* started()
      const bob = yield* entered(server, "bob")
      const { id } = yield* caller.done("CreateRoom", { name: "Secret", isPrivate: true })
      const path = `/api/v1/rooms/${String(id)}/events`
      expect((yield* bob.read(path)).status).toBe(404)
      yield* caller.done("AddMember", { roomId: id, person: { _tag: "Id", id: bob.userId } })
      const reader = yield* bob.read(path)
      yield* reader.waitFor("ready")
      yield* post(caller, "for both", String(id))
      yield* caller.done("RemoveMember", { roomId: id, userId: bob.userId })
      yield* post(caller, "for Ada", String(id))
      yield* until("the end", reader.hasEnded)
      expect(reader.told().at(-1)).toMatchObject({ event: "end", data: { reason: "RoomNotFound" } })
      expect(textsOf(reader.events())).toEqual(["for both"])
      expect((yield* bob.read(path)).status).toBe(404)
    })
  )

  it.live("is told the end of their session, and nothing after it", () =>
    Effect.gen(function* () {
      const { browser, read, server, token } = yield* started()
      const byToken = yield* readEvents(server, lobby, { authorization: `Bearer ${token}` })
      const byCookie = yield* read(lobby)
      for (const reader of [byToken, byCookie]) yield* reader.waitFor("ready")
      const { cookie } = browser
      const before = cookie()
      yield* browser.post("/logout", {})
      for (const reader of [byToken, byCookie]) {
        yield* until("the end", reader.hasEnded)
        expect(reader.told().at(-1)).toMatchObject({ event: "end", data: { reason: "SignedOut" } })
      }
      expect((yield* readEvents(server, lobby, { cookie: before })).status).toBe(401)
    })
  )

  it.live("with an API token is let go when that is revoked, and does not come back", () =>
    Effect.gen(function* () {
      const { caller, counts, server } = yield* started({ OWNER_TOKEN: ownerToken })
      yield* caller.done("ClaimServer", { token: ownerToken })
      const bot = yield* caller.done("CreateServiceAccount", { name: "Bot" })
      const terms = { userId: bot["id"], name: "laptop", scope: "read", password }
      const { secret, token } = yield* caller.done("CreateApiToken", terms)
      const states: Array<number | undefined> = []
      const ends: Array<unknown> = []
      const source = yield* Effect.acquireRelease(
        Effect.sync(() => sourceOf(`${server.url}${lobby}`, String(secret))),
        (source) => Effect.sync(() => source.close())
      )
      source.addEventListener("end", ({ data }) => ends.push(JSON.parse(data)))
      source.addEventListener("error", ({ code }) => states.push(code))
      yield* until("it reads", () => counts.eventStreams === 1)
      yield* caller.done("RevokeApiToken", { id: field(token, "id"), password })
      yield* until("it has given up", () => source.readyState === EventSource.CLOSED)
      expect(ends).toEqual([{ reason: "Revoked" }])
      expect(states).toEqual([undefined, 401])
      expect(counts.eventStreams).toBe(0)
    })
  )

  it.live("is let go at once by a server that stops, and comes back after a while of its own", () =>
    Effect.gen(function* () {
      const { read, server } = yield* started()
      const readers = yield* Effect.forEach([1, 2, 3, 4, 5], () => read(lobby))
      for (const reader of readers) yield* reader.waitFor("ready")
      yield* Effect.timeout(Effect.provide(drain, server.context), "5 seconds")
      for (const reader of readers) yield* until("the end", reader.hasEnded)
      const retries = readers.map((reader) => {
        const { text } = reader
        return /retry: (\d+)\n\nevent: end\ndata: {"reason":"Restart"}\n\n/.exec(text())?.[1]
      })
      expect(new Set(retries).size).toBeGreaterThan(1)
      expect((yield* read(lobby)).status).toBe(503)
    })
  )
})
