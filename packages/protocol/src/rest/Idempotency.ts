// `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header): the same key changes a room once, however often it is sent.
import { Schema } from "effect"
import { ClientKey } from "../Message.ts"
import { IdempotencyKeyInvalid } from "./HttpRefusal.ts"

/** The header of a request that changes a message; without it the server makes a key, and a repetition is another request. */
export const idempotencyHeader = { "idempotency-key": Schema.optionalKey(Schema.String) }

/** The key that a header names: a structured string in quotes, or bare. */
export const parseIdempotencyKey = (header: string): ClientKey | IdempotencyKeyInvalid => {
  const key = header.trim().replace(/^"(.*)"$/, "$1")
  return isKey(key) ? key : new IdempotencyKeyInvalid()
}

const isKey = Schema.is(ClientKey)
