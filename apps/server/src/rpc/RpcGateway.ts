// The gateway for typed RPC over WebSocket, at `/rpc`.
import { MessengerRpcs } from "@messenger/protocol/MessengerRpcs"
import { Effect, Layer } from "effect"
import * as RpcServer from "effect/rpc/RpcServer"
import { closeCode } from "../connections/Peer.ts"
import { accountHandlersLayer } from "./AccountHandlers.ts"
import { authenticationLayer, handshakeLayer } from "./Authentication.ts"
import { FeedSinks } from "./FeedSinks.ts"
import { inboxHandlersLayer } from "./InboxHandlers.ts"
import { memberHandlersLayer } from "./MemberHandlers.ts"
import { peopleHandlersLayer } from "./PeopleHandlers.ts"
import { roomHandlersLayer } from "./RoomHandlers.ts"
import { RpcConnections } from "./RpcConnections.ts"
import { webhookHandlersLayer } from "./WebhookHandlers.ts"
import { WebSocketProtocol } from "./WebSocketProtocol.ts"

/** What answers requests; nothing runs yet. */
export const layer = Layer.mergeAll(
  authenticationLayer,
  handshakeLayer,
  roomHandlersLayer,
  inboxHandlersLayer,
  accountHandlersLayer,
  memberHandlersLayer,
  peopleHandlersLayer,
  webhookHandlersLayer
).pipe(
  Layer.provide(FeedSinks.layer),
  Layer.provideMerge(WebSocketProtocol.layer),
  Layer.provideMerge(RpcConnections.layer)
)

/** Answers requests until it is interrupted. Its clients cannot outlive it: they are told to connect again. */
export const serve = Effect.gen(function* () {
  const { protocol } = yield* WebSocketProtocol
  const connections = yield* RpcConnections
  return yield* RpcServer.make(MessengerRpcs, {
    disableTracing: true,
    // A handler's bug ends that request and none beside it.
    disableFatalDefects: true
  }).pipe(
    Effect.provideService(RpcServer.Protocol, protocol),
    Effect.ensuring(Effect.sync(() => connections.closeAll(closeCode.serviceRestart, "the server restarts")))
  )
})
