import * as KillDrill from "@messenger/bench/drills/KillDrill"
import { expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { describe } from "vitest"
import { postgres, sqlite } from "./databases.ts"

/** The short form of `npm run drill:crash`. */
const rounds = 20

describe.concurrent("a server that is killed under load, again and again", () => {
  it.live("loses, doubles and reorders nothing on SQLite", () =>
    Effect.gen(function* () {
      const { violations } = yield* KillDrill.run({ database: yield* sqlite, rounds })
      expect(violations).toEqual([])
    })
  )

  it.live("loses, doubles and reorders nothing on PostgreSQL, not even when that breaks too", () =>
    Effect.gen(function* () {
      const { violations } = yield* KillDrill.run({ database: yield* postgres, rounds })
      expect(violations).toEqual([])
    })
  )
})
