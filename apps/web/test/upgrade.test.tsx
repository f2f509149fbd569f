import { beforeEach, describe, expect, it } from "vitest"
import { isOutdated, pageIsCurrent, pageIsOutdated } from "../src/connection/upgrade.ts"

describe("a page that is older than the server", () => {
  beforeEach(() => pageIsCurrent())

  it("reloads itself once, and asks when that did not help", () => {
    let reloads = 0
    const reload = () => reloads++
    pageIsOutdated(reload)
    expect([reloads, isOutdated()]).toEqual([1, false])
    pageIsOutdated(reload)
    expect([reloads, isOutdated()]).toEqual([1, true])
  })

  it("may reload itself again after it was connected in between", () => {
    let reloads = 0
    const reload = () => reloads++
    pageIsOutdated(reload)
    pageIsCurrent()
    pageIsOutdated(reload)
    expect([reloads, isOutdated()]).toEqual([2, false])
  })
})
