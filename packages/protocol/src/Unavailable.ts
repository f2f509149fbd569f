// Refusals that pass: each says when to come back. They say nothing about the request itself, which may be repeated as it is.
import { Schema } from "effect"

/** Too many of these in a short time; repeat after `retryAfterMillis`. A client waits and does not fail. */
export class RateLimited extends Schema.TaggedError<RateLimited>()("RateLimited", { retryAfterMillis: Schema.Int }) {}

/** The room crashed too often and rests, or its mailbox is full; repeat after `retryAfterMillis`. */
export class RoomUnavailable extends Schema.TaggedError<RoomUnavailable>()("RoomUnavailable", {
  retryAfterMillis: Schema.Int
}) {}

/** The database is away; nothing was decided about the request. Repeat it under the same key. */
export class StorageUnavailable extends Schema.TaggedError<StorageUnavailable>()("StorageUnavailable", {
  retryAfterMillis: Schema.Int
}) {}

/** What may stand between a caller and a room. */
export const Weather = Schema.Union([RateLimited, RoomUnavailable, StorageUnavailable])
export type Weather = typeof Weather.Type
