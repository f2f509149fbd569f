// Rooms, over HTTP. A room is named by its id or by its slug, everywhere.
import { Schema } from "effect"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as OpenApi from "effect/http-api/OpenApi"
import { Listing } from "../InboxFeed.ts"
import * as Limits from "../Limits.ts"
import { Room, RoomId } from "../Room.ts"
import { WireText } from "../Text.ts"
import { refused } from "./Refused.ts"
import { asks, RestAuthentication, RestGate } from "./RestAuthentication.ts"

/** The part of an address that names a room: its id, or its slug. */
export const roomParam = { room: Schema.String.check(Schema.isMaxLength(512)) }

/** How many of a list are asked for. */
export const limitQuery = {
  limit: Schema.optionalKey(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: Limits.maxPageMessages })))
}

/** `GET`, `POST /rooms`, `GET /rooms/:room`. Lists are in order of ids; `next` is the `after` of the next page, null on the last. */
export class RoomsApi extends HttpApiGroup.make("rooms")
  .add(
    HttpApiEndpoint.get("list", "/rooms", {
      query: { after: Schema.optionalKey(RoomId), ...limitQuery },
      success: Schema.Struct({ rooms: Schema.Array(Listing), next: Schema.NullOr(RoomId) })
    }).annotateMerge(asks("room.read", "FollowInbox", "Rooms that you may read")),
    HttpApiEndpoint.post("create", "/rooms", {
      payload: Schema.Struct({ name: WireText, isPrivate: Schema.optionalKey(Schema.Boolean) }),
      success: HttpApiSchema.WithHeaders(Room.pipe(HttpApiSchema.status(201)), { location: Schema.String }),
      error: [refused.NameInvalid, refused.RoomNameTaken, refused.TooManyRooms]
    }).annotateMerge(asks("rooms.create", "CreateRoom", "Make a room that you own")),
    HttpApiEndpoint.get("get", "/rooms/:room", {
      params: roomParam,
      success: Listing,
      error: refused.RoomNotFound
    }).annotateMerge(asks("room.read", "History", "One room"))
  )
  .middleware(RestGate)
  .middleware(RestAuthentication)
  .annotate(OpenApi.Title, "Rooms") {}
