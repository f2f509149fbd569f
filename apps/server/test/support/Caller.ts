// Somebody on a socket who asks one thing after another and is told how each ended.
import { Effect, type Scope } from "effect"
import { once } from "node:events"
import { WebSocket } from "ws"
import { until } from "./WireClient.ts"

/** How a call ended; a follow that began to deliver has succeeded. */
export type Outcome =
  | { readonly _tag: "Success"; readonly value: unknown }
  | { readonly _tag: "Failure"; readonly error: { readonly _tag: string } & Readonly<Record<string, unknown>> }
  | { readonly _tag: "Died"; readonly defect: unknown }

/** One socket. */
export interface Caller {
  /** Asks, and waits for the end; a follow is given up as soon as it delivers. */
  readonly call: (tag: string, payload?: unknown) => Effect.Effect<Outcome>
  /** The same, for what must succeed; answers its value. */
  readonly done: (tag: string, payload?: unknown) => Effect.Effect<Readonly<Record<string, unknown>>>
  /** Waits until the server has closed it: code and reason. */
  readonly closed: Effect.Effect<{ readonly code: number; readonly reason: string }>
}

interface Frame {
  readonly _tag: string
  readonly requestId: string
  readonly values?: ReadonlyArray<unknown>
  readonly exit?: {
    readonly _tag: string
    readonly value?: unknown
    readonly cause?: ReadonlyArray<{ readonly _tag: string; readonly error?: Failed; readonly defect?: unknown }>
  }
}

type Failed = Extract<Outcome, { readonly _tag: "Failure" }>["error"]

/** Opens a socket and greets; it is gone with the scope. */
export const callerOf = (
  server: { readonly url: string },
  headers: Readonly<Record<string, string>>
): Effect.Effect<Caller, never, Scope.Scope> =>
  Effect.gen(function* () {
    const waiting = new Map<string, (outcome: Outcome) => void>()
    let ending: { readonly code: number; readonly reason: string } | undefined
    let asked = 0
    const socket = yield* Effect.acquireRelease(
      Effect.sync(() => new WebSocket(`${server.url.replace("http", "ws")}/rpc`, { headers })),
      (socket) => Effect.sync(() => socket.terminate())
    )
    const send = (frame: unknown) => socket.send(JSON.stringify(frame))
    const end = (id: string, outcome: Outcome) => {
      waiting.get(id)?.(outcome)
      waiting.delete(id)
    }
    socket.on("message", (data) => {
      if (!Buffer.isBuffer(data)) return
      const frame: Frame = JSON.parse(data.toString())
      if (frame._tag === "Exit") end(frame.requestId, outcomeOf(frame))
      else if (frame._tag === "Chunk" && waiting.has(frame.requestId)) {
        end(frame.requestId, { _tag: "Success", value: frame.values?.[0] })
        send({ _tag: "Interrupt", requestId: frame.requestId })
      } else if (frame._tag === "Defect") throw new Error(`a defect of the connection: ${data.toString()}`)
    })
    socket.on("close", (code, reason) => {
      ending = { code, reason: String(reason) }
      for (const id of waiting.keys()) end(id, { _tag: "Died", defect: `closed with ${code}` })
    })
    socket.on("error", () => undefined)
    yield* Effect.promise(() => once(socket, "open"))
    const call = (tag: string, payload: unknown = null): Effect.Effect<Outcome> =>
      Effect.callback((resume) => {
        const id = `${tag}~${++asked}`
        waiting.set(id, (outcome) => resume(Effect.succeed(outcome)))
        send({ _tag: "Request", id, tag, payload, headers: [] })
      })
    const done = (tag: string, payload?: unknown) =>
      Effect.map(call(tag, payload), (outcome): Readonly<Record<string, unknown>> => {
        if (outcome._tag !== "Success") throw new Error(`${tag} ended as ${JSON.stringify(outcome)}`)
        return typeof outcome.value === "object" && outcome.value !== null ? { ...outcome.value } : {}
      })
    yield* done("Handshake", { contract: 1 })
    return {
      call,
      done,
      closed: Effect.map(
        until("the end of the socket", () => ending !== undefined),
        () => ending ?? { code: 0, reason: "" }
      )
    }
  })

const outcomeOf = ({ exit }: Frame): Outcome => {
  if (exit?._tag === "Success") return { _tag: "Success", value: exit.value }
  const error = exit?.cause?.find(({ _tag }) => _tag === "Fail")?.error
  if (error !== undefined) return { _tag: "Failure", error }
  return { _tag: "Died", defect: exit?.cause }
}
