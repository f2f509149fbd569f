// A whole gateway on a free port of this machine, over a small chat in memory; real sockets, and timings short enough for a test.
import { Duration, Effect, Fiber, Layer, type Scope } from "effect"
import type { AddressInfo } from "node:net"
import { Connections } from "../../src/connections/Connections.ts"
import * as Heartbeat from "../../src/connections/Heartbeat.ts"
import { WebSockets } from "../../src/connections/WebSockets.ts"
import { drain } from "../../src/Drain.ts"
import { Callers } from "../../src/edge/Callers.ts"
import { GatewayCounts } from "../../src/GatewayCounts.ts"
import { HttpListener } from "../../src/HttpListener.ts"
import * as HttpServer from "../../src/HttpServer.ts"
import { PhoenixGateway } from "../../src/phoenix/PhoenixGateway.ts"
import * as ProcessMetrics from "../../src/ProcessMetrics.ts"
import { Readiness } from "../../src/Readiness.ts"
import * as RpcGateway from "../../src/rpc/RpcGateway.ts"
import { RouteTable } from "../../src/RouteTable.ts"
import { ServerConfig, type Environment } from "../../src/ServerConfig.ts"
import { Authenticator } from "../../src/tokens/Authenticator.ts"
import { SecretKey } from "../../src/tokens/SecretKey.ts"
import { SocketTokens } from "../../src/tokens/SocketTokens.ts"
import { Upgrades } from "../../src/Upgrades.ts"
import { WebClient } from "../../src/web/WebClient.ts"
import { makeFakeChat, type FakeChat } from "./FakeChat.ts"

/** A running gateway and what a test may look at. */
export interface TestServer {
  readonly address: AddressInfo
  /** Like `http://127.0.0.1:40123`; the origin of its own pages. */
  readonly url: string
  readonly chat: FakeChat
  readonly counts: GatewayCounts["Service"]
  readonly connections: Connections["Service"]
  readonly readiness: Readiness["Service"]
  /** Every route that it has. */
  readonly routes: ReadonlyArray<{ readonly method: string; readonly path: string }>
  /** Ends the RPC gateway as its supervisor would. */
  readonly stopRpc: Effect.Effect<void>
  /** Leaves its clients as a server does that is asked to stop. */
  readonly drain: Effect.Effect<void>
}

/** What a test may choose. */
export interface TestServerOptions {
  readonly environment?: Environment
  readonly heartbeat?: Partial<Heartbeat.Timings>
  readonly webFolder?: string
  /** Whose a credential is, instead of what the server finds. */
  readonly holderOf?: Authenticator["Service"]["holderOf"]
}

const secretKey = "a key for tests, of 32 characters or more"

const slowHeartbeat: Heartbeat.Timings = {
  beatEvery: Duration.millis(20),
  pingAfter: Duration.seconds(60),
  deadAfter: Duration.seconds(120),
  stuckAfter: Duration.seconds(120),
  greetWithin: Duration.seconds(120)
}

/** Starts a gateway; it ends with the scope. */
export const startServer = (options: TestServerOptions = {}): Effect.Effect<TestServer, unknown, Scope.Scope> => {
  const { chat, layer: chatLayer } = makeFakeChat()
  const services = Upgrades.layer.pipe(
    Layer.provideMerge(
      options.holderOf === undefined
        ? Authenticator.layer
        : Layer.succeed(Authenticator, Authenticator.of({ holderOf: options.holderOf }))
    ),
    Layer.provideMerge(Layer.mergeAll(RpcGateway.layer, PhoenixGateway.layer)),
    Layer.provideMerge(WebSockets.layer),
    Layer.provideMerge(Connections.layer),
    Layer.provideMerge(
      Layer.mergeAll(
        chatLayer,
        Layer.provide(SocketTokens.layer, SecretKey.layer),
        Callers.layer,
        HttpListener.layer,
        GatewayCounts.layer,
        ProcessMetrics.layer,
        Readiness.layer,
        WebClient.layer(options.webFolder ?? "/nowhere")
      )
    ),
    Layer.provideMerge(ServerConfig.layer({ PORT: "0", SECRET_KEY: secretKey, ...options.environment }))
  )
  return Effect.gen(function* () {
    const context = yield* Layer.build(services)
    return yield* Effect.gen(function* () {
      const rpc = yield* Effect.forkScoped(RpcGateway.serve)
      const phoenix = yield* PhoenixGateway
      yield* Effect.forkScoped(phoenix.serve)
      yield* Effect.forkScoped(Heartbeat.run)
      yield* HttpServer.serve
      const { address } = yield* HttpListener
      return {
        address,
        url: `http://127.0.0.1:${address.port}`,
        chat,
        counts: yield* GatewayCounts,
        connections: yield* Connections,
        readiness: yield* Readiness,
        routes: yield* recordedRoutes,
        stopRpc: Fiber.interrupt(rpc),
        drain: Effect.provide(drain, context)
      }
    }).pipe(Effect.provide(context))
  }).pipe(Effect.provideService(Heartbeat.HeartbeatTimings, { ...slowHeartbeat, ...options.heartbeat }))
}

const recordedRoutes = Effect.suspend(() => {
  const table = new RouteTable()
  return Effect.map(HttpServer.routed(table), () => table.routes)
})
