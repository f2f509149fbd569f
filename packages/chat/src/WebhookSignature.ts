// How deliveries are signed, so that their receiver knows where they come from: Standard Webhooks (standardwebhooks.com), HMAC-SHA256
// over the delivery's id, the time and the body. Pure but for the bytes of a new secret.
import { createHmac, randomBytes } from "node:crypto"
import { Redacted } from "effect"

const secretPrefix = "whsec_"

/** What deliveries of one webhook are signed with: `whsec_` and base64 of 32 random bytes. */
export const newSecret = (): Redacted.Redacted => Redacted.make(secretPrefix + randomBytes(32).toString("base64"))

/** What is signed. */
export interface Signable {
  /** Of the delivery; the same for every attempt, so that a receiver can tell a repetition. */
  readonly id: string
  /** When it is sent, in UTC milliseconds: receivers refuse what is old. */
  readonly at: number
  /** As it is sent, byte for byte. */
  readonly body: string
}

/** The three headers that go with the body. */
export const headersOf = (secret: Redacted.Redacted, { id, at, body }: Signable): Readonly<Record<string, string>> => {
  const seconds = String(Math.floor(at / 1_000))
  const key = Buffer.from(Redacted.value(secret).slice(secretPrefix.length), "base64")
  const signature = createHmac("sha256", key).update(`${id}.${seconds}.${body}`).digest("base64")
  return { "webhook-id": id, "webhook-timestamp": seconds, "webhook-signature": `v1,${signature}` }
}
