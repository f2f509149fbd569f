// effect/rpc as its documentation shows it: a streaming RPC over WebSocket behind the stock HTTP server, its stream made from a
// PubSub. No database and no rights.
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import { Message, ClientKey } from "@messenger/protocol/Message"
import { UserId } from "@messenger/protocol/Account"
import { Effect, Layer, PubSub, Schema, Stream } from "effect"
import { HttpRouter, HttpServerResponse } from "effect/http"
import { Rpc, RpcGroup, RpcSerialization, RpcServer } from "effect/rpc"
import { createServer } from "node:http"

class PlainRpcs extends RpcGroup.make(
  Rpc.make("FollowRoom", { payload: { roomId: Schema.String }, success: Message, stream: true }),
  Rpc.make("PostMessage", {
    payload: { roomId: Schema.String, key: ClientKey, text: Schema.String },
    success: Schema.Int
  })
) {}

const handlers = PlainRpcs.toLayer(
  Effect.gen(function* () {
    const messages = yield* PubSub.unbounded<typeof Message.Type>()
    const author = { id: UserId.make("AAAAAAAAAAAAAAAA"), name: "Ada 1", isGuest: true }
    let numbers = 0
    return {
      FollowRoom: () => Stream.fromPubSub(messages),
      PostMessage: Effect.fnUntraced(function* ({ key, text }) {
        const number = ++numbers
        const at = Date.now()
        yield* PubSub.publish(messages, {
          number,
          change: number,
          author,
          key,
          state: "Present",
          text,
          at,
          editedAt: null
        })
        return number
      })
    }
  })
)

const rpc = RpcServer.layerHttp({ group: PlainRpcs, path: "/rpc", disableTracing: true }).pipe(
  Layer.provide(handlers),
  Layer.provide(RpcSerialization.layerJson)
)

const ready = HttpRouter.add("GET", "/readyz", HttpServerResponse.text("ready\n"))

HttpRouter.serve(Layer.mergeAll(rpc, ready), { disableLogger: true }).pipe(
  Layer.provide(NodeHttpServer.layer(createServer, { port: Number(process.env.PORT), host: "127.0.0.1" })),
  Layer.launch,
  NodeRuntime.runMain
)
