// Which rooms there are.
import type { UserId } from "@messenger/protocol/Account"
import type { Listing } from "@messenger/protocol/InboxFeed"
import type { Room, RoomId, Slug } from "@messenger/protocol/Room"
import { Context } from "effect"
import type { Effect, Option } from "effect"
import type { DatabaseAway } from "./StorageFailure.ts"

/** A room to be made. `createdBy` is absent for the rooms a new server begins with. `at` is UTC milliseconds. */
export interface NewRoom {
  readonly id: RoomId
  readonly slug: Slug
  readonly name: string
  readonly topic: string
  readonly createdBy: Option.Option<UserId>
  readonly at: number
}

export class Rooms extends Context.Service<
  Rooms,
  {
    /** Makes the room and its log; answers the room that has the slug already, untouched, when there is one. */
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
>()("@messenger/storage/Rooms") {}
