// Every metric of chat, with its unit. No label names a room or a person.
import { Effect, Metric } from "effect"

/** Frames handed to subscribers, one per subscriber and frame. */
export const deliveries = Metric.counter("messenger_deliveries_total", {
  description: "Frames handed to followers",
  incremental: true
})

/** Messages that became durable. */
export const messagesPosted = Metric.counter("messenger_log_changes_total", {
  description: "Changes that became durable in a room's log",
  incremental: true
})

/** How many rooms' requests one commit carried. */
export const commitRooms = Metric.histogram("messenger_commit_rooms", {
  description: "Rooms whose requests were written by one commit",
  boundaries: [1, 2, 4, 8, 16, 32, 64, 128, 256]
})

/** How many changes one commit carried. */
export const commitChanges = Metric.histogram("messenger_commit_changes", {
  description: "Changes written by one commit",
  boundaries: [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 4096]
})

/** How long a commit took, in seconds. */
export const commitSeconds = Metric.histogram("messenger_commit_seconds", {
  description: "Time of one commit",
  boundaries: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
})

/** Commits that failed without an outcome for every room, by what is known of them. */
export const commitFailures = Metric.counter("messenger_commit_failures_total", {
  description: "Commits that failed as a whole",
  incremental: true
})

const attempts = Metric.counter("messenger_webhook_attempts_total", {
  description: "Attempts to deliver to a webhook, by what became of the delivery",
  incremental: true
})

/** Attempts to deliver to webhooks, by the state they left the delivery in; one that is `Pending` is made again. */
export const webhookAttempts = {
  Delivered: Metric.withAttributes(attempts, { outcome: "delivered" }),
  Pending: Metric.withAttributes(attempts, { outcome: "retried" }),
  Failed: Metric.withAttributes(attempts, { outcome: "failed" })
} as const

/** Shows the counters of failures from the start: a first failure that also brings its counter is no increase to who watches it. */
export const startAtZero = Effect.forEach(
  [commitFailures, ...Object.values(webhookAttempts)],
  (counter) => Metric.update(counter, 0),
  { discard: true }
)
