import { LatencyHistogram } from "@messenger/bench/load/LatencyHistogram"
import { burden, chance } from "@messenger/bench/report/Alternation"
import { describe, expect, it } from "vitest"

/** A phase in which every delivery took so many microseconds. */
const phase = (micros: number): LatencyHistogram => {
  const histogram = new LatencyHistogram()
  for (let delivery = 0; delivery < 100; delivery++) histogram.record(micros)
  return histogram
}

describe("phases without and with a burden in turn", () => {
  it("tell the burden of each round by the two phases around it, however much slower all becomes", () => {
    const ratios = burden({ idle: [10, 20, 40].map(phase), busy: [60, 120].map(phase) }, 0.99)
    expect(ratios).toEqual([3, 3])
  })

  it("tell what chance does by the phases without a burden alone", () => {
    const idle = [10, 30, 20, 10].map(phase)
    expect(chance({ idle, busy: [1_000, 1_000, 1_000].map(phase) }, 0.99)).toEqual([30 / 20, 20 / 30])
  })

  it("tell nothing of chance from two", () => {
    expect(chance({ idle: [phase(10), phase(20)], busy: [phase(10)] }, 0.99)).toEqual([])
  })
})
