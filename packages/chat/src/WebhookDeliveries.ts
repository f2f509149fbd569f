// Makes the deliveries that are due: some at once, one at a time for each webhook and in turn (`WebhookTurns`), so that a slow receiver
// with a long queue holds up itself. What an attempt came to is written after it: a crash in between repeats it under the same id, and loses none.
import { WebhookPayload } from "@messenger/protocol/Webhook"
import type { WebhookEvent } from "@messenger/protocol/Webhook"
import type { Message } from "@messenger/protocol/Message"
import type { Room } from "@messenger/protocol/Room"
import { MessageLog } from "@messenger/storage/MessageLog"
import { Webhooks as WebhookRows } from "@messenger/storage/Webhooks"
import type { DueDelivery } from "@messenger/storage/Webhooks"
import { Clock, Effect, FiberSet, Metric, Option, Random, Schema } from "effect"
import { Directory } from "./Directory.ts"
import * as Telemetry from "./Telemetry.ts"
import { waitedOut } from "./Weather.ts"
import { WebhookBells } from "./WebhookBells.ts"
import { isGone, settle } from "./WebhookRetry.ts"
import { headersOf } from "./WebhookSignature.ts"
import { SecretBox, WebhookTransport } from "./WebhookTransport.ts"
import type { Attempt } from "./WebhookTransport.ts"
import { WebhookTurns } from "./WebhookTurns.ts"
import type { Lane } from "./WebhookTurns.ts"

/** The longest wait that a timer is trusted with, in milliseconds: a machine may sleep. */
const longestWaitMillis = 600_000

/** Makes whatever falls due, for as long as it runs. What it has begun ends with it, and is due again. */
export const make = Effect.gen(function* () {
  const bells = yield* WebhookBells
  const rows = yield* WebhookRows
  const deliver = yield* makeDeliver

  return Effect.gen(function* () {
    const attempts = yield* FiberSet.make<void>()
    const turns = new WebhookTurns()

    const begin = Effect.fnUntraced(function* (due: DueDelivery) {
      const startedAt = yield* Clock.currentTimeMillis
      const end = Effect.map(Clock.currentTimeMillis, (now) => {
        turns.end(due.webhookId, now - startedAt)
        bells.due.openUnsafe()
      })
      yield* FiberSet.run(attempts, Effect.ensuring(deliver(due), end))
    })

    // Until the bell rings, or the next delivery falls due. One that is due already waits for an attempt to end, which rings.
    const untilDue = (now: number) =>
      Effect.flatMap(rows.nextDue(now), (next) =>
        Option.isSome(next)
          ? Effect.timeoutOption(bells.due.await, Math.min(next.value - now, longestWaitMillis))
          : bells.due.await
      )

    const fill = Effect.fnUntraced(function* (lane: Lane, now: number) {
      let isRenewed = false
      for (let free = turns.freeOf(lane); free > 0; free = turns.freeOf(lane)) {
        const of = turns.waitingIn(lane)
        const due = yield* rows.due(now, free, of)
        const waitLonger = new Set(of.exceptMakers)
        for (const each of due) {
          if (turns.begin(lane, each)) yield* begin(each)
          else waitLonger.add(each.maker)
        }
        // Only fewer than were asked for say that nobody waits: attempts that ended during the read had made room for more.
        if (due.length === free) continue
        if (isRenewed || !turns.renew(lane, waitLonger)) return
        isRenewed = true
      }
    })

    const look = Effect.gen(function* () {
      bells.due.closeUnsafe()
      const now = yield* Clock.currentTimeMillis
      yield* fill("Quick", now)
      yield* fill("Slow", now)
      return yield* untilDue(now)
    })

    // An attempt that fails by a bug of ours is a crash of the worker.
    return yield* Effect.raceFirst(Effect.forever(waitedOut(look)), FiberSet.join(attempts))
  })
})

const makeDeliver = Effect.gen(function* () {
  const bells = yield* WebhookBells
  const rows = yield* WebhookRows
  const attempt = yield* makeAttempt

  // Whatever goes wrong with one delivery is that delivery's: it must not end those of others.
  const contained = ({ delivery, webhookId }: DueDelivery, work: ReturnType<typeof attempt>) =>
    Effect.catchDefect(work, (defect) =>
      Effect.logError("A delivery could not be made", defect).pipe(
        Effect.annotateLogs({ webhook: webhookId, delivery: delivery.id }),
        Effect.as<Attempt>({ _tag: "Unanswered", problem: "Unreachable", tookMillis: 0 })
      )
    )

  return Effect.fn("Webhooks.deliver")(function* (due: DueDelivery) {
    const made = yield* contained(due, waitedOut(attempt(due)))
    const row = settle(due.delivery, made, yield* Clock.currentTimeMillis, yield* Random.next)
    const pause = isGone(made) ? rows.setPaused(due.roomId, due.webhookId, "Gone") : Effect.void
    yield* waitedOut(Effect.uninterruptible(Effect.andThen(pause, rows.settle([row]))))
    yield* Metric.update(Telemetry.webhookAttempts[row.state], 1)
    // There is room in its queue again.
    if (row.state !== "Pending") bells.news.openUnsafe()
  })
})

const makeAttempt = Effect.gen(function* () {
  const box = yield* SecretBox
  const directory = yield* Directory
  const log = yield* MessageLog
  const transport = yield* WebhookTransport

  return Effect.fnUntraced(function* ({ delivery, webhookId, roomId, url, sealedSecret }: DueDelivery) {
    const secret = box.open(sealedSecret, webhookId)
    if (Option.isNone(secret)) {
      yield* Effect.logWarning(
        "A webhook's secret was sealed by another SECRET_KEY: nothing can be signed for it"
      ).pipe(Effect.annotateLogs("webhook", webhookId))
      return { _tag: "Unanswered", problem: "Unsigned", tookMillis: 0 } satisfies Attempt
    }
    // As it is now.
    const [message] = yield* log.messages(roomId, [delivery.number])
    const listing = directory.get(roomId)
    if (message === undefined || listing === undefined) {
      return yield* Effect.die(new Error(`message ${delivery.number} of room ${roomId} is not there`))
    }
    // What is there no more was neither posted nor edited for who hears of it now only.
    if (message.state === "Deleted" && delivery.event !== "message.deleted")
      return { _tag: "Unanswered", problem: "Withdrawn", tookMillis: 0 } satisfies Attempt
    const body = bodyOf(delivery.event, listing.room, message)
    const at = yield* Clock.currentTimeMillis
    const headers = {
      "content-type": "application/json",
      "user-agent": "Messenger",
      ...headersOf(secret.value, { id: delivery.id, at, body })
    }
    return yield* transport.post({ url, headers, body })
  })
})

const encode = Schema.encodeSync(Schema.toCodecJson(WebhookPayload))

const bodyOf = (event: WebhookEvent, { id, slug, name }: Room, message: Message): string => {
  const at = event === "message.posted" ? message.at : (message.editedAt ?? message.at)
  const data = { room: { id, slug, name }, message }
  return JSON.stringify(encode({ type: event, timestamp: new Date(at).toISOString(), data }))
}
