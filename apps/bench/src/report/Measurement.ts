// One measurement: a server from start to end, its subscribers, its load, and what it took.
import { Effect, Schema } from "effect"
import type { Scope } from "effect"
import type { ChildFailed } from "../Child.ts"
import type { PeerName } from "../load/Dialect.ts"
import * as Generator from "../load/Generator.ts"
import type { Generators } from "../load/Generator.ts"
import * as Guests from "../load/Guests.ts"
import type { NoGuest } from "../load/Guests.ts"
import * as Publisher from "../load/Publisher.ts"
import type { PublisherLost } from "../load/Publisher.ts"
import * as Peer from "../peers/Peer.ts"

/** How messages are posted: one every so many milliseconds, or so many unanswered at any time. */
export type Load =
  | { readonly _tag: "Paced"; readonly everyMillis: number }
  | { readonly _tag: "Flood"; readonly unanswered: number }

/**
 * Which request ids the subscribers follow under. `shared`: the same for all, as the clients of this project choose them. `several`:
 * eight kinds, as if people had opened the room up to eight times before. `distinct`: another one for everyone, as the stock client
 * of effect/rpc counts them when each has made another number of requests.
 */
export type Ids = "shared" | "several" | "distinct"

/** What is measured. */
export interface Case {
  readonly name: string
  readonly peer: PeerName
  readonly ids: Ids
  readonly load: Load
}

/** How much of it. */
export interface Conditions {
  readonly connections: number
  readonly seconds: number
  /** Load generator processes. */
  readonly generators: number
}

/** What one round of a case gave. */
export interface Measured {
  /** Messages that reached a subscriber, per second of the server's processor time. */
  readonly deliveriesPerCpuSecond: number
  /** Posts that became messages, per second of the clock. */
  readonly messagesPerSecond: number
  readonly messagesPerFrame: number
  /** From before the post is sent until the subscriber has the frame, in milliseconds. */
  readonly p50Millis: number
  readonly p99Millis: number
  /** What the server's memory grew by for each joined connection, garbage collected, in bytes. */
  readonly bytesPerConnection: number
  /** How much of one processor the server used while the load lasted ... */
  readonly cpuShare: number
  /** ... and while all were connected and nobody wrote. */
  readonly idleCpuShare: number
  /** Deliveries that should have been and were not. */
  readonly missing: number
  /** Posts that were refused. */
  readonly refused: number
}

/** Not every subscriber could be reached. */
export class NotJoined extends Schema.TaggedError<NotJoined>()("NotJoined", {
  reached: Schema.Int,
  of: Schema.Int,
  refusals: Schema.Array(Schema.String)
}) {
  override get message(): string {
    const why = this.refusals.length === 0 ? "" : `; posts were refused: ${this.refusals.join(", ")}`
    return `Only ${this.reached} of ${this.of} subscribers could be reached${why}.`
  }
}

/** Why there is no measurement. */
export type MeasurementFailure = ChildFailed | NoGuest | PublisherLost | NotJoined

/** The room all of it happens in: one that every new server has. */
const roomId = "lobby"

/** What lets this load through the limits of a server; the others know none of these names. */
const settings = {
  POSTS_PER_MINUTE: "1000000",
  FOLLOWS_PER_MINUTE: "1000000",
  GUESTS_PER_MINUTE: "1000000",
  SOCKETS_PER_ADDRESS: "0",
  SOCKETS_PER_USER: "0",
  LOG_LEVEL: "Warn"
}

/** Connections that post. */
const publishers = 8

/** Connections that come and go before the first reading, so that what every server allocates once is not counted per connection. */
const warmUpConnections = 20

/** For how long the load runs before it counts, so that a server is measured as its compiler has left it. */
const warmUpSeconds = 3

const idleSeconds = 1

