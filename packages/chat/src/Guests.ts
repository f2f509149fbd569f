// Visitors become guests by naming themselves; a session token, known only to its holder, proves who they are later.
import type { NameInvalid, NameTaken, User } from "@messenger/protocol/Account"
import type { RateLimited, StorageUnavailable } from "@messenger/protocol/Unavailable"
import { Context } from "effect"
import type { Effect, Option, Redacted } from "effect"

/** A person with a session that is valid until `expiresAt`, UTC milliseconds. */
export interface Authenticated {
  readonly user: User
  readonly expiresAt: number
}

export class Guests extends Context.Service<
  Guests,
  {
    /**
     * Makes a guest of that name and a session of 30 days. With a `token` that is valid it answers that session and makes
     * nobody, so the same cookie never makes a second guest. Guests per address are limited.
     */
    readonly enter: (visitor: {
      readonly name: string
      readonly token: Option.Option<Redacted.Redacted>
      readonly address: string
    }) => Effect.Effect<
      Authenticated & { readonly token: Redacted.Redacted },
      NameInvalid | NameTaken | RateLimited | StorageUnavailable
    >
    /** Whose token this is; a session in use is extended, at most once a day. */
    readonly authenticate: (token: Redacted.Redacted) => Effect.Effect<Option.Option<Authenticated>, StorageUnavailable>
    /** Ends the session. */
    readonly leave: (token: Redacted.Redacted) => Effect.Effect<void, StorageUnavailable>
  }
>()("@messenger/chat/Guests") {}
