// The messages of a room, over HTTP.
import { Schema } from "effect"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as OpenApi from "effect/http-api/OpenApi"
import { SequenceNumber } from "../Cursor.ts"
import { Message, Page } from "../Message.ts"
import { WireText } from "../Text.ts"
import { idempotencyHeader } from "./Idempotency.ts"
import { refused } from "./Refused.ts"
import { asks, RestAuthentication, RestGate } from "./RestAuthentication.ts"
import { limitQuery, roomParam } from "./RoomsApi.ts"

const ofMessage = { ...roomParam, number: SequenceNumber }

const anchor = Schema.optionalKey(SequenceNumber)

/** The version that was seen, when only that may be changed: an `ETag` of the message, or `*` for any (RFC 9110, 13.1.1). */
const versionHeaders = { ...idempotencyHeader, "if-match": Schema.optionalKey(Schema.String) }

const changes = [
  refused.RoomNotFound,
  refused.IdempotencyKeyInvalid,
  refused.IdempotencyKeyReused,
  refused.CommandRejected,
  refused.RoomUnavailable
] as const

/**
 * A page is in ascending order of numbers: the newest, or beside a number, or with it in the middle. `next` is the number to ask on
 * with: as `after` when this was asked with `after`, else as `before`; null when there is no more in that direction.
 *
 * A message is answered as it was changed by the request. An edit that names no `change` (in the body, or as the version in `If-Match`)
 * is made to whatever version is the newest; one that does is refused when there is a newer one. So is a deletion that names one in
 * `If-Match`. An edit that is repeated under its key after a later change answers the message as it is.
 */
export class MessagesApi extends HttpApiGroup.make("messages")
  .add(
    HttpApiEndpoint.get("page", "/rooms/:room/messages", {
      params: roomParam,
      query: { before: anchor, after: anchor, around: anchor, ...limitQuery },
      success: Schema.Struct({ ...Page.fields, next: Schema.NullOr(SequenceNumber) }),
      error: refused.RoomNotFound
    }).annotateMerge(asks("room.read", "History", "A page of history")),
    HttpApiEndpoint.post("post", "/rooms/:room/messages", {
      params: roomParam,
      headers: idempotencyHeader,
      payload: Schema.Struct({ text: WireText }),
      success: HttpApiSchema.WithHeaders(Message.pipe(HttpApiSchema.status(201)), {
        location: Schema.String,
        etag: Schema.String
      }),
      error: [...changes, refused.MessageInvalid]
    }).annotateMerge(asks("room.post", "PostMessage", "Post; answered when it is on disk")),
    HttpApiEndpoint.get("get", "/rooms/:room/messages/:number", {
      params: ofMessage,
      success: HttpApiSchema.WithHeaders(Message, { etag: Schema.String }),
      error: [refused.RoomNotFound, refused.MessageNotFound]
    }).annotateMerge(asks("room.read", "History", "One message")),
    HttpApiEndpoint.patch("edit", "/rooms/:room/messages/:number", {
      params: ofMessage,
      headers: versionHeaders,
      payload: Schema.Struct({ text: WireText, change: Schema.optionalKey(SequenceNumber) }),
      success: HttpApiSchema.WithHeaders(Message, { etag: Schema.String }),
      error: [...changes, refused.MessageInvalid, refused.MessageNotFound, refused.NotYourMessage, refused.EditConflict]
    }).annotateMerge(asks("room.post", "EditMessage", "Replace the text of your own message")),
    HttpApiEndpoint.delete("delete", "/rooms/:room/messages/:number", {
      params: ofMessage,
      headers: versionHeaders,
      error: [...changes, refused.MessageNotFound, refused.NotYourMessage, refused.EditConflict]
    }).annotateMerge(asks("room.post", "DeleteMessage", "Delete your own message, or another's with `room.moderate`"))
  )
  .middleware(RestGate)
  .middleware(RestAuthentication)
  .annotate(OpenApi.Title, "Messages") {}
