// The bells of the worker that serves webhooks: whoever has something for it rings, synchronously and at no cost, and does not wait. A
// bell that rings while nobody listens is heard by the next who does.
import { Context, Latch, Layer } from "effect"

/** Two bells, open from when they ring until they are heard. */
export class Bells {
  /** Logs may have moved on past what webhooks were told. */
  readonly news = Latch.makeUnsafe(true)
  /** Deliveries may be due. */
  readonly due = Latch.makeUnsafe(true)
}

export class WebhookBells extends Context.Service<WebhookBells, Bells>()("@messenger/chat/WebhookBells") {
  static readonly layer = Layer.sync(WebhookBells, () => new Bells())
}
