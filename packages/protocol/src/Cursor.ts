// A place in a room's log.
import { Schema } from "effect"

/** Names one log: random, made with the log, and made anew when a backup is restored, so that old cursors are not believed. */
export const LogId = Schema.String.check(Schema.isPattern(/^[A-Za-z0-9_-]{1,40}$/)).pipe(Schema.brand("LogId"))
export type LogId = typeof LogId.Type

/** The number of a change in a room's log. The first change is 1; 0 is before everything. */
export const SequenceNumber = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }))

/** A client's place: everything up to and including `number` of that log has been seen. Opaque to clients. */
export const Cursor = Schema.Struct({ log: LogId, number: SequenceNumber })
export type Cursor = typeof Cursor.Type
