// How the process itself fares: how late its event loop runs, what memory and processor it takes.
import { Effect, Layer, Metric } from "effect"
import { monitorEventLoopDelay } from "node:perf_hooks"

/** Registered in the metrics of the context for as long as the layer lives. */
export const layer = Layer.effectDiscard(
  Effect.gen(function* () {
    const context = yield* Effect.context()
    const delay = yield* Effect.acquireRelease(Effect.sync(startDelayMonitor), ({ stop }) => Effect.sync(stop))
    const gauge = (name: string, description: string, attributes: Metric.Metric.AttributeSet, read: () => number) =>
      Metric.registerUnsafe(Metric.gauge(name, { description, attributes }), context, {
        get: () => ({ value: read() }),
        ...untouched
      })
    const delayOf = (quantile: string, read: () => number) =>
      gauge("event_loop_delay_seconds", "How late the event loop ran, of late", { quantile }, read)
    const registrations = [
      delayOf("0.5", () => delay.read().median),
      delayOf("0.99", () => delay.read().p99),
      delayOf("1", () => delay.read().max),
      gauge("process_resident_memory_bytes", "Memory held by the process", {}, () => process.memoryUsage.rss()),
      gauge("process_heap_used_bytes", "Heap in use", {}, () => process.memoryUsage().heapUsed),
      Metric.registerUnsafe(
        Metric.counter("process_cpu_seconds_total", { description: "Processor time used", incremental: true }),
        context,
        { get: () => ({ count: cpuSeconds(), incremental: true }), ...untouched }
      )
    ]
    yield* Effect.addFinalizer(() => Effect.sync(() => registrations.forEach(({ remove }) => remove())))
  })
)

/** The delays of a stretch of time, in seconds. */
interface Delays {
  readonly median: number
  readonly p99: number
  readonly max: number
}

// A stretch ends with the first reading after ten seconds, so several readers see the same numbers.
const stretchMillis = 10_000
const resolutionMillis = 20

const startDelayMonitor = () => {
  const histogram = monitorEventLoopDelay({ resolution: resolutionMillis })
  histogram.enable()
  let since = Number.NEGATIVE_INFINITY
  let last: Delays = { median: 0, p99: 0, max: 0 }
  return {
    read: (): Delays => {
      const now = performance.now()
      if (now - since >= stretchMillis && histogram.count > 0) {
        last = {
          median: lateness(histogram.percentile(50)),
          p99: lateness(histogram.percentile(99)),
          max: lateness(histogram.max)
        }
        histogram.reset()
        since = now
      }
      return last
    },
    stop: () => histogram.disable()
  }
}

// The monitor reports the whole interval between two of its ticks, the intended pause included.
const lateness = (nanoseconds: number): number => Math.max(0, nanoseconds / 1e9 - resolutionMillis / 1e3)

const cpuSeconds = (): number => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1e6
}

const untouched = { update: () => undefined, modify: () => undefined }
