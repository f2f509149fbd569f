// Server-Sent Events of a room, as the document of the API says them; a route of its own answers, and `docs/api.md` tells the events.
import { Schema } from "effect"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as OpenApi from "effect/http-api/OpenApi"
import { ServerUnavailable, TooManyConnections } from "./HttpRefusal.ts"
import { problem } from "./ProblemSchema.ts"
import { refused } from "./Refused.ts"
import { asks, RestAuthentication } from "./RestAuthentication.ts"
import { roomParam } from "./RoomsApi.ts"

/** The answer lasts until the client leaves it, or session or room are gone. */
export class EventsApi extends HttpApiGroup.make("events")
  .add(
    HttpApiEndpoint.get("follow", "/rooms/:room/events", {
      params: roomParam,
      query: { last_event_id: Schema.optionalKey(Schema.String) },
      headers: { "last-event-id": Schema.optionalKey(Schema.String) },
      success: Schema.String.pipe(HttpApiSchema.asText({ contentType: "text/event-stream" })),
      error: [
        refused.RoomNotFound,
        refused.BadRequest,
        refused.Forbidden,
        problem(TooManyConnections),
        problem(ServerUnavailable)
      ]
    }).annotateMerge(asks("room.read", "FollowRoom", "What happens in the room from now on, or from an id on"))
  )
  .middleware(RestAuthentication)
  .annotate(OpenApi.Title, "Events") {}
