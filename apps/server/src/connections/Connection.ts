// One WebSocket of a client, whatever it speaks: takes its messages in order, bounds how many are unanswered, and ends in one step.
//
// Inwards: at most `maxUnansweredCalls` calls are unanswered; past that, and while its reader lags, the socket is paused and what had
// already been read waits here, in order (less than one read of the socket: 64 KiB). Follows are no calls: they stay open, and are
// counted apart, by whoever knows what they are.
//
// Its end: first its dialect is told, so that it is out of every fan-out in the same step, then the Close frame is sent, and a
// second later the socket is destroyed, answer or not. The end of its session is such an end, with a code that says why.
import type { LivePrincipal, Sessions } from "@messenger/chat/Sessions"
import type { Principal } from "@messenger/protocol/Handshake"
import { sessionEndCode } from "@messenger/protocol/SessionEnd"
import type { Socket } from "node:net"
import type { RawData, WebSocket } from "ws"
import type { GatewayCounts } from "../GatewayCounts.ts"
import { Fastlane, maxUnsentBytes } from "./Fastlane.ts"
import { closeCode, type Peer } from "./Peer.ts"

/** How many calls of one connection may be unanswered, follows not counted. */
export const maxUnansweredCalls = 64

/** What the messages of one connection mean; its gateway makes one for each. */
export interface Dialect {
  /** Takes the next message: text, or the bytes of a binary one. A bug that it throws costs the connection. */
  readonly take: (message: string | Uint8Array) => void
  /** The connection has ended; told once. Nothing that feeds it may write any more when this returns. */
  readonly ended: () => void
}

/** What all connections of a server share. */
export interface ConnectionHost {
  readonly counts: GatewayCounts["Service"]
  readonly now: () => number
  /** Counts a bad message of a connection; false when it has sent too many of late to be a client of ours. */
  readonly mayErrAgain: (connectionId: number) => boolean
  /** The connection has ended; told once, after its dialect. */
  readonly ended: (connection: Connection) => void
  /** A bug was met while a message of the connection was taken; the connection is closed. */
  readonly failed: (defect: unknown) => void
}

/** One client. All methods are synchronous, and none throws. */
export class Connection {
  readonly id: number
  readonly peer: Peer
  readonly fastlane: Fastlane
  /** True once the client has been told who it is; whoever is not greeted in time is let go. */
  isGreeted = false
  readonly openedAt: number
  /** When the last bytes were seen to arrive; for the heartbeat. */
  heardAt: number
  /** What the socket had received by then. */
  heardBytes = 0
  pingedAt = 0
  /** While the reader lags: when, and with how much unsent, it was last seen to make progress. */
  stalled: { since: number; unsentBytes: number } | undefined
  readonly #webSocket: WebSocket
  readonly #socket: Socket
  readonly #host: ConnectionHost
  readonly #dialect: Dialect
  readonly #backlog: Array<string | Uint8Array> = []
  #unansweredCalls = 0
  #isTaking = false
  #hasEnded = false
  #isPaused = false
  #live: LivePrincipal | undefined
  #retirement: { readonly code: number; readonly reason: string } | undefined

