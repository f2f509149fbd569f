// What the gateways count. Plain numbers, since a delivery must cost nanoseconds; whatever exports Effect metrics reads them
// when it is asked. No label names a person or a room.
import { Context, Effect, Layer, Metric } from "effect"

/** The counts of one server, from its start. */
export class GatewayCounts extends Context.Service<
  GatewayCounts,
  {
    /** Frames of feeds written to sockets; one per reader. */
    deliveries: number
    /** Open connections. */
    connections: number
    /** Those of them that are streams of Server-Sent Events. */
    eventStreams: number
    /** Readers that do not keep up now. */
    laggingReaders: number
    /** Times a reader fell behind. */
    lags: number
    /** Requests handed to their handlers. */
    requests: number
    /** Frames that were no request of the contract. */
    badFrames: number
    /** Upgrades that were refused, for whatever reason. */
    refusedUpgrades: number
    /** Connections ended by this side because they were silent, stuck, or broke a limit. */
    droppedConnections: number
  }
>()("@messenger/server/GatewayCounts") {
  /** Registered in the metrics of the context for as long as the layer lives. */
  static readonly layer = Layer.effect(
    GatewayCounts,
    Effect.gen(function* () {
      const counts = zero()
      const context = yield* Effect.context()
      const counter = (name: string, description: string, read: () => number) =>
        Metric.registerUnsafe(Metric.counter(name, { description, incremental: true }), context, {
          get: () => ({ count: read(), incremental: true }),
          ...untouched
        })
      const gauge = (name: string, description: string, read: () => number) =>
        Metric.registerUnsafe(Metric.gauge(name, { description }), context, {
          get: () => ({ value: read() }),
          ...untouched
        })
      const registrations = [
        gauge("messenger_connections", "Open connections, WebSockets and event streams", () => counts.connections),
        gauge("messenger_event_streams", "Open streams of Server-Sent Events", () => counts.eventStreams),
        gauge("messenger_lagging_readers", "Connections that do not keep up now", () => counts.laggingReaders),
        counter("messenger_lags_total", "Times a connection fell behind", () => counts.lags),
        counter("messenger_frames_sent_total", "Frames of feeds written to connections", () => counts.deliveries),
        counter("messenger_requests_total", "Requests handed to their handlers", () => counts.requests),
        counter("messenger_bad_frames_total", "Frames that were no request of the contract", () => counts.badFrames),
        counter("messenger_refused_upgrades_total", "Refused WebSocket upgrades", () => counts.refusedUpgrades),
        counter(
          "messenger_dropped_connections_total",
          "Connections ended by the server",
          () => counts.droppedConnections
        )
      ]
      yield* Effect.addFinalizer(() => Effect.sync(() => registrations.forEach(({ remove }) => remove())))
      return GatewayCounts.of(counts)
    })
  )
}

const zero = (): GatewayCounts["Service"] => ({
  deliveries: 0,
  connections: 0,
  eventStreams: 0,
  laggingReaders: 0,
  lags: 0,
  requests: 0,
  badFrames: 0,
  refusedUpgrades: 0,
  droppedConnections: 0
})

const untouched = { update: () => undefined, modify: () => undefined }
