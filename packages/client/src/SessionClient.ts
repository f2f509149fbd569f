// Who is logged in here: the HTTP side of the client. A browser keeps the session in a cookie that no script can read; a program
// elsewhere gets it from the answer and sends it itself, or has a bearer token and needs no cookie.
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
  /** An API token or a socket token, in place of a cookie. */
  readonly bearer?: string
}

/** What somebody registers with. */
export interface Registering {
  readonly username: string
  readonly email: string
  readonly password: string
  /** Stay logged in for 60 days; else until the browser closes. */
  readonly remember: boolean
  /** The token of an invitation, where the server takes nobody without one. */
  readonly invite?: string
}

/** What somebody logs in with. */
export interface LoggingIn {
  /** A username, or an email address. */
  readonly login: string
  readonly password: string
  /** Stay logged in for 60 days; else until the browser closes. */
  readonly remember: boolean
}

/** A session that has just begun. */
export interface Entered {
  readonly user: User
  readonly state: SessionState
  /** What to send as the header of that name from now on; a browser keeps it to itself. */
  readonly cookie: string | undefined
}

interface Answer {
  readonly state: SessionState
  readonly cookie: string | undefined
}

/** The session of one browser, or of whoever sends the cookie or the token. */
export const make = ({ server, headers = {}, bearer }: SessionClientOptions) => {
  const sent = bearer === undefined ? headers : { ...headers, authorization: `Bearer ${bearer}` }

  const ask = Effect.fnUntraced(function* (
    method: "GET" | "POST",
    path: string,
    body?: Readonly<Record<string, unknown>>
  ): Effect.fn.Return<Answer, SessionError | Unreachable> {
    const { isOk, setCookies, json } = yield* Effect.tryPromise({
      try: async (signal) => {
        const response = await fetch(new URL(path, server), {
          method,
          signal,
          credentials: "same-origin",
          cache: "no-store",
          headers: body === undefined ? sent : { ...sent, "content-type": "application/json" },
          ...(body === undefined ? {} : { body: JSON.stringify(body) })
        })
        const json: unknown = await response.json()
        return { isOk: response.ok, setCookies: response.headers.getSetCookie(), json }
      },
      catch: (cause) => new Unreachable({ cause })
    }).pipe(
      Effect.timeoutOrElse({
        duration: answerMillis,
        orElse: () => Effect.fail(new Unreachable({ cause: `No answer within ${answerMillis} ms` }))
      })
    )
    // What is no answer of the contract comes from something in between.
    if (!isOk) {
      const error = yield* decodeError(json).pipe(Effect.mapError((cause) => new Unreachable({ cause })))
      return yield* Effect.fail(error)
    }
    const state = yield* decodeState(json).pipe(Effect.mapError((cause) => new Unreachable({ cause })))
    return { state, cookie: setCookies[0]?.split(";")[0] }
  })

  /** Asks for a session, of which the answer must say whose it is. */
  const begin = (
    path: string,
    body: Readonly<Record<string, unknown>>
  ): Effect.Effect<Entered, SessionError | Unreachable> =>
    Effect.flatMap(ask("POST", path, body), ({ state, cookie }) =>
      state.user === null
        ? Effect.fail(new Unreachable({ cause: "The server began a session and does not say whose" }))
        : Effect.succeed({ user: state.user, state, cookie })
    )

  return {
    /** Who is logged in, if anybody, and who may come in. */
    current: Effect.map(ask("GET", "/session"), ({ state }) => state),
    /** Makes a guest of that name, or answers who is logged in already. */
    enter: (name: string) => begin("/guest", { name }),
    /** Makes an account. A guest becomes its owner, and stays who they are. */
    register: ({ username, email, password, remember, invite }: Registering) =>
      begin("/register", { username, email, password, remember, ...(invite === undefined ? {} : { invite }) }),
    /** No username holds an `@`, and every email address does. */
    login: ({ login, password, remember }: LoggingIn) =>
      begin("/login", { [login.includes("@") ? "email" : "username"]: login, password, remember }),
    /** Takes a new password; every other session of the account ends. */
    changePassword: (password: string, newPassword: string) => begin("/api/v1/me/password", { password, newPassword }),
    /** Takes a new password by the token of a link, and logs in; every other session of the account ends. */
    resetPassword: (token: string, password: string) => begin("/api/v1/reset", { token, password }),
    /** Ends the session on the server. */
    leave: Effect.map(ask("POST", "/logout"), ({ state }) => state)
  }
}

/** The session of one browser, or of whoever sends the cookie or the token. */
export type SessionClient = ReturnType<typeof make>

const decodeState = Schema.decodeUnknownEffect(SessionState)
const decodeError = Schema.decodeUnknownEffect(Schema.toCodecJson(SessionError))
