// What a process that measures says of itself: how late it was (`Lateness.ts`), and what it used.
import { Schema } from "effect"

/** How late the event loop of a process ran in some time, in milliseconds; all zero when nobody looked. */
export const Late = Schema.Struct({
  p50Millis: Schema.Number,
  p99Millis: Schema.Number,
  maxMillis: Schema.Number
})
export type Late = typeof Late.Type

/** The latest of several processes. */
export const latest = (each: ReadonlyArray<Late>): Late => ({
  p50Millis: Math.max(0, ...each.map(({ p50Millis }) => p50Millis)),
  p99Millis: Math.max(0, ...each.map(({ p99Millis }) => p99Millis)),
  maxMillis: Math.max(0, ...each.map(({ maxMillis }) => maxMillis))
})
