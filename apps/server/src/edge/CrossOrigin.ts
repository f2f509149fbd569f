// What pages of other origins may read (CORS, Fetch standard, 3.3): those that ALLOWED_ORIGINS names may read everything, as
// whoever is logged in; all others nothing, since nothing is said to them. Which of them may change something is decided elsewhere.
import { Effect } from "effect"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import { ServerConfig } from "../ServerConfig.ts"

/** How long a browser keeps the answer to a preflight, in seconds; it is how long a page that is no longer allowed goes on asking. */
const preflightSeconds = 600

const preflight = {
  "access-control-allow-methods": "GET, HEAD, POST, PUT, PATCH, DELETE",
  "access-control-allow-headers":
    "authorization, content-type, idempotency-key, if-match, if-none-match, last-event-id",
  "access-control-max-age": String(preflightSeconds)
}

/** The same answers, readable by the pages that are allowed; theirs are the only preflights that are answered. */
export const readable = Effect.fnUntraced(function* <E, R>(
  app: Effect.Effect<HttpServerResponse.HttpServerResponse, E, R>
) {
  const { allowedOrigins } = yield* ServerConfig
  if (allowedOrigins.length === 0) return app
  return Effect.gen(function* () {
    const { headers, method } = yield* HttpServerRequest.HttpServerRequest
    const page = headers.origin
    if (page === undefined || !allowedOrigins.includes(page)) return varied(yield* app)
    const isPreflight = method === "OPTIONS" && headers["access-control-request-method"] !== undefined
    const response = isPreflight ? HttpServerResponse.empty({ status: 204, headers: preflight }) : yield* app
    return HttpServerResponse.setHeaders(varied(response), {
      "access-control-allow-origin": page,
      "access-control-allow-credentials": "true",
      "access-control-expose-headers": "retry-after, etag, location"
    })
  })
})

// Also where nothing is allowed: a cache must not give one page's answer to another.
const varied = (response: HttpServerResponse.HttpServerResponse): HttpServerResponse.HttpServerResponse => {
  const { vary } = response.headers
  return HttpServerResponse.setHeader(response, "vary", vary === undefined ? "origin" : `${vary}, origin`)
}
