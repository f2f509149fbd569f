// What the owners of a room may ask about its webhooks, handed on as it came.
import { Webhooks } from "@messenger/chat/Webhooks"
import { WebhookRpcs } from "@messenger/protocol/WebhookRpcs"
import { Effect } from "effect"
import { asAsker } from "./Authentication.ts"

export const webhookHandlersLayer = WebhookRpcs.toLayer(
  Effect.map(Webhooks, (webhooks) => ({
    ListWebhooks: ({ roomId }) => asAsker((asker) => webhooks.list(asker, roomId)),
    CreateIncomingWebhook: ({ roomId, name }) => asAsker((asker) => webhooks.createIncoming(asker, roomId, name)),
    CreateOutgoingWebhook: (webhook) => asAsker((asker) => webhooks.createOutgoing(asker, webhook)),
    SetWebhookActive: ({ roomId, id, isActive }) => asAsker((asker) => webhooks.setActive(asker, roomId, id, isActive)),
    DeleteWebhook: ({ roomId, id }) => asAsker((asker) => webhooks.remove(asker, roomId, id)),
    ListDeliveries: ({ roomId, id, before }) => asAsker((asker) => webhooks.deliveries(asker, roomId, id, before)),
    Redeliver: ({ roomId, id, deliveryId }) => asAsker((asker) => webhooks.redeliver(asker, roomId, id, deliveryId))
  }))
)
