// Opens a follow: an ordinary streaming request of which only the end comes from the RPC server. Its chunks are written by
// whoever feeds the sink, straight to the connection.
import type { Sink } from "@messenger/chat/Sink"
import type { Principal } from "@messenger/protocol/Handshake"
import type { Forbidden } from "@messenger/protocol/Rights"
import { RateLimited } from "@messenger/protocol/Unavailable"
import { Context, Effect, Layer } from "effect"
import type { RequestId } from "effect/rpc/RpcMessage"
import { ServerConfig } from "../ServerConfig.ts"
import { asAsker } from "./Authentication.ts"
import { RpcConnections } from "./RpcConnections.ts"

/** The request that a follow belongs to. */
export interface FollowRequest {
  readonly client: { readonly id: number }
  readonly requestId: RequestId
}

export class FeedSinks extends Context.Service<
  FeedSinks,
  {
    /** Runs `feed` with a sink of this request until either ends; then the sink takes nothing more. */
    readonly follow: <E>(
      request: FollowRequest,
      feed: (asker: Principal["Service"], sink: Sink) => Effect.Effect<never, E | Forbidden>
    ) => Effect.Effect<never, E | RateLimited, Principal>
  }
>()("@messenger/server/rpc/FeedSinks") {
  static readonly layer = Layer.effect(
    FeedSinks,
    Effect.gen(function* () {
      const connections = yield* RpcConnections
      const { followsPerSocket } = yield* ServerConfig
      return FeedSinks.of({
        follow: ({ client, requestId }, feed) =>
          asAsker((asker): Effect.Effect<never, Effect.Error<ReturnType<typeof feed>> | RateLimited> => {
            const connection = connections.get(client.id)
            if (connection === undefined) return Effect.interrupt
            if (connection.follows >= followsPerSocket) return Effect.fail(new RateLimited({ retryAfterMillis }))
            return Effect.acquireUseRelease(
              Effect.sync(() => connection.openSink(requestId)),
              (sink) => feed(asker, sink),
              () => Effect.sync(() => connection.closeSink(requestId))
            )
          })
      })
    })
  )
}

// A follow has to end before there is room for another.
const retryAfterMillis = 10_000
