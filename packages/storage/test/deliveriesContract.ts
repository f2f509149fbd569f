// The queue of what outgoing webhooks are told.
import { DeliveryId } from "@messenger/protocol/Webhook"
import type { WebhookId } from "@messenger/protocol/Webhook"
import type { Ports } from "@messenger/storage/Ports"
import { Webhooks } from "@messenger/storage/Webhooks"
import type { AttemptRow, DueOf, NewOutgoingWebhook } from "@messenger/storage/Webhooks"
import { expect } from "@effect/vitest"
import type { Vitest } from "@effect/vitest"
import { Effect, Option } from "effect"
import { makeRoom } from "./world.ts"
import { makeOutgoing, makeQueue, newDelivery, say } from "./webhooksWorld.ts"

/** What is due of this webhook; other tests have something too. */
const dueOf = Effect.fnUntraced(function* (webhookId: WebhookId, now: number) {
  const due = yield* (yield* Webhooks).due(now, 10_000, everybody)
  return due.filter((each) => each.webhookId === webhookId).map(({ delivery }) => delivery.id)
})

const everybody: DueOf = { exceptWebhooks: [], exceptMakers: [] }

/** Everything that is queued for this webhook, in the order in which it was. */
const queueOf = Effect.fnUntraced(function* ({ roomId, id }: Pick<NewOutgoingWebhook, "roomId" | "id">) {
  const page = yield* (yield* Webhooks).deliveries(roomId, id, null, 10_000)
  return Option.match(page, {
    onNone: () => [],
    onSome: ({ deliveries }) => deliveries.map((delivery) => delivery.id).toReversed()
  })
})

const answered = (id: DeliveryId, at: number, changes: Partial<AttemptRow> = {}): AttemptRow => ({
  id,
  state: "Delivered",
  at,
  nextAttemptAt: null,
  status: 204,
  problem: null,
  tookMillis: 12,
  ...changes
})

const failed = (id: DeliveryId, at: number, nextAttemptAt: number | null): AttemptRow => ({
  id,
  state: nextAttemptAt === null ? "Failed" : "Pending",
  at,
  nextAttemptAt,
  status: null,
  problem: "TimedOut",
  tookMillis: 5_000
})

