// Somebody who speaks to a server by the official client of Phoenix, in one of its versions, and keeps what they are told.
import { Effect, type Scope } from "effect"
import * as Phoenix17 from "phoenix-1.7"
import * as Phoenix18 from "phoenix-1.8"
import { WebSocket as WsWebSocket } from "ws"
import { until } from "./WireClient.ts"

type Payload = Readonly<Record<string, unknown>>

const libraries = { "1.7": Phoenix17, "1.8": Phoenix18 } as const
export type Version = keyof typeof libraries

/** The versions that are tried. */
export const versions = ["1.7", "1.8"] as const

/** How a join or a push was answered. */
export interface Answer {
  readonly status: "ok" | "error" | "timeout"
  readonly response: Payload
}

/** An event as a channel heard it. */
export interface Heard {
  readonly event: string
  readonly payload: Payload
}

/** A topic that was joined, or tried. */
export interface PhoenixChannel {
  readonly channel: Phoenix18.Channel
  readonly presence: Phoenix18.Presence
  /** How each join was answered, rejoins among them. */
  readonly joins: ReadonlyArray<Answer>
  /** All that was heard, in order. */
  readonly heard: ReadonlyArray<Heard>
  /** The payloads of one event. */
  readonly all: (event: string) => ReadonlyArray<Payload>
  readonly push: (event: string, payload: object) => Effect.Effect<Answer>
  readonly leave: Effect.Effect<Answer>
}

/** One socket. */
export interface PhoenixClient {
  readonly socket: Phoenix18.Socket
  /** How many heartbeats were answered. */
  readonly heartbeats: () => number
  readonly closes: ReadonlyArray<{ readonly code: number; readonly reason: string }>
  /** Joins, and waits for the first answer. */
  readonly join: (topic: string, params?: object | (() => object)) => Effect.Effect<PhoenixChannel>
}

/** What a test may choose. */
export interface PhoenixOptions {
  readonly params?: object | (() => object)
  readonly authToken?: string
  readonly heartbeatIntervalMs?: number
  /** After which a push is given up, in milliseconds. */
  readonly timeout?: number
  /** Sent with the upgrade, as a browser sends cookies. */
  readonly headers?: Readonly<Record<string, string>>
}

const events = [
  "new_message",
  "message_changed",
  "room_changed",
  "reset",
  "typing",
  "status",
  "presence_state",
  "presence_diff",
  "presence_count",
  "phx_error",
  "phx_close"
]

const answerOf = (push: Phoenix18.Push): Effect.Effect<Answer> =>
  Effect.callback((resume) => {
    for (const status of ["ok", "error", "timeout"] as const) {
      push.receive(status, (response) => resume(Effect.succeed({ status, response })))
    }
  })

/** Connects; it goes on connecting until the scope closes. */
export const connect = (
  server: { readonly url: string },
  version: Version,
  { headers, ...options }: PhoenixOptions = {}
): Effect.Effect<PhoenixClient, never, Scope.Scope> =>
  Effect.gen(function* () {
    const { Presence, Socket } = libraries[version]
    const closes: Array<{ readonly code: number; readonly reason: string }> = []
    class WithHeaders extends WsWebSocket {
      constructor(url: string, protocols?: Array<string>) {
        super(url, protocols ?? [], { headers: headers ?? {} })
      }
    }
    const socket = yield* Effect.acquireRelease(
      Effect.sync(
        () =>
          new Socket(`${server.url.replace("http", "ws")}/socket`, {
            transport: headers === undefined ? WebSocket : WithHeaders,
            reconnectAfterMs: () => 20,
            rejoinAfterMs: () => 20,
            ...options
          })
      ),
      (each) => Effect.sync(() => each.disconnect())
    )
    socket.onClose(({ code, reason }) => void closes.push({ code, reason }))
    let heartbeats = 0
    socket.onMessage(({ event, topic }) => {
      if (topic === "phoenix" && event === "phx_reply") heartbeats++
    })
    socket.connect()
    return {
      heartbeats: () => heartbeats,
      socket,
      closes,
      join: Effect.fnUntraced(function* (topic, params) {
        const channel = socket.channel(topic, params)
        const presence = new Presence(channel)
        const joins: Array<Answer> = []
        const heard: Array<Heard> = []
        for (const event of events) channel.on(event, (payload) => void heard.push({ event, payload }))
        const joining = channel.join()
        for (const status of ["ok", "error", "timeout"] as const) {
          joining.receive(status, (response) => void joins.push({ status, response }))
        }
        yield* until("an answer to the join", () => joins.length > 0)
        return {
          channel,
          presence,
          joins,
          heard,
          all: (event) => heard.filter((each) => each.event === event).map(({ payload }) => payload),
          push: (event, payload) => Effect.suspend(() => answerOf(channel.push(event, payload))),
          leave: Effect.suspend(() => answerOf(channel.leave()))
        }
      })
    }
  })

/** A socket token of a new guest of that name. */
export const guestToken = (server: { readonly url: string }, name: string): Effect.Effect<string> =>
  Effect.promise(async () => {
    const response = await fetch(`${server.url}/guest`, {
      method: "POST",
      headers: { "content-type": "application/json", origin: server.url },
      body: JSON.stringify({ name, socketToken: true })
    })
    const body: unknown = await response.json()
    const token: unknown = typeof body === "object" && body !== null && "socketToken" in body ? body.socketToken : null
    if (typeof token !== "string") throw new Error(`no token: ${response.status}`)
    return token
  })
