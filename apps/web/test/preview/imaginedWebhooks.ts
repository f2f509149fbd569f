// What a server answers to those who see to the webhooks of a room, on what a scene begins with, in memory.
import { NameInvalid, UserId } from "@messenger/protocol/Account"
import type { User } from "@messenger/protocol/Account"
import { RoomId } from "@messenger/protocol/Room"
import { DeliveryId, WebhookId, WebhookNotFound, WebhookPaused, WebhookUrlRefused } from "@messenger/protocol/Webhook"
import type { Delivery, IncomingWebhook, OutgoingWebhook } from "@messenger/protocol/Webhook"
import type { Answers } from "./imaginedAccount.ts"
import { dara, hook, kim } from "./people.ts"

const fine = <Value>(value: Value) => ({ isOk: true, value }) as const
const refused = <Refusal>(error: Refusal) => ({ isOk: false, error }) as const

/** So many deliveries at a time, so that there is a next page to ask for. */
const pageSize = 6

const minute = 60_000
const roomId = RoomId.make("r-books")

const delivery = (number: number, part: Partial<Delivery>): Delivery => ({
  id: DeliveryId.make(`d-${number}`),
  event: "message.posted",
  number,
  state: "Delivered",
  attempts: 1,
  createdAt: Date.now() - (30 - number) * 7 * minute,
  lastAttemptAt: Date.now() - (30 - number) * 7 * minute,
  nextAttemptAt: null,
  status: 200,
  problem: null,
  tookMillis: 20 + number,
  ...part
})

/** What `me` finds, and what comes of what they do. */
export const imaginedWebhooks = (me: User): Answers => {
  const now = Date.now()
  let made = 0
  let incoming: ReadonlyArray<IncomingWebhook> = [
    {
      id: WebhookId.make("w-1"),
      roomId,
      app: hook,
      createdBy: dara,
      createdAt: now - 9e8,
      lastUsedAt: now - 4 * minute
    }
  ]
  let outgoing: ReadonlyArray<OutgoingWebhook> = [
    {
      id: WebhookId.make("w-2"),
      roomId,
      url: "https://search.example.org/messenger/books?index=main",
      events: ["message.posted", "message.edited", "message.deleted"],
      paused: null,
      createdBy: kim,
      createdAt: now - 8e8
    },
    {
      id: WebhookId.make("w-3"),
      roomId,
      url: "https://lamp.example.net/blink",
      events: ["message.posted"],
      paused: "Gone",
      createdBy: dara,
      createdAt: now - 7e8
    }
  ]
  let deliveries: ReadonlyArray<Delivery> = [
    delivery(12, { state: "Pending", attempts: 0, status: null, tookMillis: null, lastAttemptAt: null }),
    delivery(11, {
      state: "Pending",
      attempts: 2,
      status: 503,
      tookMillis: 1_840,
      nextAttemptAt: now + 5 * minute
    }),
    delivery(10, { event: "message.edited" }),
    delivery(9, { state: "Failed", attempts: 10, status: null, problem: "TimedOut", tookMillis: 5_000 }),
    ...Array.from({ length: 8 }, (_, index) => delivery(8 - index, {}))
  ]
  const change = (id: WebhookId, part: Partial<OutgoingWebhook>) => {
    outgoing = outgoing.map((one) => (one.id === id ? Object.assign({}, one, part) : one))
    return outgoing.find((one) => one.id === id)
  }
  // The newest arrives a while after somebody has begun to look.
  let isLookedAt = false
  const arrive = () => {
    deliveries = deliveries.map((one) =>
      one.number === 12
        ? Object.assign({}, one, { state: "Delivered", attempts: 1, status: 204, tookMillis: 41, lastAttemptAt: now })
        : one
    )
  }
  return {
    ListWebhooks: async () => fine({ incoming, outgoing }),
    CreateIncomingWebhook: async ({ name }) => {
      if (name.trim() === "") return refused(new NameInvalid({ reason: "Empty" }))
      const app: User = { id: UserId.make(`u-hook-${++made}`), name: name.trim(), isGuest: false, isApp: true }
      const webhook = {
        id: WebhookId.make(`made-${made}`),
        roomId,
        app,
        createdBy: me,
        createdAt: now,
        lastUsedAt: null
      }
      incoming = [...incoming, webhook]
      return fine({ token: "mih_9sQ2vT0eYw6cJ1xkZ8bN4sLrDfHm7uPgAi3oXtVbEcR", webhook })
    },
    CreateOutgoingWebhook: async ({ url, events }) => {
      if (!url.startsWith("https://")) return refused(new WebhookUrlRefused({ reason: "NotHttps" }))
      const id = WebhookId.make(`made-${++made}`)
      const webhook = { id, roomId, url, events, paused: null, createdBy: me, createdAt: now }
      outgoing = [...outgoing, webhook]
      return fine({ secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo=", webhook })
    },
    SetWebhookActive: async ({ id, isActive }) => {
      const changed = change(id, { paused: isActive ? null : "Paused" })
      return changed === undefined ? refused(new WebhookNotFound()) : fine(changed)
    },
    DeleteWebhook: async ({ id }) => {
      incoming = incoming.filter((one) => one.id !== id)
      outgoing = outgoing.filter((one) => one.id !== id)
      return fine(undefined)
    },
    ListDeliveries: async ({ id, before }) => {
      if (!isLookedAt) setTimeout(arrive, 6_000)
      isLookedAt = true
      const all = id === "w-2" ? deliveries : []
      const from = before === null ? 0 : all.findIndex((one) => one.id === before) + 1
      return fine({ deliveries: all.slice(from, from + pageSize), hasOlder: from + pageSize < all.length })
    },
    Redeliver: async ({ id, deliveryId }) => {
      if (outgoing.find((one) => one.id === id)?.paused !== null) return refused(new WebhookPaused())
      const set = (partOf: (one: Delivery) => Partial<Delivery>) => {
        deliveries = deliveries.map((one) => (one.id === deliveryId ? Object.assign({}, one, partOf(one)) : one))
      }
      set(() => ({ state: "Pending", nextAttemptAt: Date.now() }))
      const arrived = ({ attempts }: Delivery) =>
        ({ state: "Delivered", attempts: attempts + 1, status: 200, problem: null, nextAttemptAt: null }) as const
      setTimeout(() => set(arrived), 1_500)
      return fine(undefined)
    }
  }
}
