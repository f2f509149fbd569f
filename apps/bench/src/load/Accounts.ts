// Registered accounts of a server under test, and how each logs in.
import { Effect, Schema } from "effect"
import type { Arrival } from "./Arrivals.ts"

/** An account could not be made; `answer` is what the server said. */
export class NoAccount extends Schema.TaggedError<NoAccount>()("NoAccount", {
  status: Schema.Int,
  answer: Schema.String
}) {
  override get message(): string {
    return `The server made no account: ${this.answer} (${this.status}).`
  }
}

const password = "violet kettle under rain"

/**
 * Registers that many accounts, each from an address of its own, and answers the login of each, from the same address. An
 * account may log in ten times at once and then six times a minute: there must be enough of them for the rate of log-ins.
 */
export const register = (url: string, count: number): Effect.Effect<ReadonlyArray<Arrival>, NoAccount> =>
  Effect.forEach(
    Array.from({ length: count }, (_, index) => index + 1),
    (number) => registerOne(url, number),
    { concurrency: 4 }
  )

const registerOne = Effect.fnUntraced(function* (url: string, number: number): Effect.fn.Return<Arrival, NoAccount> {
  const username = `load-${number}`
  const address = `10.0.${Math.floor(number / 250)}.${1 + (number % 250)}`
  const { isOk, status, answer } = yield* Effect.tryPromise({
    try: async (signal) => {
      const response = await fetch(`${url}/register`, {
        method: "POST",
        headers: { origin: url, "content-type": "application/json", "x-forwarded-for": address },
        body: JSON.stringify({ username, email: `${username}@example.org`, password }),
        signal
      })
      return { isOk: response.ok, status: response.status, answer: await response.text() }
    },
    catch: (cause) => new NoAccount({ status: 0, answer: String(cause) })
  })
  if (!isOk) return yield* new NoAccount({ status, answer })
  return { path: "/login", body: JSON.stringify({ username, password }), address }
})
