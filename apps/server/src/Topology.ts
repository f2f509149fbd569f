// How the parts of a server are put together. The only file of the server that knows which database there is.
import * as NodeDns from "@effect/platform-node/NodeDns"
import { AccountPolicy } from "@messenger/chat/AccountPolicy"
import { ChatLimits } from "@messenger/chat/ChatLimits"
import { Passwords } from "@messenger/chat/Passwords"
import * as SingleNode from "@messenger/chat/SingleNode"
import type { Limit } from "@messenger/chat/TokenBuckets"
import * as Postgres from "@messenger/storage/Postgres"
import { ServerLease } from "@messenger/storage/ServerLease"
import * as Sqlite from "@messenger/storage/Sqlite"
import * as Upkeep from "@messenger/storage/Upkeep"
import { Effect, Layer, Option, Redacted } from "effect"
import { Connections } from "./connections/Connections.ts"
import { WebSockets } from "./connections/WebSockets.ts"
import { Callers } from "./edge/Callers.ts"
import { GatewayCounts } from "./GatewayCounts.ts"
import { HttpListener } from "./HttpListener.ts"
import { PhoenixGateway } from "./phoenix/PhoenixGateway.ts"
import * as ProcessMetrics from "./ProcessMetrics.ts"
import { Readiness } from "./Readiness.ts"
import * as RpcGateway from "./rpc/RpcGateway.ts"
import { ServerConfig } from "./ServerConfig.ts"
import { Authenticator } from "./tokens/Authenticator.ts"
import { SecretKey } from "./tokens/SecretKey.ts"
import { SocketTokens } from "./tokens/SocketTokens.ts"
import { Upgrades } from "./Upgrades.ts"
import { WebClient } from "./web/WebClient.ts"
import * as SecretBox from "./webhooks/SecretBox.ts"
import * as Transport from "./webhooks/Transport.ts"

/** The PostgreSQL that the settings name, if they do. */
const postgres = Effect.map(ServerConfig, ({ databaseUrl, databasePassword, databaseCa }) =>
  Option.map(databaseUrl, (url): Postgres.Address => ({
    url,
    password: Option.getOrUndefined(databasePassword),
    ca: Option.getOrUndefined(databaseCa)
  }))
)

/** The database that the settings name. */
const storage = Layer.unwrap(
  Effect.gen(function* () {
    const { dataDir } = yield* ServerConfig
    return Option.match(yield* postgres, { onNone: () => Sqlite.layer({ dataDir }), onSome: Postgres.layer })
  })
)

/** The rates that the settings name; the rest of the limits are the product's own. */
const limits = Layer.effect(
  ChatLimits,
  Effect.gen(function* () {
    const { postsPerMinute, followsPerMinute, guestsPerMinute } = yield* ServerConfig
    return {
      ...(yield* ChatLimits),
      posts: rate(postsPerMinute),
      follows: rate(followsPerMinute),
      guests: rate(guestsPerMinute)
    }
  })
)

/** What the settings say about accounts. */
const policy = Layer.effect(
  AccountPolicy,
  Effect.map(ServerConfig, ({ registration, allowsGuests, ownerToken, auditAddressDays }) => ({
    registration,
    allowsGuests,
    ownerToken,
    auditAddressDays
  }))
)

const rate = (perMinute: number): Limit => ({ capacity: Math.max(1, Math.ceil(perMinute / 4)), perMinute })

/** Chat with all of its rooms in this process. */
const chat = SingleNode.layer.pipe(Layer.provide(Layer.mergeAll(limits, policy)))

/** What this server signs, and the key it does it with. */
const tokens = Layer.provideMerge(SocketTokens.layer, SecretKey.layer)

/** How deliveries leave the server, and how what signs them is kept. */
const webhooks = Layer.merge(Layer.provide(Transport.layer, NodeDns.layer), SecretBox.layer)

/** What clients talk to. */
const gateways = Upgrades.layer.pipe(
  Layer.provideMerge(Authenticator.layer),
  Layer.provideMerge(Layer.mergeAll(RpcGateway.layer, PhoenixGateway.layer)),
  Layer.provideMerge(WebSockets.layer),
  Layer.provideMerge(Connections.layer),
  Layer.provideMerge(Layer.mergeAll(Callers.layer, GatewayCounts.layer, ProcessMetrics.layer, Readiness.layer))
)

/** A server that holds all rooms and its database alone; `webFolder` is where the built web client lies. */
export const single = (webFolder: string) =>
  Layer.mergeAll(gateways, WebClient.layer(webFolder)).pipe(
    Layer.provideMerge(chat),
    Layer.provideMerge(webhooks),
    Layer.provideMerge(tokens),
    // Before the key, which must not be made in a folder that another server has.
    Layer.provideMerge(storage),
    // The port first: a second server in the same folder should not wait for the database to learn that it is one.
    Layer.provideMerge(HttpListener.layer)
  )

/**
 * What a program may do beside the server, which may be running: it takes no lease and no port, and serves nobody. What it writes
 * reaches open connections only by the database, so it is for links, which somebody uses later, and for reading.
 */
export const beside = SingleNode.layerBeside.pipe(
  Layer.provide(policy),
  Layer.provide(
    Layer.unwrap(
      Effect.gen(function* () {
        const { dataDir } = yield* ServerConfig
        return Option.match(yield* postgres, {
          onNone: () => Sqlite.layerBeside({ dataDir }),
          onSome: Postgres.layerBeside
        })
      })
    )
  )
)

/** The database held alone, by a program that serves nobody, and what passwords are hashed with. */
export const alone = Layer.merge(storage, Passwords.layer)

/** The database that the settings name, as a whole. */
export const upkeep = Effect.gen(function* () {
  const { dataDir } = yield* ServerConfig
  return Option.match(yield* postgres, {
    onNone: () => Upkeep.sqlite({ dataDir }),
    onSome: (address) => Upkeep.postgres({ ...address, dataDir })
  })
})

/**
 * Copies the embedded database into an empty one at that address, to which the settings' certificates and password apply, if it has none
 * itself; `reseal` seals the secrets of webhooks for the server there.
 */
export const copyTo = Effect.fnUntraced(function* (
  url: Redacted.Redacted,
  reseal: (webhookId: string, sealed: string) => string
) {
  const { dataDir } = yield* ServerConfig
  const named = Option.getOrUndefined(yield* postgres)
  const hasPassword = (URL.parse(Redacted.value(url))?.password ?? "") !== ""
  return yield* Upkeep.copy({
    url,
    ca: named?.ca,
    password: hasPassword ? undefined : named?.password,
    dataDir,
    reseal
  })
})

/** Fails when another server has taken the database, and never ends otherwise. */
export const leaseLost = Effect.flatMap(ServerLease, ({ lost }) => lost)
