// Passwords: what one may be, and what stands between a person and one. How they are kept is the server's business.
import { Schema } from "effect"
import { codePoints } from "./Text.ts"

/** The shortest password, in code points of its kept form (`normalizePassword`). */
export const minPasswordCodePoints = 10

/** The longest password, in code points of its kept form; generous to passphrases, and a bound on what is hashed. */
export const maxPasswordCodePoints = 256

/**
 * The longest password as it arrives, in UTF-16 code units; guards the normaliser. The kept form of the longest password
 * has 512, and no character has more than four times as many in its decomposed form.
 */
export const maxPasswordCodeUnits = 2_048

/**
 * A password as it is judged and hashed: NFKC, so that each keyboard's spelling of a character is the same password
 * (NIST SP 800-63B-3, 5.1.1.2). Lone surrogates, which no keyboard sends, are left out: as bytes they would all be one character.
 */
export const normalizePassword = (raw: string): string => raw.replace(/\p{Cs}/gu, "").normalize("NFKC")

/** Why a password of this length is refused; `undefined` when the length is fine. */
export const passwordLengthIssue = (raw: string): "TooShort" | "TooLong" | undefined => {
  if (raw.length > maxPasswordCodeUnits) return "TooLong"
  const length = codePoints(normalizePassword(raw))
  if (length < minPasswordCodePoints) return "TooShort"
  return length > maxPasswordCodePoints ? "TooLong" : undefined
}

/** The password cannot be taken; `reason` says what to change. It never holds the password. */
export class PasswordRefused extends Schema.TaggedError<PasswordRefused>()("PasswordRefused", {
  /** `Common`: among the first that anybody guesses. `LikeName`: it is the username or the email of its owner. */
  reason: Schema.Literals(["TooShort", "TooLong", "Common", "LikeName"])
}) {}

/** Too many passwords are being hashed; nothing was decided about this one. Repeat after `retryAfterMillis`. */
export class PasswordsBusy extends Schema.TaggedError<PasswordsBusy>()("PasswordsBusy", {
  retryAfterMillis: Schema.Int
}) {}

/** A password as it arrives; bounded only to protect the parser. */
export const WirePassword = Schema.RedactedFromValue(Schema.String.check(Schema.isMaxLength(4_096)))

/** What was given to confirm the request is not the password of the asker. */
export class WrongPassword extends Schema.TaggedError<WrongPassword>()("WrongPassword", {}) {}
