// What every endpoint of the REST API asks before its own question: who it is, whether they may, whether the request can be read.
import { Context } from "effect"
import * as HttpApiMiddleware from "effect/http-api/HttpApiMiddleware"
import * as HttpApiSecurity from "effect/http-api/HttpApiSecurity"
import * as OpenApi from "effect/http-api/OpenApi"
import type { Principal } from "../Handshake.ts"
import { Needs, type Right } from "../Rights.ts"
import { refused } from "./Refused.ts"

/** When what a request came with runs out, in UTC milliseconds; null for what lasts as long as its session, or until it is revoked. */
export class CredentialExpiry extends Context.Service<CredentialExpiry, { readonly until: number | null }>()(
  "@messenger/protocol/rest/CredentialExpiry"
) {}

/** Says who sent a request, for as long as it is. A bearer token goes before the cookie. */
export class RestAuthentication extends HttpApiMiddleware.Service<
  RestAuthentication,
  { provides: Principal | CredentialExpiry }
>()("@messenger/protocol/rest/RestAuthentication", {
  error: [refused.Unauthenticated, refused.StorageUnavailable],
  security: {
    bearer: HttpApiSecurity.bearer.pipe(
      HttpApiSecurity.annotateMerge(
        OpenApi.annotations({
          description: "An API token of a service account (`mat_…`), or a socket token (`mst1.…`)."
        })
      )
    ),
    cookie: HttpApiSecurity.apiKey({ in: "cookie", key: "messenger_session" }).pipe(
      HttpApiSecurity.annotateMerge(
        OpenApi.annotations({
          description:
            "The session of a browser, `__Host-messenger_session` over TLS. What changes something must come from a page that may act here (`Origin`)."
        })
      )
    )
  }
}) {}

/** Lets a request pass whose body can be read and is JSON, of a person who has the right that the endpoint `Needs`. */
export class RestGate extends HttpApiMiddleware.Service<RestGate, { requires: Principal }>()(
  "@messenger/protocol/rest/RestGate",
  {
    error: [
      refused.BadRequest,
      refused.BodyTooLarge,
      refused.UnsupportedMediaType,
      refused.Forbidden,
      refused.RateLimited,
      refused.StorageUnavailable
    ]
  }
) {}

/** The call of the RPC contract that does the same; who may do one may do the other. */
export const SameAs = Context.Reference<string | undefined>("@messenger/protocol/rest/SameAs", {
  defaultValue: () => undefined
})

/** What an endpoint needs, which call does the same, and what it does in a few words. */
export const asks = (needs: Right, sameAs: string, summary: string): Context.Context<never> =>
  OpenApi.annotations({ summary, description: `Takes the right \`${needs}\`.` }).pipe(
    Context.add(Needs, needs),
    Context.add(SameAs, sameAs)
  )
