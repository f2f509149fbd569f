// A server under test with its subscribers and its load, joined and warm. Several stand side by side and are measured in turn, a few
// seconds each, so that whatever else the machine does falls on all of them alike.
import { Effect, Schema } from "effect"
import type { Scope } from "effect"
import type { ChildFailed } from "../Child.ts"
import { Lateness } from "../Lateness.ts"
import type { DialectName, PeerName } from "../load/Dialect.ts"
import * as Generator from "../load/Generator.ts"
import type { Generators } from "../load/Generator.ts"
import * as Guests from "../load/Guests.ts"
import type { NoGuest } from "../load/Guests.ts"
import type { Late } from "../load/Late.ts"
import type { LatencyHistogram } from "../load/LatencyHistogram.ts"
import * as Publisher from "../load/Publisher.ts"
import type { PublisherLost } from "../load/Publisher.ts"
import { ownCpuSeconds } from "../OwnCpu.ts"
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
  /** What its subscribers speak; by default what the server is measured with. Posts come over RPC in any case. */
  readonly dialect?: DialectName
  readonly ids: Ids
  readonly load: Load
}

/** How much of it. */
export interface Conditions {
  readonly connections: number
  /** Load generator processes for each server. */
  readonly generators: number
  /**
   * For how long a server is given one message after the other, to few subscribers, before it is loaded: thousands of messages, as it has
   * had after minutes of the usual pace, so that it is measured as its compiler leaves a server that has run for long. After its memory
   * is read, since it leaves the heap larger than it must be.
   */
  readonly warmUpSeconds: number
}

/** What a joined server holds while nobody writes. */
export interface AtRest {
  /** What its memory grew by for each joined connection, garbage collected, in bytes. */
  readonly bytesPerConnection: number
  /** How much of one processor it uses. */
  readonly cpuShare: number
}

/** What one slice of load gave. */
export interface Slice {
  /** Messages that reached a subscriber, per second of the server's processor time. */
  readonly deliveriesPerCpuSecond: number
  /** Posts that became messages, per second of the clock. */
  readonly messagesPerSecond: number
  readonly messagesPerFrame: number
  /** From before the post is sent until the subscriber has the frame, in milliseconds. */
  readonly p50Millis: number
  readonly p99Millis: number
  /** All of these times. */
  readonly latencies: LatencyHistogram
  /** How late the event loop of each kind of process ran; a latency holds some of what the others were late too. */
  readonly late: { readonly server: Late; readonly subscribers: Late; readonly publisher: Late }
  /** How much of one processor the server used. */
  readonly cpuShare: number
  /** Processor time that the server, and all that loads it and measures, used. */
  readonly cpuSeconds: { readonly server: number; readonly load: number }
  /** Deliveries that should have been and were not. */
  readonly missing: number
  /** Posts that were refused. */
  readonly refused: number
}

/** A server, ready to be measured as often as wanted. */
export interface Stand {
  readonly name: string
  /** The server's origin. */
  readonly url: string
  readonly atRest: AtRest
  /** Loads it for that many seconds. */
  readonly slice: (seconds: number) => Effect.Effect<Slice, MeasurementFailure>
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

/** Connections that post. */
const publishers = 8

/** Connections that come and go before the first reading, so that what every server allocates once is not counted per connection. */
const warmUpConnections = 20

const restSeconds = 1

/** Starts a server, joins its subscribers, and measures it at rest. All of it is gone when the scope closes. */
export const setUp = Effect.fnUntraced(function* (
  { name, peer, dialect = peer, ids, load }: Case,
  { connections, generators: generatorCount, warmUpSeconds }: Conditions
): Effect.fn.Return<Stand, MeasurementFailure, Scope.Scope> {
  const dataDir = yield* Peer.temporaryFolder
  const cookies = yield* cookiesFor(peer, dataDir, Math.max(publishers, connections))
  const server = yield* Peer.start(peer, dataDir)
  const generators = yield* Generator.start(generatorCount)
  const publisher = yield* Publisher.open({ url: server.url, peer, roomId, cookies: cookies.slice(0, publishers) })
  const join = (count: number, requestIds: Ids) =>
    Effect.andThen(
      generators.open({ url: server.url, dialect, roomId, subscriptions: subscriptions(cookies, count, requestIds) }),
      untilAllReached(generators, publisher, count)
    )

  yield* join(warmUpConnections, "shared")
  yield* generators.close
  const empty = yield* server.collected
  yield* join(connections, ids)
  yield* Effect.sleep("500 millis")
  const joined = yield* server.collected
  const before = yield* server.usage
  yield* Effect.sleep(restSeconds * 1_000)
  const after = yield* server.usage
  yield* generators.close

  yield* join(warmUpConnections, "shared")
  yield* publisher.flood(1, warmUpSeconds)
  yield* generators.close
  yield* join(connections, ids)

  const publisherLateness = new Lateness()

  return {
    name,
    url: server.url,
    atRest: {
      bytesPerConnection: (joined.rssBytes - empty.rssBytes) / connections,
      cpuShare: (after.cpuSeconds - before.cpuSeconds) / restSeconds
    },
    slice: Effect.fnUntraced(function* (seconds) {
      yield* generators.reset
      const loadBefore = (yield* generators.report).cpuSeconds + ownCpuSeconds()
      yield* server.late
      publisherLateness.reset()
      const before = yield* server.usage
      const { accepted, refusals } = yield* load._tag === "Paced"
        ? publisher.paced(load.everyMillis, seconds)
        : publisher.flood(load.unanswered, seconds)
      yield* untilArrived(generators, accepted * connections)
      const publisherLate = publisherLateness.read()
      const serverLate = yield* server.late
      const after = yield* server.usage
      const { messages, frames, latencies, late, cpuSeconds: generatorSeconds } = yield* generators.report
      const cpuSeconds = after.cpuSeconds - before.cpuSeconds
      return {
        deliveriesPerCpuSecond: messages / cpuSeconds,
        messagesPerSecond: accepted / seconds,
        messagesPerFrame: messages / Math.max(1, frames),
        p50Millis: latencies.quantile(0.5) / 1_000,
        p99Millis: latencies.quantile(0.99) / 1_000,
        latencies,
        late: { server: serverLate, subscribers: late, publisher: publisherLate },
        cpuShare: cpuSeconds / seconds,
        cpuSeconds: { server: cpuSeconds, load: generatorSeconds + ownCpuSeconds() - loadBefore },
        missing: accepted * connections - messages,
        refused: [...refusals.values()].reduce((sum, count) => sum + count, 0)
      }
    })
  }
})

// Every subscriber is a person of their own. They enter through a server that ends before the one that is measured begins, so that
// the memory of making them is nobody's.
const cookiesFor = (peer: PeerName, dataDir: string, count: number) => {
  if (peer !== "messenger") return Effect.succeed(Array.from({ length: count }, () => ""))
  return Effect.flatMap(Peer.start(peer, dataDir), ({ url }) => Guests.enter(url, "Load", count)).pipe(
    Effect.map((guests) => guests.map(({ cookie }) => cookie)),
    Effect.scoped
  )
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
): Effect.fn.Return<void, MeasurementFailure> {
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
