import { LatencyHistogram } from "@messenger/bench/load/LatencyHistogram"
import { readStamps, stamped } from "@messenger/bench/load/Stamp"
import { describe, expect, it } from "vitest"

describe("a histogram of latencies", () => {
  it("tells a quantile within 1.6 %, however large the time", () => {
    for (const scale of [1, 100, 10_000, 1_000_000]) {
      const histogram = new LatencyHistogram()
      for (let value = 1; value <= 1_000; value++) histogram.record(value * scale)
      for (const share of [0.01, 0.5, 0.99, 1]) {
        const error = Math.abs(histogram.quantile(share) / (share * 1_000 * scale) - 1)
        expect(error).toBeLessThan(0.016)
      }
    }
  })

  it("adds what another process counted", () => {
    const here = new LatencyHistogram()
    const there = new LatencyHistogram()
    here.record(10)
    there.record(20)
    there.record(30)
    here.add(there.counts)
    expect(here.total).toBe(3)
    expect(here.quantile(0.5)).toBe(20)
  })

  it("says zero when nothing was counted", () => {
    expect(new LatencyHistogram().quantile(0.99)).toBe(0)
  })
})

describe("the time in a message's text", () => {
  it("is found in every message of a frame, wherever it stands", () => {
    const found: Array<number> = []
    const frame = Buffer.from(JSON.stringify({ values: [stamped(17), "no time here", stamped(1_234_567_890_123)] }))
    expect(readStamps(frame, (micros) => found.push(micros))).toBe(2)
    expect(found).toEqual([17, 1_234_567_890_123])
  })
})
