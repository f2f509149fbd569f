// Guests of a server under test: sessions for load clients.
import { Effect, Schedule, Schema } from "effect"
import { request } from "node:http"

/** A guest could not be made; `answer` is what the server said. */
export class NoGuest extends Schema.TaggedError<NoGuest>()("NoGuest", { status: Schema.Int, answer: Schema.String }) {}

/** A session: the `Cookie` header that carries it. */
export interface Guest {
  readonly name: string
  readonly userId: string
  readonly cookie: string
}

/** Guests per address are limited on purpose, and a machine has a whole network of loopback addresses: 127.0.0.0/8 (RFC 1122). */
const guestsPerAddress = 20

/** Enters as that many new guests. `url` is the server's origin; names begin with `prefix`. */
export const enter = (url: string, prefix: string, count: number): Effect.Effect<ReadonlyArray<Guest>, NoGuest> =>
  Effect.forEach(
    Array.from({ length: count }, (_, index) => index),
    (index) => enterOne(url, `${prefix} ${index + 1}`, `127.0.1.${1 + Math.floor(index / guestsPerAddress)}`),
    { concurrency: 8 }
  )

const SessionAnswer = Schema.fromJsonString(Schema.Struct({ user: Schema.Struct({ id: Schema.String }) }))
const decodeAnswer = Schema.decodeUnknownEffect(SessionAnswer)

const enterOne = (url: string, name: string, localAddress: string): Effect.Effect<Guest, NoGuest> =>
  post(url, JSON.stringify({ name }), localAddress).pipe(
    Effect.flatMap(({ status, cookie, body }) =>
      decodeAnswer(body).pipe(
        Effect.map(({ user }) => ({ name, userId: user.id, cookie })),
        Effect.mapError(() => new NoGuest({ status, answer: body }))
      )
    ),
    Effect.retry({ schedule: Schedule.spaced("500 millis"), times: 5, while: ({ status }) => status === 503 })
  )

const post = (
  url: string,
  body: string,
  localAddress: string
): Effect.Effect<{ readonly status: number; readonly cookie: string; readonly body: string }, NoGuest> =>
  Effect.callback((resume) => {
    const headers = { origin: url, "content-type": "application/json", "content-length": Buffer.byteLength(body) }
    const outgoing = request(`${url}/guest`, { method: "POST", headers, localAddress, agent: false }, (response) => {
      let text = ""
      response.setEncoding("utf8")
      response.on("data", (chunk: string) => {
        text += chunk
      })
      response.on("end", () =>
        resume(
          Effect.succeed({
            status: response.statusCode ?? 0,
            cookie: (response.headers["set-cookie"] ?? []).map((each) => each.replace(/;.*$/, "")).join("; "),
            body: text
          })
        )
      )
    })
    outgoing.once("error", (error) => resume(Effect.fail(new NoGuest({ status: 0, answer: error.message }))))
    outgoing.end(body)
  })
