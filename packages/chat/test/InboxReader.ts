// The far end of an inbox: it folds what it is given, and can stop reading.
import type { Broadcast, Sink } from "@messenger/chat/Sink"
import { InboxFrame } from "@messenger/protocol/InboxFeed"
import * as InboxView from "@messenger/protocol/InboxView"
import { Latch, Schema } from "effect"

const decode = Schema.decodeUnknownSync(Schema.Array(Schema.toCodecJson(InboxFrame)))

export class InboxReader implements Sink {
  view = InboxView.empty
  readonly frames: Array<InboxFrame> = []
  private isStuck = false
  private readonly flowing = Latch.makeUnsafe(true)

  write(broadcast: Broadcast): boolean {
    for (const frame of decode(JSON.parse(`[${broadcast.json}]`))) {
      this.frames.push(frame)
      this.view = InboxView.apply(this.view, frame)
    }
    return !this.isStuck
  }

  get drained() {
    return this.flowing.await
  }

  /** From now on there is no room for more. */
  stick(): void {
    this.isStuck = true
    this.flowing.closeUnsafe()
  }

  /** Everything has drained. */
  flow(): void {
    this.isStuck = false
    this.flowing.openUnsafe()
  }

  /** The tags of the frames so far. */
  get tags(): ReadonlyArray<string> {
    return this.frames.map(({ _tag }) => _tag)
  }
}
