// What a request brings to show who sent it. Only read here; whose it is, `Authenticator` says. Never from the address, which ends up
// in logs, histories and bookmarks, but where clients of Phoenix leave no choice.
import { Option, Redacted } from "effect"
import type { IncomingMessage } from "node:http"
import * as SessionCookie from "../SessionCookie.ts"

/** A session cookie, which browsers send by themselves, or a bearer token, which whoever sends it has put there. */
export type Credential =
  | { readonly _tag: "Cookie"; readonly token: Redacted.Redacted }
  | { readonly _tag: "Bearer"; readonly token: Redacted.Redacted }

/** The subprotocol of this server's WebSockets; the only one that it ever answers with. */
export const subprotocol = "messenger"

/**
 * What a browser, which can set no header on a WebSocket, puts before a token to send it as one more subprotocol:
 * `new WebSocket(url, ["messenger", "messenger.bearer." + token])`.
 */
export const bearerSubprotocol = "messenger.bearer."

/** The token of an `Authorization: Bearer` header (RFC 6750, 2.1); other schemes are none. */
export const bearerOf = (authorization: string | undefined): Option.Option<Redacted.Redacted> => {
  const token = /^Bearer\s+(\S.*)$/i.exec(authorization ?? "")?.[1]
  return token === undefined ? Option.none() : Option.some(Redacted.make(token))
}

/** What a request brings that came over TLS, or did not; a bearer token, which somebody chose to send, goes before the cookie. */
export const ofHeaders = (
  authorization: string | undefined,
  cookie: string | undefined,
  isSecure: boolean
): Option.Option<Credential> =>
  Option.orElse(Option.map(bearerOf(authorization), bearer), () =>
    Option.map(SessionCookie.tokenOf(cookie, isSecure), (token) => ({ _tag: "Cookie", token }))
  )

/** What an upgrade brings; a token among the subprotocols goes before the cookie too. */
export const ofUpgrade = (
  { headers }: Pick<IncomingMessage, "headers">,
  isSecure: boolean
): Option.Option<Credential> =>
  Option.map(bearerOf(headers.authorization), bearer).pipe(
    Option.orElse(() => Option.map(offered(headers["sec-websocket-protocol"]), bearer)),
    Option.orElse(() => ofHeaders(undefined, headers.cookie, isSecure))
  )

/** The subprotocol that clients of Phoenix offer beside a token. */
export const phoenixSubprotocol = "phoenix"

/** What they put before the base64 of a token, without padding (phoenix 1.8, assets/js/phoenix/constants.js). */
const phoenixBearerSubprotocol = "base64url.bearer.phx."

/**
 * What an upgrade of a Phoenix client brings; `token` is the parameter of its address. A token that is offered as a subprotocol, where
 * logs do not see it, goes before that.
 */
export const ofPhoenix = (
  { headers }: Pick<IncomingMessage, "headers">,
  token: string | null,
  isSecure: boolean
): Option.Option<Credential> =>
  Option.map(bearerOf(headers.authorization), bearer).pipe(
    Option.orElse(() => Option.map(offeredToPhoenix(headers["sec-websocket-protocol"]), bearer)),
    Option.orElse(() => Option.map(Option.fromNullOr(token), (given) => bearer(Redacted.make(given)))),
    Option.orElse(() => ofHeaders(undefined, headers.cookie, isSecure))
  )

const bearer = (token: Redacted.Redacted): Credential => ({ _tag: "Bearer", token })

const offered = (subprotocols: string | undefined): Option.Option<Redacted.Redacted> =>
  Option.map(behind(bearerSubprotocol, subprotocols), Redacted.make)

const offeredToPhoenix = (subprotocols: string | undefined): Option.Option<Redacted.Redacted> =>
  Option.map(behind(phoenixBearerSubprotocol, subprotocols), (encoded) =>
    Redacted.make(Buffer.from(encoded, "base64url").toString())
  )

/** What stands behind `prefix` in the first subprotocol that begins with it. */
const behind = (prefix: string, subprotocols: string | undefined): Option.Option<string> => {
  const found = subprotocols
    ?.split(",")
    .map((name) => name.trim())
    .find((name) => name.startsWith(prefix))
  return found === undefined ? Option.none() : Option.some(found.slice(prefix.length))
}
