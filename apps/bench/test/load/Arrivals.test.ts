import * as Arrivals from "@messenger/bench/load/Arrivals"
import { dueTimes } from "@messenger/bench/load/Arrivals"
import * as Peer from "@messenger/bench/peers/Peer"
import { it } from "@effect/vitest"
import { Effect } from "effect"
import { createServer } from "node:http"
import type { RequestListener } from "node:http"
import { describe, expect } from "vitest"

/** Uniform in [0, 1), the same in every run: multiples of the golden ratio fill the interval evenly. */
const evenly = () => {
  let turn = 0
  return () => (++turn * 0.618_033_988_749_895) % 1
}

describe("times at which people come", () => {
  it("are as many a second as asked for, in order, and end with the run", () => {
    const times = dueTimes(50, 100, evenly())
    expect(Math.abs(times.length / 5_000 - 1)).toBeLessThan(0.02)
    expect(times).toEqual(times.toSorted((a, b) => a - b))
    expect(times.every((time) => time >= 0 && time < 100_000)).toBe(true)
  })

  it("keep no step: some come together, and some long after each other", () => {
    const gaps = dueTimes(50, 100, evenly()).map((time, at, all) => time - (all[at - 1] ?? 0))
    expect(Math.min(...gaps)).toBeLessThan(1)
    expect(Math.max(...gaps)).toBeGreaterThan(80)
  })
})

const listening = (answer: RequestListener) =>
  Effect.acquireRelease(
    Effect.callback<{ readonly url: string; readonly close: () => void }>((resume) => {
      const server = createServer(answer)
      server.listen(0, "127.0.0.1", () => {
        const address = server.address()
        const port = typeof address === "object" && address !== null ? address.port : 0
        resume(Effect.succeed({ url: `http://127.0.0.1:${port}`, close: () => server.close() }))
      })
    }),
    ({ close }) => Effect.sync(close)
  )

const visit = (path: string) => [{ path, body: "{}", address: "10.0.0.1" }]

describe("arrivals", () => {
  it.live("go on while a server stands still, and all of them have waited since they were due", () =>
    Effect.gen(function* () {
      const standsStillFor = 600
      let opened = 0
      const { url } = yield* listening((_, response) => {
        opened ||= performance.now() + standsStillFor
        setTimeout(() => response.end(), Math.max(0, opened - performance.now()))
      })
      const { run } = yield* Arrivals.start
      const { sent, statuses, latencies } = yield* run({ url, perSecond: 200, seconds: 0.5, arrivals: visit("/") })
      expect(sent).toBeGreaterThan(50)
      expect(statuses.get(200)).toBe(sent)
      // They came over half a second, so what they waited for the one moment differs by as much.
      expect(latencies.quantile(0.9) / 1_000).toBeGreaterThan(standsStillFor * 0.75)
      expect(latencies.quantile(0.5) / 1_000).toBeGreaterThan(standsStillFor * 0.4)
    }).pipe(Effect.scoped)
  )

  it.live("are counted by what they were answered", () =>
    Effect.gen(function* () {
      let turn = 0
      const { url } = yield* listening((_, response) => {
        response.statusCode = turn++ % 2 === 0 ? 200 : 503
        response.end()
      })
      const { run } = yield* Arrivals.start
      const { sent, statuses, latencies } = yield* run({ url, perSecond: 100, seconds: 0.5, arrivals: visit("/") })
      expect(statuses.get(200)).toBe(Math.ceil(sent / 2))
      expect(statuses.get(503)).toBe(Math.floor(sent / 2))
      expect(latencies.total).toBe(Math.ceil(sent / 2))
    }).pipe(Effect.scoped)
  )

  it.live("of guests are let in by the messenger", () =>
    Effect.gen(function* () {
      const { url } = yield* Peer.start("messenger", yield* Peer.temporaryFolder)
      const { run } = yield* Arrivals.start
      const arrivals = Array.from({ length: 40 }, (_, number) => ({
        path: "/guest",
        body: JSON.stringify({ name: `Guest ${number}` }),
        address: `10.0.0.${number}`
      }))
      const { sent, statuses } = yield* run({ url, perSecond: 50, seconds: 0.5, arrivals })
      expect([...statuses]).toEqual([[200, sent]])
    }).pipe(Effect.scoped)
  )
})
