// People: who they are to others. What proves who they are is in Session.ts.
import { Schema } from "effect"
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

/** A person as others see them. A guest is marked as one everywhere. */
export const User = Schema.Struct({
  id: UserId,
  name: Schema.String,
  isGuest: Schema.Boolean
})
export type User = typeof User.Type

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
