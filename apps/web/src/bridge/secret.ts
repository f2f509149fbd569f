import { Redacted } from "effect"

/** A password on its way to a call: nothing that logs or prints it along the way shows what it is. */
export const secret = (text: string): Redacted.Redacted => Redacted.make(text)
