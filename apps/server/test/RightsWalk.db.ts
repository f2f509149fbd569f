import { expect, inject, it } from "@effect/vitest"
import { Effect } from "effect"
import { randomUUID } from "node:crypto"
import { describe } from "vitest"
import { createDatabase } from "../../../tests/postgres.ts"
import { settings, walk } from "./support/RightsWalk.ts"
import { startWhole, unlimited } from "./support/WholeServer.ts"

describe("the table of rights", () => {
  it.live(
    "is what a server answers, call by call, on PostgreSQL",
    () =>
      Effect.gen(function* () {
        const name = `rights_${randomUUID().slice(0, 8)}`
        const url = yield* Effect.promise(() => createDatabase(inject("pgSocketDir"), name))
        const server = yield* startWhole({ ...settings, DATABASE_URL: url, SECRET_KEY: randomUUID() }, unlimited)
        const { tried, wrong } = yield* walk(server)
        expect(wrong).toEqual([])
        expect(tried).toBeGreaterThan(1_200)
      }),
    { timeout: 120_000 }
  )
})
