// Why PostgreSQL could not be spoken to, in words that say what to do about it.
import { Predicate } from "effect"
import type { SqlError } from "effect/sql"
import { plainCause } from "./plainCause.ts"

/** What the database or the system said, and what to do about it where that is known. Neither holds a password. */
export const connectCause = (error: SqlError.SqlError): unknown => {
  const cause = plainCause(error)
  if (!(cause instanceof Error)) return cause
  const told = toldOf(cause)
  return told === undefined ? cause : new Error(told, { cause })
}

/**
 * Whether the server knows neither this user nor this password (SQLSTATE 28P01 and 28000): no later attempt of this process will
 * fare better. https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
export const isLogInRefused = ({ reason }: SqlError.SqlError): boolean =>
  reason._tag === "AuthenticationError" && ["28P01", "28000"].includes(codeOf(reason.cause) ?? "")

const codeOf = (cause: unknown): string | undefined =>
  Predicate.hasProperty(cause, "code") && Predicate.isString(cause.code) ? cause.code : undefined

const toldOf = (cause: Error): string | undefined => {
  const code = codeOf(cause) ?? cause.message
  if (code === "ERR_TLS_CERT_ALTNAME_INVALID") {
    return `its certificate is for other names than the one in DATABASE_URL${namesOf(cause)}: ask for it by one of those`
  }
  const advice = adviceOn[code]
  return advice === undefined ? undefined : `${cause.message}: ${advice}`
}

// Node names the certificate in the error.
const namesOf = (cause: Error): string =>
  Predicate.hasProperty(cause, "cert") &&
  Predicate.hasProperty(cause.cert, "subjectaltname") &&
  Predicate.isString(cause.cert.subjectaltname)
    ? ` (${cause.cert.subjectaltname})`
    : ""

const unknownAuthority = "DATABASE_CA must name the file of the authority that made its certificate"

/** By SQLSTATE, by the codes of Node and OpenSSL, and by the driver's words where it has no code. */
const adviceOn: Readonly<Record<string, string>> = {
  "28P01":
    "set the user and the password in DATABASE_URL, or the password in DATABASE_PASSWORD, to those that it knows",
  "28000": "see to the user in DATABASE_URL and to pg_hba.conf there, and set DATABASE_CA where that wants TLS",
  "3D000": "make it with createdb",
  "42501": "let the user in DATABASE_URL own the database",
  "The server requested password authentication": "give the password in DATABASE_URL or DATABASE_PASSWORD",
  "The server does not support TLS": "turn ssl on there, or leave DATABASE_CA empty and sslmode out of DATABASE_URL",
  CERT_HAS_EXPIRED: "renew it there",
  CERT_SIGNATURE_FAILURE: unknownAuthority,
  DEPTH_ZERO_SELF_SIGNED_CERT: unknownAuthority,
  SELF_SIGNED_CERT_IN_CHAIN: unknownAuthority,
  UNABLE_TO_GET_ISSUER_CERT: unknownAuthority,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: unknownAuthority,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: unknownAuthority
}
