// How late the event loop of this process runs. A process that measures must say so of itself: what arrives while its loop is late is
// seen late, whoever sent it. It imports nothing of weight, since it is also loaded into servers that are measured.
import { monitorEventLoopDelay } from "node:perf_hooks"
import type { Late } from "./load/Late.ts"

// Fine enough to see what delays one delivery, and cheap: two hundred ticks a second.
const resolutionMillis = 5

/** Watches from the first `reset` on. */
export class Lateness {
  #histogram: ReturnType<typeof monitorEventLoopDelay> | undefined

  /** Counts anew from here. */
  reset(): void {
    if (this.#histogram === undefined) {
      this.#histogram = monitorEventLoopDelay({ resolution: resolutionMillis })
      this.#histogram.enable()
    }
    this.#histogram.reset()
  }

  /** How late it ran since the last reset. */
  read(): Late {
    const histogram = this.#histogram
    if (histogram === undefined || histogram.count === 0) return { p50Millis: 0, p99Millis: 0, maxMillis: 0 }
    return {
      p50Millis: beyondPause(histogram.percentile(50)),
      p99Millis: beyondPause(histogram.percentile(99)),
      maxMillis: beyondPause(histogram.max)
    }
  }
}

// The monitor reports the whole interval between two of its ticks, the intended pause included.
const beyondPause = (nanos: number): number => Math.max(0, nanos / 1e6 - resolutionMillis)
