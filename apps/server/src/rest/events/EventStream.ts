// One reader of a room over Server-Sent Events. It is written to by the room, in the step in which that publishes, as any other
// reader; past a bound of what is unsent it lags, and is resumed from where it stood when it has drained.
//
// Before the head of the answer is sent what is written waits here, so that a follow that fails at once can be answered as a refusal.
import type { Broadcast, Sink } from "@messenger/chat/Sink"
import type { Cursor } from "@messenger/protocol/Cursor"
import { Context, Effect, Latch, Option } from "effect"
import type { ServerResponse } from "node:http"
import type { Open } from "../../connections/Connections.ts"
import { maxUnsentBytes } from "../../connections/Fastlane.ts"
import type { Limits } from "../../connections/Heartbeat.ts"
import type { Peer } from "../../connections/Peer.ts"
import { Stall, unsentBytesOf } from "../../connections/Stall.ts"
import type { GatewayCounts } from "../../GatewayCounts.ts"
import { bytesOf, comment, eventText, helloOf, retryText } from "./EventText.ts"

/**
 * How long a reader waits before it comes back, in milliseconds: anything between these two, since all of them lose a server at the
 * same time. Tests do not wait as long.
 */
export const RetryMillis = Context.Reference("@messenger/server/rest/events/RetryMillis", {
  defaultValue: () => ({ least: 1_000, most: 5_000 })
})

export class EventStream implements Open, Sink {
  readonly peer: Peer
  readonly #cursor: Cursor | undefined
  readonly #counts: GatewayCounts["Service"]
  readonly #retryMillis: number
  readonly #waiting: Array<Uint8Array> = []
  readonly #begun = Latch.makeUnsafe(false)
  readonly #attached = Latch.makeUnsafe(false)
  readonly #ended = Latch.makeUnsafe(false)
  #response: ServerResponse | undefined
  #hasSaidHello = false
  #hasWritten = true
  #writtenAt = 0
  readonly #stall = new Stall()
  #isLagging = false
  #isClosed = false

  /** `cursor` is where its reader stands; absent for one that wants what happens from now on. */
  constructor(
    peer: Peer,
    cursor: Cursor | undefined,
    counts: GatewayCounts["Service"],
    { least, most }: (typeof RetryMillis)["Service"]
  ) {
    this.peer = peer
    this.#retryMillis = least + Math.random() * (most - least)
    this.#cursor = cursor
    this.#counts = counts
  }

  /** Waits until the room has let its reader in, or it is over already. */
  get begun(): Effect.Effect<void> {
    return this.#begun.await
  }

  /** Waits until it is over for a reason of this side. */
  get ended(): Effect.Effect<void> {
    return this.#ended.await
  }

  write(broadcast: Broadcast): boolean {
    if (this.#isClosed) return true
    this.#begun.openUnsafe()
    if (!this.#hasSaidHello) this.#sayReady(broadcast)
    this.#counts.deliveries += broadcast.frames
    return this.#send(bytesOf(broadcast))
  }

  readonly drained: Effect.Effect<void> = Effect.suspend(() =>
    Effect.andThen(
      this.#attached.await,
      Effect.callback<void>((resume) => {
        const response = this.#response
        if (response === undefined || response.destroyed || response.writableLength === 0) resume(Effect.void)
        // Called when everything before it has left, or the connection is gone; an empty line means nothing.
        else response.write("\n", () => resume(Effect.void))
      })
    )
  )

  /** From now on it writes to `response`, the head of which has been sent; begins with what has waited. */
  attach(response: ServerResponse): void {
    this.#response = response
    // Told to the server too, which ends the request.
    response.on("error", () => undefined)
    this.#send(Buffer.from(retryText(this.#retryMillis)))
    for (const bytes of this.#waiting.splice(0)) this.#send(bytes)
    this.#attached.openUnsafe()
  }

  /** Says that it is over, and takes nothing more; idempotent. `retryAfterMillis` is when it may be worth another try. */
  end(reason: string, retryAfterMillis: number = this.#retryMillis): void {
    if (this.#isClosed) return
    this.#send(Buffer.from(retryText(retryAfterMillis) + eventText("end", { reason })))
    this.forget()
    this.#begun.openUnsafe()
    this.#ended.openUnsafe()
  }

  /** Takes nothing more, in the step in which its reader is gone. */
  forget(): void {
    this.#isClosed = true
    this.#caughtUp()
  }

  close(): void {
    this.end("Restart")
  }

  visit(now: number, { pingAfter, stuckAfter }: Limits): boolean {
    if (this.#isClosed) return true
    const until = this.peer.holder?.until ?? null
    if (until !== null && now >= until) {
      this.end("Expired")
      return false
    }
    if (this.#isLagging) return this.#isMoving(now, stuckAfter)
    if (this.#hasWritten) {
      this.#hasWritten = false
      this.#writtenAt = now
    } else if (now - this.#writtenAt >= pingAfter) this.#send(comment)
    return true
  }

  // A reader that resumes is told at once from where; one that comes without a cursor is told by its snapshot.
  #sayReady(broadcast: Broadcast): void {
    this.#hasSaidHello = true
    const cursor = this.#cursor
    if (cursor === undefined) return
    const isKnown = Option.exists(helloOf(broadcast), ({ head, log }) => log === cursor.log && cursor.number <= head)
    if (isKnown) this.#send(Buffer.from(eventText("ready", { cursor }, cursor)))
  }

  #send(bytes: Uint8Array): boolean {
    const response = this.#response
    if (bytes.length === 0) return true
    if (response === undefined) {
      this.#waiting.push(bytes)
      return this.#waiting.reduce((sum, { length }) => sum + length, 0) <= maxUnsentBytes
    }
    if (response.destroyed || response.writableEnded) return true
    this.#hasWritten = true
    if (response.write(bytes) || response.writableLength <= maxUnsentBytes) return true
    if (!this.#isLagging) {
      this.#isLagging = true
      this.#counts.laggingReaders++
      this.#counts.lags++
      // Comes when everything has left.
      response.once("drain", () => this.#caughtUp())
    }
    return false
  }

  #caughtUp(): void {
    if (!this.#isLagging) return
    this.#isLagging = false
    this.#stall.over()
    this.#counts.laggingReaders--
  }

  // Whether something has left of late; gives the connection up when nothing has.
  #isMoving(now: number, stuckAfter: number): boolean {
    const response = this.#response
    const unsentBytes = response === undefined ? 0 : unsentBytesOf(response)
    if (!this.#stall.hasLasted(unsentBytes, now, stuckAfter)) return true
    this.forget()
    response?.destroy()
    return false
  }
}
