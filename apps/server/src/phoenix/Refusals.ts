// How a refusal is said to a client of Phoenix: `{reason, error, ...}`, a sentence or word for people, the tag of the error, and what
// else it knows. What passes by itself says in `retry_after_ms` when to come back.
import type { EventError } from "./ChannelEvents.ts"
import type { FollowError } from "./Channel.ts"

/** What a reply with status `error` carries. */
export interface Refusal {
  readonly reason: string
  readonly error: string
  readonly retry_after_ms?: number
  readonly needs?: string
  readonly limit?: number
  readonly event?: string
}

/** The refusal of an error that chat declares. */
export const refusalOf = (error: EventError | FollowError): Refusal => {
  switch (error._tag) {
    case "RoomNotFound":
      return say(error, "not found")
    case "Forbidden":
      return { ...say(error, "unauthorized"), needs: error.needs }
    case "RateLimited":
      return passing(error, "rate limited")
    case "RoomUnavailable":
    case "StorageUnavailable":
      return passing(error, "unavailable")
    case "MessageInvalid":
      return { ...say(error, textIssue[error.reason]), limit: error.limit }
    case "IdempotencyKeyReused":
      return say(error, "the key was used for another message: make a new one for each")
    case "CommandRejected":
      return say(error, "the room failed on this message and takes it no more: change it")
  }
}

/** To whatever names a topic that is not joined, or that there is none of. */
export const unmatchedTopic: Refusal = { reason: "unmatched topic", error: "UnmatchedTopic" }

/** To an event that the server does not know. */
export const unknownEvent = (event: string, known: ReadonlyArray<string>): Refusal => ({
  reason: `unknown event: send one of ${known.join(", ")}`,
  error: "UnknownEvent",
  event
})

/** To a payload of another shape. */
export const badPayload = (expects: string): Refusal => ({
  reason: `bad payload: send ${expects}`,
  error: "BadPayload"
})

/** To a frame that is no message. */
export const badFrame = (reason: string): Refusal => ({ reason, error: "BadFrame" })

/** To a push that met a bug, which is logged. */
export const failed: Refusal = { reason: "the server failed on this message", error: "Failed" }

const say = ({ _tag }: { readonly _tag: string }, reason: string): Refusal => ({ reason, error: _tag })

const passing = (error: { readonly _tag: string; readonly retryAfterMillis: number }, reason: string): Refusal => ({
  ...say(error, reason),
  retry_after_ms: error.retryAfterMillis
})

const textIssue = {
  Empty: "the text is empty",
  TooLong: "the text is too long",
  ForbiddenCharacters: "the text has characters that cannot be shown"
} as const
