import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, Layer, Metric } from "effect"
import { PrometheusMetrics } from "effect/observability"
import { TestClock } from "effect/testing"
import * as Supervisor from "@messenger/otp/Supervisor"
import { SupervisionTree } from "@messenger/otp/SupervisionTree"
import { add, Away, crash, make, note, settle, type TallyOptions } from "./Tally.ts"

/** A tree over a metric registry of its own: the global one belongs to everybody. */
const inTree = Effect.provide(
  SupervisionTree.layer.pipe(Layer.provideMerge(Layer.sync(Metric.MetricRegistry, () => new Map())))
)

const startTally = Effect.fnUntraced(function* (options: TallyOptions = {}) {
  const { childSpec, ref } = yield* make(options)
  yield* Supervisor.start({
    id: "root",
    intensity: { maxRestarts: 10, within: "1 second" },
    children: [childSpec]
  })
  const tree = yield* SupervisionTree
  const counts = Effect.map(tree.telemetry, (kinds) => kinds.find(({ kind }) => kind === "tally"))
  return { counts, ref }
})

describe("telemetry", () => {
  it.effect("counts restarts and crashes by kind, the latter by reason", () =>
    Effect.gen(function* () {
      const { counts, ref } = yield* startTally()
      const tree = yield* SupervisionTree
      yield* crash(ref)
      yield* tree.killChild("root/tally")
      yield* settle
      const tally = yield* counts
      assert.strictEqual(tally?.restarts, 2)
      assert.deepStrictEqual(tally?.crashes, { defect: 1, killed: 1, intensity: 0 })
      assert.strictEqual(tally?.live, 1)
    }).pipe(inTree)
  )

  it.effect("measures how deep mailboxes are, how long commands wait, and how long turns take", () =>
    Effect.gen(function* () {
      const { counts, ref } = yield* startTally()
      const gate = yield* Deferred.make<void>()
      yield* ref.cast({ _tag: "Wait", until: Deferred.await(gate) })
      yield* settle
      yield* note(ref, "a")
      yield* note(ref, "b")
      yield* TestClock.adjust("2 seconds")
      assert.strictEqual((yield* counts)?.mailboxDepth, 2)
      yield* Deferred.succeed(gate, undefined)
      yield* settle
      const tally = yield* counts
      assert.strictEqual(tally?.mailboxDepth, 0)
      assert.deepInclude(tally?.mailboxWait.state, { count: 3, sum: 4, min: 0, max: 2 })
      assert.deepInclude(tally?.receive.state, { count: 2, sum: 2, max: 2 })
    }).pipe(inTree)
  )

  it.effect("counts weather apart from crashes", () =>
    Effect.gen(function* () {
      const { counts } = yield* startTally({ init: () => Effect.fail(new Away({ what: "database" })) })
      const tally = yield* counts
      assert.strictEqual(tally?.weather, 1)
      assert.deepStrictEqual(tally?.crashes, { defect: 0, killed: 0, intensity: 0 })
    }).pipe(inTree)
  )

  it.effect("counts refused commands", () =>
    Effect.gen(function* () {
      const { counts, ref } = yield* startTally()
      for (let tries = 0; tries < 3; tries++) {
        yield* ref.cast({ _tag: "Crash", key: "poison" })
        yield* settle
      }
      assert.strictEqual((yield* counts)?.rejected, 2)
    }).pipe(inTree)
  )

  it.effect("is on the Prometheus page by kind, in seconds, with cumulative buckets", () =>
    Effect.gen(function* () {
      const { ref } = yield* startTally()
      yield* add(ref)
      yield* crash(ref)
      const page = (yield* PrometheusMetrics.format()).split("\n")
      for (const line of [
        "# TYPE otp_restarts_total counter",
        'otp_restarts_total{kind="tally"} 1',
        'otp_crashes_total{kind="tally",reason="defect"} 1',
        'otp_live_children{kind="tally"} 1',
        'otp_live_children{kind="supervisor"} 1',
        'otp_mailbox_depth{kind="tally"} 0',
        "# TYPE otp_receive_seconds histogram",
        'otp_receive_seconds_bucket{kind="tally",le="0.001"} 2',
        'otp_receive_seconds_bucket{kind="tally",le="+Inf"} 2',
        'otp_receive_seconds_count{kind="tally"} 2'
      ]) {
        assert.include(page, line)
      }
    }).pipe(inTree)
  )

  it.effect("leaves the page with its tree", () =>
    Effect.gen(function* () {
      yield* Effect.provide(startTally(), SupervisionTree.layer)
      assert.strictEqual(yield* PrometheusMetrics.format(), "")
    }).pipe(Effect.provideService(Metric.MetricRegistry, new Map()))
  )
})
