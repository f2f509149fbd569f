// Guests of a server under test: sessions for load clients.
import { Effect, Schema } from "effect"

/** A guest could not be made; `answer` is what the server said. */
export class NoGuest extends Schema.TaggedError<NoGuest>()("NoGuest", { status: Schema.Int, answer: Schema.String }) {
  override get message(): string {
    return `The server made no guest: ${this.answer} (${this.status}).`
  }
}

/** A session: the `Cookie` header that carries it. */
export interface Guest {
  readonly name: string
  readonly userId: string
  readonly cookie: string
}

/** Enters as that many new guests. `url` is the server's origin; names begin with `prefix`, and limits must let them all in. */
export const enter = (url: string, prefix: string, count: number): Effect.Effect<ReadonlyArray<Guest>, NoGuest> =>
  Effect.forEach(
    Array.from({ length: count }, (_, index) => index),
    (index) => enterOne(url, `${prefix} ${index + 1}`),
    { concurrency: 8 }
  )

const Answer = Schema.fromJsonString(Schema.Struct({ user: Schema.Struct({ id: Schema.String }) }))
const decodeAnswer = Schema.decodeUnknownEffect(Answer)

const enterOne = Effect.fnUntraced(function* (url: string, name: string): Effect.fn.Return<Guest, NoGuest> {
  const { status, cookie, body } = yield* Effect.tryPromise({
    try: async (signal) => {
      const response = await fetch(`${url}/guest`, {
        method: "POST",
        headers: { origin: url, "content-type": "application/json" },
        body: JSON.stringify({ name }),
        signal
      })
      const cookie = response.headers
        .getSetCookie()
        .map((each) => each.replace(/;.*$/, ""))
        .join("; ")
      return { status: response.status, cookie, body: await response.text() }
    },
    catch: (cause) => new NoGuest({ status: 0, answer: String(cause) })
  })
  const { user } = yield* Effect.mapError(decodeAnswer(body), () => new NoGuest({ status, answer: body }))
  return { name, userId: user.id, cookie }
})
