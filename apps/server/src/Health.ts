// For those who watch the process: whether it lives, whether it takes clients, and its numbers. None of it names a version, a
// person or a room; the numbers are for this machine and for whoever knows the token.
import { Effect, Option, Redacted } from "effect"
import * as HttpRouter from "effect/http/HttpRouter"
import type * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as PrometheusMetrics from "effect/observability/PrometheusMetrics"
import { createHash, timingSafeEqual } from "node:crypto"
import { isLoopback } from "./PeerAddress.ts"
import { Readiness } from "./Readiness.ts"
import { ServerConfig } from "./ServerConfig.ts"

/** `GET /healthz`, `GET /readyz` and `GET /metrics`. */
export const healthRoutes = HttpRouter.use(
  Effect.fnUntraced(function* (router) {
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
            : HttpServerResponse.text("not ready\n", { status: 503 })
        )
      )
    )

    yield* router.add("GET", "/metrics", (request) =>
      mayReadMetrics(request, metricsToken)
        ? Effect.map(PrometheusMetrics.format(), (text) =>
            uncached(HttpServerResponse.text(text, { contentType: "text/plain; version=0.0.4; charset=utf-8" }))
          )
        : Effect.succeed(HttpServerResponse.text("not found\n", { status: 404 }))
    )
  })
)

const uncached = HttpServerResponse.setHeader("cache-control", "no-store")

// A proxy on this machine makes everybody look local, so a request that was forwarded is a stranger's.
const forwardingHeader = /^(forwarded|via|x-forwarded-.*|x-real-ip|x-client-ip|(true|cf)-(client|connecting)-ip)$/

const mayReadMetrics = (
  request: HttpServerRequest.HttpServerRequest,
  metricsToken: Option.Option<Redacted.Redacted>
): boolean => {
  const isForwarded = Object.keys(request.headers).some((name) => forwardingHeader.test(name))
  if (!isForwarded && isLoopback(Option.getOrUndefined(request.remoteAddress))) return true
  const bearer = /^Bearer (.+)$/i.exec(request.headers.authorization ?? "")?.[1]
  return bearer !== undefined && Option.exists(metricsToken, (token) => isEqual(bearer, Redacted.value(token)))
}

// Compared by digest, in a time that says nothing about where they differ.
const isEqual = (given: string, expected: string): boolean => timingSafeEqual(digest(given), digest(expected))

const digest = (text: string): Buffer => createHash("sha256").update(text).digest()
