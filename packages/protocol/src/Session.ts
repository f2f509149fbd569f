// How a person gets a session: plain HTTP, since only HTTP can set a cookie. JSON in, JSON out; an error is the encoded tagged
// error with the status given here. Every request that changes state needs an Origin that the server accepts.
import { Schema } from "effect"
import { NameInvalid, NameTaken, User } from "./Account.ts"
import { WireText } from "./Text.ts"
import { RateLimited, StorageUnavailable } from "./Unavailable.ts"

/** `POST /guest`: the name a visitor picks. With a valid session cookie it answers that session and makes no second guest. */
export const GuestRequest = Schema.Struct({ name: WireText })

/** `GET /session`, and what `POST /guest` answers; `user` is null when nobody is logged in. */
export const SessionState = Schema.Struct({ user: Schema.NullOr(User) })
export type SessionState = typeof SessionState.Type

/** The request came from a page of another origin; `setting` names what an operator changes to accept it. */
export class OriginRefused extends Schema.TaggedError<OriginRefused>()("OriginRefused", {
  origin: Schema.String,
  setting: Schema.Literal("PUBLIC_URL")
}) {}

/** The body is no JSON of the documented shape. */
export class BadRequest extends Schema.TaggedError<BadRequest>()("BadRequest", { detail: Schema.String }) {}

/** What `POST /guest` (and `POST /logout`, which ends the session) may refuse with. */
export const SessionError = Schema.Union([
  NameInvalid,
  NameTaken,
  RateLimited,
  StorageUnavailable,
  OriginRefused,
  BadRequest
])
export type SessionError = typeof SessionError.Type

/** The HTTP status of each refusal. */
export const statusOf: Record<SessionError["_tag"], number> = {
  NameInvalid: 422,
  NameTaken: 409,
  RateLimited: 429,
  StorageUnavailable: 503,
  OriginRefused: 403,
  BadRequest: 400
}
