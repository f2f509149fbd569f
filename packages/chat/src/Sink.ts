// Where a feed goes. A gateway gives one sink per follow; the room writes to it synchronously, in the same step in which it
// publishes, so that no fiber is woken per subscriber and no frame overtakes another.
import type { DeliveryClass } from "@messenger/protocol/RoomFeed"
import type { Effect } from "effect"

/**
 * One or more frames of a feed, encoded once for all who get them. `json` is the frames' JSON, separated by commas, without
 * brackets. `frames` is how many. `upTo` is the number after which a durable broadcast leaves its reader, 0 for others.
 * `framed` is the gateways' cache: the bytes they made of it, by whatever tells those bytes apart (a request id, a serializer).
 */
export interface Broadcast {
  readonly deliveryClass: DeliveryClass
  readonly json: string
  readonly frames: number
  readonly upTo: number
  readonly framed: Map<string, Uint8Array>
}

/** A broadcast of already encoded frames. */
export const broadcast = (deliveryClass: DeliveryClass, frames: ReadonlyArray<string>, upTo = 0): Broadcast => ({
  deliveryClass,
  json: frames.join(","),
  frames: frames.length,
  upTo,
  framed: new Map()
})

/** The far end of one follow. */
export interface Sink {
  /**
   * Takes the broadcast at once, in order, and answers whether there is room for more. After `false` the reader lags: what was
   * passed was taken, but nothing more may be written before `drained`. A closed sink takes and forgets. Never throws.
   */
  readonly write: (broadcast: Broadcast) => boolean
  /** Waits until all that was written has left; at once when it has. */
  readonly drained: Effect.Effect<void>
}
