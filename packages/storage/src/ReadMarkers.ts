// How far each person has read each room: a number that only goes forward, on whatever device.
import type { UserId } from "@messenger/protocol/Account"
import type { Marker } from "@messenger/protocol/InboxFeed"
import { Array as Arr, Context, Effect, Layer } from "effect"
import { asWeather, Database } from "./Database.ts"
import type { Row } from "./internal/rawOutcome.ts"
import { decodeMarkers } from "./internal/rows.ts"
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
>()("@messenger/storage/ReadMarkers") {
  static readonly layer: Layer.Layer<ReadMarkers, never, Database> = Layer.effect(
    ReadMarkers,
    Effect.map(Database, (database) => make(database))
  )
}

// Three parameters a row: far below what either database takes in one statement.
const rowsPerStatement = 1_000

const make = ({ reads, writes }: Database["Service"]): ReadMarkers["Service"] => ({
  advance: Effect.fn("ReadMarkers.advance")((moves) =>
    Effect.forEach(
      Arr.chunksOf(furthest(moves), rowsPerStatement),
      (chunk) => {
        const rows = writes.csv(chunk.map(({ userId, roomId, number }) => writes`(${userId}, ${roomId}, ${number})`))
        return writes`
          INSERT INTO read_markers (user_id, room_id, number) VALUES ${rows}
          ON CONFLICT (user_id, room_id) DO UPDATE SET number = excluded.number
          WHERE excluded.number > read_markers.number`.unprepared
      },
      { discard: true }
    ).pipe(asWeather("ReadMarkers.advance"))
  ),
  list: Effect.fn("ReadMarkers.list")(function* (userId) {
    const rows = yield* reads<Row>`SELECT room_id, number FROM read_markers WHERE user_id = ${userId}`.pipe(
      asWeather("ReadMarkers.list")
    )
    return yield* decodeMarkers(rows)
  })
})

// One row per person and room, always in the same order: a statement may touch a row once, and two must not wait for each other.
const furthest = (moves: ReadonlyArray<MarkerMove>): ReadonlyArray<MarkerMove> => {
  const byPlace = new Map<string, MarkerMove>()
  for (const move of moves) {
    const place = `${move.userId} ${move.roomId}`
    const known = byPlace.get(place)
    if (known === undefined || known.number < move.number) byPlace.set(place, move)
  }
  return [...byPlace.entries()].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, move]) => move)
}
