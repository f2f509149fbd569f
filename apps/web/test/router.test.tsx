import { describe, expect, it } from "vitest"
import { parseRoute, pathOf } from "../src/ui/router.ts"

describe("addresses", () => {
  it("lead to a room and back, in any script", () => {
    for (const slug of ["lobby", "büro-4", "部屋"]) expect(parseRoute(pathOf(slug))).toEqual({ _tag: "Room", slug })
  })

  it("lead home when they are no room's", () => {
    for (const path of ["/", "/r/", "/r/a/b", "/elsewhere"]) expect(parseRoute(path)).toEqual({ _tag: "Home" })
  })

  it("lead to a room that nobody has when they are broken", () => {
    expect(parseRoute("/r/100%")).toEqual({ _tag: "Room", slug: "100%" })
  })
})
