// The cookie that carries a session. Its value is the token; it is never logged and never compared, only handed on.
import { createHash } from "node:crypto"
import { Duration, Option, Redacted } from "effect"
import { parseHeader } from "effect/http/Cookies"
import * as HttpServerResponse from "effect/http/HttpServerResponse"

/** The name of the cookie. */
export const cookieName = "messenger_session"

/** The token of a `Cookie` header. */
export const tokenOf = (header: string | undefined): Option.Option<Redacted.Redacted> => {
  const value = header === undefined ? undefined : parseHeader(header)[cookieName]
  return value === undefined || value === "" ? Option.none() : Option.some(Redacted.make(value))
}

/** Whether a `Cookie` header shows who sent it. A browser sends it by itself, so a page must be one that may act. */
export const isIn = (header: string | undefined): boolean => Option.isSome(tokenOf(header))

/** Tells sessions apart where the token itself must not lie around. */
export const sessionKey = (token: Redacted.Redacted): string =>
  createHash("sha256").update(Redacted.value(token)).digest("base64url")

/** Sets the cookie for as long as the session is valid; times are UTC milliseconds. `isSecure` keeps it to TLS. */
export const keep = (
  response: HttpServerResponse.HttpServerResponse,
  session: { readonly token: Redacted.Redacted; readonly expiresAt: number },
  now: number,
  isSecure: boolean
): HttpServerResponse.HttpServerResponse =>
  HttpServerResponse.setCookieUnsafe(response, cookieName, Redacted.value(session.token), {
    ...attributes(isSecure),
    maxAge: Duration.millis(Math.max(0, session.expiresAt - now))
  })

/** Takes the cookie away. */
export const drop = (
  response: HttpServerResponse.HttpServerResponse,
  isSecure: boolean
): HttpServerResponse.HttpServerResponse =>
  HttpServerResponse.expireCookieUnsafe(response, cookieName, attributes(isSecure))

const attributes = (isSecure: boolean) => ({ path: "/", httpOnly: true, sameSite: "lax", secure: isSecure }) as const
