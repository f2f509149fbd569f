// Rooms over HTTP, handed on as they were asked for.
import { Rooms } from "@messenger/chat/Rooms"
import { RestApi, restPath } from "@messenger/protocol/rest/RestApi"
import { Effect } from "effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import { asAsker } from "./Asking.ts"

/** How many of a list are answered when it is not said. */
export const usualLimit = 50

export const roomEndpoints = HttpApiBuilder.group(
  RestApi,
  "rooms",
  Effect.fnUntraced(function* (endpoints) {
    const rooms = yield* Rooms
    return endpoints.handleAll({
      list: ({ query: { after = null, limit = usualLimit } }) => asAsker((asker) => rooms.list(asker, after, limit)),
      create: ({ payload: { isPrivate = false, name } }) =>
        asAsker((asker) =>
          Effect.map(rooms.create(asker, { name, isPrivate }), (room) =>
            HttpApiSchema.withHeaders({ body: room, headers: { location: `${restPath}/rooms/${room.id}` } })
          )
        ),
      get: ({ params: { room } }) => asAsker((asker) => rooms.find(asker, room))
    })
  })
)
