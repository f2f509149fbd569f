// The bells of the worker that serves webhooks: whoever has something for it rings, synchronously and at no cost, and does not wait. A
// bell that rings while nobody listens is heard by the next who does. What is published in a room without an outgoing webhook rings
// nothing: which rooms have one is in the database, is read with every look at it, and is known here from look to look.
import type { RoomId } from "@messenger/protocol/Room"
import { Context, Latch, Layer } from "effect"

/** Two bells, open from when they ring until they are heard. */
export class Bells {
  /** Logs may have moved on past what webhooks were told. */
  readonly news = Latch.makeUnsafe(true)
  /** Deliveries may be due. */
  readonly due = Latch.makeUnsafe(true)
  /** The rooms with a webhook that is told, and maybe some whose webhook is told no more; before the first look it may be any. */
  private told: ReadonlySet<RoomId> | undefined = undefined
  /** Rooms that got a webhook since the last look began: what it read may be older than they are. */
  private since = new Set<RoomId>()

  /** Something was published in the room. */
  published(roomId: RoomId): void {
    if (this.told === undefined || this.told.has(roomId) || this.since.has(roomId)) this.news.openUnsafe()
  }

  /** The room has an outgoing webhook more that is told, and that is in the database: what was published since then is news. */
  mayTell(roomId: RoomId): void {
    this.since.add(roomId)
    this.news.openUnsafe()
  }

  /** Begins a look: what is to be called with the rooms that it found in the database. */
  look(): (found: ReadonlyArray<RoomId>) => void {
    const since = new Set<RoomId>()
    const known = this.told
    const earlier = this.since
    this.told = known === undefined ? undefined : new Set([...known, ...earlier])
    this.since = since
    return (found) => {
      this.told = new Set(found)
    }
  }
}

export class WebhookBells extends Context.Service<WebhookBells, Bells>()("@messenger/chat/WebhookBells") {
  static readonly layer = Layer.sync(WebhookBells, () => new Bells())
}