/** Measures a case once. */
export const measure = (
  { peer, ids, load }: Case,
  { connections, seconds, generators: generatorCount }: Conditions
): Effect.Effect<Measured, MeasurementFailure> =>
  Effect.gen(function* () {
    const server = yield* Peer.start(peer, settings)
    const generators = yield* Generator.start(generatorCount)
    const cookies = yield* cookiesFor(peer, server.url, connections)
    const publisher = yield* Publisher.open({ url: server.url, peer, roomId, cookies: cookies.slice(0, publishers) })
    const join = (count: number, requestIds: Ids) =>
      Effect.andThen(
        generators.open({ url: server.url, peer, roomId, subscriptions: subscriptions(cookies, count, requestIds) }),
        untilAllReached(generators, publisher, count)
      )

    yield* join(warmUpConnections, "shared")
    yield* generators.close
    const empty = yield* server.collected

    yield* join(connections, ids)
    yield* Effect.sleep("500 millis")
    const joined = yield* server.collected
    const silent = yield* server.usage
    yield* Effect.sleep(idleSeconds * 1_000)
    const idle = yield* server.usage

    const run = (duration: number) =>
      load._tag === "Paced" ? publisher.paced(load.everyMillis, duration) : publisher.flood(load.unanswered, duration)
    yield* run(Math.min(seconds, warmUpSeconds))
    yield* Effect.sleep("500 millis")

    yield* generators.reset
    const before = yield* server.usage
    const { accepted, refusals } = yield* run(seconds)
    yield* untilArrived(generators, accepted * connections)
    const after = yield* server.usage
    const { messages, frames, latencies } = yield* generators.report
    const cpuSeconds = after.cpuSeconds - before.cpuSeconds
    return {
      deliveriesPerCpuSecond: messages / cpuSeconds,
      messagesPerSecond: accepted / seconds,
      messagesPerFrame: messages / Math.max(1, frames),
      p50Millis: latencies.quantile(0.5) / 1_000,
      p99Millis: latencies.quantile(0.99) / 1_000,
      bytesPerConnection: (joined.rssBytes - empty.rssBytes) / connections,
      cpuShare: cpuSeconds / seconds,
      idleCpuShare: (idle.cpuSeconds - silent.cpuSeconds) / idleSeconds,
      missing: accepted * connections - messages,
      refused: [...refusals.values()].reduce((sum, count) => sum + count, 0)
    }
  }).pipe(Effect.scoped)

// Every subscriber is a person of their own.
const cookiesFor = (
  peer: PeerName,
  url: string,
  connections: number
): Effect.Effect<ReadonlyArray<string>, NoGuest> => {
  const people = Math.max(publishers, connections)
  if (peer !== "messenger") return Effect.succeed(Array.from({ length: people }, () => ""))
  return Effect.map(Guests.enter(url, "Load", people), (guests) => guests.map(({ cookie }) => cookie))
}

const kinds = 8

const subscriptions = (cookies: ReadonlyArray<string>, count: number, ids: Ids) =>
  Array.from({ length: count }, (_, index) => ({
    cookie: cookies[index % cookies.length] ?? "",
    requestId: { shared: `${roomId}~1`, several: `${roomId}~${1 + (index % kinds)}`, distinct: String(index + 1) }[ids]
  }))

// A follow is in place when something posted after it arrives; servers say so in different ways, and a message is one for all.
const untilAllReached = Effect.fnUntraced(function* (
  generators: Generators,
  publisher: Publisher.Publisher,
  count: number
): Effect.fn.Return<void, MeasurementFailure, Scope.Scope> {
  yield* generators.reset
  const refusals = new Set<string>()
  for (let attempt = 0; attempt < 20; attempt++) {
    const probe = yield* publisher.paced(1, 0.001)
    for (const tag of probe.refusals.keys()) refusals.add(tag)
    yield* Effect.sleep("250 millis")
    const { reached } = yield* generators.report
    if (reached >= count) return
  }
  const { reached } = yield* generators.report
  return yield* new NotJoined({ reached, of: count, refusals: [...refusals] })
})

// Those that are on their way when the load ends arrive within a moment, or never.
const untilArrived = Effect.fnUntraced(function* (generators: Generators, expected: number) {
  for (let attempt = 0; attempt < 50; attempt++) {
    const { messages } = yield* generators.report
    if (messages >= expected) return
    yield* Effect.sleep("100 millis")
  }
})
