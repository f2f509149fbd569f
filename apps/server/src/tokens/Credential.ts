// What a request brings to show who sent it. Only read here; whose it is, `Authenticator` says. Never from the address: that ends
// up in logs, histories and bookmarks.
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

const bearer = (token: Redacted.Redacted): Credential => ({ _tag: "Bearer", token })

const offered = (subprotocols: string | undefined): Option.Option<Redacted.Redacted> => {
  const bearer = subprotocols
    ?.split(",")
    .map((name) => name.trim())
    .find((name) => name.startsWith(bearerSubprotocol))
  return bearer === undefined ? Option.none() : Option.some(Redacted.make(bearer.slice(bearerSubprotocol.length)))
}
