// Whose a credential is. A bearer token says by its first characters which kind it is: a socket token of somebody's session, or the
// API token of a program.
import { Sessions, type Authenticated } from "@messenger/chat/Sessions"
import type { StorageUnavailable } from "@messenger/protocol/Unavailable"
import { Context, Effect, Layer, Option, Redacted } from "effect"
import type { Credential } from "./Credential.ts"
import { prefix as socketTokenPrefix } from "./SocketToken.ts"
import { SocketTokens } from "./SocketTokens.ts"

/** Who a credential stands for. */
export interface Holder {
  readonly authenticated: Authenticated
  /** When the credential runs out, however long the session lives; UTC milliseconds, null for one that does not. */
  readonly until: number | null
}

export class Authenticator extends Context.Service<
  Authenticator,
  {
    /** Who holds it; none when it is unknown, was revoked, or has run out. */
    readonly holderOf: (credential: Credential) => Effect.Effect<Option.Option<Holder>, StorageUnavailable>
  }
>()("@messenger/server/tokens/Authenticator") {
  static readonly layer = Layer.effect(
    Authenticator,
    Effect.gen(function* () {
      const sessions = yield* Sessions
      const socketTokens = yield* SocketTokens

      const holderOfSocketToken = Effect.fnUntraced(function* (token: Redacted.Redacted) {
        const verified = yield* socketTokens.verify(token)
        if (Option.isNone(verified)) return Option.none<Holder>()
        const { expiresAt, sessionId } = verified.value
        return Option.map(yield* sessions.authenticateById(sessionId), lasting(expiresAt))
      })

      return Authenticator.of({
        holderOf: ({ _tag, token }) => {
          if (_tag === "Cookie") return Effect.map(sessions.authenticate(token), Option.map(lasting(null)))
          return Redacted.value(token).startsWith(socketTokenPrefix)
            ? holderOfSocketToken(token)
            : Effect.map(sessions.authenticateApiToken(token), Option.map(lasting(null)))
        }
      })
    })
  )
}

const lasting =
  (until: number | null) =>
  (authenticated: Authenticated): Holder => ({ authenticated, until })
