// The REST API, routed.
import { RestApi } from "@messenger/protocol/rest/RestApi"
import { Layer } from "effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import * as HttpServer from "effect/http/HttpServer"
import { meEndpoints } from "./MeEndpoints.ts"
import { memberEndpoints } from "./MemberEndpoints.ts"
import { messageEndpoints } from "./MessageEndpoints.ts"
import { authenticationLayer, gateLayer } from "./RestMiddleware.ts"
import { roomEndpoints } from "./RoomEndpoints.ts"
import { tokenEndpoints } from "./TokenEndpoints.ts"
import { webhookEndpoints } from "./WebhookEndpoints.ts"

/** Everything of `RestApi`. */
export const restRoutes = HttpApiBuilder.layer(RestApi).pipe(
  Layer.provide(
    Layer.mergeAll(roomEndpoints, messageEndpoints, memberEndpoints, meEndpoints, tokenEndpoints, webhookEndpoints)
  ),
  Layer.provide(Layer.merge(authenticationLayer, gateLayer)),
  Layer.provide(HttpServer.layerServices)
)
