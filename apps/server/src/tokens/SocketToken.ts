// A token that lets a program without cookies open a socket as the holder of a session. It says which session and since when, and
// is signed, so that it can be checked without asking anybody:
//
//   mst1.<base64url of {"s": session id, "t": UTC milliseconds}>.<base64url of HMAC-SHA256 over all before the last dot>
//
// Whether the session still exists it cannot say; whoever takes a token asks that.
import { Duration, Option, Redacted, Schema } from "effect"
import { createHmac, timingSafeEqual, type KeyObject } from "node:crypto"
import type { Keys } from "./SecretKey.ts"

/** What a token says. */
export interface Claims {
  readonly sessionId: string
  /** UTC milliseconds. */
  readonly issuedAt: number
}

/** What every socket token begins with; the number counts formats. */
export const prefix = "mst1."

/** How far the clocks of two servers that share a key may differ. */
const clockSkew = Duration.minutes(1)

/** More than any token of ours has; in characters. */
const maxLength = 1_024

const Payload = Schema.fromJsonString(Schema.Struct({ s: Schema.NonEmptyString, t: Schema.Int }))
const encode = Schema.encodeSync(Payload)
const decode = Schema.decodeUnknownOption(Payload)

/** Signs what a token says. */
export const sign = ({ issuedAt, sessionId }: Claims, { signing }: Pick<Keys, "signing">): Redacted.Redacted => {
  const signed = prefix + Buffer.from(encode({ s: sessionId, t: issuedAt })).toString("base64url")
  return Redacted.make(`${signed}.${macOf(signed, signing)}`)
}

/**
 * What a token says, if it was signed with an accepted key, is not older than `maxAge` at `now` (UTC milliseconds), and is not from
 * a future further away than clocks differ. Anything else is none, whatever it is.
 */
export const verify = (
  token: Redacted.Redacted,
  { accepted }: Pick<Keys, "accepted">,
  now: number,
  maxAge: Duration.Duration
): Option.Option<Claims> => {
  const text = Redacted.value(token)
  if (text.length > maxLength || !text.startsWith(prefix)) return Option.none()
  const end = text.lastIndexOf(".")
  const signed = text.slice(0, end)
  const mac = text.slice(end + 1)
  if (!accepted.some((key) => isEqual(mac, macOf(signed, key)))) return Option.none()
  return decode(Buffer.from(signed.slice(prefix.length), "base64url").toString()).pipe(
    Option.map(({ s, t }) => ({ sessionId: s, issuedAt: t })),
    Option.filter(
      ({ issuedAt }) => issuedAt <= now + Duration.toMillis(clockSkew) && now - issuedAt <= Duration.toMillis(maxAge)
    )
  )
}

const macOf = (signed: string, key: KeyObject): string => createHmac("sha256", key).update(signed).digest("base64url")

// As text, so that a token has one spelling; in a time that says nothing about where they differ.
const isEqual = (given: string, expected: string): boolean => {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)]
  return a.length === b.length && timingSafeEqual(a, b)
}
