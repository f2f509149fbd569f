// Whose a credential is.
import { Guests } from "@messenger/chat/Guests"
import type { StorageUnavailable } from "@messenger/protocol/Unavailable"
import { Context, Effect, Layer, Option, type Redacted } from "effect"
import type { Peer } from "../rpc/Connection.ts"
import * as SessionCookie from "../SessionCookie.ts"
import type { Credential } from "./Credential.ts"

/** The session that a credential stands for. */
export type Holder = NonNullable<Peer["session"]>

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
      const guests = yield* Guests

      const holderOfCookie = (token: Redacted.Redacted) =>
        Effect.map(
          guests.authenticate(token),
          Option.map(({ user }): Holder => ({ user, key: SessionCookie.sessionKey(token) }))
        )

      return Authenticator.of({
        holderOf: (credential) => {
          switch (credential._tag) {
            case "Cookie":
              return holderOfCookie(credential.token)
            case "Bearer":
              return holderOfBearer
          }
        }
      })
    })
  )
}

// No bearer token is given out to anybody, so whichever comes is nobody's.
const holderOfBearer = Effect.succeed(Option.none<Holder>())
