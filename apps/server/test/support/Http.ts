// Asks a server with exactly these headers: `fetch` keeps some of them to itself.
import { Effect } from "effect"
import { request, type IncomingHttpHeaders, type OutgoingHttpHeaders } from "node:http"
import { connect } from "node:net"

/** An answer, read whole. */
export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
}

/** What is asked; a plain GET when nothing is said. */
export interface Question {
  readonly method?: string
  readonly headers?: OutgoingHttpHeaders
  readonly body?: string
}

/** Asks, and reads the answer. */
export const ask = (
  { url }: { readonly url: string },
  path: string,
  { body, headers = {}, method = "GET" }: Question = {}
): Effect.Effect<Answer> =>
  Effect.promise(
    () =>
      new Promise((resolve, reject) => {
        // By itself Node says no length for methods that rarely have a body, and the body would be the next request.
        const length = body === undefined ? {} : { "content-length": Buffer.byteLength(body) }
        const asked = request(`${url}${path}`, { method, headers: { ...length, ...headers } }, (response) => {
          let text = ""
          response.setEncoding("utf8")
          response.on("data", (part: string) => (text += part))
          response.on("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }))
        })
        asked.on("error", reject)
        asked.end(body)
      })
  )

/** Writes these bytes, and reads until the server has closed; lines end in CRLF. */
export const askRaw = ({ url }: { readonly url: string }, text: string): Effect.Effect<string> =>
  Effect.promise(
    () =>
      new Promise((resolve, reject) => {
        let answer = ""
        const socket = connect(Number(new URL(url).port), "127.0.0.1", () =>
          socket.write(text.replaceAll("\n", "\r\n"))
        )
        socket.setEncoding("utf8")
        socket.setTimeout(5_000, () => socket.destroy(new Error(`not closed after ${JSON.stringify(answer)}`)))
        socket.on("data", (part: string) => (answer += part))
        socket.on("close", () => resolve(answer))
        socket.on("error", reject)
      })
  )
