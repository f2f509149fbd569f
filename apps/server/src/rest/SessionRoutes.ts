// How a person gets a session, asks for it, and gives it back; over HTTP, since only HTTP can set a cookie.
import { Guests } from "@messenger/chat/Guests"
import { BadRequest, GuestRequest, SessionError, SessionState, statusOf } from "@messenger/protocol/Session"
import type { User } from "@messenger/protocol/Account"
import { ByteSize, Clock, Effect, Option, Schema } from "effect"
import { MaxBodySize } from "effect/http/HttpIncomingMessage"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import { Callers } from "../edge/Callers.ts"
import * as Origin from "../edge/Origin.ts"
import { Connections } from "../rpc/Connections.ts"
import { ServerConfig } from "../ServerConfig.ts"
import * as SessionCookie from "../SessionCookie.ts"

/** `POST /guest`, `GET /session` and `POST /logout`. Which page may ask for a change is settled before (`edge/SameOrigin.ts`). */
export const sessionRoutes = HttpRouter.use(
  Effect.fnUntraced(function* (router) {
    const callers = yield* Callers
    const guests = yield* Guests
    const connections = yield* Connections
    const { publicUrl } = yield* ServerConfig
    const isSecure = (request: HttpServerRequest.HttpServerRequest) => Origin.isSecure(callers.of(request), publicUrl)

    yield* router.add(
      "POST",
      "/guest",
      answered(
        Effect.gen(function* () {
          const request = yield* HttpServerRequest.HttpServerRequest
          const { name } = yield* HttpServerRequest.schemaBodyJson(GuestRequest).pipe(
            Effect.provideService(MaxBodySize, maxBodySize),
            Effect.mapError(() => new BadRequest({ detail: 'The body must be JSON like {"name": "Ada"}.' }))
          )
          const session = yield* guests.enter({
            name,
            token: SessionCookie.tokenOf(request.headers.cookie),
            address: callers.of(request).limitKey
          })
          return SessionCookie.keep(
            yield* state(session.user),
            session,
            yield* Clock.currentTimeMillis,
            isSecure(request)
          )
        })
      )
    )

    yield* router.add(
      "GET",
      "/session",
      answered(
        Effect.gen(function* () {
          const request = yield* HttpServerRequest.HttpServerRequest
          const token = SessionCookie.tokenOf(request.headers.cookie)
          if (Option.isNone(token)) return yield* state(null)
          const session = yield* guests.authenticate(token.value)
          if (Option.isNone(session)) return SessionCookie.drop(yield* state(null), isSecure(request))
          const { user, expiresAt } = session.value
          // Sent anew, since a session in use is extended and its cookie should not end before it.
          const kept = { token: token.value, expiresAt }
          return SessionCookie.keep(yield* state(user), kept, yield* Clock.currentTimeMillis, isSecure(request))
        })
      )
    )

    yield* router.add(
      "POST",
      "/logout",
      answered(
        Effect.gen(function* () {
          const request = yield* HttpServerRequest.HttpServerRequest
          const token = SessionCookie.tokenOf(request.headers.cookie)
          if (Option.isSome(token)) {
            yield* guests.leave(token.value)
            connections.closeSession(SessionCookie.sessionKey(token.value))
          }
          return SessionCookie.drop(yield* state(null), isSecure(request))
        })
      )
    )
  })
)

const maxBodySize = ByteSize.kibibytes(16)

const encodeState = HttpServerResponse.schemaJson(SessionState)
const state = (user: User | null) =>
  Effect.orDie(encodeState({ user, role: user === null ? null : "guest", registration: "closed", guests: true }))

const encodeError = Schema.encodeEffect(Schema.toCodecJson(SessionError))

// Sessions are nobody else's business, so no answer is kept by anyone.
const answered = <R>(route: Effect.Effect<HttpServerResponse.HttpServerResponse, SessionError, R>) =>
  route.pipe(
    Effect.catch((error) =>
      Effect.map(Effect.orDie(encodeError(error)), (body) =>
        HttpServerResponse.jsonUnsafe(body, {
          status: statusOf[error._tag],
          headers:
            "retryAfterMillis" in error ? { "retry-after": String(Math.ceil(error.retryAfterMillis / 1000)) } : {}
        })
      )
    ),
    Effect.map(HttpServerResponse.setHeader("cache-control", "no-store"))
  )
