// When incoming webhooks were used last, until that is written: many posts are one statement a minute.
import type { WebhookId } from "@messenger/protocol/Webhook"
import { Webhooks as WebhookRows } from "@messenger/storage/Webhooks"
import type { DatabaseAway } from "@messenger/storage/StorageFailure"
import { Context, Effect, Latch, Layer } from "effect"

/** The uses that no read of the database shows yet; times are UTC milliseconds. */
export class UnwrittenUses {
  /** Open while there is something to write. */
  readonly there = Latch.makeUnsafe(false)
  private readonly uses = new Map<WebhookId, number>()

  use(id: WebhookId, at: number): void {
    this.uses.set(id, at)
    this.there.openUnsafe()
  }

  /** When it was used last, if that is not written yet. */
  lastOf(id: WebhookId): number | undefined {
    return this.uses.get(id)
  }

  get all(): ReadonlyArray<{ readonly id: WebhookId; readonly at: number }> {
    return [...this.uses].map(([id, at]) => ({ id, at }))
  }

  /** These are written; what was used since is not. */
  written(uses: ReadonlyArray<{ readonly id: WebhookId; readonly at: number }>): void {
    for (const { id, at } of uses) if (this.uses.get(id) === at) this.uses.delete(id)
    if (this.uses.size === 0) this.there.closeUnsafe()
  }
}

export class WebhookUses extends Context.Service<WebhookUses, UnwrittenUses>()("@messenger/chat/WebhookUses") {
  static readonly layer = Layer.sync(WebhookUses, () => new UnwrittenUses())
}

/** Writes the uses there are. */
export const makeWrite: Effect.Effect<Effect.Effect<void, DatabaseAway>, never, WebhookUses | WebhookRows> = Effect.gen(
  function* () {
    const rows = yield* WebhookRows
    const uses = yield* WebhookUses
    return Effect.suspend(() => {
      const taken = uses.all
      if (taken.length === 0) return Effect.void
      return Effect.andThen(
        rows.touch(taken),
        Effect.sync(() => uses.written(taken))
      )
    }).pipe(Effect.withSpan("Webhooks.writeUses"))
  }
)
