// Messages over HTTP, handed on as they came. A message is answered as the request changed it, without reading it again: a read that
// fails must not hide that the message was posted.
import { Rooms } from "@messenger/chat/Rooms"
import { MessageInvalid, parseMessageText } from "@messenger/protocol/Message"
import type { Message } from "@messenger/protocol/Message"
import { RestApi, restPath } from "@messenger/protocol/rest/RestApi"
import type { PageAnchor } from "@messenger/protocol/RoomRpcs"
import { BadRequest } from "@messenger/protocol/Session"
import { Effect } from "effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import { keyOf, makeInRoom } from "./Asking.ts"
import { usualLimit } from "./RoomEndpoints.ts"

export const messageEndpoints = HttpApiBuilder.group(
  RestApi,
  "messages",
  Effect.fnUntraced(function* (endpoints) {
    const rooms = yield* Rooms
    const inRoom = yield* makeInRoom
    return endpoints.handleAll({
      page: ({ params: { room }, query }) =>
        inRoom(
          room,
          Effect.fnUntraced(function* (asker, roomId) {
            const anchor = yield* anchorOf(query)
            const page = yield* rooms.history(asker, roomId, anchor, query.limit ?? usualLimit)
            const next =
              anchor._tag === "After" ? page.hasNewer && page.messages.at(-1) : page.hasOlder && page.messages[0]
            return { ...page, next: next === false || next === undefined ? null : next.number }
          })
        ),
      post: ({ headers, params: { room }, payload: { text } }) =>
        inRoom(
          room,
          Effect.fnUntraced(function* (asker, roomId) {
            const key = yield* keyOf(headers)
            const { at, cursor, number } = yield* rooms.post(asker, { roomId, key, text })
            const message: Message = {
              number,
              change: cursor.number,
              author: asker.user,
              key,
              state: "Present",
              text: asPosted(text),
              at,
              editedAt: null
            }
            const location = `${restPath}/rooms/${roomId}/messages/${number}`
            return HttpApiSchema.withHeaders({ body: message, headers: { location, etag: etagOf(message) } })
          })
        ),
      get: ({ params: { number, room } }) =>
        inRoom(room, (asker, roomId) => Effect.map(rooms.message(asker, roomId, number), tagged)),
      edit: ({ headers, params: { number, room }, payload: { change, text } }) =>
        inRoom(
          room,
          Effect.fnUntraced(function* (asker, roomId) {
            const key = yield* keyOf(headers)
            const seen = change ?? (yield* versionOf(headers["if-match"]))
            const message = yield* rooms.message(asker, roomId, number)
            const { at, cursor } = yield* rooms.edit(asker, { roomId, key, number, change: seen, text })
            // A repetition: the message has changed since the edit was made, and may be gone.
            if (message.change > cursor.number) return tagged(message)
            return tagged({ ...message, change: cursor.number, text: asPosted(text), editedAt: at })
          })
        ),
      delete: ({ headers, params: { number, room } }) =>
        inRoom(
          room,
          Effect.fnUntraced(function* (asker, roomId) {
            const key = yield* keyOf(headers)
            const change = yield* versionOf(headers["if-match"])
            yield* rooms.remove(asker, { roomId, key, number, change })
          })
        )
    })
  })
)

const etagOf = ({ change }: Message): string => `"${change}"`

const tagged = (message: Message) => HttpApiSchema.withHeaders({ body: message, headers: { etag: etagOf(message) } })

// As the room keeps it; a text that it took has this form.
const asPosted = (text: string): string => {
  const parsed = parseMessageText(text)
  return parsed instanceof MessageInvalid ? text : parsed
}

/** Which version a request wants to change: an entity tag of ours, or any. */
const versionOf = (ifMatch: string | undefined): Effect.Effect<number | undefined, BadRequest> => {
  if (ifMatch === undefined || ifMatch.trim() === "*") return Effect.succeed(undefined)
  const version = /^\s*"?(\d{1,15})"?\s*$/.exec(ifMatch)?.[1]
  return version === undefined ? Effect.fail(otherTag) : Effect.succeed(Number(version))
}

const otherTag = new BadRequest({ detail: "If-Match takes the ETag that the message was answered with." })

interface PageQuery {
  readonly before?: number
  readonly after?: number
  readonly around?: number
}

const anchorOf = ({ after, around, before }: PageQuery): Effect.Effect<PageAnchor, BadRequest> => {
  const anchors: ReadonlyArray<PageAnchor> = [
    ...(before === undefined ? [] : [{ _tag: "Before" as const, number: before }]),
    ...(after === undefined ? [] : [{ _tag: "After" as const, number: after }]),
    ...(around === undefined ? [] : [{ _tag: "Around" as const, number: around }])
  ]
  return anchors.length > 1 ? Effect.fail(oneAnchor) : Effect.succeed(anchors[0] ?? { _tag: "Newest" })
}

const oneAnchor = new BadRequest({ detail: "Ask with one of before, after and around." })
