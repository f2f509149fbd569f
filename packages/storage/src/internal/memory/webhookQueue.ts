import type { Delivery } from "@messenger/protocol/Webhook"
import { Effect, Option } from "effect"
import type { NewDelivery, Webhooks } from "../../Webhooks.ts"
import { byId } from "./Tables.ts"
import type { Tables } from "./Tables.ts"
import { outgoingOf } from "./webhooksOfRooms.ts"

type Queue = Pick<
  Webhooks["Service"],
  "roomsTold" | "behind" | "enqueue" | "due" | "nextDue" | "settle" | "deliveries" | "redeliver" | "removeEnded"
>

/** The part of the port that concerns deliveries. */
export const webhookQueue = (tables: Tables): Queue => {
  const { outgoingWebhooks: webhooks, deliveries } = tables
  // Pending ones of webhooks that are told, the longest due first.
  const waiting = () =>
    [...deliveries.values()]
      .flatMap(({ webhookId, delivery }) => {
        const webhook = webhooks.get(webhookId)
        return webhook === undefined || webhook.paused !== null || delivery.state !== "Pending"
          ? []
          : [{ delivery, webhook, at: delivery.nextAttemptAt ?? 0 }]
      })
      .toSorted((a, b) => a.at - b.at)
  return {
    roomsTold: Effect.sync(() => [
      ...new Set([...webhooks.values()].filter(({ paused }) => paused === null).map(({ roomId }) => roomId))
    ]),
    behind: Effect.sync(() =>
      [...webhooks.values()]
        .filter(({ paused, roomId, cursor }) => paused === null && (tables.logs.get(roomId)?.head ?? 0) > cursor)
        .toSorted((a, b) => byId(a.id, b.id))
        .map((webhook) => ({
          webhook: outgoingOf(tables, webhook),
          cursor: webhook.cursor,
          pending: [...deliveries.values()].filter(
            ({ webhookId, delivery }) => webhookId === webhook.id && delivery.state === "Pending"
          ).length
        }))
    ),
    enqueue: (id, { from, to }, queued) =>
      Effect.sync(() => {
        const webhook = webhooks.get(id)
        if (webhook === undefined || webhook.paused !== null || webhook.cursor !== from) return false
        webhook.cursor = to
        for (const delivery of queued) deliveries.set(delivery.id, { webhookId: id, delivery: pending(delivery) })
        return true
      }),
    due: (now, limit, { only, exceptWebhooks, exceptMakers }) =>
      Effect.sync(() => {
        // The one of each webhook that was due the longest.
        const first = new Map<string, ReturnType<typeof waiting>[number]>()
        for (const each of waiting()) if (!first.has(each.webhook.id)) first.set(each.webhook.id, each)
        return [...first.values()]
          .filter(
            ({ at, webhook }) =>
              at <= now &&
              only?.includes(webhook.id) !== false &&
              !exceptWebhooks.includes(webhook.id) &&
              !exceptMakers.includes(webhook.createdBy)
          )
          .slice(0, limit)
          .map(({ delivery, webhook: { id, roomId, createdBy, url, sealedSecret } }) => ({
            delivery,
            webhookId: id,
            roomId,
            maker: createdBy,
            url,
            sealedSecret
          }))
      }),
    nextDue: (now) =>
      Effect.sync(() => Option.map(Option.fromUndefinedOr(waiting().find(({ at }) => at > now)), ({ at }) => at)),
    settle: (attempts) =>
      Effect.sync(() => {
        for (const { id, at, status, problem, tookMillis, ...next } of attempts) {
          const row = deliveries.get(id)
          if (row === undefined) continue
          const isOver = next.state === "Pending" && webhooks.get(row.webhookId)?.paused !== null
          const { state, nextAttemptAt } = isOver ? ({ state: "Failed", nextAttemptAt: null } as const) : next
          const known = row.delivery
          if (known.state === state && known.lastAttemptAt === at && known.nextAttemptAt === nextAttemptAt) continue
          const count = row.delivery.attempts + 1
          const outcome = { state, attempts: count, lastAttemptAt: at, nextAttemptAt, status, problem, tookMillis }
          row.delivery = { ...row.delivery, ...outcome }
        }
      }),
    deliveries: (roomId, id, before, limit) =>
      Effect.sync(() => {
        if (webhooks.get(id)?.roomId !== roomId) return Option.none()
        const all = [...deliveries.values()].filter(({ webhookId }) => webhookId === id).map(({ delivery }) => delivery)
        const end =
          before === null
            ? all.length
            : Math.max(
                0,
                all.findIndex((each) => each.id === before)
              )
        const older = all.slice(0, end).toReversed()
        return Option.some({ deliveries: older.slice(0, limit), hasOlder: older.length > limit })
      }),
    redeliver: (roomId, id, deliveryId, at) =>
      Effect.sync(() => {
        const row = deliveries.get(deliveryId)
        const webhook = webhooks.get(id)
        if (row?.webhookId !== id || webhook?.roomId !== roomId || webhook.paused !== null) return false
        row.delivery = { ...row.delivery, state: "Pending", nextAttemptAt: at }
        return true
      }),
    removeEnded: (before) =>
      Effect.sync(() => {
        const ended = [...deliveries.values()].filter(
          ({ delivery: { state, lastAttemptAt, createdAt } }) =>
            state !== "Pending" && (lastAttemptAt ?? createdAt) < before
        )
        for (const { delivery } of ended) deliveries.delete(delivery.id)
        return ended.length
      })
  }
}

const pending = ({ id, event, number, at }: NewDelivery): Delivery => ({
  id,
  event,
  number,
  state: "Pending",
  attempts: 0,
  createdAt: at,
  lastAttemptAt: null,
  nextAttemptAt: at,
  status: null,
  problem: null,
  tookMillis: null
})
