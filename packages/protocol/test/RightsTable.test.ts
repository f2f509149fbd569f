import { readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { answerOf, askers, calls, document, targets } from "../src/RightsTable.ts"

describe("the table of rights", () => {
  it("is what docs/rights.md says; `npm run docs:rights` writes it anew", () => {
    expect(readFileSync(new URL("../../../docs/rights.md", import.meta.url), "utf8")).toBe(document())
  })

  it("tells nobody outside a private room from a room that is not there", () => {
    for (const call of calls.filter(({ _tag }) => _tag === "Room")) {
      for (const asker of askers) {
        const outside = answerOf(call, asker, { _tag: "Private", membership: null })
        expect([call.name, asker, outside]).toEqual([call.name, asker, answerOf(call, asker, { _tag: "Missing" })])
      }
    }
  })

  it("gives nobody who is more in a room less than who is less", () => {
    const order = ["member", "moderator", "owner"] as const
    for (const call of calls) {
      for (const asker of askers) {
        for (const kind of ["Public", "Private"] as const) {
          const allowed = order.map((membership) => Number(answerOf(call, asker, { _tag: kind, membership }) === "Yes"))
          expect([call.name, asker, ...allowed]).toEqual([call.name, asker, ...allowed.toSorted((a, b) => a - b)])
        }
      }
    }
  })

  it("lets a guest who is in no room do nothing but read, write their own and open rooms", () => {
    const allowed = new Set(
      calls
        .filter((call) => targets.some((target) => answerOf(call, { _tag: "Person", role: "guest" }, target) === "Yes"))
        .filter(({ _tag }) => _tag === "Server")
        .map(({ needs }) => needs)
    )
    expect(allowed).toEqual(new Set(["rooms.create", "self.read", "self.sessions", "self.write"]))
  })
})
