import * as Accounts from "@messenger/bench/load/Accounts"
import * as BurdenOfLogins from "@messenger/bench/report/BurdenOfLogins"
import { it } from "@effect/vitest"
import { Effect } from "effect"
import { describe, expect } from "vitest"

describe("the burden of logins", () => {
  it.live("is measured with every message delivered and every login let in, phase by phase", () =>
    Effect.gen(function* () {
      const told: Array<number> = []
      const { idle, busy } = yield* BurdenOfLogins.measure(
        {
          connections: 24,
          everyMillis: 40,
          loginsPerSecond: 5,
          seconds: 1,
          rounds: 2,
          warmUpSeconds: 0.2,
          patienceSeconds: 0
        },
        (url) => Accounts.register(url, 10),
        ({ logins }) => Effect.sync(() => told.push(logins.sent))
      )
      expect(idle).toHaveLength(3)
      for (const { slice } of [...idle, ...busy]) {
        expect(slice).toMatchObject({ missing: 0, refused: 0, messagesPerSecond: 25 })
      }
      for (const { logins } of busy) expect([...logins.statuses]).toEqual([[200, logins.sent]])
      expect(told).toEqual(busy.map(({ logins }) => logins.sent))
    }).pipe(Effect.scoped)
  )
})
