// Keeps the secrets that deliveries are signed with: unlike a password they are needed again, so they are sealed and not hashed.
// AES-256-GCM (NIST SP 800-38D) with the server's key for this purpose; a sealed secret is
//
//   box1.<base64url of 12 bytes nonce, the ciphertext, 16 bytes tag>
//
// with the owner as additional data. Nonces are random: one key must not seal more than 2^32 secrets, which is more than there are.
import { SecretBox } from "@messenger/chat/WebhookTransport"
import { Effect, Layer, Option, Redacted } from "effect"
import { createCipheriv, createDecipheriv, randomBytes, type KeyObject } from "node:crypto"
import { derive, SecretKey } from "../tokens/SecretKey.ts"

const purpose = "webhook-secret"
const cipher = "aes-256-gcm"
const prefix = "box1."
const nonceBytes = 12
const tagBytes = 16

/** Seals with the key in force, and opens what was sealed with it or with the one before (SECRET_KEY_PREVIOUS). */
export const layer = Layer.effect(
  SecretBox,
  Effect.map(SecretKey, ({ keysFor }) => {
    const { accepted, signing } = keysFor(purpose)
    return SecretBox.of({
      seal: (secret, owner) => seal(Redacted.value(secret), owner, signing),
      open: (sealed, owner) =>
        Option.map(Option.firstSomeOf(accepted.map((key) => open(sealed, owner, key))), (secret) =>
          Redacted.make(secret)
        )
    })
  })
)

/**
 * Seals anew, with a server's key, what another key of a server has sealed. `None` when none of those opens it; what the server's key
 * opens stays as it is.
 */
export const reseal = (
  sealed: string,
  owner: string,
  key: KeyObject,
  others: ReadonlyArray<KeyObject>
): Option.Option<string> => {
  const own = derive(key, purpose)
  if (Option.isSome(open(sealed, owner, own))) return Option.some(sealed)
  const secret = Option.firstSomeOf(others.map((other) => open(sealed, owner, derive(other, purpose))))
  return Option.map(secret, (text) => seal(text, owner, own))
}

const seal = (secret: string, owner: string, key: KeyObject): string => {
  const nonce = randomBytes(nonceBytes)
  const sealing = createCipheriv(cipher, key, nonce, { authTagLength: tagBytes }).setAAD(Buffer.from(owner))
  const parts = [nonce, sealing.update(secret, "utf8"), sealing.final(), sealing.getAuthTag()]
  return prefix + Buffer.concat(parts).toString("base64url")
}

const open = (sealed: string, owner: string, key: KeyObject): Option.Option<string> => {
  const bytes = Buffer.from(sealed.slice(prefix.length), "base64url")
  if (!sealed.startsWith(prefix) || bytes.length < nonceBytes + tagBytes) return Option.none()
  const opening = createDecipheriv(cipher, key, bytes.subarray(0, nonceBytes), { authTagLength: tagBytes })
    .setAAD(Buffer.from(owner))
    .setAuthTag(bytes.subarray(-tagBytes))
  const secret = opening.update(bytes.subarray(nonceBytes, -tagBytes), undefined, "utf8")
  // The tag is checked only here; what was decrypted before means nothing until then.
  return Option.map(Option.liftThrowable(() => opening.final("utf8"))(), (rest) => secret + rest)
}
