// What every answer tells a browser not to do.
import { Effect, Option } from "effect"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import { Callers } from "../edge/Callers.ts"
import * as Origin from "../edge/Origin.ts"
import { ServerConfig } from "../ServerConfig.ts"

// Everything the client needs comes from here, and nothing is ever run from text: no inline script, no inline style.
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'"
].join("; ")

const always = {
  "content-security-policy": contentSecurityPolicy,
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()"
}

// Browsers heed it only where nobody can change what arrives, and complain about it on every page elsewhere.
const whereTrustworthy = { "cross-origin-opener-policy": "same-origin" }

// A year, in seconds. Other names beside this one are not ours to speak for, so neither subdomains nor preloading.
const whereTls = { "strict-transport-security": "max-age=31536000" }

/** The same answers with these headers; an answer that brings a content security policy of its own keeps it. */
export const secured = Effect.fnUntraced(function* <E, R>(
  app: Effect.Effect<HttpServerResponse.HttpServerResponse, E, R>
) {
  const callers = yield* Callers
  const { publicUrl } = yield* ServerConfig
  const standing = Option.exists(publicUrl, (url) => url.startsWith("https:")) ? { ...always, ...whereTls } : always
  return Effect.gen(function* () {
    const caller = callers.of(yield* HttpServerRequest.HttpServerRequest)
    const headers = Origin.isTrustworthy(caller, publicUrl) ? { ...standing, ...whereTrustworthy } : standing
    const response = yield* app
    const own = response.headers["content-security-policy"]
    return HttpServerResponse.setHeaders(
      response,
      own === undefined ? headers : { ...headers, "content-security-policy": own }
    )
  })
})
