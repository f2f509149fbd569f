// A message on its way: what is kept of it, and what may become of it.
import { ClientKey, CommandRejected, IdempotencyKeyReused, MessageInvalid } from "@messenger/protocol/Message"
import { Forbidden } from "@messenger/protocol/Rights"
import { RoomId, RoomNotFound } from "@messenger/protocol/Room"
import { Schema } from "effect"

/** The server failed at this message again and again without saying why: send it anew later, or discard it. */
export class Undeliverable extends Schema.TaggedError<Undeliverable>()("Undeliverable", { detail: Schema.String }) {}

/** Why a message was not taken. It is never sent again by itself. */
export const OutboxRefusal = Schema.Union([
  MessageInvalid,
  IdempotencyKeyReused,
  CommandRejected,
  RoomNotFound,
  Forbidden,
  Undeliverable
])
export type OutboxRefusal = typeof OutboxRefusal.Type

/** What is kept of an entry in the browser; `refusal` is null while it waits to be sent. `writtenAt` is UTC milliseconds. */
export const StoredEntry = Schema.Struct({
  key: ClientKey,
  roomId: RoomId,
  text: Schema.String,
  writtenAt: Schema.Int,
  refusal: Schema.NullOr(OutboxRefusal)
})
export type StoredEntry = typeof StoredEntry.Type

/**
 * What becomes of an entry: `Waiting` → `Sent` → `Settled` | `Refused`.
 *
 * - `Waiting`: not on its way yet. `heldUntilMillis` is when it is tried again, if the server asked for patience.
 * - `Sent`: on its way from this tab, not answered yet. In other tabs it is `Waiting`.
 * - `Settled`: in the history as message `number`, and shown here until the open room's view holds it.
 * - `Refused`: steps aside with its error until it is discarded or sent anew.
 */
export type EntryState =
  | { readonly _tag: "Waiting"; readonly heldUntilMillis: number | undefined }
  | { readonly _tag: "Sent" }
  | { readonly _tag: "Settled"; readonly number: number }
  | { readonly _tag: "Refused"; readonly error: OutboxRefusal }

/** A message on its way, as readers see it. Its `key` is the key of the message it becomes. */
export interface OutboxEntry {
  readonly key: ClientKey
  readonly roomId: RoomId
  readonly text: string
  /** UTC milliseconds of the writer's clock. */
  readonly writtenAt: number
  readonly state: EntryState
}
