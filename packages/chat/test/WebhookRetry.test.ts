import { delaysMillis, isGone, settle } from "@messenger/chat/WebhookRetry"
import type { Attempt } from "@messenger/chat/WebhookTransport"
import { DeliveryId } from "@messenger/protocol/Webhook"
import { describe, expect, it } from "@effect/vitest"
import { answered } from "./Receivers.ts"

const id = DeliveryId.make("delivery")
const after = (attempts: number, attempt: Attempt, chance = 0.5) => settle({ id, attempts }, attempt, 1_000, chance)
const timedOut: Attempt = { _tag: "Unanswered", problem: "TimedOut", tookMillis: 5_000 }

describe("a delivery after an attempt", () => {
  it.each([200, 201, 204, 299])("is delivered when %i was answered", (status) => {
    const row = { id, state: "Delivered", at: 1_000, nextAttemptAt: null, status, problem: null, tookMillis: 3 }
    expect(after(0, answered(status))).toEqual(row)
  })

  it.each([100, 301, 400, 404, 429, 500, 503])("is tried again in 5 seconds when %i was answered", (status) => {
    expect(after(0, answered(status))).toMatchObject({ state: "Pending", nextAttemptAt: 6_000, status, problem: null })
  })

  it("says why there was no answer", () => {
    expect(after(0, timedOut)).toMatchObject({ state: "Pending", status: null, problem: "TimedOut", tookMillis: 5_000 })
  })

  it("is tried eight times, each time after a longer while, and has failed then", () => {
    const waits = [0, 1, 2, 3, 4, 5, 6, 7].map((attempts) => after(attempts, timedOut).nextAttemptAt)
    expect(waits).toEqual([6_000, 31_000, 121_000, 601_000, 3_601_000, 14_401_000, 43_201_000, null])
    expect(after(7, timedOut).state).toBe("Failed")
    expect(after(8, timedOut).state).toBe("Failed")
  })

  it("comes back up to a tenth earlier or later", () => {
    for (const [attempts, delay] of delaysMillis.entries()) {
      expect(after(attempts, timedOut, 0).nextAttemptAt).toBe(1_000 + Math.round(delay * 0.9))
      expect(after(attempts, timedOut, 1).nextAttemptAt).toBe(1_000 + Math.round(delay * 1.1))
    }
  })

  it("has failed at once when the receiver is gone for good", () => {
    expect(isGone(answered(410))).toBe(true)
    expect(after(0, answered(410))).toMatchObject({ state: "Failed", nextAttemptAt: null, status: 410 })
  })
})
