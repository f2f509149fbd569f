// Who is logged in here: the HTTP side of the client. A browser keeps the session in a cookie that no script can read; a program
// elsewhere gets it from `enter` and sends it itself.
import type { User } from "@messenger/protocol/Account"
import { SessionError, SessionState } from "@messenger/protocol/Session"
import { Effect, Schema } from "effect"
import { Unreachable } from "./Unreachable.ts"

/** No answer within this is none, in milliseconds. */
const answerMillis = 15_000

/** Where the server is, and what to send along. */
export interface SessionClientOptions {
  /** Origin of the server, such as `https://chat.example.org`. */
  readonly server: string
  /** Headers of every request. Outside browsers: `cookie`, and `origin` with the server's own, without which nothing is changed. */
  readonly headers?: Readonly<Record<string, string>>
}

/** A guest who has just entered. `cookie` is what to send as the header of that name; a browser keeps it to itself. */
export interface Entered {
  readonly user: User
  readonly cookie: string | undefined
}

/** The session of one browser, or of whoever sends the cookie. */
export const make = ({ server, headers = {} }: SessionClientOptions) => {
  const ask = Effect.fnUntraced(function* (
    method: "GET" | "POST",
    path: string,
    body?: unknown
  ): Effect.fn.Return<{ readonly user: User | null; readonly cookie: string | undefined }, SessionError | Unreachable> {
    const { status, setCookies, json } = yield* Effect.tryPromise({
      try: async (signal) => {
        const response = await fetch(new URL(path, server), {
          method,
          signal,
          credentials: "same-origin",
          cache: "no-store",
          headers: body === undefined ? headers : { ...headers, "content-type": "application/json" },
          ...(body === undefined ? {} : { body: JSON.stringify(body) })
        })
        const json: unknown = await response.json()
        return { status: response.status, setCookies: response.headers.getSetCookie(), json }
      },
      catch: (cause) => new Unreachable({ cause })
    }).pipe(
      Effect.timeoutOrElse({
        duration: answerMillis,
        orElse: () => Effect.fail(new Unreachable({ cause: `No answer within ${answerMillis} ms` }))
      })
    )
    // What is no answer of the contract comes from something in between.
    if (status !== 200) {
      const error = yield* decodeError(json).pipe(Effect.mapError((cause) => new Unreachable({ cause })))
      return yield* Effect.fail(error)
    }
    const { user } = yield* decodeState(json).pipe(Effect.mapError((cause) => new Unreachable({ cause })))
    return { user, cookie: setCookies[0]?.split(";")[0] }
  })

  return {
    /** Who is logged in; null when nobody is. */
    current: Effect.map(ask("GET", "/session"), ({ user }) => user),
    /** Makes a guest of that name, or answers who is logged in already. */
    enter: (name: string): Effect.Effect<Entered, SessionError | Unreachable> =>
      Effect.flatMap(ask("POST", "/guest", { name }), ({ user, cookie }) =>
        user === null
          ? Effect.fail(new Unreachable({ cause: "The server made a guest and does not say whom" }))
          : Effect.succeed({ user, cookie })
      ),
    /** Ends the session on the server. */
    leave: Effect.asVoid(ask("POST", "/logout"))
  }
}

const decodeState = Schema.decodeUnknownEffect(SessionState)
const decodeError = Schema.decodeUnknownEffect(Schema.toCodecJson(SessionError))
