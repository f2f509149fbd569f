import type { UserId } from "@messenger/protocol/Account"
import type { RoomId } from "@messenger/protocol/Room"
import type { IncomingWebhook, OutgoingWebhook, WebhookId } from "@messenger/protocol/Webhook"
import { Effect, Option } from "effect"
import type { Webhooks } from "../../Webhooks.ts"
import { newAccount } from "./accounts.ts"
import { byId } from "./Tables.ts"
import type { Tables } from "./Tables.ts"

type OfRooms = Pick<
  Webhooks["Service"],
  "createIncoming" | "createOutgoing" | "list" | "tokens" | "findIncoming" | "touch" | "setPaused" | "remove"
>

/** The part of the port that concerns webhooks themselves. */
export const webhooksOfRooms = (tables: Tables): OfRooms => {
  const { incomingWebhooks: incoming, outgoingWebhooks: outgoing } = tables
  const isFull = (roomId: RoomId, own: WebhookId, limit: number) =>
    [...incoming.values(), ...outgoing.values()].filter((each) => each.roomId === roomId && each.id !== own).length >=
    limit
  const headOf = (roomId: RoomId) => tables.logs.get(roomId)?.head ?? 0
  const dismiss = (app: UserId) => {
    for (const members of tables.memberships.values()) members.delete(app)
    for (const removed of tables.removals.values()) removed.delete(app)
    const account = tables.accounts.get(app)
    if (account !== undefined) account.isActive = false
  }
  return {
    createIncoming: (webhook, limit) =>
      Effect.sync(() => {
        const { id, roomId, app, joins, at } = webhook
        if (isFull(roomId, id, limit)) return "TooMany"
        if (incoming.has(id)) return "Created"
        incoming.set(id, { ...webhook, lastUsedAt: null })
        tables.accounts.set(app.id, newAccount({ ...app, at }, "webhook", "member"))
        if (joins) tables.members(roomId).set(app.id, { role: "member", at })
        return "Created"
      }),
    createOutgoing: (webhook, limit) =>
      Effect.sync(() => {
        const { id, roomId } = webhook
        if (isFull(roomId, id, limit)) return "TooMany"
        if (!outgoing.has(id)) outgoing.set(id, { ...webhook, cursor: headOf(roomId), paused: null })
        return "Created"
      }),
    list: (roomId) =>
      Effect.sync(() => ({
        incoming: ofRoom(incoming, roomId).map((webhook) => incomingOf(tables, webhook)),
        outgoing: ofRoom(outgoing, roomId).map((webhook) => outgoingOf(tables, webhook))
      })),
    tokens: Effect.sync(() => [...incoming.values()].map(({ id, tokenHash }) => ({ id, tokenHash }))),
    findIncoming: (tokenHash) =>
      Effect.sync(() => {
        const found = [...incoming.values()].find((webhook) => webhook.tokenHash === tokenHash)
        return Option.map(Option.fromUndefinedOr(found), (webhook) => incomingOf(tables, webhook))
      }),
    touch: (uses) =>
      Effect.sync(() => {
        for (const { id, at } of uses) {
          const webhook = incoming.get(id)
          if (webhook !== undefined) webhook.lastUsedAt = Math.max(at, webhook.lastUsedAt ?? 0)
        }
      }),
    setPaused: (roomId, id, paused) =>
      Effect.sync(() => {
        const webhook = outgoing.get(id)
        if (webhook?.roomId !== roomId) return Option.none()
        if (paused !== null) tables.pause(webhook, paused)
        else if (webhook.paused !== null) {
          tables.endPending(id)
          webhook.cursor = headOf(roomId)
          webhook.paused = null
        }
        return Option.some(outgoingOf(tables, webhook))
      }),
    remove: (roomId, id) =>
      Effect.sync(() => {
        const [comesIn, goesOut] = [incoming.get(id), outgoing.get(id)]
        if (comesIn?.roomId === roomId) {
          incoming.delete(id)
          dismiss(comesIn.app.id)
          return { _tag: "Incoming", app: tables.user(comesIn.app.id) }
        }
        if (goesOut?.roomId !== roomId) return { _tag: "NotFound" }
        outgoing.delete(id)
        for (const [place, { webhookId }] of tables.deliveries) if (webhookId === id) tables.deliveries.delete(place)
        return { _tag: "Outgoing" }
      })
  }
}

type Incoming = Tables["incomingWebhooks"] extends Map<WebhookId, infer Row> ? Row : never
type Outgoing = Tables["outgoingWebhooks"] extends Map<WebhookId, infer Row> ? Row : never

const ofRoom = <Row extends Incoming | Outgoing>(table: ReadonlyMap<WebhookId, Row>, roomId: RoomId) =>
  [...table.values()].filter((webhook) => webhook.roomId === roomId).toSorted((a, b) => b.at - a.at || byId(a.id, b.id))

const incomingOf = (tables: Tables, { id, roomId, app, createdBy, at, lastUsedAt }: Incoming): IncomingWebhook => ({
  id,
  roomId,
  app: tables.user(app.id),
  createdBy: tables.user(createdBy),
  createdAt: at,
  lastUsedAt
})

/** The outgoing webhook of a row. */
export const outgoingOf = (
  tables: Tables,
  { id, roomId, url, events, paused, createdBy, at }: Outgoing
): OutgoingWebhook => ({ id, roomId, url, events, paused, createdBy: tables.user(createdBy), createdAt: at })
