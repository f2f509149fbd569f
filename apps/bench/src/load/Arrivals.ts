// People who come on their own time: requests that are sent when they are due, whatever became of those before, from a process of
// its own. The time of an answer is counted from when its request was due, so a server (or this process) that stands still is late
// for all who came meanwhile, and not only for the one who was first in line.
import { Effect, Schema } from "effect"
import type { Scope } from "effect"
import * as Child from "../Child.ts"
import type { ChildFailed } from "../Child.ts"
import { Late } from "./Late.ts"
import { LatencyHistogram } from "./LatencyHistogram.ts"

/** One request: a `POST` of JSON from an address of its own, over a connection of its own. */
export const Arrival = Schema.Struct({
  path: Schema.String,
  body: Schema.String,
  /** Said in `X-Forwarded-For`; a server that trusts this machine as a proxy counts by it. */
  address: Schema.String
})
export type Arrival = typeof Arrival.Type

/** What the process can be asked. */
export const Question = Schema.TaggedStruct("Arrive", {
  url: Schema.String,
  perSecond: Schema.Number,
  seconds: Schema.Number,
  /** Take turns; where the last run ended, this one goes on. */
  arrivals: Schema.Array(Arrival)
})
export type Question = typeof Question.Type

const Report = Schema.Struct({
  sent: Schema.Int,
  /** How many answers of each HTTP status; 0 when there was none. */
  statuses: Schema.Array(Schema.Tuple([Schema.Int, Schema.Int])),
  /** Of answers that grant what was asked (2xx), from when the request was due, in microseconds. */
  latencies: Schema.Array(Schema.Int),
  late: Late,
  cpuSeconds: Schema.Number
})

/** What became of a run of arrivals. */
export interface Arrived {
  readonly sent: number
  /** How many answers of each HTTP status; 0 when there was none. */
  readonly statuses: ReadonlyMap<number, number>
  /** Of answers that grant what was asked (2xx), from when the request was due. */
  readonly latencies: LatencyHistogram
  /** How late the process that sent them was. */
  readonly late: Late
  /** Processor time that it used. */
  readonly cpuSeconds: number
}

/** A process from which requests come. */
export interface Arrivals {
  /** Sends so many a second, at random times, for that long; ends when all are answered. */
  readonly run: (options: Omit<Question, "_tag">) => Effect.Effect<Arrived, ChildFailed>
}

const module = new URL("arrivals-process.ts", import.meta.url).pathname

/** Starts the process; it ends with the scope. */
export const start: Effect.Effect<Arrivals, ChildFailed, Scope.Scope> = Effect.map(
  Child.start({ module }),
  (child) => ({
    run: (options) =>
      Effect.map(child.ask({ _tag: "Arrive", ...options }, Report), ({ statuses, latencies, ...rest }) => {
        const histogram = new LatencyHistogram()
        histogram.add(latencies)
        return { ...rest, statuses: new Map(statuses), latencies: histogram }
      })
  })
)

/**
 * When each of a run is due, in milliseconds from its start: as many a second on average, independent of each other (a Poisson
 * process), so that they meet each other and the posts as people do, and never keep step with a timer. `random` is uniform in [0, 1).
 */
export const dueTimes = (perSecond: number, seconds: number, random: () => number): ReadonlyArray<number> => {
  const times: Array<number> = []
  for (let at = 0; ;) {
    at += (-Math.log(1 - random()) / perSecond) * 1_000
    if (at >= seconds * 1_000) return times
    times.push(at)
  }
}