export const deliveriesContract = (it: Vitest.MethodsNonLive<Ports>): void => {
  it.effect(
    "what is queued is due with what it takes to deliver it, of a webhook the one that is due the longest",
    () =>
      Effect.gen(function* () {
        const webhooks = yield* Webhooks
        const { webhook, ids } = yield* makeQueue(20_003, 20_001, 20_002)
        const [late, early, middle] = ids
        if (early === undefined || middle === undefined) return yield* Effect.die("no deliveries")
        const mine = (yield* webhooks.due(20_002, 10_000, everybody)).filter(
          ({ webhookId }) => webhookId === webhook.id
        )
        expect(mine).toEqual([
          {
            delivery: {
              id: early,
              event: "message.posted",
              number: 2,
              state: "Pending",
              attempts: 0,
              createdAt: 20_001,
              lastAttemptAt: null,
              nextAttemptAt: 20_001,
              status: null,
              problem: null,
              tookMillis: null
            },
            webhookId: webhook.id,
            roomId: webhook.roomId,
            maker: webhook.createdBy,
            url: webhook.url,
            sealedSecret: webhook.sealedSecret
          }
        ])
        yield* webhooks.settle([answered(early, 20_002)])
        expect(yield* dueOf(webhook.id, 20_003)).toEqual([middle])
        expect(yield* dueOf(webhook.id, 20_001)).toEqual([])
        yield* webhooks.settle([failed(middle, 20_003, 20_010)])
        expect(yield* dueOf(webhook.id, 20_010)).toEqual([late])
      })
  )

  it.effect("of deliveries that are due at the same time the one that was queued first is", () =>
    Effect.gen(function* () {
      const { webhook, ids } = yield* makeQueue(30_000, 30_000, 30_000)
      for (const id of ids) {
        expect(yield* dueOf(webhook.id, 30_000)).toEqual([id])
        yield* (yield* Webhooks).settle([answered(id, 30_000)])
      }
      expect(yield* dueOf(webhook.id, 30_000)).toEqual([])
    })
  )

  it.effect("webhooks take turns: those that are busy are left out, and the longest due come first", () =>
    Effect.gen(function* () {
      const webhooks = yield* Webhooks
      // Earlier than those of all other tests.
      const [two, one, three] = [yield* makeQueue(7), yield* makeQueue(6, 6), yield* makeQueue(8)]
      const due = Effect.fnUntraced(function* (limit: number, ...busy: ReadonlyArray<WebhookId>) {
        return (yield* webhooks.due(8, limit, { ...everybody, exceptWebhooks: busy })).map(
          ({ delivery }) => delivery.id
        )
      })
      const [first, second, third] = [one.ids[0], two.ids[0], three.ids[0]]
      expect(yield* due(10)).toEqual([first, second, third])
      expect(yield* due(2)).toEqual([first, second])
      expect(yield* due(10, two.webhook.id)).toEqual([first, third])
      expect(yield* due(10, two.webhook.id, one.webhook.id)).toEqual([third])
      const of = Effect.fnUntraced(function* (asked: Partial<DueOf>) {
        return (yield* webhooks.due(8, 10, { ...everybody, ...asked })).map(({ delivery }) => delivery.id)
      })
      expect(yield* of({ exceptMakers: [two.webhook.createdBy] })).toEqual([first, third])
      expect(yield* of({ only: [three.webhook.id, two.webhook.id], exceptWebhooks: [two.webhook.id] })).toEqual([third])
      expect(yield* of({ only: [] })).toEqual([])
      for (const { webhook } of [one, two, three]) yield* webhooks.remove(webhook.roomId, webhook.id)
    })
  )

  it.effect("of those who move one cursor at once one does, and what it queued is there once", () =>
    Effect.gen(function* () {
      const webhooks = yield* Webhooks
      const { webhook, owner } = yield* makeOutgoing
      yield* say(owner)
      const moves = Array.from({ length: 8 }, () =>
        webhooks.enqueue(webhook.id, { from: 2, to: 3 }, [newDelivery(30_000, 3)])
      )
      const outcomes = yield* Effect.all(moves, { concurrency: "unbounded" })
      expect(outcomes.filter((isMoved) => isMoved)).toHaveLength(1)
      expect(yield* queueOf(webhook)).toHaveLength(1)
      expect((yield* webhooks.behind).map((each) => each.webhook.id)).not.toContain(webhook.id)
    })
  )

  it.effect("a cursor also moves over what the webhook is not told", () =>
    Effect.gen(function* () {
      const webhooks = yield* Webhooks
      const { webhook, owner } = yield* makeOutgoing
      const { id } = webhook
      yield* say(yield* say(owner))
      expect(yield* webhooks.enqueue(id, { from: 2, to: 3 }, [])).toBe(true)
      expect(yield* webhooks.enqueue(id, { from: 2, to: 3 }, [])).toBe(false)
      expect((yield* webhooks.behind).find((each) => each.webhook.id === id)).toMatchObject({ cursor: 3, pending: 0 })
      yield* webhooks.enqueue(id, { from: 3, to: 4 }, [newDelivery(30_000)])
      yield* say({ ...owner, head: 4 })
      expect((yield* webhooks.behind).find((each) => each.webhook.id === id)).toMatchObject({ cursor: 4, pending: 1 })
    })
  )

  it.effect("nothing is queued for a webhook that was paused meanwhile, or is gone", () =>
    Effect.gen(function* () {
      const webhooks = yield* Webhooks
      const { webhook, owner } = yield* makeOutgoing
      const { id, roomId } = webhook
      yield* say(owner)
      yield* webhooks.setPaused(roomId, id, "Paused")
      expect(yield* webhooks.enqueue(id, { from: 2, to: 3 }, [newDelivery(30_000)])).toBe(false)
      expect(yield* queueOf(webhook)).toEqual([])
      yield* webhooks.remove(roomId, id)
      expect(yield* webhooks.enqueue(id, { from: 2, to: 3 }, [newDelivery(30_000)])).toBe(false)
      expect(yield* dueOf(id, 30_000)).toEqual([])
    })
  )

  it.effect("more deliveries than one statement takes are queued at once", () =>
    Effect.gen(function* () {
      const { webhook, ids } = yield* makeQueue(...Array.from({ length: 2_345 }, () => 30_000))
      expect(yield* queueOf(webhook)).toEqual(ids)
      yield* (yield* Webhooks).remove(webhook.roomId, webhook.id)
    })
  )

  it.effect("the next delivery is due when its time says, unless its webhook is paused", () =>
    Effect.gen(function* () {
      const webhooks = yield* Webhooks
      // Earlier than those of all other tests.
      const { webhook, ids } = yield* makeQueue(5, 6)
      const { roomId, id } = webhook
      expect(yield* webhooks.nextDue(4)).toEqual(Option.some(5))
      expect(yield* webhooks.nextDue(5)).toEqual(Option.some(6))
      yield* webhooks.settle(ids.slice(0, 1).map((first) => failed(first, 5, 9)))
      expect(yield* webhooks.nextDue(4)).toEqual(Option.some(6))
      yield* webhooks.setPaused(roomId, id, "Paused")
      expect(Option.getOrElse(yield* webhooks.nextDue(4), () => 10)).toBeGreaterThan(9)
      expect(yield* dueOf(id, 9)).toEqual([])
      yield* webhooks.setPaused(roomId, id, null)
      expect(yield* dueOf(id, 9)).toEqual([])
      yield* webhooks.remove(roomId, id)
      expect(Option.getOrElse(yield* webhooks.nextDue(4), () => 10)).toBeGreaterThan(9)
    })
  )

  it.effect("an attempt is kept with what it came to, and counts once however often it is written", () =>
    Effect.gen(function* () {
      const webhooks = yield* Webhooks
      const { webhook, ids } = yield* makeQueue(30_000, 30_000, 30_000)
      const [one, two, three] = ids
      if (one === undefined || two === undefined || three === undefined) return yield* Effect.die("no deliveries")
      const gone = DeliveryId.make("gone")
      const attempts = [answered(one, 30_100), failed(two, 30_100, 30_500), failed(three, 30_100, null)]
      yield* webhooks.settle([...attempts, answered(gone, 30_100)])
      yield* webhooks.settle(attempts)
      yield* webhooks.settle([])
      const page = yield* webhooks.deliveries(webhook.roomId, webhook.id, null, 10)
      const common = { attempts: 1, lastAttemptAt: 30_100, createdAt: 30_000 }
      const noAnswer = { ...common, status: null, problem: "TimedOut", tookMillis: 5_000 }
      expect(page).toMatchObject({
        value: {
          deliveries: [
            { id: three, state: "Failed", nextAttemptAt: null, ...noAnswer },
            { id: two, state: "Pending", nextAttemptAt: 30_500, ...noAnswer },
            { id: one, state: "Delivered", nextAttemptAt: null, ...common, status: 204, problem: null, tookMillis: 12 }
          ]
        }
      })
      expect(yield* dueOf(webhook.id, 30_499)).toEqual([])
      expect(yield* dueOf(webhook.id, 30_500)).toEqual([two])
      yield* webhooks.settle([answered(two, 30_600)])
      expect(yield* webhooks.deliveries(webhook.roomId, webhook.id, null, 10)).toMatchObject({
        value: { deliveries: [{ id: three }, { id: two, attempts: 2, state: "Delivered", problem: null }, { id: one }] }
      })
    })
  )

  it.effect("deliveries are paged from the newest to the oldest", () =>
    Effect.gen(function* () {
      const webhooks = yield* Webhooks
      const { webhook, ids } = yield* makeQueue(30_000, 30_000, 30_000, 30_000, 30_000)
      const [one, two, three, four, five] = ids
      const page = Effect.fnUntraced(function* (before: DeliveryId | undefined, limit: number) {
        const found = yield* webhooks.deliveries(webhook.roomId, webhook.id, before ?? null, limit)
        return Option.map(found, ({ deliveries, hasOlder }) => [deliveries.map(({ id }) => id), hasOlder])
      })
      expect(yield* page(undefined, 2)).toEqual(Option.some([[five, four], true]))
      expect(yield* page(four, 2)).toEqual(Option.some([[three, two], true]))
      expect(yield* page(two, 2)).toEqual(Option.some([[one], false]))
      expect(yield* page(one, 2)).toEqual(Option.some([[], false]))
      expect(yield* page(DeliveryId.make("gone"), 2)).toEqual(Option.some([[], false]))
      expect(yield* webhooks.deliveries(yield* makeRoom(), webhook.id, null, 2)).toEqual(Option.none())
    })
  )

  it.effect("a delivery that ended is made again when somebody asks for it", () =>
    Effect.gen(function* () {
      const webhooks = yield* Webhooks
      const { webhook, ids } = yield* makeQueue(30_000)
      const [id] = ids
      if (id === undefined) return yield* Effect.die("no delivery")
      yield* webhooks.settle([failed(id, 30_000, null)])
      expect(yield* dueOf(webhook.id, 90_000)).toEqual([])
      expect(yield* webhooks.redeliver(webhook.roomId, webhook.id, id, 40_000)).toBe(true)
      expect(yield* dueOf(webhook.id, 39_999)).toEqual([])
      expect(yield* dueOf(webhook.id, 40_000)).toEqual([id])
      yield* webhooks.settle([answered(id, 40_000)])
      expect(yield* webhooks.deliveries(webhook.roomId, webhook.id, null, 1)).toMatchObject({
        value: { deliveries: [{ state: "Delivered", attempts: 2, status: 204, problem: null }] }
      })

      const other = yield* makeQueue(30_000)
      expect(yield* webhooks.redeliver(other.webhook.roomId, other.webhook.id, id, 1)).toBe(false)
      expect(yield* webhooks.redeliver(other.webhook.roomId, webhook.id, id, 1)).toBe(false)
      expect(yield* webhooks.redeliver(webhook.roomId, webhook.id, DeliveryId.make("gone"), 1)).toBe(false)
    })
  )

  it.effect("what is pending ends as failed when its webhook is paused, and is then deleted in its time", () =>
    Effect.gen(function* () {
      const webhooks = yield* Webhooks
      const { webhook, ids } = yield* makeQueue(100, 100, 100)
      const { id, roomId } = webhook
      const [tried, waiting, underWay] = ids
      if (tried === undefined || waiting === undefined || underWay === undefined) return yield* Effect.die("no queue")
      yield* webhooks.settle([{ ...failed(tried, 101, 200), status: 503, problem: null }])
      yield* webhooks.setPaused(roomId, id, "Gone")
      for (let again = 0; again < 2; again++) yield* webhooks.settle([failed(underWay, 102, 300)])
      const page = () =>
        Effect.map(webhooks.deliveries(roomId, id, null, 10), (found) => Option.getOrUndefined(found)?.deliveries)
      const ended = { state: "Failed", nextAttemptAt: null }
      expect(yield* page()).toMatchObject([
        { id: underWay, ...ended, attempts: 1, problem: "TimedOut" },
        { id: waiting, ...ended, attempts: 0, problem: "Paused", lastAttemptAt: null },
        { id: tried, ...ended, attempts: 1, problem: "Paused", status: null, lastAttemptAt: 101 }
      ])
      expect(yield* webhooks.redeliver(roomId, id, waiting, 300)).toBe(false)
      yield* webhooks.setPaused(roomId, id, null)
      expect(yield* dueOf(id, 1_000)).toEqual([])
      expect(yield* webhooks.redeliver(roomId, id, waiting, 300)).toBe(true)
      yield* webhooks.setPaused(roomId, id, null)
      expect(yield* dueOf(id, 1_000)).toEqual([waiting])
      yield* webhooks.setPaused(roomId, id, "Paused")
      yield* webhooks.removeEnded(102)
      expect(yield* page()).toMatchObject([{ id: underWay }])
      yield* webhooks.remove(roomId, id)
    })
  )

  it.effect("what ended is deleted when its time is over, what is pending never", () =>
    Effect.gen(function* () {
      const webhooks = yield* Webhooks
      const { webhook, ids } = yield* makeQueue(100, 100, 100, 100)
      const [old, recent, again, pending] = ids
      if (old === undefined || recent === undefined || again === undefined) return yield* Effect.die("no deliveries")
      yield* webhooks.settle([answered(old, 101), failed(recent, 102, null), answered(again, 101)])
      yield* webhooks.redeliver(webhook.roomId, webhook.id, again, 90_000)
      expect(yield* webhooks.removeEnded(102)).toBeGreaterThanOrEqual(1)
      expect(yield* webhooks.removeEnded(102)).toBe(0)
      const page = yield* webhooks.deliveries(webhook.roomId, webhook.id, null, 10)
      expect(Option.map(page, ({ deliveries }) => deliveries.map(({ id }) => id))).toEqual(
        Option.some([pending, again, recent])
      )
      yield* webhooks.settle([answered(old, 103)])
      expect(yield* webhooks.deliveries(webhook.roomId, webhook.id, null, 10)).toEqual(page)
      yield* webhooks.remove(webhook.roomId, webhook.id)
    })
  )

  it.effect(
    "an outgoing webhook that is removed takes its deliveries with it, those that are queued meanwhile too",
    () =>
      Effect.gen(function* () {
        const webhooks = yield* Webhooks
        const { webhook, ids } = yield* makeQueue(30_000, 30_000)
        const { id, roomId } = webhook
        const [removed] = yield* Effect.all(
          [
            webhooks.remove(roomId, id),
            ...[5, 6, 7].map((to) => webhooks.enqueue(id, { from: to - 1, to }, [newDelivery(30_000)]))
          ],
          { concurrency: "unbounded" }
        )
        expect(removed).toEqual({ _tag: "Outgoing" })
        expect(yield* dueOf(id, 90_000)).toEqual([])
        expect(yield* webhooks.deliveries(roomId, id, null, 10)).toEqual(Option.none())
        yield* webhooks.settle(ids.map((each) => answered(each, 30_001)))
        expect(yield* webhooks.remove(roomId, id)).toEqual({ _tag: "NotFound" })
      })
  )
}
