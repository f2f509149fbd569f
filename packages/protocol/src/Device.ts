// The sessions of a person, as the person sees them: one per device, or browser profile.
import { Schema } from "effect"

/** Names a session to its owner; it opens nothing. */
export const SessionId = Schema.String.check(Schema.isPattern(/^[A-Za-z0-9_-]{1,40}$/)).pipe(Schema.brand("SessionId"))
export type SessionId = typeof SessionId.Type

/** One session. `client` is what the device says it is; times are UTC milliseconds. */
export const Device = Schema.Struct({
  id: SessionId,
  client: Schema.String,
  address: Schema.String,
  createdAt: Schema.Int,
  lastUsedAt: Schema.Int,
  expiresAt: Schema.Int,
  /** The one that asks. */
  isCurrent: Schema.Boolean
})
export type Device = typeof Device.Type
