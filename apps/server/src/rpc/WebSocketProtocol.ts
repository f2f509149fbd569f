// Between the RPC server and the connections: hands requests over in the order they arrived, and answers by the one writer that a
// connection has. Chunks of feeds do not pass here: rooms write them to sinks.
import { MessengerRpcs } from "@messenger/protocol/MessengerRpcs"
import { Context, Effect, Fiber, Layer, Option, Queue } from "effect"
import { isStreamSchema } from "effect/rpc/RpcSchema"
import * as RpcSerialization from "effect/rpc/RpcSerialization"
import * as RpcServer from "effect/rpc/RpcServer"
import type { FromClientEncoded } from "effect/rpc/RpcMessage"
import type { Socket } from "node:net"
import type { WebSocket } from "ws"
import type { Peer } from "../connections/Peer.ts"
import { WebSockets } from "../connections/WebSockets.ts"
import { RpcConnection, type RpcHost } from "./RpcConnection.ts"
import { RpcConnections } from "./RpcConnections.ts"

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
      const connections = yield* RpcConnections
      const webSockets = yield* WebSockets
      const scope = yield* Effect.scope
      const fork = Effect.runForkWith(yield* Effect.context())
      const disconnects = yield* Queue.unbounded<number>()
      let write: (connectionId: number, message: FromClientEncoded) => Effect.Effect<void> = () => Effect.void

      const host: RpcHost = {
        kindOf,
        // The effect runs to the handler's first wait before this returns, which is what keeps the order.
        handOver: (connectionId, message) => {
          Fiber.runIn(fork(write(connectionId, message)), scope)
        },
        ended: (each) => {
          connections.remove(each)
          Queue.offerUnsafe(disconnects, each.connection.id)
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
          webSockets.accept(webSocket, socket, peer, (connection) => {
            const each = new RpcConnection(connection, host)
            connections.add(each)
            return each
          })
        },
        protocol
      })
    })
  )
}

const kindOf = (tag: string): "call" | "follow" | undefined => {
  const rpc = requests.get(tag)
  if (rpc === undefined) return undefined
  return isStreamSchema(rpc.successSchema) ? "follow" : "call"
}

const requests: ReadonlyMap<string, { readonly successSchema: Parameters<typeof isStreamSchema>[0] }> =
  MessengerRpcs.requests
