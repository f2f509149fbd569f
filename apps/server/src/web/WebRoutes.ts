// Serves the web client: its pages, which are all one document, and its files.
import { linkPath } from "@messenger/protocol/Link"
import { ServerUnavailable } from "@messenger/protocol/rest/HttpRefusal"
import { Effect } from "effect"
import * as HttpRouter from "effect/http/HttpRouter"
import { HttpServerError, RouteNotFound } from "effect/http/HttpServerError"
import type * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import { isForPeople } from "../Refusals.ts"
import { problemAnswer } from "../rest/ProblemAnswer.ts"
import { serve } from "./FileAnswer.ts"
import { WebClient } from "./WebClient.ts"

/** The pages of the client, which it tells apart by itself. What is none of them is not found, and says so to programs too. */
const pages = [
  "/",
  "/login",
  "/register",
  "/settings",
  "/admin",
  "/admin/:section",
  "/r/:slug",
  linkPath.invite,
  linkPath.reset,
  linkPath.claim
] as const

/** The pages of the client, and its files. */
export const webRoutes = HttpRouter.use(
  Effect.fnUntraced(function* (router) {
    const client = yield* WebClient
    const page = (request: HttpServerRequest.HttpServerRequest) => {
      const index = client.file("/index.html")
      return Effect.succeed(index === undefined ? notBuilt(request) : serve(request, index))
    }
    for (const path of pages) yield* router.add("GET", path, page)
    yield* router.add("GET", "/*", (request) => {
      const file = client.file(pathOf(request))
      return file === undefined ? nothingAt(request) : Effect.succeed(serve(request, file))
    })
  })
)

const nothingAt = (request: HttpServerRequest.HttpServerRequest) =>
  Effect.fail(new HttpServerError({ reason: new RouteNotFound({ request }) }))

const notBuilt = (request: HttpServerRequest.HttpServerRequest): HttpServerResponse.HttpServerResponse =>
  isForPeople(request)
    ? HttpServerResponse.text(`${notBuiltSentence}\n`, { status: 503, headers: { "retry-after": "30" } })
    : problemAnswer(new ServerUnavailable({ retryAfterMillis: 30_000 }), notBuiltSentence)

const notBuiltSentence = "The web client is not built yet: run `npm run build`, then start again."

const pathOf = ({ url }: HttpServerRequest.HttpServerRequest): string => url.replace(/[?#].*$/, "")
