/**
 * Every metric of the actors, by kind of child and never by child, with names and units in one place. They are plain counters that
 * cost a few nanoseconds to keep, registered in the tree's `Metric.MetricRegistry`, so whatever exports Effect metrics (the Prometheus
 * page, OTLP) finds them without being told. Two trees over one registry would show as one: give each its own.
 */
import { Metric, type Context } from "effect"
import type { ExitReason } from "./ExitReason.ts"

/** Names and descriptions, as a Prometheus page shows them. Times are in seconds. */
export const names = {
  restarts: { id: "otp_restarts_total", description: "Restarts of children by their supervisors" },
  crashes: { id: "otp_crashes_total", description: "Incarnations that ended without being asked, by reason" },
  weather: { id: "otp_init_failures_total", description: "Starts that failed with a typed error and are tried again" },
  rejected: {
    id: "otp_commands_rejected_total",
    description: "Commands refused because their key had crashed an actor"
  },
  abandoned: {
    id: "otp_abandoned_total",
    description: "Incarnations that were not waited for when their time to stop was over"
  },
  live: { id: "otp_live_children", description: "Children that run" },
  quarantined: { id: "otp_quarantined", description: "Registry keys whose look-up is refused for a while" },
  mailboxDepth: { id: "otp_mailbox_depth", description: "Commands that wait in mailboxes" },
  mailboxWait: { id: "otp_mailbox_wait_seconds", description: "Time from sending a command to its turn" },
  receive: { id: "otp_receive_seconds", description: "Time of one turn" }
} as const

/** Upper bounds of both histograms, in seconds: from a turn that only adds (10 µs) to one that nobody should wait for (10 s). */
export const timeBoundaries: ReadonlyArray<number> = [
  0.00001, 0.0001, 0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10
]

/** Why an incarnation ended, as a label. */
export type CrashLabel = "defect" | "killed" | "intensity"

/** The counts of one kind, readable synchronously. */
export class KindTelemetry {
  readonly kind: string
  restarts = 0
  weather = 0
  rejected = 0
  abandoned = 0
  live = 0
  quarantined = 0
  mailboxDepth = 0
  readonly crashes: Record<CrashLabel, number> = { defect: 0, killed: 0, intensity: 0 }
  readonly mailboxWait = new Histogram()
  readonly receive = new Histogram()

  constructor(kind: string) {
    this.kind = kind
  }

  /** Counts an end that nobody asked for; orderly ends are no news. */
  ended(reason: ExitReason): void {
    if (reason._tag === "Crashed") this.crashes.defect++
    else if (reason._tag === "Killed") this.crashes.killed++
    else if (reason._tag === "IntensityExceeded") this.crashes.intensity++
  }
}

/** Observations in seconds, counted into `timeBoundaries`. */
export class Histogram {
  private readonly counts = new Uint32Array(timeBoundaries.length)
  count = 0
  sum = 0
  min = Number.POSITIVE_INFINITY
  max = Number.NEGATIVE_INFINITY

  observe(seconds: number): void {
    this.count++
    this.sum += seconds
    if (seconds < this.min) this.min = seconds
    if (seconds > this.max) this.max = seconds
    for (let index = 0; index < timeBoundaries.length; index++) {
      const boundary = timeBoundaries[index]
      if (boundary !== undefined && seconds <= boundary) {
        this.counts[index] = (this.counts[index] ?? 0) + 1
        return
      }
    }
  }

  /** As Effect's metrics want it: every boundary with the count of all observations up to it. */
  get state(): Metric.HistogramState {
    let cumulated = 0
    const buckets = timeBoundaries.map((boundary, index): [number, number] => {
      cumulated += this.counts[index] ?? 0
      return [boundary, cumulated]
    })
    const isEmpty = this.count === 0
    return { buckets, count: this.count, sum: this.sum, min: isEmpty ? 0 : this.min, max: isEmpty ? 0 : this.max }
  }
}

/** The counts of all kinds of one tree. */
export class Telemetry {
  private readonly kinds = new Map<string, KindTelemetry>()
  private readonly registrations: Array<Metric.Registration> = []
  private readonly context: Context.Context<never>

  constructor(context: Context.Context<never>) {
    this.context = context
  }

  /** The counts of a kind, registered at its first mention. */
  of(kind: string): KindTelemetry {
    const known = this.kinds.get(kind)
    if (known !== undefined) return known
    const counts = new KindTelemetry(kind)
    this.kinds.set(kind, counts)
    this.register(counts)
    return counts
  }

  /** All kinds, in the order of their first mention. */
  get all(): ReadonlyArray<KindTelemetry> {
    return [...this.kinds.values()]
  }

  /** Takes the series out of the registry. */
  close(): void {
    for (const registration of this.registrations.splice(0)) registration.remove()
  }

  private register(counts: KindTelemetry): void {
    const attributes = { kind: counts.kind }
    this.counter(names.restarts, attributes, () => counts.restarts)
    this.counter(names.weather, attributes, () => counts.weather)
    this.counter(names.rejected, attributes, () => counts.rejected)
    this.counter(names.abandoned, attributes, () => counts.abandoned)
    this.counter(names.crashes, { ...attributes, reason: "defect" }, () => counts.crashes.defect)
    this.counter(names.crashes, { ...attributes, reason: "killed" }, () => counts.crashes.killed)
    this.counter(names.crashes, { ...attributes, reason: "intensity" }, () => counts.crashes.intensity)
    this.gauge(names.live, attributes, () => counts.live)
    this.gauge(names.quarantined, attributes, () => counts.quarantined)
    this.gauge(names.mailboxDepth, attributes, () => counts.mailboxDepth)
    this.histogram(names.mailboxWait, attributes, counts.mailboxWait)
    this.histogram(names.receive, attributes, counts.receive)
  }

  private counter(name: MetricName, attributes: Metric.Metric.AttributeSet, read: () => number): void {
    const metric = Metric.counter(name.id, { description: name.description, attributes, incremental: true })
    this.add(metric, () => ({ count: read(), incremental: true }))
  }

  private gauge(name: MetricName, attributes: Metric.Metric.AttributeSet, read: () => number): void {
    const metric = Metric.gauge(name.id, { description: name.description, attributes })
    this.add(metric, () => ({ value: read() }))
  }

  private histogram(name: MetricName, attributes: Metric.Metric.AttributeSet, counts: Histogram): void {
    const metric = Metric.histogram(name.id, { description: name.description, attributes, boundaries: timeBoundaries })
    this.add(metric, () => counts.state)
  }

  private add<Input, State>(metric: Metric.Metric<Input, State>, get: () => State): void {
    this.registrations.push(Metric.registerUnsafe(metric, this.context, { get, update: ignore, modify: ignore }))
  }
}

interface MetricName {
  readonly id: string
  readonly description: string
}

const ignore = () => undefined
