// Secrets that can be told apart from everything else. Whatever a test sends that must never be written down is made here, and every
// server process of the tests is searched for the mark when its test ends.
let count = 0

/** What every canary contains; of characters that pass unchanged through headers, addresses, JSON and base64url. */
export const mark = "CanaryThatMustNotSing"

/** A secret that occurs nowhere else. */
export const canary = (): string => `${mark}${++count}x`
