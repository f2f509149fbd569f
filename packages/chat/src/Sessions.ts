// Who somebody is, from the proof they bring, and for as long as their connections are open. A session is a row and its live
// connections: whatever changes an account (name, role, deactivation, an ended session) is written first and then acts on every
// open connection of it in one synchronous step, so no connection outlives a right by more than the write took.
//
// Gateways use `authenticate…`, `open` and `used`. The rest of chat ends and changes what is live through `LivePrincipals`.
import type { User } from "@messenger/protocol/Account"
import type { SessionId } from "@messenger/protocol/Device"
import type { ApiTokenId } from "@messenger/protocol/PeopleRpcs"
import type { ServerRole, TokenScope } from "@messenger/protocol/Rights"
import type { SessionEnd } from "@messenger/protocol/SessionEnd"
import type { StorageUnavailable } from "@messenger/protocol/Unavailable"
import type { ChildSpec } from "@messenger/otp/ChildSpec"
import { Context } from "effect"
import type { Effect, Option, Redacted } from "effect"
import type { Asker } from "./Rooms.ts"

/** Who brought a proof, as it was true when it was checked; only `open` makes it live. Times are UTC milliseconds. */
export interface Authenticated {
  readonly user: User
  readonly role: ServerRole
  /** The scope of an API token; null with a session. */
  readonly scope: TokenScope | null
  /** The session; null with an API token. */
  readonly sessionId: SessionId | null
  /** The API token; null with a session. */
  readonly tokenId: ApiTokenId | null
  /** When it ends unless it is used before; null for an API token, which lasts until it is revoked. */
  readonly expiresAt: number | null
  /** Whether its cookie should outlive the browser. */
  readonly isRemembered: boolean
  /** Which changes of accounts this has seen; `open` applies the later ones. */
  readonly seen: number
}

/** A connection, or one request of a protocol without connections, of somebody who is known. */
export interface LivePrincipal {
  /** Always as the account is now; its fields change in place. */
  readonly principal: Asker
  /** The connection is gone; idempotent. `onEnd` is not called any more. */
  readonly close: () => void
}

/** How long a session lives after its last use, in milliseconds. */
export const sessionMillis = (isRemembered: boolean): number => (isRemembered ? 60 : 1) * 86_400_000

export class Sessions extends Context.Service<
  Sessions,
  {
    /** Whose session cookie this is. `None` also for a deactivated account. Counts as a use of the session. */
    readonly authenticate: (token: Redacted.Redacted) => Effect.Effect<Option.Option<Authenticated>, StorageUnavailable>
    /** The same for a session that the caller has proof of by other means, as a signed socket token. */
    readonly authenticateById: (id: SessionId) => Effect.Effect<Option.Option<Authenticated>, StorageUnavailable>
    /** Whose API token this is (`mat_…`); `None` also for a deactivated service account. */
    readonly authenticateApiToken: (
      secret: Redacted.Redacted
    ) => Effect.Effect<Option.Option<Authenticated>, StorageUnavailable>
    /**
     * Makes a connection live, synchronously. `onEnd` is called once, in the step in which the session, the token or the account ends,
     * also before `open` returns when that happened since `authenticated` was found: it must close the connection, synchronously.
     */
    readonly open: (
      authenticated: Authenticated,
      connection: {
        readonly connectionId: number
        readonly address: string
        readonly onEnd: (reason: SessionEnd) => void
      }
    ) => LivePrincipal
    /** A request of this principal was taken: its session lives on. Cheap; written once a minute for all. */
    readonly used: (principal: Asker) => void
    /** Writes the uses that are not yet written; for the janitor, which deletes what was not used. */
    readonly writeUses: Effect.Effect<void, StorageUnavailable>
    /** Ends what expires, and writes uses. */
    readonly childSpec: ChildSpec
  }
>()("@messenger/chat/Sessions") {}
