// Who sent an HTTP request. They are live for as long as the request is: a changed role, a session that ends, are seen at once.
import { Sessions } from "@messenger/chat/Sessions"
import { Unauthenticated, type Principal } from "@messenger/protocol/Handshake"
import type { SessionEnd } from "@messenger/protocol/SessionEnd"
import type { StorageUnavailable } from "@messenger/protocol/Unavailable"
import { Context, Effect, Layer, Option, type Scope } from "effect"
import type { HttpServerRequest } from "effect/http/HttpServerRequest"
import { Callers } from "../edge/Callers.ts"
import * as Origin from "../edge/Origin.ts"
import { Connections } from "../connections/Connections.ts"
import type { Peer } from "../connections/Peer.ts"
import { ServerConfig } from "../ServerConfig.ts"
import { Authenticator } from "../tokens/Authenticator.ts"
import * as Credential from "../tokens/Credential.ts"

/** Somebody who sent a request. */
export interface RequestPrincipal {
  readonly principal: Principal["Service"]
  /** When what they came with runs out, however long the session lives; UTC milliseconds, null for what does not. */
  readonly until: number | null
  /** As connections are counted by, for answers that last. */
  readonly peer: Peer
}

export class RequestPrincipals extends Context.Service<
  RequestPrincipals,
  {
    /**
     * Who sent it, by bearer token or session cookie, the token first; counts as a use of the session. `onEnd` is called once, in the
     * step in which session, token or account end before the scope does: for answers that last.
     */
    readonly of: (
      request: HttpServerRequest,
      onEnd?: (reason: SessionEnd) => void
    ) => Effect.Effect<RequestPrincipal, Unauthenticated | StorageUnavailable, Scope.Scope>
  }
>()("@messenger/server/rest/RequestPrincipals") {
  static readonly layer = Layer.effect(
    RequestPrincipals,
    Effect.gen(function* () {
      const authenticator = yield* Authenticator
      const callers = yield* Callers
      const connections = yield* Connections
      const sessions = yield* Sessions
      const { publicUrl } = yield* ServerConfig
      return RequestPrincipals.of({
        of: Effect.fnUntraced(function* (request, onEnd = ignored) {
          const caller = callers.of(request)
          const { authorization, cookie } = request.headers
          const credential = Credential.ofHeaders(authorization, cookie, Origin.isSecure(caller, publicUrl))
          if (Option.isNone(credential)) return yield* new Unauthenticated()
          const holder = yield* authenticator.holderOf(credential.value)
          if (Option.isNone(holder)) return yield* new Unauthenticated()
          const { authenticated, until } = holder.value
          const { principal } = yield* Effect.acquireRelease(
            Effect.sync(() =>
              sessions.open(authenticated, { connectionId: connections.nextId(), address: caller.limitKey, onEnd })
            ),
            ({ close }) => Effect.sync(close)
          )
          sessions.used(principal)
          return { principal, until, peer: { address: caller.limitKey, holder: holder.value } }
        })
      })
    })
  )
}

// An answer that is given at once says by itself how it ended.
const ignored = () => undefined
