// One WebSocket of a client: takes its requests in order, bounds how many are unanswered, and ends in one step.
//
// Inwards: at most `maxUnansweredCalls` requests are with their handlers; past that, and while its reader lags, the socket is
// paused and what had already been read waits here, in order (less than one read of the socket: 64 KiB). Follows are no calls:
// they stay open, and are counted apart.
//
// Its end: first its sinks are closed, so that it is out of every fan-out in the same step, then the Close frame is sent, and a
// second later the socket is destroyed, answer or not. The end of its session is such an end, with a code that says why.
import type { LivePrincipal, Sessions } from "@messenger/chat/Sessions"
import type { Principal } from "@messenger/protocol/Handshake"
import { sessionEndCode } from "@messenger/protocol/SessionEnd"
import type { FromServerEncoded } from "effect/rpc/RpcMessage"
import type { Socket } from "node:net"
import type { RawData, WebSocket } from "ws"
import type { GatewayCounts } from "../GatewayCounts.ts"
import type { Holder } from "../tokens/Authenticator.ts"
import { read, type BadFrame, type Envelope, type RequestId } from "./Envelope.ts"
import { Fastlane, maxUnsentBytes, type FastlaneSink } from "./Fastlane.ts"

/** How many requests of one connection may be unanswered, follows not counted. */
export const maxUnansweredCalls = 64

/** Close codes used here (RFC 6455, 7.4.1, and the registry of WebSocket close codes). */
export const closeCode = {
  policyViolation: 1008,
  internalError: 1011,
  serviceRestart: 1012,
  tryAgainLater: 1013
} as const

/** Who is at the other end, as found at the upgrade. */
export interface Peer {
  readonly address: string
  /** Absent when the upgrade carried nothing that is valid. */
  readonly holder: Holder | undefined
}

/** What a connection needs of its gateway. */
export interface ConnectionHost {
  readonly counts: GatewayCounts["Service"]
  readonly now: () => number
  /** Whether a request of that tag is answered once or followed; undefined when the contract does not have it. */
  readonly kindOf: (tag: string) => "call" | "follow" | undefined
  /** Counts a bad frame of a connection; false when it has sent too many of late to be a client of ours. */
  readonly mayErrAgain: (connectionId: number) => boolean
  /** Hands a message over; its handler has done its first step when this returns. */
  readonly handOver: (connectionId: number, message: Envelope) => void
  /** The connection has ended; told once, in the step in which its sinks were closed. */
  readonly ended: (connection: Connection) => void
  /** A bug was met while a message of the connection was taken; the connection is closed. */
  readonly failed: (defect: unknown) => void
}

/** One client. All methods are synchronous, and none throws. */
export class Connection {
  readonly id: number
  readonly peer: Peer
  readonly fastlane: Fastlane
  /** True once `Handshake` has been answered with success. */
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
  readonly #inFlight = new Map<RequestId, "call" | "follow">()
  readonly #sinks = new Map<RequestId, FastlaneSink>()
  readonly #backlog: Array<string> = []
  #unansweredCalls = 0
  #isTaking = false
  #hasEnded = false
  #isPaused = false
  #live: LivePrincipal | undefined
  #retirement: { readonly code: number; readonly reason: string } | undefined

  constructor(id: number, webSocket: WebSocket, socket: Socket, peer: Peer, host: ConnectionHost) {
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
    webSocket.on("message", (data, isBinary) => this.#guard(() => this.#received(isBinary ? "" : textOf(data))))
    // Answered here and not by the library, which would go on answering a peer that reads nothing.
    webSocket.on("ping", (data) => {
      if (socket.writableLength <= maxUnsentBytes) webSocket.pong(data)
    })
    // A frame that is too large, not UTF-8, or not masked: the library has sent the Close frame with the code for it.
    webSocket.on("error", () => this.#end())
    webSocket.on("close", () => this.#end())
  }

  /** What those who answer its requests know of it; absent for who brought nothing valid, and before `identify`. */
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

  /** How many follows are open. */
  get follows(): number {
    return this.#sinks.size
  }

  /** Whether nothing is read from the socket at present; a paused peer cannot be heard. */
  get isPaused(): boolean {
    return this.#isPaused
  }

  /** All bytes that have arrived. */
  get receivedBytes(): number {
    return this.#socket.bytesRead
  }

  /** Opens the sink of a follow; it is closed with the connection. */
  openSink(requestId: RequestId): FastlaneSink {
    const sink = this.fastlane.sink(requestId)
    if (this.#hasEnded) sink.close()
    this.#sinks.set(requestId, sink)
    return sink
  }

  /** Closes the sink of a follow that is over. */
  closeSink(requestId: RequestId): void {
    this.#sinks.get(requestId)?.close()
    this.#sinks.delete(requestId)
  }

  /** Sends an answer; the end of a request makes room for another. */
  respond(response: FromServerEncoded): void {
    this.fastlane.send(JSON.stringify(response))
    if (response._tag !== "Exit") return
    if (this.#inFlight.get(response.requestId) === "call") this.#unansweredCalls--
    this.#inFlight.delete(response.requestId)
    this.#take()
    this.#retireIfIdle()
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

  /** Takes no further requests, and closes when those that were taken are answered; follows are not waited for. */
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

  #received(text: string): void {
    if (this.#hasEnded) return
    this.#backlog.push(text)
    this.#take()
  }

  // Hands over what may be, in order. A handler that answers at once comes back here through `respond`, hence the guard.
  #take(): void {
    if (this.#isTaking) return
    this.#isTaking = true
    while (!this.#hasEnded && this.#mayTake) {
      const text = this.#backlog.shift()
      if (text === undefined) break
      this.#guard(() => this.#handle(text))
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

  #handle(text: string): void {
    const frame = read(text)
    switch (frame._tag) {
      case "Ignored":
        return
      case "BadFrame":
        return this.#refuse(frame)
      case "Ping":
      case "Interrupt":
        return this.#host.handOver(this.id, frame)
      case "Request": {
        const kind = this.#host.kindOf(frame.tag)
        if (kind === undefined) {
          return this.#refuse({
            _tag: "BadFrame",
            message: `The contract has no request ${JSON.stringify(frame.tag)}.`,
            requestId: frame.id
          })
        }
        if (this.#inFlight.has(frame.id)) {
          return this.#refuse({
            _tag: "BadFrame",
            message: `The request id ${JSON.stringify(frame.id)} is in use by a request that is not answered yet.`,
            requestId: undefined
          })
        }
        this.#inFlight.set(frame.id, kind)
        if (kind === "call") this.#unansweredCalls++
        this.#host.counts.requests++
        return this.#host.handOver(this.id, frame)
      }
    }
  }

  // To a request of its own if it can be told which, else to the connection, whose client then fails all its requests.
  #refuse({ message, requestId }: BadFrame): void {
    this.#host.counts.badFrames++
    const defect = { name: "BadFrame", message }
    const isAnswerable = requestId !== undefined && !this.#inFlight.has(requestId)
    this.respond(
      isAnswerable
        ? { _tag: "Exit", requestId, exit: { _tag: "Failure", cause: [{ _tag: "Die", defect }] } }
        : { _tag: "Defect", defect }
    )
    if (this.#host.mayErrAgain(this.id)) return
    this.#host.counts.droppedConnections++
    this.close(closeCode.policyViolation, "too many bad frames")
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
    for (const sink of this.#sinks.values()) sink.close()
    this.#sinks.clear()
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

// The library gives text as one buffer; its other types are for settings that are not used here.
const textOf = (data: RawData): string => (Buffer.isBuffer(data) ? data.toString() : "")
