// What belongs to one person on all of their devices: who they are, their rooms and what they are in each, how far each is read, the
// status they chose.
import type { Status } from "@messenger/protocol/Presence"
import type { Forbidden } from "@messenger/protocol/Rights"
import type { RoomId, RoomNotFound } from "@messenger/protocol/Room"
import type { RateLimited, StorageUnavailable } from "@messenger/protocol/Unavailable"
import { Context } from "effect"
import type { Effect } from "effect"
import type { Asker } from "./Rooms.ts"
import type { Sink } from "./Sink.ts"

export class Inboxes extends Context.Service<
  Inboxes,
  {
    /** Writes the asker's inbox feed to `sink` until it is interrupted; after a lag a whole snapshot comes again. */
    readonly follow: (asker: Asker, sink: Sink) => Effect.Effect<never, Forbidden | RateLimited | StorageUnavailable>
    /** Moves the marker forward, and no further than the newest message; on all devices of the asker. */
    readonly markRead: (
      asker: Asker,
      roomId: RoomId,
      number: number
    ) => Effect.Effect<void, RoomNotFound | Forbidden | RateLimited | StorageUnavailable>
    /** What the person chose; kept over restarts. */
    readonly setStatus: (
      asker: Asker,
      status: Status
    ) => Effect.Effect<void, Forbidden | RateLimited | StorageUnavailable>
    /** What this connection observes of its person; forgotten with the connection. */
    readonly setIdle: (asker: Asker, isIdle: boolean) => Effect.Effect<void, Forbidden | RateLimited>
  }
>()("@messenger/chat/Inboxes") {}
