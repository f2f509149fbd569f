// The gateway for clients that speak Phoenix Channels, at `/socket/websocket`.
import type { Inboxes } from "@messenger/chat/Inboxes"
import type { Rooms } from "@messenger/chat/Rooms"
import { Sessions } from "@messenger/chat/Sessions"
import { TokenBuckets } from "@messenger/chat/TokenBuckets"
import { Clock, Context, Effect, FiberSet, Layer, Redacted } from "effect"
import type { Socket } from "node:net"
import type { WebSocket } from "ws"
import { closeCode, type Peer } from "../connections/Peer.ts"
import { WebSockets } from "../connections/WebSockets.ts"
import { ServerConfig } from "../ServerConfig.ts"
import { PhoenixConnection, type PhoenixHost } from "./PhoenixConnection.ts"
import { TopicPresence } from "./TopicPresence.ts"

export class PhoenixGateway extends Context.Service<
  PhoenixGateway,
  {
    /**
     * Takes an upgraded socket of somebody who is known, for as long as it lives. `guestToken` is for a guest who was made for this
     * connection, and who may come back by it.
     */
    readonly accept: (
      webSocket: WebSocket,
      socket: Socket,
      peer: Peer,
      guestToken: Redacted.Redacted | undefined
    ) => void
    /** Runs what its clients ask until it is interrupted. They cannot outlive it: they are told to connect again. */
    readonly serve: Effect.Effect<never>
  }
>()("@messenger/server/phoenix/PhoenixGateway") {
  static readonly layer = Layer.effect(
    PhoenixGateway,
    Effect.gen(function* () {
      const webSockets = yield* WebSockets
      const sessions = yield* Sessions
      const { followsPerSocket } = yield* ServerConfig
      const context = yield* Effect.context<Rooms | Inboxes>()
      const open = new Set<PhoenixConnection>()
      const presences = new Presences()
      const clock = yield* Clock.Clock
      const strays = new TokenBuckets<number>(strayLimit)
      // Set while it serves.
      let run: PhoenixHost["run"] | undefined

      const serve = Effect.gen(function* () {
        run = yield* FiberSet.makeRuntime<Rooms | Inboxes, void, never>()
        return yield* Effect.never
      }).pipe(
        Effect.ensuring(
          Effect.sync(() => {
            run = undefined
            for (const { connection } of open) connection.close(closeCode.serviceRestart, restarts)
          })
        ),
        Effect.scoped,
        Effect.provideContext(context)
      )

      return PhoenixGateway.of({
        serve,
        accept: (webSocket, socket, peer, guestToken) => {
          if (run === undefined) {
            webSocket.on("error", () => webSocket.terminate())
            return webSocket.close(closeCode.serviceRestart, restarts)
          }
          const host: PhoenixHost = {
            followsPerSocket,
            run,
            mayStray: (connectionId) => strays.take(connectionId, clock.currentTimeMillisUnsafe()) === 0,
            used: sessions.used,
            guestToken: guestToken === undefined ? undefined : Redacted.value(guestToken),
            joinPresence: (topic) => presences.join(topic),
            leavePresence: (topic) => presences.leave(topic),
            ended: (each) => void open.delete(each)
          }
          webSockets.accept(webSocket, socket, peer, (connection) => {
            const each = new PhoenixConnection(connection, host)
            open.add(each)
            return each
          })
        }
      })
    })
  )
}

const restarts = "the server restarts"

/** Messages of a connection that lead nowhere: far more than a client sends that rejoins after a restart. Those past it are bad frames. */
const strayLimit = { capacity: 300, perMinute: 300 }

/** What readers were told of who is present, by topic, as long as somebody reads it. */
class Presences {
  readonly #byTopic = new Map<string, { readonly presence: TopicPresence; readers: number }>()

  join(topic: string): TopicPresence {
    const known = this.#byTopic.get(topic) ?? { presence: new TopicPresence(), readers: 0 }
    known.readers++
    this.#byTopic.set(topic, known)
    return known.presence
  }

  leave(topic: string): void {
    const known = this.#byTopic.get(topic)
    if (known !== undefined && --known.readers === 0) this.#byTopic.delete(topic)
  }
}
