// The one gate that every request passes before it is routed: what may change something for the person whose browser sent it must
// come from a page that may act here. It stands before the routes and knows none of them, so none can be forgotten.
import { OriginRefused } from "@messenger/protocol/Session"
import { incomingWebhookPath } from "@messenger/protocol/Webhook"
import { Effect, Option } from "effect"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import type * as HttpServerResponse from "effect/http/HttpServerResponse"
import { problemAnswer } from "../rest/ProblemAnswer.ts"
import { ServerConfig } from "../ServerConfig.ts"
import * as SessionCookie from "../SessionCookie.ts"
import { bearerOf } from "../tokens/Credential.ts"
import { Callers } from "./Callers.ts"
import * as Origin from "./Origin.ts"

/** Methods that change nothing (RFC 9110, 9.2.1); a route for one of them must keep to that. */
const safeMethods = new Set(["GET", "HEAD", "OPTIONS", "TRACE"])

/**
 * Whether the address of a request is the proof: who knows that of a webhook may post to it from wherever. What is routed there
 * (`POST /hooks/<token>`) must read neither cookie nor token. Nothing that a router could take for another address is one.
 */
const isItsOwnProof = ({ method, url }: Pick<HttpServerRequest.HttpServerRequest, "method" | "url">): boolean =>
  method === "POST" && webhookAddress.test(url)

const webhookAddress = new RegExp(`^${incomingWebhookPath}[A-Za-z0-9_-]+(\\?|$)`)

/**
 * Lets requests through that change nothing, whose page may act here (`Origin.mayAct`), that carry a bearer token and no session
 * cookie, which no browser adds by itself, or whose address is the proof. Answers all others with 403 and `OriginRefused`.
 */
export const guarded = Effect.fnUntraced(function* <E, R>(
  app: Effect.Effect<HttpServerResponse.HttpServerResponse, E, R>
) {
  const callers = yield* Callers
  const accepted = yield* ServerConfig
  return Effect.gen(function* () {
    const request = yield* HttpServerRequest.HttpServerRequest
    if (safeMethods.has(request.method) || isItsOwnProof(request)) return yield* app
    const caller = callers.of(request)
    if (Origin.mayAct(caller, accepted) || bringsItsOwnProof(request)) return yield* app
    return problemAnswer(new OriginRefused({ origin: caller.page ?? "", setting: Origin.settingToChange(accepted) }))
  })
})

const bringsItsOwnProof = ({ headers }: HttpServerRequest.HttpServerRequest): boolean =>
  headers.origin !== "null" && Option.isSome(bearerOf(headers.authorization)) && !SessionCookie.isIn(headers.cookie)
