// For those who watch the process: whether it lives, whether it takes clients, and its numbers. None of it names a version, a
// person or a room; the numbers are for this machine and for whoever knows the token.
import { AddressNotFound, ServerUnavailable } from "@messenger/protocol/rest/HttpRefusal"
import { Effect, Option, Redacted } from "effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as PrometheusMetrics from "effect/observability/PrometheusMetrics"
import { createHash, timingSafeEqual } from "node:crypto"
import { Callers, type Caller } from "./edge/Callers.ts"
import { isLoopback } from "./edge/PeerAddress.ts"
import { Readiness } from "./Readiness.ts"
import { problemAnswer } from "./rest/ProblemAnswer.ts"
import { ServerConfig } from "./ServerConfig.ts"
import { bearerOf } from "./tokens/Credential.ts"

/** `GET /healthz`, `GET /readyz` and `GET /metrics`. */
export const healthRoutes = HttpRouter.use(
  Effect.fnUntraced(function* (router) {
    const callers = yield* Callers
    const readiness = yield* Readiness
    const { metricsToken } = yield* ServerConfig

    yield* router.add("GET", "/healthz", uncached(HttpServerResponse.text("ok\n")))

    yield* router.add(
      "GET",
      "/readyz",
      Effect.sync(() =>
        uncached(
          readiness.isReady()
            ? HttpServerResponse.text("ready\n")
            : problemAnswer(new ServerUnavailable({ retryAfterMillis: 1_000 }))
        )
      )
    )

    yield* router.add("GET", "/metrics", (request) =>
      mayReadMetrics(callers.of(request), request.headers.authorization, metricsToken)
        ? Effect.map(PrometheusMetrics.format(), (text) =>
            uncached(HttpServerResponse.text(text, { contentType: "text/plain; version=0.0.4; charset=utf-8" }))
          )
        : Effect.succeed(problemAnswer(new AddressNotFound()))
    )
  })
)

const uncached = HttpServerResponse.setHeader("cache-control", "no-store")

// A proxy on this machine makes everybody look local, so a request that was forwarded is a stranger's, whoever forwarded it.
const mayReadMetrics = (
  { address, isForwarded }: Caller,
  authorization: string | undefined,
  metricsToken: Option.Option<Redacted.Redacted>
): boolean => {
  if (!isForwarded && isLoopback(address)) return true
  return Option.exists(bearerOf(authorization), (given) =>
    Option.exists(metricsToken, (token) => isEqual(Redacted.value(given), Redacted.value(token)))
  )
}

// Compared by digest, in a time that says nothing about where they differ.
const isEqual = (given: string, expected: string): boolean => timingSafeEqual(digest(given), digest(expected))

const digest = (text: string): Buffer => createHash("sha256").update(text).digest()
