// Tokens that open something, and ids that open nothing. A token is known to its holder alone: what is kept is its hash, and 256
// random bits need no salt and no slow hash.
import { createHash, randomBytes, timingSafeEqual } from "node:crypto"
import { Redacted } from "effect"

/** 256 random bits as 43 characters of base64url. */
export const newSecret = (): string => randomBytes(32).toString("base64url")

/** An id that nobody can guess and that never repeats: 16 characters. */
export const newId = (): string => randomBytes(12).toString("base64url")

/** What is kept of a secret: SHA-256 as base64url. */
export const hashSecret = (secret: string | Redacted.Redacted): string =>
  createHash("sha256")
    .update(Redacted.isRedacted(secret) ? Redacted.value(secret) : secret)
    .digest("base64url")

/** Whether two secrets are equal, in a time that does not tell how much of them is. */
export const isSameSecret = (one: string, other: Redacted.Redacted): boolean =>
  timingSafeEqual(Buffer.from(hashSecret(one)), Buffer.from(hashSecret(other)))
