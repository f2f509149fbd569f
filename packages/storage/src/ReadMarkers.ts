// How far each person has read each room: a number that only goes forward, on whatever device.
import type { UserId } from "@messenger/protocol/Account"
import type { Marker } from "@messenger/protocol/InboxFeed"
import { Context } from "effect"
import type { Effect } from "effect"
import type { DatabaseAway } from "./StorageFailure.ts"

/** One person's move in one room. */
export interface MarkerMove extends Marker {
  readonly userId: UserId
}

export class ReadMarkers extends Context.Service<
  ReadMarkers,
  {
    /** Moves markers forward, many people's in one statement; one that would go back stays. */
    readonly advance: (moves: ReadonlyArray<MarkerMove>) => Effect.Effect<void, DatabaseAway>
    readonly list: (userId: UserId) => Effect.Effect<ReadonlyArray<Marker>, DatabaseAway>
  }
>()("@messenger/storage/ReadMarkers") {}
