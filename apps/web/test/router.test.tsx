import { createRoot } from "solid-js"
import { afterEach, describe, expect, it } from "vitest"
import { adminPath, adminSections, createRouter, parseRoute, pathOf } from "../src/ui/router.ts"
import type { Router } from "../src/ui/router.ts"

let dispose = () => {}
afterEach(() => {
  dispose()
  sessionStorage.clear()
})

const arriveAt = (address: string): Router => {
  history.replaceState(null, "", address)
  return createRoot((end) => {
    dispose = end
    return createRouter()
  })
}

describe("addresses", () => {
  it("lead to a room and back, in any script", () => {
    for (const slug of ["lobby", "büro-4", "部屋"]) expect(parseRoute(pathOf(slug))).toEqual({ _tag: "Room", slug })
  })

  it("lead to the pages of those who run the server, and back", () => {
    for (const section of adminSections) expect(parseRoute(adminPath(section))).toEqual({ _tag: "Admin", section })
    expect(parseRoute("/admin/")).toEqual({ _tag: "Admin", section: "people" })
  })

  it("lead home when they are no room's", () => {
    for (const path of ["/", "/r/", "/r/a/b", "/elsewhere", "/admin/elsewhere"])
      expect(parseRoute(path)).toEqual({ _tag: "Home" })
  })

  it("lead to a room that nobody has when they are broken", () => {
    expect(parseRoute("/r/100%")).toEqual({ _tag: "Room", slug: "100%" })
  })

  it("lead to the pages that have a name", () => {
    for (const page of ["login", "register", "settings"] as const)
      expect(parseRoute(`/${page}`)).toEqual({ _tag: "Page", page })
  })
})

describe("the address bar", () => {
  it("loses the token of a link at once, and the page has it", () => {
    const router = arriveAt("/claim#secret-of-the-link")
    expect(location.href).not.toContain("secret")
    expect(router.route()).toEqual({ _tag: "Link", kind: "claim", token: "secret-of-the-link" })
    expect(JSON.stringify(history.state)).not.toContain("secret")
    expect(localStorage.length).toBe(0)
  })

  it("keeps the token of a link for its tab, over a reload, until it is used", () => {
    arriveAt("/claim#secret-of-the-link")
    dispose()
    const reloaded = arriveAt("/claim")
    expect(reloaded.route()).toEqual({ _tag: "Link", kind: "claim", token: "secret-of-the-link" })
    reloaded.forget()
    dispose()
    expect(arriveAt("/claim").route()).toEqual({ _tag: "Link", kind: "claim", token: undefined })
    expect(sessionStorage.length).toBe(0)
  })

  it("knows the token after a way over the log-in page, and no more when it is forgotten", () => {
    const router = arriveAt("/invite#abc")
    router.go("/login")
    expect(router.goal()).toBe("/invite")
    router.go(router.goal(), { replace: true })
    expect(router.route()).toEqual({ _tag: "Link", kind: "invite", token: "abc" })
    router.forget()
    router.go("/")
    router.go("/invite")
    expect(router.route()).toEqual({ _tag: "Link", kind: "invite", token: undefined })
  })

  it("remembers where one wanted to go while one logs in, over a reload too", () => {
    const router = arriveAt("/r/engineering")
    router.go("/login")
    router.go("/register")
    expect(router.goal()).toBe("/r/engineering")
    dispose()
    const reloaded = createRoot((end) => {
      dispose = end
      return createRouter()
    })
    expect([reloaded.route(), reloaded.goal()]).toEqual([{ _tag: "Page", page: "register" }, "/r/engineering"])
  })

  it("leads home after a log-in that nothing came before", () => {
    expect(arriveAt("/login").goal()).toBe("/")
  })
})
