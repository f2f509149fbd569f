// What a person may ask about their own account and its sessions. What sets a cookie is plain HTTP, see Session.ts.
import { Schema } from "effect"
import { Rpc, RpcGroup } from "effect/rpc"
import { AccountTaken, AvatarColour, EmailInvalid, NameInvalid, NameTaken, User } from "./Account.ts"
import { Device, SessionId } from "./Device.ts"
import { Authentication } from "./Handshake.ts"
import { LinkInvalid, LinkToken } from "./Link.ts"
import { PasswordsBusy, WirePassword, WrongPassword } from "./Password.ts"
import { Forbidden, LastOwner, Needs, ServerRole } from "./Rights.ts"
import { Room } from "./Room.ts"
import { WireText } from "./Text.ts"
import { RateLimited, StorageUnavailable } from "./Unavailable.ts"

const Limited = Schema.Union([RateLimited, StorageUnavailable])
const Confirmed = Schema.Union([WrongPassword, PasswordsBusy, RateLimited, StorageUnavailable])

/** An account as its owner sees it; a guest has neither username nor email. */
export const OwnAccount = Schema.Struct({
  user: User,
  role: ServerRole,
  username: Schema.NullOr(Schema.String),
  email: Schema.NullOr(Schema.String),
  createdAt: Schema.Int
})
export type OwnAccount = typeof OwnAccount.Type

/**
 * `UpdateProfile` changes what is given and leaves the rest; a colour of null goes back to the one that comes of the id.
 * `DeleteAccount` ends all sessions; messages stay, as a deleted user's, and the username stays blocked for 90 days.
 * `CreateSocketToken` answers a token for clients that cannot send cookies: good for a connection as long as the session is, and no
 * longer than `expiresAt` (UTC milliseconds). A connection that was opened with one makes no other (`Forbidden`).
 * `ClaimServer` makes the caller an owner, once per link. `AcceptInvite` makes the caller a member of the link's room; `LookAtInvite`
 * says what a link is for without using it (`room` is null for an invitation to the server).
 */
export class AccountRpcs extends RpcGroup.make(
  Rpc.make("GetAccount", { success: OwnAccount, error: Limited }).annotate(Needs, "self.read"),
  Rpc.make("UpdateProfile", {
    payload: { name: Schema.optionalKey(WireText), colour: Schema.optionalKey(Schema.NullOr(AvatarColour)) },
    success: User,
    error: Schema.Union([NameInvalid, NameTaken, RateLimited, StorageUnavailable])
  }).annotate(Needs, "self.write"),
  Rpc.make("ListSessions", { success: Schema.Array(Device), error: Limited }).annotate(Needs, "self.sessions"),
  Rpc.make("RevokeSession", { payload: { id: SessionId }, error: Limited }).annotate(Needs, "self.sessions"),
  Rpc.make("RevokeOtherSessions", { error: Limited }).annotate(Needs, "self.sessions"),
  Rpc.make("CreateSocketToken", {
    success: Schema.Struct({ token: Schema.String, expiresAt: Schema.Int }),
    error: Limited
  }).annotate(Needs, "self.sessions"),
  Rpc.make("ChangeEmail", {
    payload: { email: WireText, password: WirePassword },
    error: Schema.Union([EmailInvalid, AccountTaken, Confirmed])
  }).annotate(Needs, "self.account"),
  Rpc.make("DeleteAccount", {
    payload: { password: WirePassword },
    error: Schema.Union([LastOwner, Confirmed])
  }).annotate(Needs, "self.account"),
  Rpc.make("ClaimServer", {
    payload: { token: LinkToken },
    error: Schema.Union([LinkInvalid, RateLimited, StorageUnavailable])
  }).annotate(Needs, "self.account"),
  Rpc.make("LookAtInvite", {
    payload: { token: LinkToken },
    success: Schema.Struct({ room: Schema.NullOr(Schema.String) }),
    error: Schema.Union([LinkInvalid, RateLimited, StorageUnavailable])
  }).annotate(Needs, "self.sessions"),
  Rpc.make("AcceptInvite", {
    payload: { token: LinkToken },
    success: Room,
    error: Schema.Union([LinkInvalid, Forbidden, RateLimited, StorageUnavailable])
  }).annotate(Needs, "self.sessions")
).middleware(Authentication) {}
