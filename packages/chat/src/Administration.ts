// What those who run a server do: accounts and their roles, links, service accounts and their tokens, the audit log, and how a
// server gets its owner. Everything here checks the right it needs (`Forbidden`), acts on open connections at once, and is recorded.
import type { AccountNotFound, NameInvalid, NameTaken, User, UserId } from "@messenger/protocol/Account"
import type { AuditPage } from "@messenger/protocol/Audit"
import type { Invite, InviteId, InviteNotFound, LinkInvalid } from "@messenger/protocol/Link"
import type { PasswordsBusy, WrongPassword } from "@messenger/protocol/Password"
import type {
  AccountSummary,
  ApiToken,
  ApiTokenId,
  ApiTokenNotFound,
  ServiceAccount
} from "@messenger/protocol/PeopleRpcs"
import type { Forbidden, LastOwner, ServerRole, TokenScope } from "@messenger/protocol/Rights"
import type { RateLimited, StorageUnavailable } from "@messenger/protocol/Unavailable"
import { Context } from "effect"
import type { Effect, Option, Redacted } from "effect"
import type { Asker } from "./Rooms.ts"

type Limited = Forbidden | RateLimited | StorageUnavailable
type OfAccount = AccountNotFound | Limited
type Confirmed = WrongPassword | PasswordsBusy | Limited

/** How long an invitation is good for, in days, and for how many people; null for any number. */
export interface InviteTerms {
  readonly days: number
  readonly uses: number | null
}

/** A link that was just made: the token is shown now and never again. */
export interface MadeInvite {
  readonly token: string
  readonly invite: Invite
}

/** A one-time link to a new password; `expiresAt` is UTC milliseconds. */
export interface ResetLink {
  readonly token: string
  readonly expiresAt: number
}

export class Administration extends Context.Service<
  Administration,
  {
    /** At most 100 accounts in order of their ids; `search` is part of a name or username. */
    readonly listAccounts: (
      asker: Asker,
      query: { readonly search: string; readonly after: UserId | null }
    ) => Effect.Effect<{ readonly accounts: ReadonlyArray<AccountSummary>; readonly next: UserId | null }, Limited>
    /** A guest has no role to change (`AccountNotFound`), and a program owns no server (`Forbidden`). */
    readonly setRole: (
      asker: Asker,
      userId: UserId,
      role: Exclude<ServerRole, "guest">
    ) => Effect.Effect<void, LastOwner | OfAccount>
    readonly setActive: (asker: Asker, userId: UserId, isActive: boolean) => Effect.Effect<void, LastOwner | OfAccount>
    readonly signOutEverywhere: (asker: Asker, userId: UserId) => Effect.Effect<void, OfAccount>
    /** Good once and for an hour; only for those who have a password (`AccountNotFound`). */
    readonly createResetLink: (asker: Asker, userId: UserId) => Effect.Effect<ResetLink, OfAccount>
    readonly inviteToServer: (asker: Asker, terms: InviteTerms) => Effect.Effect<MadeInvite, Limited>
    readonly serverInvites: (asker: Asker) => Effect.Effect<ReadonlyArray<Invite>, Limited>
    readonly revokeServerInvite: (asker: Asker, id: InviteId) => Effect.Effect<void, InviteNotFound | Limited>
    readonly serviceAccounts: (asker: Asker) => Effect.Effect<ReadonlyArray<ServiceAccount>, Limited>
    readonly createServiceAccount: (
      asker: Asker,
      name: string
    ) => Effect.Effect<User, NameInvalid | NameTaken | Limited>
    /** The secret is `mat_` and 43 characters of base64url; only its hash is kept. */
    readonly createApiToken: (
      asker: Asker,
      token: {
        readonly userId: UserId
        readonly name: string
        readonly scope: TokenScope
        readonly password: Redacted.Redacted
      }
    ) => Effect.Effect<{ readonly secret: string; readonly token: ApiToken }, AccountNotFound | NameInvalid | Confirmed>
    /** Connections that came with it end at once. */
    readonly revokeApiToken: (
      asker: Asker,
      id: ApiTokenId,
      password: Redacted.Redacted
    ) => Effect.Effect<void, ApiTokenNotFound | Confirmed>
    /** Entries before the id, from the newest on. */
    readonly readAudit: (asker: Asker, before: number | null) => Effect.Effect<AuditPage, Limited>
    /** Makes the asker an owner, by an owner link or, while the server has no owner, by `AccountPolicy.ownerToken`. */
    readonly claimServer: (asker: Asker, token: string) => Effect.Effect<void, LinkInvalid | Limited>
    /** For the start of a server: the token of a new owner link while it has no owner; older ones are void. */
    readonly ownerLinkIfUnowned: Effect.Effect<Option.Option<Redacted.Redacted>, StorageUnavailable>
    /** For who has a shell on the machine: an owner link, whether there is an owner or not. */
    readonly makeOwnerLink: Effect.Effect<Redacted.Redacted, StorageUnavailable>
    /** For who has a shell on the machine: a reset link by username or email address. */
    readonly makeResetLink: (loginName: string) => Effect.Effect<ResetLink, AccountNotFound | StorageUnavailable>
  }
>()("@messenger/chat/Administration") {}
