import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest"
import { adminPage } from "../src/Home.tsx"
import { words } from "../src/admin/words.ts"
import { texts } from "../src/texts.ts"
import { scenes } from "./preview/scenes.ts"
import type { Scene } from "./preview/scenes.ts"
import { visit } from "./preview/visit.tsx"

let page: ReturnType<typeof visit> | undefined
const arrive = async (scene: Scene) => {
  page = visit(scene)
  await page.settle()
  return page
}

beforeAll(async () => void (await adminPage.want()))
beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "requestAnimationFrame", "Date"] }))
afterEach(() => {
  page?.leave()
  page = undefined
  vi.useRealTimers()
})

const rowsOf = (root: HTMLElement, list: string) => [
  ...root.querySelectorAll<HTMLElement>(`[aria-label="${list}"] > li`)
]

describe("the pages of those who run the server", () => {
  it("are for nobody else", async () => {
    const here = await arrive({ ...scenes.adminPeople, role: "member" })
    expect(here.text()).toContain(texts.notForYou)
  })
})

describe("people", () => {
  const names = (root: HTMLElement) =>
    rowsOf(root, words.sections.people).map((row) => row.querySelector("[dir]")?.textContent)

  it("come a page at a time, with the focus where the last page begins to be read", async () => {
    const here = await arrive(scenes.adminPeople)
    expect(names(here.root).length).toBe(8)
    await here.press(words.people.more)
    expect(names(here.root).length).toBe(9)
    expect(here.has("button", words.people.more)).toBe(false)
    expect(document.activeElement?.getAttribute("aria-label")).toBe(words.sections.people)
  })

  it("are found by a part of a name or username, and it is said how many", async () => {
    const here = await arrive(scenes.adminPeople)
    here.type(words.people.search, "elder-b")
    await here.settle()
    expect(names(here.root)).toEqual(["Fern Elder-Birch of the Long Name"])
    expect(here.voice()).toBe(words.people.found(1, false))
    here.type(words.people.search, "zzz")
    await here.settle()
    expect(here.text()).toContain(words.people.nobody)
  })

  it("show a search only what was found for it, whatever comes in late", async () => {
    const here = await arrive(scenes.adminPeople)
    here.type(words.people.search, "kim")
    here.type(words.people.search, "sage")
    await here.settle()
    expect(names(here.root)).toEqual(["Sage"])
  })

  it("are shown with role, last visit and whether they are deactivated", async () => {
    const here = await arrive(scenes.adminPeople)
    const said = (name: string) =>
      rowsOf(here.root, words.sections.people).find((row) => row.textContent.includes(name))?.textContent
    expect(said("Rowan Ash")).toContain(words.people.deactivated)
    expect(said("Sage")).toContain(words.people.neverSeen)
    expect(said("Dara Rowan")).toContain(words.roles.owner)
    expect(said("Dara Rowan")).toContain(texts.people.you)
  })

  it("are managed by admins only where they are guests and members", async () => {
    const here = await arrive({ ...scenes.adminPeople, role: "admin" })
    expect(here.has("button", words.people.actionsFor("Sage"))).toBe(true)
    expect(here.has("button", words.people.actionsFor("Ada Linden"))).toBe(true)
    expect(here.has("button", words.people.actionsFor("Kim Juniper"))).toBe(false)
    expect(here.has("button", words.people.actionsFor("Dara Rowan"))).toBe(false)
  })
})
