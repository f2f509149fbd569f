// Socket tokens of this server: signed with its key, valid for as long as the setting says.
import { SessionId } from "@messenger/protocol/Device"
import { Clock, Context, Duration, Effect, Layer, Option, type Redacted, Schema } from "effect"
import { ServerConfig } from "../ServerConfig.ts"
import { SecretKey } from "./SecretKey.ts"
import * as SocketToken from "./SocketToken.ts"

/** A token that was just made; `expiresAt` is UTC milliseconds. */
export interface IssuedToken {
  readonly token: Redacted.Redacted
  readonly expiresAt: number
}

/** What a valid token stands for; `expiresAt` is UTC milliseconds. */
export interface VerifiedToken {
  readonly sessionId: SessionId
  readonly expiresAt: number
}

export class SocketTokens extends Context.Service<
  SocketTokens,
  {
    /** Makes a token for a session; the same session may have any number of them. */
    readonly issue: (sessionId: SessionId) => Effect.Effect<IssuedToken>
    /** What a valid token says. The session may have ended since: that is for the caller to ask, each time. */
    readonly verify: (token: Redacted.Redacted) => Effect.Effect<Option.Option<VerifiedToken>>
  }
>()("@messenger/server/tokens/SocketTokens") {
  static readonly layer = Layer.effect(
    SocketTokens,
    Effect.gen(function* () {
      const keys = (yield* SecretKey).keysFor("socket-token")
      const maxAge = Duration.days((yield* ServerConfig).socketTokenDays)
      const endOf = (issuedAt: number) => issuedAt + Duration.toMillis(maxAge)
      return SocketTokens.of({
        issue: (sessionId) =>
          Effect.map(Clock.currentTimeMillis, (issuedAt) => ({
            token: SocketToken.sign({ sessionId, issuedAt }, keys),
            expiresAt: endOf(issuedAt)
          })),
        verify: (token) =>
          Effect.map(Clock.currentTimeMillis, (now) =>
            Option.flatMap(SocketToken.verify(token, keys, now, maxAge), ({ issuedAt, sessionId }) =>
              Option.map(decodeId(sessionId), (id) => ({ sessionId: id, expiresAt: endOf(issuedAt) }))
            )
          )
      })
    })
  )
}

const decodeId = Schema.decodeOption(SessionId)
