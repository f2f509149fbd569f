// The audit log: who did what that matters to security, when, and from where. Entries are appended and paged, never changed, except
// that addresses are erased when they are old. An entry outlives the accounts it names.
import { Schema } from "effect"
import { UserId } from "./Account.ts"
import { RoomId } from "./Room.ts"

/** What is recorded. */
export const AuditAction = Schema.Literals([
  "GuestEntered",
  "Registered",
  "LoggedIn",
  "LoginFailed",
  "LoggedOut",
  "SessionRevoked",
  "SessionsRevoked",
  "PasswordChanged",
  "PasswordReset",
  "EmailChanged",
  "NameChanged",
  "AccountDeleted",
  "ServerClaimed",
  "RoleChanged",
  "Deactivated",
  "Reactivated",
  "SignedOutEverywhere",
  "ResetLinkMade",
  "OwnerLinkMade",
  "InviteMade",
  "InviteRevoked",
  "InviteUsed",
  "ServiceAccountMade",
  "TokenMade",
  "TokenRevoked",
  "RoomCreated",
  "MemberAdded",
  "MemberRemoved",
  "MemberLeft",
  "RoomRoleChanged",
  "MessageModerated",
  "WebhookMade",
  "WebhookRemoved",
  "RoomExported"
])
export type AuditAction = typeof AuditAction.Type

/**
 * One entry; `id` rises. `actor` did it, to `subject`, in `room`, where there is one; names are those of now, ids those of then.
 * `detail` is a word or two, such as the new role; never a secret. `address` is null where there was none, and once it is erased.
 */
export const AuditEntry = Schema.Struct({
  id: Schema.Int,
  at: Schema.Int,
  action: AuditAction,
  actor: Schema.NullOr(Schema.Struct({ id: UserId, name: Schema.String })),
  subject: Schema.NullOr(Schema.Struct({ id: UserId, name: Schema.String })),
  room: Schema.NullOr(RoomId),
  detail: Schema.String,
  address: Schema.NullOr(Schema.String)
})
export type AuditEntry = typeof AuditEntry.Type

/** Entries from the newest to the oldest. */
export const AuditPage = Schema.Struct({ entries: Schema.Array(AuditEntry), hasOlder: Schema.Boolean })
export type AuditPage = typeof AuditPage.Type
