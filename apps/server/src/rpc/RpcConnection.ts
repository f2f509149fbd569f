// What is said on one connection that speaks RPC: requests in, the end of each request out. Requests are handed over in the order
// they arrived; the chunks of a follow do not pass here but go from the room to a sink.
import type { FromServerEncoded } from "effect/rpc/RpcMessage"
import type { Connection, Dialect } from "../connections/Connection.ts"
import type { ClosableSink } from "../connections/Fastlane.ts"
import * as ChunkSink from "./ChunkSink.ts"
import { read, type BadFrame, type Envelope, type RequestId } from "./Envelope.ts"

/** What a connection needs of its gateway. */
export interface RpcHost {
  /** Whether a request of that tag is answered once or followed; undefined when the contract does not have it. */
  readonly kindOf: (tag: string) => "call" | "follow" | undefined
  /** Hands a message over; its handler has done its first step when this returns. */
  readonly handOver: (connectionId: number, message: Envelope) => void
  /** The connection has ended; told once, in the step in which its sinks were closed. */
  readonly ended: (connection: RpcConnection) => void
}

/** One client of RPC. All methods are synchronous. */
export class RpcConnection implements Dialect {
  readonly connection: Connection
  readonly #host: RpcHost
  readonly #inFlight = new Map<RequestId, "call" | "follow">()
  readonly #sinks = new Map<RequestId, ClosableSink>()

  constructor(connection: Connection, host: RpcHost) {
    this.connection = connection
    this.#host = host
  }

  /** How many follows are open. */
  get follows(): number {
    return this.#sinks.size
  }

  /** Opens the sink of a follow; it is closed with the connection. */
  openSink(requestId: RequestId): ClosableSink {
    const sink = ChunkSink.make(this.connection.fastlane, requestId)
    if (this.connection.hasEnded) sink.close()
    this.#sinks.set(requestId, sink)
    return sink
  }

  /** Closes the sink of a follow that is over. */
  closeSink(requestId: RequestId): void {
    this.#sinks.get(requestId)?.close()
    this.#sinks.delete(requestId)
  }

  /** Sends an answer; the end of a call makes room for another. */
  respond(response: FromServerEncoded): void {
    this.connection.fastlane.send(JSON.stringify(response))
    if (response._tag !== "Exit") return
    const kind = this.#inFlight.get(response.requestId)
    this.#inFlight.delete(response.requestId)
    if (kind === "call") this.connection.answered()
  }

  take(message: string | Uint8Array): void {
    // No frame of the contract is binary, and none is empty.
    const frame = read(typeof message === "string" ? message : "")
    switch (frame._tag) {
      case "Ignored":
        return
      case "BadFrame":
        return this.#refuse(frame)
      case "Ping":
      case "Interrupt":
        return this.#host.handOver(this.connection.id, frame)
      case "Request":
        return this.#request(frame)
    }
  }

  ended(): void {
    for (const sink of this.#sinks.values()) sink.close()
    this.#sinks.clear()
    this.#host.ended(this)
  }

  #request(frame: Extract<Envelope, { readonly _tag: "Request" }>): void {
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
    this.connection.requested(kind)
    this.#host.handOver(this.connection.id, frame)
  }

  // To a request of its own if it can be told which, else to the connection, whose client then fails all its requests.
  #refuse({ message, requestId }: BadFrame): void {
    const defect = { name: "BadFrame", message }
    const isAnswerable = requestId !== undefined && !this.#inFlight.has(requestId)
    this.respond(
      isAnswerable
        ? { _tag: "Exit", requestId, exit: { _tag: "Failure", cause: [{ _tag: "Die", defect }] } }
        : { _tag: "Defect", defect }
    )
    this.connection.misspoke()
  }
}
