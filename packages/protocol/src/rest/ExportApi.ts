// The whole conversation of a room, as a file; a route of its own answers, since it streams.
import { Schema } from "effect"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as OpenApi from "effect/http-api/OpenApi"
import { ExportFormat, RoomExport } from "../RoomExport.ts"
import { ServerUnavailable, TooManyConnections } from "./HttpRefusal.ts"
import { problem } from "./ProblemSchema.ts"
import { refused } from "./Refused.ts"
import { asks, RestAuthentication, RestGate } from "./RestAuthentication.ts"
import { roomParam } from "./RoomsApi.ts"

/** An attachment, `json` unless `format` says otherwise. An answer that breaks off is no whole export. */
export class ExportApi extends HttpApiGroup.make("exports")
  .add(
    HttpApiEndpoint.get("room", "/rooms/:room/export", {
      params: roomParam,
      query: { format: Schema.optionalKey(ExportFormat) },
      success: [RoomExport, Schema.String.pipe(HttpApiSchema.asText({ contentType: "text/html" }))],
      error: [refused.RoomNotFound, problem(TooManyConnections), problem(ServerUnavailable)]
    }).annotateMerge(asks("room.export", "ExportRoom", "The whole conversation, as JSON or as a page to read"))
  )
  .middleware(RestGate)
  .middleware(RestAuthentication)
  .annotate(OpenApi.Title, "Exports") {}
