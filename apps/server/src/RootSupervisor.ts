// The supervision tree of the server, first to last as it starts; it stops in the reverse order, so the drain goes first. A part
// that fails more often than it may takes those with it that were started after it, since they stand on it; past the root the
// process ends.
import { ChatSupervisor } from "@messenger/chat/ChatSupervisor"
import { Commits } from "@messenger/chat/Commits"
import type { ChildSpec } from "@messenger/otp/ChildSpec"
import * as Supervisor from "@messenger/otp/Supervisor"
import * as Worker from "@messenger/otp/Worker"
import { Effect, type Scope } from "effect"
import type { AddressInfo } from "node:net"
import * as Heartbeat from "./connections/Heartbeat.ts"
import { drain } from "./Drain.ts"
import { HttpListener } from "./HttpListener.ts"
import * as HttpServer from "./HttpServer.ts"
import { PhoenixGateway } from "./phoenix/PhoenixGateway.ts"
import { Readiness } from "./Readiness.ts"
import * as RpcGateway from "./rpc/RpcGateway.ts"
import { ServerConfig } from "./ServerConfig.ts"

/**
 * Runs the tree until a failure escalates past its root, or until it is interrupted and has stopped. `onReady` is told where the
 * server listens, each time when everything runs.
 */
export const run = Effect.fnUntraced(function* (onReady: (address: AddressInfo) => Effect.Effect<void>) {
  const commits = yield* Commits
  const chat = yield* ChatSupervisor
  return yield* Supervisor.run({
    id: "root",
    strategy: "rest_for_one",
    intensity: { maxRestarts: 3, within: "60 seconds" },
    children: [
      Supervisor.childSpec({
        id: "storage",
        // Writes what rooms hand it; it starts before them and stops after them, so that what they still have to write is written.
        children: [commits.childSpec]
      }),
      chat.childSpec,
      ...(yield* gateways(onReady))
    ]
  })
})

const gateways = Effect.fnUntraced(function* (
  onReady: (address: AddressInfo) => Effect.Effect<void>
): Effect.fn.Return<ReadonlyArray<ChildSpec>, never, Needs> {
  const context = yield* Effect.context<Needs>()
  const { drainSeconds } = yield* ServerConfig
  const phoenix = yield* PhoenixGateway
  const readiness = yield* Readiness
  const { address } = yield* HttpListener
  return [
    Supervisor.childSpec({
      id: "gateways",
      children: [
        // Its connections end with it: clients connect again.
        Worker.make({
          id: "rpc",
          init: Effect.void,
          run: () => Effect.provide(RpcGateway.serve, context)
        }),
        Worker.make({
          id: "phoenix",
          init: Effect.void,
          run: () => phoenix.serve
        }),
        Worker.make({
          id: "heartbeat",
          init: Effect.void,
          run: () => Effect.provide(Heartbeat.run, context)
        }),
        Worker.make({
          id: "http",
          shutdown: "10 seconds",
          init: Effect.provide(HttpServer.serve, context)
        })
      ]
    }),
    Worker.make({
      id: "drain",
      shutdown: `${drainSeconds + 2} seconds`,
      init: Effect.acquireRelease(
        Effect.suspend(() => {
          readiness.set(true)
          return onReady(address)
        }),
        () => Effect.provide(drain, context)
      )
    })
  ]
})

type Needs = Exclude<
  | Effect.Services<typeof HttpServer.serve>
  | Effect.Services<typeof RpcGateway.serve>
  | Effect.Services<typeof Heartbeat.run>
  | Effect.Services<typeof drain>
  | PhoenixGateway,
  Scope.Scope
>
