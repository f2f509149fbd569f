// How a person gets a session: plain HTTP, since only HTTP can set a cookie. Bodies are JSON, or a form with the same fields; answers
// are JSON. An error is problem details (`rest/Problems.ts`) with the fields of the tagged error. Every request that changes state needs
// proof that it comes from a page the server accepts (`Origin`), or carries no cookie but a bearer token.
import { Schema, SchemaTransformation } from "effect"
import { AccountTaken, EmailInvalid, NameInvalid, NameTaken, User, UsernameInvalid } from "./Account.ts"
import { Unauthenticated } from "./Handshake.ts"
import { LinkInvalid, LinkToken } from "./Link.ts"
import { PasswordRefused, PasswordsBusy, WirePassword, WrongPassword } from "./Password.ts"
import { Forbidden, ServerRole } from "./Rights.ts"
import { WireText } from "./Text.ts"
import { RateLimited, StorageUnavailable } from "./Unavailable.ts"

/** Yes or no, also as a form says it (`on`, absent). */
export const Flag = Schema.Union([
  Schema.Boolean,
  Schema.Literals(["on", "true", "1", "off", "false", "0", ""]).pipe(
    Schema.decodeTo(
      Schema.Boolean,
      SchemaTransformation.transform({
        decode: (text) => text === "on" || text === "true" || text === "1",
        encode: (flag): "on" | "off" => (flag ? "on" : "off")
      })
    )
  )
])

const remember = {
  /** Keep the session 60 days; else it ends with the browser and, on the server, 24 hours after its last use. */
  remember: Schema.optionalKey(Flag),
  /** Answer a socket token too, for clients that cannot send cookies on a WebSocket. */
  socketToken: Schema.optionalKey(Flag)
}

/** `POST /guest`: the name a visitor picks. With a valid session cookie it answers that session and makes no second guest. */
export const GuestRequest = Schema.Struct({ name: WireText, socketToken: Schema.optionalKey(Flag) })

/**
 * `POST /register`: makes an account, or turns the guest whose cookie comes along into one, who keeps messages and rooms.
 * `invite` is the token of an invitation to the server, where registration takes one.
 */
export const RegisterRequest = Schema.Struct({
  username: WireText,
  email: WireText,
  password: WirePassword,
  invite: Schema.optionalKey(LinkToken),
  ...remember
})

/** `POST /login`: by username or email address; when both are there both must match. */
export const LoginRequest = Schema.Struct({
  username: Schema.optionalKey(WireText),
  email: Schema.optionalKey(WireText),
  password: WirePassword,
  ...remember
})

/** `POST /api/v1/me/password`: a new password; the session goes on under a new token, all others of the account end. */
export const ChangePasswordRequest = Schema.Struct({ password: WirePassword, newPassword: WirePassword })

/** `POST /api/v1/reset`: a new password by a one-time link, which logs in and ends every other session of the account. */
export const ResetPasswordRequest = Schema.Struct({ token: LinkToken, password: WirePassword })

/** Who may come in: `open` to all, `invite` to those with a link, `closed` to nobody new. */
export const Registration = Schema.Literals(["open", "invite", "closed"])
export type Registration = typeof Registration.Type

/** What `GET /session` answers, and every request here; `user` and `role` are null when nobody is logged in. */
export const SessionState = Schema.Struct({
  user: Schema.NullOr(User),
  role: Schema.NullOr(ServerRole),
  registration: Registration,
  /** Whether visitors may come in as guests. */
  guests: Schema.Boolean,
  socketToken: Schema.optionalKey(Schema.String)
})
export type SessionState = typeof SessionState.Type

/** The request came from a page of another origin; `setting` names what an operator changes to accept it. */
export class OriginRefused extends Schema.TaggedError<OriginRefused>()("OriginRefused", {
  origin: Schema.String,
  setting: Schema.Literals(["PUBLIC_URL", "ALLOWED_ORIGINS"])
}) {}

/** The body is not of the documented shape. */
export class BadRequest extends Schema.TaggedError<BadRequest>()("BadRequest", { detail: Schema.String }) {}

/** Nobody new may register, or only with an invitation. */
export class RegistrationClosed extends Schema.TaggedError<RegistrationClosed>()("RegistrationClosed", {
  registration: Registration
}) {}

/** This server takes no guests: register, or log in. */
export class GuestsRefused extends Schema.TaggedError<GuestsRefused>()("GuestsRefused", {}) {}

/** No such account, or another password; which of the two is not said. */
export class WrongCredentials extends Schema.TaggedError<WrongCredentials>()("WrongCredentials", {}) {}

/** The account was deactivated by those who run the server. */
export class AccountDeactivated extends Schema.TaggedError<AccountDeactivated>()("AccountDeactivated", {}) {}

/** Who is logged in has an account already: log out before making another. */
export class AlreadyRegistered extends Schema.TaggedError<AlreadyRegistered>()("AlreadyRegistered", {}) {}

/** What the requests of this module may refuse with. */
export const SessionError = Schema.Union([
  NameInvalid,
  NameTaken,
  UsernameInvalid,
  EmailInvalid,
  AccountTaken,
  AlreadyRegistered,
  PasswordRefused,
  WrongCredentials,
  WrongPassword,
  AccountDeactivated,
  RegistrationClosed,
  GuestsRefused,
  LinkInvalid,
  Unauthenticated,
  Forbidden,
  RateLimited,
  PasswordsBusy,
  StorageUnavailable,
  OriginRefused,
  BadRequest
])
export type SessionError = typeof SessionError.Type
