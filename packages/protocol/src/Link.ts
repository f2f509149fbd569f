// Links that carry a token: into the server, into a room, to a new password, to ownership. The token stands in the fragment of the
// URL, which browsers send to nobody; the server keeps only its hash, so a link is shown once, when it is made.
import { Schema } from "effect"
import { User } from "./Account.ts"

/** The token of a link, as it came from outside. */
export const LinkToken = Schema.String.check(Schema.isMaxLength(256))

/** The link is wrong, used up, revoked or out of date: ask for a new one. */
export class LinkInvalid extends Schema.TaggedError<LinkInvalid>()("LinkInvalid", {}) {}

/** There is no such link to revoke. */
export class InviteNotFound extends Schema.TaggedError<InviteNotFound>()("InviteNotFound", {}) {}

/** Names a link to those who may revoke it; it opens nothing. */
export const InviteId = Schema.String.check(Schema.isPattern(/^[A-Za-z0-9_-]{1,40}$/)).pipe(Schema.brand("InviteId"))
export type InviteId = typeof InviteId.Type

/** An invitation, without its token. `usesLeft` is null when it is unlimited; times are UTC milliseconds. */
export const Invite = Schema.Struct({
  id: InviteId,
  createdBy: User,
  createdAt: Schema.Int,
  expiresAt: Schema.Int,
  usesLeft: Schema.NullOr(Schema.Int)
})
export type Invite = typeof Invite.Type

/** How long an invitation is good for, in days, and for how many people. */
export const inviteTerms = {
  days: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 90 })),
  uses: Schema.NullOr(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 1_000 })))
}

/** A link that was just made: its token is shown now and never again. */
export const NewInvite = Schema.Struct({ token: Schema.String, invite: Invite })

/** Where each kind of link leads in the web client; the token follows behind `#`. */
export const linkPath = { invite: "/invite", reset: "/reset", claim: "/claim" } as const
