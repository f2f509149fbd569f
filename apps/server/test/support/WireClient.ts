// A client that says exactly what a test wants said on a WebSocket, and keeps what comes back.
import { Effect, Schedule, type Scope } from "effect"
import { once } from "node:events"
import { request, type OutgoingHttpHeaders } from "node:http"
import { WebSocket, type ClientOptions } from "ws"
import type { Answer } from "./Http.ts"
import type { TestServer } from "./TestServer.ts"

/** A message as it came, by the fields that tests look at. */
export interface Received {
  readonly _tag: string
  readonly requestId?: string | number
  readonly values?: ReadonlyArray<{ readonly _tag: string; readonly cursor?: { readonly number: number } }>
  readonly exit?: {
    readonly _tag: "Success" | "Failure"
    readonly value?: unknown
    readonly cause?: ReadonlyArray<{
      readonly _tag: string
      readonly error?: { readonly _tag: string }
      readonly defect?: unknown
    }>
  }
  readonly defect?: { readonly name: string; readonly message: string }
}

/** One socket. */
export interface WireClient {
  readonly socket: WebSocket
  readonly received: ReadonlyArray<Received>
  /** Sends text as it is. */
  readonly raw: (text: string | Buffer) => void
  /** Sends a request. */
  readonly ask: (id: string | number, tag: string, payload?: unknown) => void
  /** Waits for the end of a request. */
  readonly exitOf: (id: string | number) => Effect.Effect<NonNullable<Received["exit"]>>
  /** Waits until the server has closed it: the code and reason. */
  readonly closed: Effect.Effect<{ readonly code: number; readonly reason: string }>
}

const poll = Schedule.spaced("5 millis")

/** Waits, boundedly, until something outside of this process's control has happened. */
export const until = (what: string, isSo: () => boolean, millis = 5_000): Effect.Effect<void> =>
  Effect.suspend(() => (isSo() ? Effect.void : Effect.fail("not yet"))).pipe(
    Effect.retry({ schedule: poll }),
    Effect.timeoutOrElse({ duration: millis, orElse: () => Effect.die(new Error(`never happened: ${what}`)) }),
    Effect.orDie
  )

/** Names oneself; answers the cookie. */
export const enter = (server: Pick<TestServer, "url">, name: string): Effect.Effect<string> =>
  Effect.promise(async () => {
    const response = await fetch(`${server.url}/guest`, {
      method: "POST",
      headers: { "content-type": "application/json", origin: server.url },
      body: JSON.stringify({ name })
    })
    const cookie = response.headers.get("set-cookie")?.split(";", 1)[0]
    if (cookie === undefined) throw new Error(`no cookie: ${response.status} ${await response.text()}`)
    return cookie
  })

/** Opens a socket; destroyed with the scope. */
export const open = (
  server: Pick<TestServer, "url">,
  options: ClientOptions = {},
  subprotocols: Array<string> = []
): Effect.Effect<WireClient, never, Scope.Scope> =>
  Effect.gen(function* () {
    const received: Array<Received> = []
    let ending: { readonly code: number; readonly reason: string } | undefined
    const socket = yield* Effect.acquireRelease(
      Effect.sync(() => new WebSocket(`${server.url.replace("http", "ws")}/rpc`, subprotocols, options)),
      (socket) => Effect.sync(() => socket.terminate())
    )
    socket.on("message", (data) => {
      if (Buffer.isBuffer(data)) received.push(JSON.parse(data.toString()))
    })
    socket.on("close", (code, reason) => {
      ending = { code, reason: String(reason) }
    })
    socket.on("error", () => undefined)
    yield* Effect.promise(() => once(socket, "open"))
    const raw = (text: string | Buffer) => socket.send(text)
    const exitWith = (id: string | number) =>
      received.find((message) => message._tag === "Exit" && message.requestId === id)
    return {
      socket,
      received,
      raw,
      ask: (id, tag, payload) => raw(JSON.stringify({ _tag: "Request", id, tag, payload, headers: [] })),
      exitOf: (id) =>
        Effect.map(
          until(`the end of request ${id}`, () => exitWith(id) !== undefined),
          () => exitWith(id)?.exit ?? { _tag: "Failure" }
        ),
      closed: Effect.map(
        until("the end of the socket", () => ending !== undefined),
        () => ending ?? { code: 0, reason: "" }
      )
    }
  })

/** Opens a socket as somebody who has named themselves, and greets. */
export const greeted = (
  server: TestServer,
  name = "Ada",
  options: ClientOptions = {}
): Effect.Effect<WireClient, never, Scope.Scope> =>
  Effect.gen(function* () {
    const cookie = yield* enter(server, name)
    const client = yield* open(server, { ...options, headers: { cookie, origin: server.url } })
    client.ask("hello", "Handshake", { contract: 1 })
    yield* client.exitOf("hello")
    return client
  })

/** Asks for an upgrade and answers what came instead of one: status and text. */
export const refusedUpgrade = (
  server: Pick<TestServer, "url">,
  headers: OutgoingHttpHeaders,
  path = "/rpc"
): Effect.Effect<Answer & { readonly retryAfter: string | undefined }> =>
  Effect.promise(
    () =>
      new Promise((resolve, reject) => {
        const asked = request(`${server.url}${path}`, {
          headers: {
            connection: "Upgrade",
            upgrade: "websocket",
            "sec-websocket-version": "13",
            "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
            ...headers
          }
        })
        asked.on("response", (response) => {
          let text = ""
          response.setEncoding("utf8")
          response.on("data", (part: string) => (text += part))
          response.on("end", () =>
            resolve({
              status: response.statusCode ?? 0,
              headers: response.headers,
              text,
              retryAfter: response.headers["retry-after"]
            })
          )
        })
        asked.on("upgrade", ({ headers }, socket) => {
          socket.destroy()
          resolve({ status: 101, headers, text: "", retryAfter: undefined })
        })
        asked.on("error", reject)
        asked.end()
      })
  )
