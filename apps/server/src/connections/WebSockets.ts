// Makes connections of sockets that were let in, whatever is spoken on them.
import { Sessions } from "@messenger/chat/Sessions"
import { TokenBuckets } from "@messenger/chat/TokenBuckets"
import { Cause, Clock, Context, Effect, Fiber, Layer } from "effect"
import type { Socket } from "node:net"
import type { WebSocket } from "ws"
import { GatewayCounts } from "../GatewayCounts.ts"
import { Connection, type ConnectionHost, type Dialect } from "./Connection.ts"
import { Connections } from "./Connections.ts"
import type { Peer } from "./Peer.ts"

export class WebSockets extends Context.Service<
  WebSockets,
  {
    /**
     * Takes an upgraded socket for as long as it lives; nobody else may send messages on it. `dialectOf` is called once, before
     * anything can arrive and before the connection knows its person.
     */
    readonly accept: (
      webSocket: WebSocket,
      socket: Socket,
      peer: Peer,
      dialectOf: (connection: Connection) => Dialect
    ) => void
  }
>()("@messenger/server/connections/WebSockets") {
  static readonly layer = Layer.effect(
    WebSockets,
    Effect.gen(function* () {
      const connections = yield* Connections
      const sessions = yield* Sessions
      const clock = yield* Clock.Clock
      const scope = yield* Effect.scope
      const fork = Effect.runForkWith(yield* Effect.context())
      const badFrames = new TokenBuckets<number>(badFrameLimit)
      const now = () => clock.currentTimeMillisUnsafe()
      const host: ConnectionHost = {
        counts: yield* GatewayCounts,
        now,
        mayErrAgain: (connectionId) => badFrames.take(connectionId, now()) === 0,
        ended: connections.remove,
        failed: (defect) => {
          Fiber.runIn(fork(Effect.logError("A connection was closed because of a bug", Cause.die(defect))), scope)
        }
      }
      return WebSockets.of({
        accept: (webSocket, socket, peer, dialectOf) => {
          const connection = new Connection(connections.nextId(), webSocket, socket, peer, host, dialectOf)
          connections.add(connection)
          connection.identify(sessions)
        }
      })
    })
  )
}

/** A client that sends more messages than this that are none is no client of ours. */
const badFrameLimit = { capacity: 10, perMinute: 30 }
