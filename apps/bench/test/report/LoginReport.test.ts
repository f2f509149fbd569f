import { LatencyHistogram } from "@messenger/bench/load/LatencyHistogram"
import type { Phases } from "@messenger/bench/report/BurdenOfLogins"
import { answers, quietRounds, ratioOf, render } from "@messenger/bench/report/LoginReport"
import { describe, expect, it } from "vitest"

const late = { p50Millis: 0, p99Millis: 0, maxMillis: 0 }

const idlePhase = (p99Millis: number, foreignProcessors: number) => {
  const latencies = new LatencyHistogram()
  latencies.record(p99Millis * 1_000)
  const slice = {
    deliveriesPerCpuSecond: 0,
    messagesPerSecond: 25,
    messagesPerFrame: 1,
    p50Millis: p99Millis,
    p99Millis,
    latencies,
    late: { server: late, subscribers: late, publisher: late },
    cpuShare: 0,
    cpuSeconds: { server: 0, load: 0 },
    missing: 0,
    refused: 0
  }
  return { slice, foreignProcessors }
}

const logins = (statuses: ReadonlyArray<readonly [number, number]>) => ({
  sent: statuses.reduce((sum, [, count]) => sum + count, 0),
  statuses: new Map(statuses),
  latencies: new LatencyHistogram(),
  late,
  cpuSeconds: 0
})

const busyPhase = (p99Millis: number, foreignProcessors: number) =>
  Object.assign(idlePhase(p99Millis, foreignProcessors), { logins: logins([[200, 50]]) })

/** Rounds of that p99 in milliseconds and that many processors busy with others, between phases of 10 ms on a quiet machine. */
const rounds = (...each: ReadonlyArray<readonly [p99Millis: number, foreignProcessors: number]>): Phases => ({
  idle: Array.from({ length: each.length + 1 }, () => idlePhase(10, 0)),
  busy: each.map(([p99Millis, foreign]) => busyPhase(p99Millis, foreign))
})

describe("the report of logins", () => {
  it("judges by the quiet rounds", () => {
    const phases = rounds([15, 0], [90, 1.5], [17, 0.1], [16, 0.2], [80, 1], [70, 1])
    expect(quietRounds(phases)).toEqual([0, 2, 3])
    expect(ratioOf(phases)).toBeCloseTo(1.6, 1)
    expect(render(phases)).toContain("The promise is at most 2.0 times: kept (1.6")
  })

  it("judges by all rounds when hardly any was quiet", () => {
    const phases = rounds([15, 0], [90, 1.5], [30, 1.5])
    expect(ratioOf(phases)).toBeCloseTo(3, 1)
    expect(render(phases)).toContain("The promise is at most 2.0 times: broken (")
  })

  it("takes no round for quiet that stands beside a loud phase without logins", () => {
    const { idle, busy } = rounds([15, 0], [15, 0])
    expect(quietRounds({ idle: [idlePhase(10, 1), ...idle.slice(1)], busy })).toEqual([1])
  })

  it("counts who was let in, and who was told what else", () => {
    const told = answers(
      logins([
        [200, 1_900],
        [503, 80],
        [429, 15],
        [500, 4],
        [0, 1]
      ])
    )
    expect(told).toBe(
      "1,900 of 2,000 logged in, 80 told to come back (503), 15 throttled (429), 4 answered 500, 1 not answered"
    )
  })
})
