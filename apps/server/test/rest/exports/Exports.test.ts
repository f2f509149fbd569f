import { expect, it } from "@effect/vitest"
import { UserId } from "@messenger/protocol/Account"
import { ClientKey } from "@messenger/protocol/Message"
import { RoomId } from "@messenger/protocol/Room"
import { RoomExport } from "@messenger/protocol/RoomExport"
import { MessageLog } from "@messenger/storage/MessageLog"
import { Duration, Effect, Fiber, Schema, type Scope } from "effect"
import { createHash } from "node:crypto"
import { get, type IncomingMessage } from "node:http"
import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"
import { describe } from "vitest"
import { HeartbeatTimings } from "../../../src/connections/Heartbeat.ts"
import { Connections } from "../../../src/connections/Connections.ts"
import { drain } from "../../../src/Drain.ts"
import { attachment } from "../../../src/rest/exports/Attachment.ts"
import { browserOf, type Browser } from "../../support/Browser.ts"
import { callerOf } from "../../support/Caller.ts"
import { ask } from "../../support/Http.ts"
import { startWhole, unlimited } from "../../support/WholeServer.ts"
import { until } from "../../support/WireClient.ts"

const password = "correct horse battery"

const slow = { timeout: 120_000 }

type Server = Effect.Success<ReturnType<typeof startWhole>>

const entered = Effect.fnUntraced(function* (server: Server, username: string) {
  const browser = browserOf(server)
  const { json } = yield* browser.post("/register", { username, email: `${username}@example.org`, password })
  const user = json["user"]
  const id = UserId.make(typeof user === "object" && user !== null && "id" in user ? String(user.id) : "")
  return { browser, id, caller: yield* callerOf(server, { cookie: browser.cookie(), origin: server.url }) }
})

/** A whole server, and Ada with a room of her own. */
const started = Effect.gen(function* () {
  const server = yield* startWhole({}, unlimited)
  const ada = yield* entered(server, "ada")
  const { id } = yield* ada.caller.done("CreateRoom", { name: "Größe (1)" })
  const roomId = RoomId.make(String(id))
  return { server, ...ada, userId: ada.id, roomId, path: `/api/v1/rooms/${roomId}/export` }
})

let keys = 0

/** Writes so many messages to the room's log, faster than anybody could post them. */
const filled = Effect.fnUntraced(function* (
  { context }: Server,
  {
    author,
    count,
    roomId,
    text
  }: { readonly roomId: RoomId; readonly author: UserId; readonly count: number; readonly text: string }
) {
  const log = yield* Effect.provide(MessageLog, context)
  const [opened] = yield* log.commit([{ _tag: "Open", roomId }])
  if (opened?._tag !== "Opened") throw new Error("there is no such room")
  const { epoch, head: first } = opened
  for (let head = first; head < first + count; head += 500) {
    const entries = Array.from({ length: Math.min(500, first + count - head) }, (_, index) => ({
      number: head + 1 + index,
      author,
      key: ClientKey.make(`filled-${String(++keys).padStart(8, "0")}`),
      hash: "hash",
      at: Date.UTC(2026, 0, 1) + (head + index) * 60_000,
      change: { _tag: "Post", text: `${head + 1 + index} ${text}` } as const
    }))
    yield* log.commit([{ _tag: "Append", roomId, epoch, head, entries }])
  }
})

/** Asks, and reads nothing of the answer yet. */
const begun = (server: Server, browser: Browser, path: string): Effect.Effect<IncomingMessage, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.promise(
      () =>
        new Promise<IncomingMessage>((resolve, reject) => {
          get(`${server.url}${path}`, { headers: { cookie: browser.cookie() } }, resolve).on("error", reject)
        })
    ),
    (response) => Effect.sync(() => response.destroy())
  )

/** Reads to the end; answers what was read, and whether the answer ended by itself. */
const rest = (response: IncomingMessage) =>
  Effect.promise(async () => {
    let text = ""
    try {
      for await (const part of response.setEncoding("utf8")) text += part
    } catch {
      return { text, isWhole: false }
    }
    return { text, isWhole: response.complete }
  })

