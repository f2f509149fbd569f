// What runs for webhooks: one reads the logs of rooms and queues what is new, one makes the deliveries that are due, one writes when
// incoming webhooks were used. None of them keeps anything that matters in memory: a worker that is started anew goes on where the
// database says.
import * as Worker from "@messenger/otp/Worker"
import { Effect } from "effect"
import { waitedOut } from "./Weather.ts"
import { WebhookBells } from "./WebhookBells.ts"
import * as WebhookDeliveries from "./WebhookDeliveries.ts"
import * as WebhookTelling from "./WebhookTelling.ts"
import { makeWrite, WebhookUses } from "./WebhookUses.ts"

/** How long news collects, in milliseconds: rooms ring with every batch, and one read serves all that rang. */
const collectMillis = 100

/**
 * How often logs are looked at when nobody rings, in milliseconds. A room rings when it publishes and when it is started again; this is
 * for a room that nobody starts after a crash, and for webhooks that another program wrote.
 */
const lookEveryMillis = 600_000

/** How often uses are written, in milliseconds. */
const writeEveryMillis = 60_000

/** The worker, as a child of chat's supervisor. */
export const make = Effect.gen(function* () {
  const bells = yield* WebhookBells
  const uses = yield* WebhookUses
  const deliver = yield* WebhookDeliveries.make
  const tellAll = yield* WebhookTelling.make
  const writeUses = yield* makeWrite

  const ring = Effect.sync(() => {
    bells.news.openUnsafe()
    bells.due.openUnsafe()
  })

  const telling = Effect.gen(function* () {
    yield* Effect.timeoutOption(bells.news.await, lookEveryMillis)
    yield* Effect.sleep(collectMillis)
    // Before the read: what is published while it runs rings for the next.
    bells.news.closeUnsafe()
    yield* waitedOut(tellAll)
  })

  const writing = uses.there.await.pipe(
    Effect.andThen(Effect.sleep(writeEveryMillis)),
    Effect.andThen(waitedOut(writeUses))
  )

  return Worker.make({
    id: "webhooks",
    // What an earlier incarnation had heard and not done is heard again; the last uses are written when the server stops.
    init: Effect.acquireRelease(ring, () => Effect.ignore(writeUses)),
    run: () => Effect.all([Effect.forever(telling), deliver, Effect.forever(writing)], { concurrency: "unbounded" })
  })
})
