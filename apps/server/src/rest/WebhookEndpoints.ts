// Webhooks of a room over HTTP, handed on as they were asked for.
import { Webhooks } from "@messenger/chat/Webhooks"
import { RestApi } from "@messenger/protocol/rest/RestApi"
import { Effect } from "effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { makeInRoom } from "./Asking.ts"

export const webhookEndpoints = HttpApiBuilder.group(
  RestApi,
  "webhooks",
  Effect.fnUntraced(function* (endpoints) {
    const webhooks = yield* Webhooks
    const inRoom = yield* makeInRoom
    return endpoints.handleAll({
      list: ({ params }) => inRoom(params.room, (asker, roomId) => webhooks.list(asker, roomId)),
      createIncoming: ({ params, payload: { name } }) =>
        inRoom(params.room, (asker, roomId) => webhooks.createIncoming(asker, roomId, name)),
      createOutgoing: ({ params, payload }) =>
        inRoom(params.room, (asker, roomId) => webhooks.createOutgoing(asker, { roomId, ...payload })),
      setActive: ({ params, payload: { isActive } }) =>
        inRoom(params.room, (asker, roomId) => webhooks.setActive(asker, roomId, params.webhook, isActive)),
      delete: ({ params }) => inRoom(params.room, (asker, roomId) => webhooks.remove(asker, roomId, params.webhook)),
      deliveries: ({ params, query: { before = null } }) =>
        inRoom(params.room, (asker, roomId) =>
          Effect.map(webhooks.deliveries(asker, roomId, params.webhook, before), ({ deliveries, hasOlder }) => ({
            deliveries,
            next: hasOlder ? (deliveries.at(-1)?.id ?? null) : null
          }))
        ),
      redeliver: ({ params }) =>
        inRoom(params.room, (asker, roomId) => webhooks.redeliver(asker, roomId, params.webhook, params.delivery))
    })
  })
)
