// What those who run a server may ask: accounts, links, service accounts and their tokens, the audit log.
import { Schema } from "effect"
import { Rpc, RpcGroup } from "effect/rpc"
import { AccountNotFound, NameInvalid, NameTaken, User, UserId } from "./Account.ts"
import { AuditPage } from "./Audit.ts"
import { Authentication } from "./Handshake.ts"
import { Invite, InviteId, InviteNotFound, inviteTerms, NewInvite } from "./Link.ts"
import { PasswordsBusy, WirePassword, WrongPassword } from "./Password.ts"
import { Forbidden, LastOwner, Needs, ServerRole, TokenScope } from "./Rights.ts"
import { WireText } from "./Text.ts"
import { RateLimited, StorageUnavailable } from "./Unavailable.ts"

const Limited = Schema.Union([RateLimited, StorageUnavailable])
const OfAccount = Schema.Union([AccountNotFound, Forbidden, RateLimited, StorageUnavailable])
const Confirmed = Schema.Union([WrongPassword, PasswordsBusy, RateLimited, StorageUnavailable])

/** An account as those see it who run the server. Its email address is not theirs to see. Times are UTC milliseconds. */
export const AccountSummary = Schema.Struct({
  user: User,
  role: ServerRole,
  username: Schema.NullOr(Schema.String),
  isActive: Schema.Boolean,
  createdAt: Schema.Int,
  lastSeenAt: Schema.NullOr(Schema.Int)
})
export type AccountSummary = typeof AccountSummary.Type

/** Names an API token to those who may revoke it; it opens nothing. */
export const ApiTokenId = Schema.String.check(Schema.isPattern(/^[A-Za-z0-9_-]{1,40}$/)).pipe(
  Schema.brand("ApiTokenId")
)
export type ApiTokenId = typeof ApiTokenId.Type

/** A token of a service account, without its secret. Times are UTC milliseconds. */
export const ApiToken = Schema.Struct({
  id: ApiTokenId,
  name: Schema.String,
  scope: TokenScope,
  createdAt: Schema.Int,
  lastUsedAt: Schema.NullOr(Schema.Int)
})
export type ApiToken = typeof ApiToken.Type

/** A service account and the tokens that act for it. */
export const ServiceAccount = Schema.Struct({ user: User, isActive: Schema.Boolean, tokens: Schema.Array(ApiToken) })
export type ServiceAccount = typeof ServiceAccount.Type

/** There is no such token to revoke. */
export class ApiTokenNotFound extends Schema.TaggedError<ApiTokenNotFound>()("ApiTokenNotFound", {}) {}

/**
 * `ListAccounts` pages in order of ids; `search` is part of a name or username. `SetRole` takes effect on open connections at
 * once, as do `SetActive` and `SignOutEverywhere`. `CreateResetLink` answers the token of a link, good once and for an hour.
 * Making and revoking API tokens asks for the caller's own password; the secret is answered once.
 */
export class PeopleRpcs extends RpcGroup.make(
  Rpc.make("ListAccounts", {
    payload: { search: WireText, after: Schema.NullOr(UserId) },
    success: Schema.Struct({ accounts: Schema.Array(AccountSummary), next: Schema.NullOr(UserId) }),
    error: Limited
  }).annotate(Needs, "people.manage"),
  Rpc.make("SetRole", {
    payload: { userId: UserId, role: Schema.Literals(["member", "admin", "owner"]) },
    error: Schema.Union([LastOwner, OfAccount])
  }).annotate(Needs, "people.manage"),
  Rpc.make("SetActive", {
    payload: { userId: UserId, isActive: Schema.Boolean },
    error: Schema.Union([LastOwner, OfAccount])
  }).annotate(Needs, "people.manage"),
  Rpc.make("SignOutEverywhere", { payload: { userId: UserId }, error: OfAccount }).annotate(Needs, "people.manage"),
  Rpc.make("CreateResetLink", {
    payload: { userId: UserId },
    success: Schema.Struct({ token: Schema.String, expiresAt: Schema.Int }),
    error: OfAccount
  }).annotate(Needs, "people.manage"),
  Rpc.make("InviteToServer", { payload: inviteTerms, success: NewInvite, error: Limited }).annotate(
    Needs,
    "invites.manage"
  ),
  Rpc.make("ListServerInvites", { success: Schema.Array(Invite), error: Limited }).annotate(Needs, "invites.manage"),
  Rpc.make("RevokeServerInvite", {
    payload: { id: InviteId },
    error: Schema.Union([InviteNotFound, RateLimited, StorageUnavailable])
  }).annotate(Needs, "invites.manage"),
  Rpc.make("ListServiceAccounts", { success: Schema.Array(ServiceAccount), error: Limited }).annotate(
    Needs,
    "services.manage"
  ),
  Rpc.make("CreateServiceAccount", {
    payload: { name: WireText },
    success: User,
    error: Schema.Union([NameInvalid, NameTaken, RateLimited, StorageUnavailable])
  }).annotate(Needs, "services.manage"),
  Rpc.make("CreateApiToken", {
    payload: { userId: UserId, name: WireText, scope: TokenScope, password: WirePassword },
    success: Schema.Struct({ secret: Schema.String, token: ApiToken }),
    error: Schema.Union([AccountNotFound, NameInvalid, Forbidden, Confirmed])
  }).annotate(Needs, "services.manage"),
  Rpc.make("RevokeApiToken", {
    payload: { id: ApiTokenId, password: WirePassword },
    error: Schema.Union([ApiTokenNotFound, Confirmed])
  }).annotate(Needs, "services.manage"),
  Rpc.make("ReadAudit", {
    payload: { before: Schema.NullOr(Schema.Int) },
    success: AuditPage,
    error: Limited
  }).annotate(Needs, "audit.read")
).middleware(Authentication) {}