const decode = Schema.decodeUnknownSync(Schema.fromJsonString(RoomExport))

const connectionsOf = (server: Server) => Effect.provide(Connections, server.context)

describe("GET /api/v1/rooms/:room/export", () => {
  it.live("answers a file that has the name of the room, as JSON unless it is asked for otherwise", () =>
    Effect.gen(function* () {
      const { browser, caller, path, roomId, server } = yield* started
      yield* caller.done("PostMessage", { roomId, key: "the-first-one", text: "<script>alert(1)</script>" })
      const { headers, status, text } = yield* browser.get(path)
      expect(status).toBe(200)
      expect(decode(text).messages.map(({ text }) => text)).toEqual(["<script>alert(1)</script>"])
      const day = new Date().toISOString().slice(0, 10)
      expect(headers).toMatchObject({
        "content-type": "application/json",
        "content-disposition": `attachment; filename="gr_e-1-${day}.json"; filename*=UTF-8''gr%C3%B6%C3%9Fe-1-${day}.json`,
        "cache-control": "no-store",
        "x-content-type-options": "nosniff"
      })
      const page = yield* browser.get(`${path}?format=html`)
      expect(page.headers["content-type"]).toBe("text/html; charset=utf-8")
      expect(page.text).toContain("&lt;script&gt;alert(1)&lt;/script&gt;")
      const style = /<style>([^]*)<\/style>/.exec(page.text)?.[1] ?? ""
      const hash = createHash("sha256").update(style).digest("base64")
      const policy = String(page.headers["content-security-policy"])
      expect(policy).toBe(
        `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox`
      )
      expect(page.text).toContain(`style-src &#39;sha256-${hash}&#39;`)
      expect((yield* ask(server, path, { headers: { cookie: browser.cookie() }, method: "HEAD" })).status).toBe(405)
    }).pipe(Effect.scoped)
  )

  it.live("refuses as problem details, and lets nobody have what they may not", () =>
    Effect.gen(function* () {
      const { browser, caller, path, server } = yield* started
      const ben = yield* entered(server, "ben")
      const secret = yield* caller.done("CreateRoom", { name: "Secret", isPrivate: true })
      const tagOf = (asker: Browser, target: string) =>
        Effect.map(asker.get(target), ({ headers, json, status }) => [status, json["_tag"], headers["content-type"]])
      const problem = "application/problem+json"
      expect(yield* tagOf(browserOf(server), path)).toEqual([401, "Unauthenticated", problem])
      expect(yield* tagOf(ben.browser, path)).toEqual([403, "Forbidden", problem])
      expect(yield* tagOf(ben.browser, `/api/v1/rooms/${String(secret["id"])}/export`)).toEqual([
        404,
        "RoomNotFound",
        problem
      ])
      expect(yield* tagOf(browser, "/api/v1/rooms/nowhere/export")).toEqual([404, "RoomNotFound", problem])
      expect(yield* tagOf(browser, `${path}?format=pdf`)).toEqual([400, "BadRequest", problem])
    }).pipe(Effect.scoped)
  )

  it.live(
    "costs bounded memory however long the room is, and however slowly it is read",
    () =>
      Effect.gen(function* () {
        const { browser, path, roomId, server, userId } = yield* started
        yield* filled(server, { roomId, author: userId, count: 50_000, text: "x".repeat(1_000) })
        setFlagsFromString("--expose-gc")
        const collect: () => void = runInNewContext("gc")
        const used = async () => {
          collect()
          // Buffers that are gone are given back a moment later.
          await new Promise((resolve) => setTimeout(resolve, 20))
          collect()
          const { arrayBuffers, heapUsed } = process.memoryUsage()
          return heapUsed + arrayBuffers
        }
        const before = yield* Effect.promise(used)
        for (const format of ["json", "html"]) {
          const response = yield* begun(server, browser, `${path}?format=${format}`)
          const { bytes, last, most } = yield* Effect.promise(async () => {
            let [bytes, most, nextLook, last] = [0, 0, 0, ""]
            for await (const part of response) {
              bytes += part.length
              last = part.subarray(-200).toString()
              if (bytes < nextLook) continue
              // It waits, as a slow reader does, for the server to write whatever it would: in a second that is all of it.
              await new Promise((resolve) => setTimeout(resolve, bytes < 20_000_000 ? 1_000 : 50))
              most = Math.max(most, (await used()) - before)
              nextLook = bytes + 10_000_000
            }
            return { bytes, last, most }
          })
          expect(response.complete).toBe(true)
          expect(bytes).toBeGreaterThan(55_000_000)
          expect(last).toMatch(format === "json" ? /\]\}\s*$/ : /The end: 50,000 messages by 1 author\./)
          expect(most).toBeLessThan(10_000_000)
        }
      }).pipe(Effect.scoped),
    slow
  )

  it.live(
    "stops reading the log when its reader goes, and gives the place of that export back",
    () =>
      Effect.gen(function* () {
        const { browser, path, roomId, server, userId } = yield* started
        yield* filled(server, { roomId, author: userId, count: 20_000, text: "y".repeat(1_000) })
        const connections = yield* connectionsOf(server)
        const open = () => [...connections.all()].length
        const others = open()
        const first = yield* begun(server, browser, path)
        const second = yield* begun(server, browser, path)
        const third = yield* browser.get(path)
        expect([third.status, third.json["_tag"], third.headers["retry-after"]]).toEqual([429, "RateLimited", "5"])
        expect(open()).toBe(others + 2)
        first.destroy()
        yield* until("the place is given back", () => open() === others + 1)
        const fourth = yield* begun(server, browser, path)
        expect(fourth.statusCode).toBe(200)
        expect((yield* rest(second)).isWhole).toBe(true)
      }).pipe(Effect.scoped),
    slow
  )

  it.live(
    "breaks off when the session ends, when nothing is read for long, and when the server stops, after it had its time",
    () =>
      Effect.gen(function* () {
        const { browser, caller, path, roomId, server, userId } = yield* started
        yield* filled(server, { roomId, author: userId, count: 20_000, text: "z".repeat(1_000) })
        const phone = browserOf(server)
        yield* phone.post("/login", { username: "ada", password })
        const ended = yield* begun(server, phone, path)
        yield* caller.done("RevokeOtherSessions", undefined)
        const halfway = yield* rest(ended)
        expect(halfway.isWhole).toBe(false)
        expect(halfway.text).not.toMatch(/\]\}\s*$/)

        const stuck = yield* begun(server, browser, path)
        const connections = yield* connectionsOf(server)
        yield* until(
          "nothing was read for too long",
          () => stuck.destroyed || stuck.socket.destroyed || [...connections.all()].length === 1,
          15_000
        )
        expect((yield* rest(stuck)).isWhole).toBe(false)

        const left = yield* begun(server, browser, path)
        const draining = yield* Effect.forkChild(Effect.provide(drain, server.context))
        expect((yield* browser.get(path)).json["_tag"]).toBe("ServerUnavailable")
        expect((yield* rest(left)).isWhole).toBe(true)
        yield* Fiber.join(draining)
      }).pipe(
        Effect.scoped,
        Effect.updateService(HeartbeatTimings, (timings) => ({
          ...timings,
          beatEvery: Duration.millis(50),
          stuckAfter: Duration.millis(500)
        }))
      ),
    slow
  )
})

describe("the name of an attachment", () => {
  it("says no more than a name, whatever is in it", () => {
    expect(attachment("plans-1970-01-01.json")).toBe('attachment; filename="plans-1970-01-01.json"')
    expect(attachment("日本語.html")).toBe(
      `attachment; filename="_.html"; filename*=UTF-8''%E6%97%A5%E6%9C%AC%E8%AA%9E.html`
    )
    for (const name of [
      'a"; filename="b',
      "a\r\nset-cookie: b=c",
      "../../etc/passwd",
      "a\u202Egnp.html",
      "a%22.html",
      "a'(b)*.html"
    ]) {
      expect(attachment(name)).toMatch(
        /^attachment; filename="[^"\\/%\r\n]*"(; filename\*=UTF-8''[A-Za-z0-9!#$&+.^_`|~%-]*)?$/
      )
      expect(attachment(name)).not.toContain("%E2%80%AE")
    }
  })
})
