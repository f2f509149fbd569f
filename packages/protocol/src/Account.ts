// People: who they are to others, and what they register with. What proves who they are is in Session.ts.
import { Schema } from "effect"
import * as Limits from "./Limits.ts"
import { nameIssue, normalizeName } from "./Text.ts"

/** The stable id of an account. */
export const UserId = Schema.String.check(Schema.isPattern(/^[A-Za-z0-9_-]{1,40}$/)).pipe(Schema.brand("UserId"))
export type UserId = typeof UserId.Type

/** A name shown to others: NFC, 1 to 40 graphemes, nothing invisible. */
export const DisplayName = Schema.String.check(
  Schema.makeFilter((name) => normalizeName(name) === name && nameIssue(name) === undefined, {
    expected: "a display name of 1 to 40 visible characters"
  })
).pipe(Schema.brand("DisplayName"))
export type DisplayName = typeof DisplayName.Type

/** One of the colours that an avatar may have, by its place in the palette of the client. */
export const AvatarColour = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: Limits.avatarColours - 1 }))

/** A person as others see them. A guest is marked as one everywhere, and so is a program (`isApp`). */
export const User = Schema.Struct({
  id: UserId,
  name: Schema.String,
  isGuest: Schema.Boolean,
  isApp: Schema.optionalKey(Schema.Literal(true)),
  /** Absent: the colour comes of the id. */
  colour: Schema.optionalKey(AvatarColour)
})
export type User = typeof User.Type

/** The name somebody logs in with: letters, digits, `.`, `_` and `-`, 2 to 32 characters, NFC. It never holds an `@`. */
export const Username = Schema.String.check(
  Schema.makeFilter((name) => usernameIssue(name) === undefined && name.normalize("NFC") === name, {
    expected: "a username of 2 to 32 letters, digits, dots, underscores and hyphens"
  })
).pipe(Schema.brand("Username"))
export type Username = typeof Username.Type

/** An email address as it was typed, trimmed. It is not verified, and shown to nobody but its owner. */
export const EmailAddress = Schema.String.check(
  Schema.makeFilter((email) => isEmail(email), { expected: "an email address" })
).pipe(Schema.brand("EmailAddress"))
export type EmailAddress = typeof EmailAddress.Type

/** The username cannot be taken as it is; `reason` says what to change. */
export class UsernameInvalid extends Schema.TaggedError<UsernameInvalid>()("UsernameInvalid", {
  reason: Schema.Literals(["TooShort", "TooLong", "ForbiddenCharacters"])
}) {}

/** That is no email address. */
export class EmailInvalid extends Schema.TaggedError<EmailInvalid>()("EmailInvalid", {}) {}

/** The username or the email address belongs to somebody; which of the two is not said. */
export class AccountTaken extends Schema.TaggedError<AccountTaken>()("AccountTaken", {}) {}

/** There is no such account. */
export class AccountNotFound extends Schema.TaggedError<AccountNotFound>()("AccountNotFound", {}) {}

/** A display name or a room name that cannot be taken as it is; `reason` says what to change. */
export class NameInvalid extends Schema.TaggedError<NameInvalid>()("NameInvalid", {
  reason: Schema.Literals(["Empty", "TooLong", "ForbiddenCharacters"])
}) {}

/** The name belongs to somebody else, or looks the same as a name that does: choose another. */
export class NameTaken extends Schema.TaggedError<NameTaken>()("NameTaken", {}) {}

/** Decodes a name from outside; a typed refusal says what to change. */
export const parseDisplayName = (raw: string): DisplayName | NameInvalid => {
  const name = normalizeName(raw)
  const reason = nameIssue(name)
  return reason === undefined ? DisplayName.make(name) : new NameInvalid({ reason })
}

/** Decodes a username from outside; a typed refusal says what to change. */
export const parseUsername = (raw: string): Username | UsernameInvalid => {
  const name = raw.trim().normalize("NFC")
  const reason = usernameIssue(name)
  return reason === undefined ? Username.make(name) : new UsernameInvalid({ reason })
}

/** Decodes an email address from outside. */
export const parseEmail = (raw: string): EmailAddress | EmailInvalid => {
  const email = raw.trim()
  return isEmail(email) ? EmailAddress.make(email) : new EmailInvalid()
}

const usernameIssue = (name: string): UsernameInvalid["reason"] | undefined => {
  if (name.length > 32) return "TooLong"
  if (!/^[\p{L}\p{N}][\p{L}\p{N}\p{M}._-]*$/u.test(name)) return name.length === 0 ? "TooShort" : "ForbiddenCharacters"
  return name.length < 2 ? "TooShort" : undefined
}

// Whether mail arrives there is not asked, so only what cannot be an address is refused (RFC 5321: 254 characters at most).
const isEmail = (email: string): boolean =>
  email.length <= 254 && email.isWellFormed() && /^[^\s@\p{Cc}]+@[^\s@\p{Cc}]+$/u.test(email)
