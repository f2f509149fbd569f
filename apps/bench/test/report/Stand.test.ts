import { PeerName } from "@messenger/bench/load/Dialect"
import { setUp } from "@messenger/bench/report/Stand"
import type { Case } from "@messenger/bench/report/Stand"
import { expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { describe } from "vitest"

const paced = { _tag: "Paced", everyMillis: 40 } as const

const slice = (each: Omit<Case, "name" | "ids">) =>
  Effect.gen(function* () {
    const stand = yield* setUp(
      { name: each.peer, ids: "several", ...each },
      { connections: 24, generators: 2, warmUpSeconds: 0.2 }
    )
    return yield* stand.slice(0.4)
  })

describe("a measurement", () => {
  for (const peer of PeerName.literals) {
    it.live(`counts one delivery for each message and subscriber of the ${peer} server, and what they cost`, () =>
      Effect.gen(function* () {
        const measured = yield* slice({ peer, load: paced })
        expect(measured).toMatchObject({ missing: 0, refused: 0, messagesPerSecond: 25 })
        expect(measured.p99Millis).toBeGreaterThanOrEqual(measured.p50Millis)
        expect(measured.deliveriesPerCpuSecond).toBeGreaterThan(0)
      })
    )
  }

  it.live("counts what subscribers get who speak Phoenix Channels", () =>
    Effect.gen(function* () {
      const measured = yield* slice({ peer: "messenger", dialect: "phoenix", load: paced })
      expect(measured).toMatchObject({ missing: 0, refused: 0, messagesPerSecond: 25 })
    })
  )

  it.live("of a flood of posts finds several messages in a frame", () =>
    Effect.gen(function* () {
      const measured = yield* slice({ peer: "messenger", load: { _tag: "Flood", unanswered: 16 } })
      expect(measured).toMatchObject({ missing: 0, refused: 0 })
      expect(measured.messagesPerFrame).toBeGreaterThan(1)
    })
  )
})
