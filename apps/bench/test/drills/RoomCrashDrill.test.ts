import * as RoomCrashDrill from "@messenger/bench/drills/RoomCrashDrill"
import { expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { describe } from "vitest"
import { postgres, sqlite } from "./databases.ts"

const seconds = 4

describe.concurrent("rooms that crash under load, several in the same second, two of them by poison", () => {
  it.live("cost neither a message nor a socket nor another room anything on SQLite", () =>
    Effect.gen(function* () {
      const { violations } = yield* RoomCrashDrill.run({ database: yield* sqlite, seconds })
      expect(violations).toEqual([])
    })
  )

  it.live("cost neither a message nor a socket nor another room anything on PostgreSQL", () =>
    Effect.gen(function* () {
      const { violations } = yield* RoomCrashDrill.run({ database: yield* postgres, seconds })
      expect(violations).toEqual([])
    })
  )
})
