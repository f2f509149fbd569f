// A whole server in this process, as it is put together for people: its own database, its tree, real sockets.
import { ChatLimits, defaults, type Limits } from "@messenger/chat/ChatLimits"
import { PasswordHashCost } from "@messenger/chat/Passwords"
import { Deferred, Effect, Layer, References } from "effect"
import type { AddressInfo } from "node:net"
import * as RootSupervisor from "../../src/RootSupervisor.ts"
import { ServerConfig, type Environment } from "../../src/ServerConfig.ts"
import * as Topology from "../../src/Topology.ts"
import { temporaryFolder } from "./ServerProcess.ts"

const anything = { capacity: 1_000_000, perMinute: 1_000_000 }

/** For tests that are faster than people. */
export const unlimited: Limits = {
  posts: anything,
  knownKeys: anything,
  follows: anything,
  histories: anything,
  typing: anything,
  markers: anything,
  statuses: anything,
  rooms: anything,
  roomsPerAccount: 1_000,
  guests: anything,
  account: anything,
  emails: anything,
  links: anything,
  members: anything,
  webhooks: anything,
  webhooksPerRoom: 20,
  webhookPosts: anything,
  webhookTokens: anything,
  exports: anything,
  exportsAtOnce: 2,
  administration: anything
}

/** Starts one with these settings, on an embedded database of its own unless they name one; it stops with the scope. */
export const startWhole = Effect.fnUntraced(function* (environment: Environment = {}, limits: Limits = defaults) {
  const dataDir = yield* temporaryFolder
  const config = ServerConfig.layer({ PORT: "0", DATA_DIR: dataDir, ...environment })
  // Crashes are meant, and passwords are not what is tried here.
  const quiet = Layer.mergeAll(
    Layer.succeed(References.MinimumLogLevel, "None"),
    Layer.succeed(ChatLimits, limits),
    Layer.succeed(PasswordHashCost, { memoryKiB: 8, passes: 1, lanes: 1 })
  )
  const context = yield* Layer.build(Topology.single("/nowhere").pipe(Layer.provideMerge(Layer.merge(config, quiet))))
  const ready = yield* Deferred.make<AddressInfo>()
  const running = yield* Effect.forkScoped(
    Effect.provide(
      RootSupervisor.run((address) => Deferred.succeed(ready, address)),
      context
    )
  )
  const { port } = yield* Deferred.await(ready)
  return { context, running, url: `http://127.0.0.1:${port}`, dataDir }
})
