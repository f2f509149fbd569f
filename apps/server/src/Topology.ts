// How the parts of a server are put together. The only file of the server that knows which database there is.
import { ChatLimits, defaults as defaultLimits } from "@messenger/chat/ChatLimits"
import { ChatSupervisor } from "@messenger/chat/ChatSupervisor"
import { Commits } from "@messenger/chat/Commits"
import { Directory } from "@messenger/chat/Directory"
import { Guests } from "@messenger/chat/Guests"
import { InboxesLocal } from "@messenger/chat/InboxesLocal"
import { People } from "@messenger/chat/People"
import { RoomsLocal } from "@messenger/chat/RoomsLocal"
import type { Limit } from "@messenger/chat/TokenBuckets"
import { SupervisionTree } from "@messenger/otp/SupervisionTree"
import * as Postgres from "@messenger/storage/Postgres"
import { ServerLease } from "@messenger/storage/ServerLease"
import * as Sqlite from "@messenger/storage/Sqlite"
import { Effect, Layer, Option } from "effect"
import { Callers } from "./edge/Callers.ts"
import { GatewayCounts } from "./GatewayCounts.ts"
import { HttpListener } from "./HttpListener.ts"
import * as ProcessMetrics from "./ProcessMetrics.ts"
import { Readiness } from "./Readiness.ts"
import * as RpcGateway from "./rpc/RpcGateway.ts"
import { ServerConfig } from "./ServerConfig.ts"
import { Authenticator } from "./tokens/Authenticator.ts"
import { SecretKey } from "./tokens/SecretKey.ts"
import { SocketTokens } from "./tokens/SocketTokens.ts"
import { Upgrades } from "./Upgrades.ts"
import { WebClient } from "./web/WebClient.ts"

/** The database that the settings name. */
const storage = Layer.unwrap(
  Effect.map(ServerConfig, ({ databaseUrl, dataDir }) =>
    Option.match(databaseUrl, {
      onNone: () => Sqlite.layer({ dataDir }),
      onSome: (url) => Postgres.layer({ url })
    })
  )
)

/** The rates that the settings name; the rest of the limits are the product's own. */
const limits = Layer.effect(
  ChatLimits,
  Effect.map(ServerConfig, ({ postsPerMinute, followsPerMinute, guestsPerMinute }) => ({
    ...defaultLimits,
    posts: rate(postsPerMinute),
    follows: rate(followsPerMinute),
    guests: rate(guestsPerMinute)
  }))
)

const rate = (perMinute: number): Limit => ({ capacity: Math.max(1, Math.ceil(perMinute / 4)), perMinute })

/** Chat with all of its rooms in this process. */
const chat = ChatSupervisor.layer.pipe(
  Layer.provideMerge(Layer.mergeAll(RoomsLocal.layerRooms, InboxesLocal.layerInboxes)),
  Layer.provideMerge(Layer.mergeAll(RoomsLocal.layer, InboxesLocal.layer, Guests.layer)),
  Layer.provideMerge(Layer.mergeAll(Commits.layer, People.layer, Directory.layer)),
  Layer.provideMerge(SupervisionTree.layer),
  Layer.provide(limits)
)

/** What this server signs, and the key it does it with. */
const tokens = Layer.provideMerge(SocketTokens.layer, SecretKey.layer)

/** What clients talk to. */
const gateways = Upgrades.layer.pipe(
  Layer.provideMerge(Authenticator.layer),
  Layer.provideMerge(RpcGateway.layer),
  Layer.provideMerge(Layer.mergeAll(Callers.layer, GatewayCounts.layer, ProcessMetrics.layer, Readiness.layer))
)

/** A server that holds all rooms and its database alone; `webFolder` is where the built web client lies. */
export const single = (webFolder: string) =>
  Layer.mergeAll(gateways, WebClient.layer(webFolder)).pipe(
    Layer.provideMerge(chat),
    Layer.provideMerge(tokens),
    // Before the key, which must not be made in a folder that another server has.
    Layer.provideMerge(storage),
    // The port first: a second server in the same folder should not wait for the database to learn that it is one.
    Layer.provideMerge(HttpListener.layer)
  )

/** Fails when another server has taken the database, and never ends otherwise. */
export const leaseLost = Effect.flatMap(ServerLease, ({ lost }) => lost)
