import type { RoomId } from "@messenger/protocol/Room"
import { Effect } from "effect"
import type { ReadMarkers } from "../../ReadMarkers.ts"
import type { Tables } from "./Tables.ts"

/** The port. */
export const readMarkers = (tables: Tables): ReadMarkers["Service"] => ({
  advance: (moves) =>
    Effect.sync(() => {
      for (const { userId, roomId, number } of moves) {
        const markers = tables.markers.get(userId) ?? new Map<RoomId, number>()
        markers.set(roomId, Math.max(number, markers.get(roomId) ?? 0))
        tables.markers.set(userId, markers)
      }
    }),
  list: (userId) =>
    Effect.sync(() => [...(tables.markers.get(userId) ?? [])].map(([roomId, number]) => ({ roomId, number })))
})
