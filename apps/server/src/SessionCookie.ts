// The two cookies of this server: the session of a browser, and the device that somebody logged in on before. Their values are
// secrets; they are never logged and never compared, only handed on.
//
// Over TLS their names begin with `__Host-`, so that no other host of the domain, and nobody on an unprotected line, can put a session
// of their own before a person's, or a device of their own (RFC 6265bis, 4.1.3.2). So over TLS no other name is read.
import { Clock, Duration, Effect, Option, Redacted } from "effect"
import { parseHeader } from "effect/http/Cookies"
import * as HttpServerResponse from "effect/http/HttpServerResponse"

/** The names of the cookies, where there is no TLS. */
export const cookieName = "messenger_session"
export const deviceCookieName = "messenger_device"

/** What is kept of somebody who came in; times are UTC milliseconds. */
export interface Kept {
  readonly token: Redacted.Redacted
  readonly expiresAt: number
  /** Whether it should outlive the browser. */
  readonly isRemembered: boolean
}

/** The session token of a `Cookie` header that came over TLS, or did not. */
export const tokenOf = (header: string | undefined, isSecure: boolean): Option.Option<Redacted.Redacted> =>
  read(header, nameOf(cookieName, isSecure))

/** The device token of a `Cookie` header that came over TLS, or did not. */
export const deviceTokenOf = (header: string | undefined, isSecure: boolean): Option.Option<Redacted.Redacted> =>
  read(header, nameOf(deviceCookieName, isSecure))

/** Whether a `Cookie` header may show who sent it, by any name. A browser sends it by itself, so a page must be one that may act. */
export const isIn = (header: string | undefined): boolean =>
  [true, false].some((isSecure) => Option.isSome(tokenOf(header, isSecure)))

/** Sets the session cookie: until the session ends when it is remembered, else for as long as the browser is open. */
export const keep = Effect.fnUntraced(function* (
  response: HttpServerResponse.HttpServerResponse,
  { token, expiresAt, isRemembered }: Kept,
  isSecure: boolean
) {
  const now = yield* Clock.currentTimeMillis
  const lifetime = isRemembered ? { maxAge: Duration.millis(Math.max(0, expiresAt - now)) } : {}
  return write(response, cookieName, token, { ...attributes(isSecure), ...lifetime })
})

/** Sets the device cookie, for a year; it outlives sessions. */
export const keepDevice = (
  response: HttpServerResponse.HttpServerResponse,
  token: Redacted.Redacted,
  isSecure: boolean
): HttpServerResponse.HttpServerResponse =>
  write(response, deviceCookieName, token, { ...attributes(isSecure), maxAge: Duration.days(365) })

/** Takes the session cookie away, by whatever name. */
export const drop = (
  response: HttpServerResponse.HttpServerResponse,
  isSecure: boolean
): HttpServerResponse.HttpServerResponse => {
  const plain = HttpServerResponse.expireCookieUnsafe(response, cookieName, attributes(isSecure))
  return isSecure ? HttpServerResponse.expireCookieUnsafe(plain, nameOf(cookieName, true), attributes(true)) : plain
}

const nameOf = (name: string, isSecure: boolean): string => (isSecure ? `__Host-${name}` : name)

const attributes = (isSecure: boolean) => ({ path: "/", httpOnly: true, sameSite: "lax", secure: isSecure }) as const

const read = (header: string | undefined, name: string): Option.Option<Redacted.Redacted> => {
  const value = header === undefined ? undefined : parseHeader(header)[name]
  return value === undefined || value === "" ? Option.none() : Option.some(Redacted.make(value))
}

const write = (
  response: HttpServerResponse.HttpServerResponse,
  name: string,
  value: Redacted.Redacted,
  options: ReturnType<typeof attributes> & { readonly maxAge?: Duration.Duration }
): HttpServerResponse.HttpServerResponse =>
  HttpServerResponse.setCookieUnsafe(response, nameOf(name, options.secure), Redacted.value(value), options)
