// Asking for the password again, of somebody who is logged in: who finds an open browser does not get the account with it.
import type { UserId } from "@messenger/protocol/Account"
import { WrongPassword } from "@messenger/protocol/Password"
import type { PasswordsBusy } from "@messenger/protocol/Password"
import type { RateLimited, StorageUnavailable } from "@messenger/protocol/Unavailable"
import { Credentials } from "@messenger/storage/Credentials"
import type { OwnCredentials } from "@messenger/storage/Credentials"
import { Context, Effect, Layer, Option } from "effect"
import type { Redacted } from "effect"
import { Audit } from "./Audit.ts"
import { LoginThrottle } from "./LoginThrottle.ts"
import { Passwords } from "./Passwords.ts"
import type { Asker } from "./Rooms.ts"
import { whenAway } from "./Weather.ts"

export class Confirmation extends Context.Service<
  Confirmation,
  {
    /** What the asker logs in with, if that is their password. Counted as log-ins are, failed or not. */
    readonly confirm: (
      asker: Asker,
      password: Redacted.Redacted
    ) => Effect.Effect<OwnCredentials, WrongPassword | PasswordsBusy | RateLimited | StorageUnavailable>
    /** Refuses when that is no longer what the account logs in with; for use in the turn of a change. */
    readonly isStill: (userId: UserId, own: OwnCredentials) => Effect.Effect<void, WrongPassword | StorageUnavailable>
  }
>()("@messenger/chat/Confirmation") {
  static readonly layer = Layer.effect(
    Confirmation,
    Effect.gen(function* () {
      const audit = yield* Audit
      const credentials = yield* Credentials
      const passwords = yield* Passwords
      const throttle = yield* LoginThrottle
      return Confirmation.of({
        confirm: Effect.fn("Confirmation.confirm")(function* (asker, password) {
          const userId = asker.user.id
          const { address } = asker
          const own = Option.getOrUndefined(yield* whenAway(credentials.find(userId)))
          // Whoever is logged in here has proved before that the account is theirs.
          const attempt = { names: [`id ${userId}`], address, isKnownDevice: true }
          yield* throttle.admit(attempt)
          const verdict = yield* passwords
            .verify(password, own?.passwordHash, address)
            .pipe(Effect.onError(() => throttle.judged(attempt, "Unjudged")))
          if (own === undefined || verdict === "NoMatch") {
            yield* throttle.judged(attempt, "Wrong")
            yield* audit.record({
              action: "LoginFailed",
              actor: userId,
              subject: userId,
              detail: "confirmation",
              address
            })
            return yield* new WrongPassword()
          }
          yield* throttle.judged(attempt, "Right")
          return own
        }),
        isStill: Effect.fnUntraced(function* (userId, { passwordHash }) {
          const now = yield* whenAway(credentials.find(userId))
          if (Option.isNone(now) || now.value.passwordHash !== passwordHash) return yield* new WrongPassword()
        })
      })
    })
  )
}
