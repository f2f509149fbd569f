import { beforeEach, describe, expect, it, vi } from "vitest"
import { isOutdated, pageIsCurrent, pageIsOutdated, serverHasAnotherPage } from "../src/connection/upgrade.ts"

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

  it("is told from one that the network keeps from its parts", async () => {
    const serves = (page: () => Response) => void vi.stubGlobal("fetch", async () => page())
    serves(() => new Response('<script src="/assets/index-new.js">'))
    expect(await serverHasAnotherPage("/assets/index-old.js")).toBe(true)
    serves(() => new Response('<script src="/assets/index-old.js">'))
    expect(await serverHasAnotherPage("/assets/index-old.js")).toBe(false)
    serves(() => new Response("not now", { status: 503 }))
    expect(await serverHasAnotherPage("/assets/index-old.js")).toBe(false)
    serves(() => {
      throw new TypeError("fetch failed")
    })
    expect(await serverHasAnotherPage("/assets/index-old.js")).toBe(false)
    vi.unstubAllGlobals()
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
