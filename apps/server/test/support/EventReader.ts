// Readers of Server-Sent Events: one that shows exactly what arrives and can stop reading, and a line that can be cut.
import { Effect, type Scope } from "effect"
import { get, type IncomingHttpHeaders } from "node:http"
import { connect, createServer, type Socket } from "node:net"
import { until } from "./WireClient.ts"

/** One event, as it was written. */
export interface SentEvent {
  readonly event: string
  readonly id: string | undefined
  readonly data: unknown
}

export interface EventReader {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  /** All that has arrived, as it is. */
  readonly text: () => string
  readonly events: () => ReadonlyArray<SentEvent>
  /** The same without presence, which comes when it likes. */
  readonly told: () => ReadonlyArray<SentEvent>
  readonly hasEnded: () => boolean
  readonly pause: () => void
  readonly resume: () => void
  /** Waits for an event of that name. */
  readonly waitFor: (event: string) => Effect.Effect<SentEvent>
}

/** Opens a stream, or what is answered in its place; gone with the scope. */
export const readEvents = (
  { url }: { readonly url: string },
  path: string,
  headers: Readonly<Record<string, string>>
): Effect.Effect<EventReader, never, Scope.Scope> =>
  Effect.gen(function* () {
    let text = ""
    let hasEnded = false
    const request = yield* Effect.acquireRelease(
      Effect.sync(() => get(`${url}${path}`, { headers, agent: false })),
      (request) => Effect.sync(() => request.destroy())
    )
    const response = yield* Effect.callback<Parameters<Parameters<typeof get>[2] & {}>[0]>((resume) => {
      request.on("response", (response) => resume(Effect.succeed(response)))
      request.on("error", () => (hasEnded = true))
    })
    response.setEncoding("utf8")
    const events: Array<SentEvent> = []
    let rest = ""
    response.on("data", (part: string) => {
      text += part
      const blocks = (rest + part).split("\n\n")
      rest = blocks.pop() ?? ""
      events.push(...blocks.flatMap(eventOf))
    })
    response.on("error", () => undefined)
    response.on("close", () => (hasEnded = true))
    return {
      status: response.statusCode ?? 0,
      headers: response.headers,
      text: () => text,
      events: () => events,
      told: () => events.filter(({ event }) => event !== "presence"),
      hasEnded: () => hasEnded,
      pause: () => void response.pause(),
      resume: () => void response.resume(),
      waitFor: (name) =>
        Effect.map(
          until(`an event ${name}`, () => events.some(({ event }) => event === name)),
          () => events.find(({ event }) => event === name) ?? { event: "", id: undefined, data: undefined }
        )
    }
  })

const eventOf = (block: string): ReadonlyArray<SentEvent> => {
  const field = (name: string) => new RegExp(`^${name}: (.*)$`, "m").exec(block)?.[1]
  const [event, data] = [field("event"), field("data")]
  return event === undefined || data === undefined ? [] : [{ event, id: field("id"), data: JSON.parse(data) }]
}

/** A line to a server, which can be cut under all who use it. */
export const lineTo = (
  port: number
): Effect.Effect<{ readonly url: string; readonly cut: () => void }, never, Scope.Scope> =>
  Effect.gen(function* () {
    const open = new Set<Socket>()
    const cut = () => open.forEach((socket) => socket.destroy())
    const server = yield* Effect.acquireRelease(
      Effect.callback<ReturnType<typeof createServer>>((resume) => {
        const made = createServer((socket) => {
          const far = connect(port, "127.0.0.1")
          for (const [end, other] of [
            [socket, far],
            [far, socket]
          ] as const) {
            open.add(end)
            end.pipe(other)
            end.on("error", () => undefined)
            end.on("close", () => {
              open.delete(end)
              other.destroy()
            })
          }
        })
        made.listen(0, "127.0.0.1", () => resume(Effect.succeed(made)))
      }),
      (server) =>
        Effect.sync(() => {
          server.close()
          cut()
        })
    )
    const address = server.address()
    if (address === null || typeof address === "string") throw new Error("it does not listen")
    return { url: `http://127.0.0.1:${address.port}`, cut }
  })
