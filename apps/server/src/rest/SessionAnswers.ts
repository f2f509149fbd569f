// What all requests about sessions have in common: where they come from, and how they are answered.
import type { Entered, Visitor } from "@messenger/chat/Accounts"
import type { User } from "@messenger/protocol/Account"
import type { BodyTooLarge } from "@messenger/protocol/rest/HttpRefusal"
import type { ServerRole } from "@messenger/protocol/Rights"
import { SessionState, type SessionError } from "@messenger/protocol/Session"
import { Context, Effect, Layer, Option, Redacted } from "effect"
import type { HttpServerRequest } from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import { Callers } from "../edge/Callers.ts"
import * as Origin from "../edge/Origin.ts"
import { ServerConfig } from "../ServerConfig.ts"
import * as SessionCookie from "../SessionCookie.ts"
import * as Credential from "../tokens/Credential.ts"
import { SocketTokens } from "../tokens/SocketTokens.ts"
import { problemAnswer } from "./ProblemAnswer.ts"
import { isForm } from "./RequestBody.ts"

type Answer = HttpServerResponse.HttpServerResponse

/** Somebody who is logged in. */
export interface Known {
  readonly user: User
  readonly role: ServerRole
}

export class SessionAnswers extends Context.Service<
  SessionAnswers,
  {
    readonly visitorOf: (request: HttpServerRequest) => Visitor
    /** What it brings to show who sent it. */
    readonly credentialOf: (request: HttpServerRequest) => Option.Option<Credential.Credential>
    /** To somebody who came in, with their cookies. */
    readonly entered: (request: HttpServerRequest, entered: Entered, wantsSocketToken: boolean) => Effect.Effect<Answer>
    /** To somebody whose session goes on; its cookie is sent again, since a session in use ends later. */
    readonly goesOn: (request: HttpServerRequest, known: Known, kept: SessionCookie.Kept) => Effect.Effect<Answer>
    /** To who came with a token of their own. */
    readonly known: (known: Known) => Effect.Effect<Answer>
    /** To nobody in particular. */
    readonly nobody: Effect.Effect<Answer>
    /** To somebody whose session is over, taking its cookie away. */
    readonly left: (request: HttpServerRequest) => Effect.Effect<Answer>
  }
>()("@messenger/server/rest/SessionAnswers") {
  static readonly layer = Layer.effect(
    SessionAnswers,
    Effect.gen(function* () {
      const callers = yield* Callers
      const socketTokens = yield* SocketTokens
      const { allowsGuests, publicUrl, registration } = yield* ServerConfig
      const isSecure = (request: HttpServerRequest) => Origin.isSecure(callers.of(request), publicUrl)

      const state = (known: Known | null, socketToken: { readonly socketToken?: string } = {}) =>
        Effect.orDie(
          encodeState({
            user: known?.user ?? null,
            role: known?.role ?? null,
            registration,
            guests: allowsGuests,
            ...socketToken
          })
        )

      // A page without scripts goes on from its form to the client; everybody else is answered.
      const orPage = (request: HttpServerRequest, answer: Effect.Effect<Answer>) =>
        isForm(request) && /\btext\/html\b/i.test(request.headers.accept ?? "") ? Effect.succeed(toClient) : answer

      return SessionAnswers.of({
        visitorOf: (request) => ({
          address: callers.of(request).limitKey,
          client: (request.headers["user-agent"] ?? "").slice(0, maxClientCodeUnits),
          token: SessionCookie.tokenOf(request.headers.cookie, isSecure(request)),
          deviceToken: SessionCookie.deviceTokenOf(request.headers.cookie, isSecure(request))
        }),
        credentialOf: (request) =>
          Credential.ofHeaders(request.headers.authorization, request.headers.cookie, isSecure(request)),
        entered: Effect.fnUntraced(function* (request, entered, wantsSocketToken) {
          const socketToken = wantsSocketToken
            ? { socketToken: Redacted.value((yield* socketTokens.issue(entered.sessionId)).token) }
            : {}
          const answer = yield* orPage(request, state(entered, socketToken))
          const kept = yield* SessionCookie.keep(answer, entered, isSecure(request))
          return Option.match(entered.deviceToken, {
            onNone: () => kept,
            onSome: (token) => SessionCookie.keepDevice(kept, token, isSecure(request))
          })
        }),
        goesOn: (request, known, kept) =>
          Effect.flatMap(state(known), (answer) => SessionCookie.keep(answer, kept, isSecure(request))),
        known: (known) => state(known),
        nobody: state(null),
        left: (request) =>
          Effect.map(orPage(request, state(null)), (answer) => SessionCookie.drop(answer, isSecure(request)))
      })
    })
  )
}

/** Answers what a route refuses with, and lets nobody keep an answer: sessions are nobody else's business. */
export const answered = <R>(
  route: Effect.Effect<Answer, SessionError | BodyTooLarge, R>
): Effect.Effect<Answer, never, R> =>
  route.pipe(
    Effect.catch((error) => Effect.succeed(problemAnswer(error))),
    Effect.map(HttpServerResponse.setHeader("cache-control", "no-store"))
  )

const encodeState = HttpServerResponse.schemaJson(SessionState)

const toClient = HttpServerResponse.redirect("/", { status: 303 })

/** How much of what a device says it is is kept; a browser says less. */
const maxClientCodeUnits = 256
