import { randomBytes } from "node:crypto"

/** The id of a log that nobody has a cursor into: random, made with the log, and anew when the log is restored from a copy. */
export const newLogId = (): string => randomBytes(16).toString("base64url")
