// The only writer of a connection. What goes to many is encoded once and framed once, and the same bytes are written straight to
// each socket, without a fiber, a queue or a copy per reader; answers of single requests pass here too, so that frames keep their
// order and nothing follows a Close frame.
//
// What is unsent is bounded: past `maxUnsentBytes` the reader lags, `Sink.write` answers false, and whoever feeds it waits for
// `drained`. Nothing is kept for a lagging reader besides what it was already given.
import type { Sink } from "@messenger/chat/Sink"
import { Effect } from "effect"
import type { Socket } from "node:net"
import { WebSocket } from "ws"
import type { GatewayCounts } from "../GatewayCounts.ts"
import { textFrame, textFrameHead } from "./Frame.ts"

/** The most that waits in a socket before its reader counts as lagging. More than the 64 KiB of one batch, by some batches. */
export const maxUnsentBytes = 256 * 1024

/** A sink that its connection can close. */
export interface ClosableSink extends Sink {
  /** From now on it takes and forgets. */
  close(): void
}

/** Told when its reader begins to lag and when it has caught up. */
export interface LagListener {
  lagged(): void
  caughtUp(): void
}

/** Writes to one WebSocket. Compression must be off, and nobody else may send messages on it. */
export class Fastlane {
  readonly #webSocket: WebSocket
  readonly #socket: Socket
  readonly #counts: GatewayCounts["Service"]
  readonly #listener: LagListener
  #isLagging = false

  constructor(webSocket: WebSocket, socket: Socket, counts: GatewayCounts["Service"], listener: LagListener) {
    this.#webSocket = webSocket
    this.#socket = socket
    this.#counts = counts
    this.#listener = listener
  }

  /** True from the write that passed the bound until everything has left. */
  get isLagging(): boolean {
    return this.#isLagging
  }

  /** Bytes that have not reached the operating system; partly written frames count by what is left of them. */
  get unsentBytes(): number {
    return writeQueueSize(this.#socket) ?? this.#socket.writableLength
  }

  /** Writes one text message; false when the reader lags now. */
  send(text: string): boolean {
    return this.#write(textFrame(text))
  }

  /** Writes whole frames that carry `deliveries` frames of a feed; false when the reader lags now. */
  deliver(deliveries: number, frames: Uint8Array): boolean {
    this.#counts.deliveries += deliveries
    return this.#write(frames)
  }

  /** The same for one frame whose payload is `head`, this reader's own, before a `body` that others get too. */
  deliverSplit(deliveries: number, head: string, body: Uint8Array): boolean {
    this.#counts.deliveries += deliveries
    const headLength = Buffer.byteLength(head)
    const start = textFrameHead(headLength + body.length, headLength)
    start.write(head, start.length - headLength)
    this.#socket.cork()
    if (this.#isOpen) this.#socket.write(start)
    const hasRoom = this.#write(body)
    this.#socket.uncork()
    return hasRoom
  }

  // Whether a Close frame has gone neither way.
  get #isOpen(): boolean {
    return this.#webSocket.readyState === WebSocket.OPEN
  }

  #write(bytes: Uint8Array): boolean {
    // The socket's own high-water mark is far below the bound, so nearly always its answer says enough.
    if (!this.#isOpen || this.#socket.write(bytes) || this.#socket.writableLength <= maxUnsentBytes) return true
    if (!this.#isLagging) {
      this.#isLagging = true
      this.#listener.lagged()
      // Comes when everything has left; the bound is far above the socket's own high-water mark, so it always comes.
      this.#socket.once("drain", () => {
        this.#isLagging = false
        this.#listener.caughtUp()
      })
    }
    return false
  }

  /** Waits until all that was written has left, or the socket is gone: then the callback of a write is called that came last. */
  readonly drained: Effect.Effect<void> = Effect.callback((resume) => {
    if (!this.#isOpen || this.#socket.writableLength === 0) resume(Effect.void)
    else this.#socket.write(nothing, () => resume(Effect.void))
  })
}

const nothing = new Uint8Array(0)

/**
 * How many bytes have not reached the operating system. A frame that is half written still counts whole in `writableLength`; only the
 * handle knows how far it got. Node's own inactivity timer reads the same field; where it is missing the coarser number serves.
 */
export const writeQueueSize = (socket: Socket): number | undefined => {
  const handle: unknown = Reflect.get(socket, "_handle")
  if (typeof handle !== "object" || handle === null) return undefined
  const size: unknown = Reflect.get(handle, "writeQueueSize")
  return typeof size === "number" ? size : undefined
}
