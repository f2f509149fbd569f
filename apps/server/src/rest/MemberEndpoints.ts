// Who belongs to a room and who is in it, over HTTP, handed on as it was asked for.
import { Members } from "@messenger/chat/Members"
import { Rooms } from "@messenger/chat/Rooms"
import { RestApi } from "@messenger/protocol/rest/RestApi"
import { Effect } from "effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { makeInRoom } from "./Asking.ts"

export const memberEndpoints = HttpApiBuilder.group(
  RestApi,
  "members",
  Effect.fnUntraced(function* (endpoints) {
    const members = yield* Members
    const rooms = yield* Rooms
    const inRoom = yield* makeInRoom
    return endpoints.handleAll({
      list: ({ params, query: { after = null } }) =>
        inRoom(params.room, (asker, roomId) => members.list(asker, roomId, after)),
      add: ({ params, payload }) =>
        inRoom(params.room, (asker, roomId) =>
          members.add(asker, roomId, "id" in payload ? { _tag: "Id", ...payload } : { _tag: "Username", ...payload })
        ),
      setRole: ({ params, payload: { role } }) =>
        inRoom(params.room, (asker, roomId) => members.setRole(asker, roomId, params.user, role)),
      remove: ({ params }) => inRoom(params.room, (asker, roomId) => members.remove(asker, roomId, params.user)),
      leave: ({ params }) => inRoom(params.room, (asker, roomId) => members.leave(asker, roomId)),
      people: ({ params, query: { after = null } }) =>
        inRoom(params.room, (asker, roomId) => rooms.people(asker, roomId, after))
    })
  })
)
