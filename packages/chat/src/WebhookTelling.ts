// Writes down what webhooks are to be told. The log is the source: a webhook has a cursor into its room's log, which moves in one step
// with what it passes. What does not fit into a webhook's queue waits in the log.
import * as Limits from "@messenger/protocol/Limits"
import { DeliveryId } from "@messenger/protocol/Webhook"
import { MessageLog } from "@messenger/storage/MessageLog"
import { Webhooks as WebhookRows } from "@messenger/storage/Webhooks"
import type { OutgoingRow } from "@messenger/storage/Webhooks"
import { Clock, Effect, Option } from "effect"
import { newId } from "./Secrets.ts"
import { WebhookBells } from "./WebhookBells.ts"
import { joined, newsOf } from "./WebhookNews.ts"
import type { Stretch } from "./WebhookNews.ts"

/** How many deliveries of one webhook may be pending. */
export const maxPending = 100

/** Queues what is new for every webhook that is behind; rings again where there is more than one step takes. */
export const make = Effect.gen(function* () {
  const bells = yield* WebhookBells
  const log = yield* MessageLog
  const rows = yield* WebhookRows

  const stretchAfter = Effect.fnUntraced(function* ({ cursor: from, webhook: { roomId } }: OutgoingRow) {
    const page = yield* log.changesAfter(roomId, from, Limits.maxBatchBytes)
    if (Option.isNone(page)) return undefined
    const { head, cursor, messages } = page.value
    if (cursor.number >= head) return { head, stretch: { from, upTo: cursor.number, messages } satisfies Stretch }
    // A message that was posted in this stretch and changed after it is not in the page: it is in the history.
    const history = yield* log.page(roomId, { _tag: "After", number: from }, Limits.maxPageMessages)
    if (Option.isNone(history)) return undefined
    return { head, stretch: joined({ from, upTo: cursor.number, messages }, history.value) }
  })

  const tell = Effect.fnUntraced(function* (row: OutgoingRow) {
    const room = maxPending - row.pending
    if (room <= 0) return
    const found = yield* stretchAfter(row)
    if (found === undefined || found.stretch.upTo <= row.cursor) return
    const { news, upTo } = newsOf(found.stretch, row.webhook.events, room)
    const at = yield* Clock.currentTimeMillis
    const deliveries = news.map(({ event, number }) => ({ id: DeliveryId.make(newId()), event, number, at }))
    const isMoved = yield* rows.enqueue(row.webhook.id, { from: row.cursor, to: upTo }, deliveries)
    if (!isMoved) return
    if (news.length > 0) bells.due.openUnsafe()
    if (upTo < found.head && news.length < room) bells.news.openUnsafe()
  })

  const roomsTold = Effect.suspend(() => {
    const found = bells.look()
    return Effect.tap(rows.roomsTold, (rooms) => Effect.sync(() => found(rooms)))
  })

  return Effect.gen(function* () {
    if ((yield* roomsTold).length === 0) return
    yield* Effect.forEach(yield* rows.behind, tell, { discard: true })
  }).pipe(Effect.withSpan("Webhooks.tell"))
})
