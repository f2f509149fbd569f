// Which rooms there are.
import type { UserId } from "@messenger/protocol/Account"
import type { Listing } from "@messenger/protocol/InboxFeed"
import type { Room, RoomId, Slug } from "@messenger/protocol/Room"
import { Context, Effect, Layer, Option } from "effect"
import { newLogId } from "./internal/logId.ts"
import { asWeather, Database } from "./Database.ts"
import type { Row } from "./internal/rawOutcome.ts"
import { decodeListings } from "./internal/rows.ts"
import type { DatabaseAway } from "./StorageFailure.ts"

/** A room to be made. `createdBy` is absent for the rooms a new server begins with. `at` is UTC milliseconds. */
export interface NewRoom {
  readonly id: RoomId
  readonly slug: Slug
  readonly name: string
  readonly topic: string
  readonly isPrivate: boolean
  /** Becomes the room's owner, in the same step. */
  readonly createdBy: Option.Option<UserId>
  readonly at: number
}

export class Rooms extends Context.Service<
  Rooms,
  {
    /** Makes the room and its log; answers the room that has the slug already, untouched, when there is another. */
    readonly create: (
      room: NewRoom
    ) => Effect.Effect<
      { readonly _tag: "Created"; readonly room: Room } | { readonly _tag: "SlugTaken"; readonly room: Room },
      DatabaseAway
    >
    /** Every room with the number of its newest message. */
    readonly list: Effect.Effect<ReadonlyArray<Listing>, DatabaseAway>
    /** One room. */
    readonly find: (roomId: RoomId) => Effect.Effect<Option.Option<Listing>, DatabaseAway>
    /** How many rooms this account has made. */
    readonly madeBy: (userId: UserId) => Effect.Effect<number, DatabaseAway>
  }
>()("@messenger/storage/Rooms") {
  static readonly layer: Layer.Layer<Rooms, never, Database> = Layer.effect(
    Rooms,
    Effect.map(Database, (database) => make(database))
  )
}

const make = ({ reads, writes, together }: Database["Service"]): Rooms["Service"] => {
  const columns = reads.literal("id, slug, name, topic, is_private, change, last_message")
  return {
    create: Effect.fn("Rooms.create")(function* (room) {
      // The log's name is made with the log: a cursor into another log is never believed.
      const logId = newLogId()
      const createdBy = Option.getOrNull(room.createdBy)
      yield* together([
        {
          statement: writes`
            INSERT INTO rooms (
              id, slug, name, topic, is_private, change, log_id, epoch, head, last_message, created_by, created_at
            ) VALUES (
              ${room.id}, ${room.slug}, ${room.name}, ${room.topic}, ${room.isPrivate ? 1 : 0}, 0, ${logId}, 0, 0, 0,
              ${createdBy}, ${room.at}
            ) ON CONFLICT DO NOTHING RETURNING id`,
          orElse: "IsThere"
        },
        ...(createdBy === null
          ? []
          : [
              {
                statement: writes<Row>`
                  INSERT INTO memberships (room_id, user_id, role, at)
                  VALUES (${room.id}, ${createdBy}, 'owner', ${room.at})`
              }
            ])
      ]).pipe(asWeather("Rooms.create"))
      const rows = yield* writes<Row>`SELECT ${columns} FROM rooms WHERE slug = ${room.slug}`.pipe(
        asWeather("Rooms.create")
      )
      const [there] = yield* decodeListings(rows)
      if (there === undefined) return yield* Effect.die(new Error(`room ${room.id} exists under another slug`))
      // The same room again is the same answer: a creation whose answer was lost may be repeated.
      return { _tag: there.room.id === room.id ? "Created" : "SlugTaken", room: there.room }
    }),
    list: reads<Row>`SELECT ${columns} FROM rooms ORDER BY slug`.pipe(
      asWeather("Rooms.list"),
      Effect.flatMap(decodeListings),
      Effect.withSpan("Rooms.list")
    ),
    find: Effect.fn("Rooms.find")(function* (roomId) {
      const rows = yield* reads<Row>`SELECT ${columns} FROM rooms WHERE id = ${roomId}`.pipe(asWeather("Rooms.find"))
      const [listing] = yield* decodeListings(rows)
      return Option.fromUndefinedOr(listing)
    }),
    madeBy: Effect.fn("Rooms.madeBy")(function* (userId) {
      const [row] = yield* reads<{ made: number }>`
        SELECT count(*) AS made FROM rooms WHERE created_by = ${userId}`.pipe(asWeather("Rooms.madeBy"))
      return row?.made ?? 0
    })
  }
}
