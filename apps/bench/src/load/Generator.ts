// What a load generator is asked, and what it answers. Generators are processes of their own, so that the machine's scheduler, and
// not one event loop, divides the processor between the server and its clients.
import { Effect, Schema } from "effect"
import type { Scope } from "effect"
import * as Child from "../Child.ts"
import type { ChildFailed } from "../Child.ts"
import { DialectName } from "./Dialect.ts"
import { Late, latest } from "./Late.ts"
import { LatencyHistogram } from "./LatencyHistogram.ts"

/** One subscriber: whose session it carries, and the request id it follows under. */
export const Subscription = Schema.Struct({ cookie: Schema.String, requestId: Schema.String })
export type Subscription = typeof Subscription.Type

/** What a generator can be asked. */
export const Question = Schema.Union([
  /** Opens these connections and follows the room with each; answered when all follows are sent. */
  Schema.TaggedStruct("Open", {
    url: Schema.String,
    dialect: DialectName,
    roomId: Schema.String,
    subscriptions: Schema.Array(Subscription)
  }),
  /** Closes all connections. */
  Schema.TaggedStruct("Close", {}),
  /** Counts anew from here. */
  Schema.TaggedStruct("Reset", {}),
  Schema.TaggedStruct("Report", {})
])
export type Question = typeof Question.Type

/** What has arrived since the last reset. */
export const Counts = Schema.Struct({
  frames: Schema.Int,
  messages: Schema.Int,
  /** Connections that got at least one message. */
  reached: Schema.Int,
  /** Connections that ended although nobody here closed them. */
  lost: Schema.Int,
  /** Latencies, as a histogram's counts; of messages, in microseconds. */
  latencies: Schema.Array(Schema.Int),
  /** How late the generator itself was; that much of a latency may be its own. */
  late: Late,
  /** Processor time that the generator has used since its start. */
  cpuSeconds: Schema.Number
})
export type Counts = typeof Counts.Type

const Done = Schema.Struct({})

/** All generators of a measurement, asked as one. */
export interface Generators {
  /** Opens the connections, divided evenly. */
  readonly open: (
    options: Omit<Extract<Question, { readonly _tag: "Open" }>, "_tag">
  ) => Effect.Effect<void, ChildFailed>
  readonly close: Effect.Effect<void, ChildFailed>
  readonly reset: Effect.Effect<void, ChildFailed>
  readonly report: Effect.Effect<Omit<Counts, "latencies"> & { readonly latencies: LatencyHistogram }, ChildFailed>
}

const module = new URL("generator-process.ts", import.meta.url).pathname

/** Starts that many generator processes. */
export const start = Effect.fnUntraced(function* (
  count: number
): Effect.fn.Return<Generators, ChildFailed, Scope.Scope> {
  const children = yield* Effect.all(
    Array.from({ length: count }, () => Child.start({ module })),
    { concurrency: "unbounded" }
  )
  const tell = (question: Question) =>
    Effect.forEach(children, (child) => child.ask(question, Done), { concurrency: "unbounded", discard: true })
  return {
    open: ({ subscriptions, ...rest }) =>
      Effect.forEach(
        children,
        (child, index) =>
          child.ask(
            { _tag: "Open", ...rest, subscriptions: subscriptions.filter((_, at) => at % count === index) },
            Done
          ),
        { concurrency: "unbounded", discard: true }
      ),
    close: tell({ _tag: "Close" }),
    reset: tell({ _tag: "Reset" }),
    report: Effect.map(
      Effect.forEach(children, (child) => child.ask({ _tag: "Report" }, Counts), { concurrency: "unbounded" }),
      (parts) => {
        const latencies = new LatencyHistogram()
        const sum = { frames: 0, messages: 0, reached: 0, lost: 0, cpuSeconds: 0 }
        for (const part of parts) {
          latencies.add(part.latencies)
          sum.frames += part.frames
          sum.messages += part.messages
          sum.reached += part.reached
          sum.lost += part.lost
          sum.cpuSeconds += part.cpuSeconds
        }
        return { ...sum, latencies, late: latest(parts.map(({ late }) => late)) }
      }
    )
  }
})
