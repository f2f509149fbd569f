// The REST API: what scripts ask, by plain HTTP. It says the same as the RPC contract, about the same rooms.
import * as HttpApi from "effect/http-api/HttpApi"
import { MembersApi } from "./MembersApi.ts"
import { MeApi } from "./MeApi.ts"
import { MessagesApi } from "./MessagesApi.ts"
import { RoomsApi } from "./RoomsApi.ts"
import { TokensApi } from "./TokensApi.ts"
import { WebhooksApi } from "./WebhooksApi.ts"

/** Where the REST API is. */
export const restPath = "/api/v1"

/** Everything under `/api/v1`, but what sets a cookie. */
export class RestApi extends HttpApi.make("messenger")
  .add(RoomsApi)
  .add(MessagesApi)
  .add(MembersApi)
  .add(MeApi)
  .add(TokensApi)
  .add(WebhooksApi)
  .prefix(restPath) {}