  constructor(
    id: number,
    webSocket: WebSocket,
    socket: Socket,
    peer: Peer,
    host: ConnectionHost,
    dialectOf: (connection: Connection) => Dialect
  ) {
    this.id = id
    this.peer = peer
    this.#webSocket = webSocket
    this.#socket = socket
    this.#host = host
    this.openedAt = this.heardAt = host.now()
    this.fastlane = new Fastlane(webSocket, socket, host.counts, {
      lagged: () => this.#lagged(),
      caughtUp: () => this.#caughtUp()
    })
    this.#dialect = dialectOf(this)
    webSocket.on("message", (data, isBinary) => this.#guard(() => this.#received(messageOf(data, isBinary))))
    // Answered here and not by the library, which would go on answering a peer that reads nothing.
    webSocket.on("ping", (data) => {
      if (socket.writableLength <= maxUnsentBytes) webSocket.pong(data)
    })
    // A frame that is too large, not UTF-8, or not masked: the library has sent the Close frame with the code for it.
    webSocket.on("error", () => this.#end())
    webSocket.on("close", () => this.#end())
  }

  /** What those who answer it know of it; absent for who brought nothing valid, and before `identify`. */
  get principal(): Principal["Service"] | undefined {
    return this.#live?.principal
  }

  /** Takes the person of its peer for as long as it lives, and ends with their session; once, when `Connections` has it. */
  identify(sessions: Pick<Sessions["Service"], "open">): void {
    if (this.peer.holder === undefined) return
    this.#live = sessions.open(this.peer.holder.authenticated, {
      connectionId: this.id,
      address: this.peer.address,
      onEnd: (reason) => this.close(sessionEndCode[reason], reason)
    })
    // It may have ended while it was opened.
    if (this.#hasEnded) this.#live.close()
  }

  /** Whether it is over. */
  get hasEnded(): boolean {
    return this.#hasEnded
  }

  /** Whether nothing is read from the socket at present; a paused peer cannot be heard. */
  get isPaused(): boolean {
    return this.#isPaused
  }

  /** All bytes that have arrived. */
  get receivedBytes(): number {
    return this.#socket.bytesRead
  }

  /** A request was taken. A call will be answered: `answered` says when. */
  requested(kind: "call" | "follow"): void {
    if (kind === "call") this.#unansweredCalls++
    this.#host.counts.requests++
  }

  /** The answer to a call has been written, which makes room for another. */
  answered(): void {
    this.#unansweredCalls--
    this.#take()
    this.#retireIfIdle()
  }

  /** A message was none of the dialect, and that has been said; one too many ends the connection. */
  misspoke(): void {
    this.#host.counts.badFrames++
    if (this.#host.mayErrAgain(this.id)) return
    this.#host.counts.droppedConnections++
    this.close(closeCode.policyViolation, "too many bad frames")
  }

  /** Sends a WebSocket ping. */
  ping(): void {
    this.#webSocket.ping()
  }

  /** Ends it: out of every fan-out now, then a Close frame with this code and reason, then, a second later, destroyed. */
  close(code: number, reason: string): void {
    this.#end()
    this.#webSocket.resume()
    this.#webSocket.close(code, reason)
  }

  /** Takes no further messages, and closes when the calls that were taken are answered; follows are not waited for. */
  retire(code: number, reason: string): void {
    this.#retirement ??= { code, reason }
    this.#pauseOrResume()
    this.#retireIfIdle()
  }

  /** Ends it without a word, for a peer that does not hear. */
  destroy(): void {
    this.#end()
    this.#webSocket.terminate()
  }

  #received(message: string | Uint8Array): void {
    if (this.#hasEnded) return
    this.#backlog.push(message)
    this.#take()
  }

  // Hands over what may be, in order. What is answered at once comes back here through `answered`, hence the guard.
  #take(): void {
    if (this.#isTaking) return
    this.#isTaking = true
    while (!this.#hasEnded && this.#mayTake) {
      const message = this.#backlog.shift()
      if (message === undefined) break
      this.#guard(() => this.#dialect.take(message))
    }
    this.#isTaking = false
    this.#pauseOrResume()
  }

  get #mayTake(): boolean {
    return this.#unansweredCalls < maxUnansweredCalls && !this.fastlane.isLagging && this.#retirement === undefined
  }

  #retireIfIdle(): void {
    if (this.#retirement === undefined || this.#unansweredCalls > 0 || this.#hasEnded) return
    this.close(this.#retirement.code, this.#retirement.reason)
  }

  #pauseOrResume(): void {
    const mustPause = !this.#hasEnded && !this.#mayTake
    if (mustPause === this.#isPaused) return
    this.#isPaused = mustPause
    if (mustPause) this.#webSocket.pause()
    else {
      // It could not be heard while it was paused.
      this.heardAt = this.#host.now()
      this.#webSocket.resume()
    }
  }

  #lagged(): void {
    this.#host.counts.laggingReaders++
    this.#host.counts.lags++
    this.stalled = { since: this.#host.now(), unsentBytes: this.fastlane.unsentBytes }
    this.#pauseOrResume()
  }

  #caughtUp(): void {
    if (this.stalled === undefined) return
    this.stalled = undefined
    this.#host.counts.laggingReaders--
    this.#take()
  }

  #end(): void {
    if (this.#hasEnded) return
    this.#hasEnded = true
    this.#dialect.ended()
    this.#backlog.length = 0
    if (this.stalled !== undefined) {
      this.stalled = undefined
      this.#host.counts.laggingReaders--
    }
    this.#live?.close()
    this.#host.ended(this)
  }

  // Nothing that a client sends may throw into the event loop: a bug costs this connection and no other.
  #guard(step: () => void): void {
    try {
      step()
    } catch (defect) {
      this.close(closeCode.internalError, "the server failed on this connection")
      this.#host.failed(defect)
    }
  }
}

// The library gives a message as one buffer; its other types are for settings that are not used here.
const messageOf = (data: RawData, isBinary: boolean): string | Uint8Array => {
  if (!Buffer.isBuffer(data)) return ""
  return isBinary ? data : data.toString()
}
