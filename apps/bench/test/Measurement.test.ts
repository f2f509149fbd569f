import { PeerName } from "@messenger/bench/load/Dialect"
import { measure } from "@messenger/bench/report/Measurement"
import { expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { describe } from "vitest"

const paced = { _tag: "Paced", everyMillis: 40 } as const
const conditions = { connections: 24, seconds: 0.4, generators: 2 }

describe("a measurement", () => {
  for (const peer of PeerName.literals) {
    it.live(`counts one delivery for each message and subscriber of the ${peer} server, and what they cost`, () =>
      Effect.gen(function* () {
        const measured = yield* measure({ name: peer, peer, ids: "several", load: paced }, conditions)
        expect(measured).toMatchObject({ missing: 0, refused: 0, messagesPerSecond: 25 })
        expect(measured.p99Millis).toBeGreaterThanOrEqual(measured.p50Millis)
        expect(measured.deliveriesPerCpuSecond).toBeGreaterThan(0)
      })
    )
  }

  it.live("of a flood of posts finds several messages in a frame", () =>
    Effect.gen(function* () {
      const flood = { _tag: "Flood", unanswered: 16 } as const
      const measured = yield* measure({ name: "flood", peer: "messenger", ids: "shared", load: flood }, conditions)
      expect(measured).toMatchObject({ missing: 0, refused: 0 })
      expect(measured.messagesPerFrame).toBeGreaterThan(1)
    })
  )
})
