// The tokens of incoming webhooks that are good, by their hashes: all there are, in memory, loaded at start. So a token that is none is
// known as such without a read, however many are tried, and a good one is never held up by those that are none.
import type { WebhookId } from "@messenger/protocol/Webhook"
import { Webhooks as WebhookRows } from "@messenger/storage/Webhooks"
import { Effect } from "effect"

export class IncomingTokens {
  private readonly hashes = new Set<string>()
  private readonly byWebhook = new Map<WebhookId, string>()

  has(hash: string): boolean {
    return this.hashes.has(hash)
  }

  /** The webhook was made. */
  put(id: WebhookId, hash: string): void {
    this.hashes.add(hash)
    this.byWebhook.set(id, hash)
  }

  /** The webhook is gone. */
  remove(id: WebhookId): void {
    const hash = this.byWebhook.get(id)
    if (hash !== undefined) this.hashes.delete(hash)
    this.byWebhook.delete(id)
  }
}

/** The tokens of the webhooks there are. */
export const load = Effect.gen(function* () {
  const tokens = new IncomingTokens()
  for (const { id, tokenHash } of yield* (yield* WebhookRows).tokens) tokens.put(id, tokenHash)
  return tokens
})
