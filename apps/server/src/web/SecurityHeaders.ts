// What every answer tells a browser not to do.
import * as HttpServerResponse from "effect/http/HttpServerResponse"

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

const headers = {
  "content-security-policy": contentSecurityPolicy,
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()"
}

/** The answer with these headers. */
export const secured: (response: HttpServerResponse.HttpServerResponse) => HttpServerResponse.HttpServerResponse =
  HttpServerResponse.setHeaders(headers)
