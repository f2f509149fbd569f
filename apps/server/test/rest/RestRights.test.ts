import { expect, it } from "@effect/vitest"
import { SameAs } from "@messenger/protocol/rest/RestAuthentication"
import { Needs } from "@messenger/protocol/Rights"
import { calls } from "@messenger/protocol/RightsTable"
import { Context, Effect } from "effect"
import { describe } from "vitest"
import { groups, restVoice, spoken } from "../support/RestVoice.ts"
import { settings, walk } from "../support/RightsWalk.ts"
import { startWhole, unlimited } from "../support/WholeServer.ts"

describe("the REST API", () => {
  it("needs for each endpoint the right that the call needs which does the same", () => {
    // A list of rooms is the first thing that an inbox says, and takes reading rooms.
    const exceptions = ["rooms.list: room.read instead of self.read"]
    const others = groups.flatMap((group) =>
      Object.values(group.endpoints).flatMap(({ annotations, identifier }): ReadonlyArray<string> => {
        const same = calls.find(({ name }) => name === Context.get(annotations, SameAs))
        const needs = Context.get(annotations, Needs)
        return needs !== undefined && same?.needs === needs
          ? []
          : [`${group.identifier}.${identifier}: ${needs} instead of ${same?.needs}`]
      })
    )
    expect(others).toEqual(exceptions)
  })

  it.live(
    "answers everybody at every place as the table of rights says",
    () =>
      Effect.gen(function* () {
        const server = yield* startWhole(settings, unlimited)
        const { tried, wrong } = yield* walk(server, (_, headers) => restVoice(server, headers))
        expect(wrong).toEqual([])
        expect(spoken.size).toBeGreaterThan(25)
        expect(tried).toBeGreaterThan(1_000)
      }),
    { timeout: 90_000 }
  )
})
