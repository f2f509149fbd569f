// Socket tokens of this server: signed with its key, valid for as long as the setting says.
import { Clock, Context, Duration, Effect, Layer, type Option, type Redacted } from "effect"
import { ServerConfig } from "../ServerConfig.ts"
import { SecretKey } from "./SecretKey.ts"
import * as SocketToken from "./SocketToken.ts"

export class SocketTokens extends Context.Service<
  SocketTokens,
  {
    /** Makes a token for a session; the same session may have any number of them. */
    readonly issue: (sessionId: string) => Effect.Effect<Redacted.Redacted>
    /** What a valid token says. The session may have ended since: that is for the caller to ask, each time. */
    readonly verify: (token: Redacted.Redacted) => Effect.Effect<Option.Option<SocketToken.Claims>>
  }
>()("@messenger/server/tokens/SocketTokens") {
  static readonly layer = Layer.effect(
    SocketTokens,
    Effect.gen(function* () {
      const keys = (yield* SecretKey).keysFor("socket-token")
      const maxAge = Duration.days((yield* ServerConfig).socketTokenDays)
      return SocketTokens.of({
        issue: (sessionId) =>
          Effect.map(Clock.currentTimeMillis, (issuedAt) => SocketToken.sign({ sessionId, issuedAt }, keys)),
        verify: (token) => Effect.map(Clock.currentTimeMillis, (now) => SocketToken.verify(token, keys, now, maxAge))
      })
    })
  )
}
