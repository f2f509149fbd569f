// Incoming webhooks, as the document of the API says them; a route of its own answers, which takes more than this: what tools send to
// those of Slack.
import { Schema } from "effect"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as OpenApi from "effect/http-api/OpenApi"
import { incomingWebhookPath } from "../Webhook.ts"
import { idempotencyHeader } from "./Idempotency.ts"
import { refused } from "./Refused.ts"

/** The address is all the proof there is. */
export class HooksApi extends HttpApiGroup.make("hooks")
  .add(
    HttpApiEndpoint.post("post", `${incomingWebhookPath}:token`, {
      params: { token: Schema.String },
      headers: idempotencyHeader,
      payload: Schema.Struct({
        text: Schema.String,
        username: Schema.optionalKey(Schema.String),
        icon_emoji: Schema.optionalKey(Schema.String)
      }),
      success: Schema.String.pipe(HttpApiSchema.asText()),
      error: [
        refused.WebhookNotFound,
        refused.BadRequest,
        refused.BodyTooLarge,
        refused.IdempotencyKeyInvalid,
        refused.IdempotencyKeyReused,
        refused.MessageInvalid,
        refused.RateLimited,
        refused.RoomUnavailable
      ]
    }).annotateMerge(OpenApi.annotations({ summary: "Post into the room of an incoming webhook" }))
  )
  .annotate(OpenApi.Title, "Incoming webhooks") {}
