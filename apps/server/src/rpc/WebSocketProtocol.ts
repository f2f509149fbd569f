// Between the RPC server and the connections: hands requests over in the order they arrived, and answers by the one writer that a
// connection has. Chunks of feeds do not pass here: rooms write them to sinks.
import { Sessions } from "@messenger/chat/Sessions"
import { TokenBuckets } from "@messenger/chat/TokenBuckets"
import { MessengerRpcs } from "@messenger/protocol/MessengerRpcs"
import { Cause, Clock, Context, Effect, Fiber, Layer, Option, Queue } from "effect"
import { isStreamSchema } from "effect/rpc/RpcSchema"
import * as RpcSerialization from "effect/rpc/RpcSerialization"
import * as RpcServer from "effect/rpc/RpcServer"
import type { FromClientEncoded } from "effect/rpc/RpcMessage"
import type { Socket } from "node:net"
import type { WebSocket } from "ws"
import { GatewayCounts } from "../GatewayCounts.ts"
import { Connection, type ConnectionHost, type Peer } from "./Connection.ts"
import { Connections } from "./Connections.ts"

export class WebSocketProtocol extends Context.Service<
  WebSocketProtocol,
  {
    /** Takes an upgraded socket for as long as it lives. Nobody else may send messages on it. */
    readonly accept: (webSocket: WebSocket, socket: Socket, peer: Peer) => void
    /** What the RPC server runs on. */
    readonly protocol: RpcServer.Protocol["Service"]
  }
>()("@messenger/server/rpc/WebSocketProtocol") {
  static readonly layer = Layer.effect(
    WebSocketProtocol,
    Effect.gen(function* () {
      const connections = yield* Connections
      const counts = yield* GatewayCounts
      const sessions = yield* Sessions
      const clock = yield* Clock.Clock
      const scope = yield* Effect.scope
      const fork = Effect.runForkWith(yield* Effect.context())
      const disconnects = yield* Queue.unbounded<number>()
      let write: (connectionId: number, message: FromClientEncoded) => Effect.Effect<void> = () => Effect.void

      const badFrames = new TokenBuckets<number>(badFrameLimit)
      const now = () => clock.currentTimeMillisUnsafe()

      const host: ConnectionHost = {
        counts,
        now,
        mayErrAgain: (connectionId) => badFrames.take(connectionId, now()) === 0,
        kindOf,
        // The effect runs to the handler's first wait before this returns, which is what keeps the order.
        handOver: (connectionId, message) => {
          Fiber.runIn(fork(write(connectionId, message)), scope)
        },
        ended: (connection) => {
          connections.remove(connection)
          Queue.offerUnsafe(disconnects, connection.id)
        },
        failed: (defect) => {
          Fiber.runIn(fork(Effect.logError("A connection was closed because of a bug", Cause.die(defect))), scope)
        }
      }

      const protocol = yield* RpcServer.Protocol.make((writeRequest) => {
        write = writeRequest
        return Effect.succeed({
          disconnects,
          send: (connectionId: number, response) => Effect.sync(() => connections.get(connectionId)?.respond(response)),
          end: () => Effect.void,
          clientIds: Effect.sync(connections.ids),
          initialMessage: Effect.succeed(Option.none()),
          // Flow control is the bounded socket, not an acknowledgement per chunk.
          supportsAck: false,
          supportsTransferables: false,
          supportsSpanPropagation: false,
          supportsNotifications: false,
          codecFor: RpcSerialization.json.codecFor
        })
      })

      return WebSocketProtocol.of({
        accept: (webSocket, socket, peer) => {
          const connection = new Connection(connections.nextId(), webSocket, socket, peer, host)
          connections.add(connection)
          connection.identify(sessions)
        },
        protocol
      })
    })
  )
}

/** A client that sends more frames than this that are none is no client of ours. */
const badFrameLimit = { capacity: 10, perMinute: 30 }

const kindOf = (tag: string): "call" | "follow" | undefined => {
  const rpc = requests.get(tag)
  if (rpc === undefined) return undefined
  return isStreamSchema(rpc.successSchema) ? "follow" : "call"
}

const requests: ReadonlyMap<string, { readonly successSchema: Parameters<typeof isStreamSchema>[0] }> =
  MessengerRpcs.requests
