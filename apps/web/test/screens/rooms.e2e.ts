import { describe, expect, it } from "vitest"
import { createScreens, desk, everyLook, phone, violations } from "./Screens.ts"

const { look } = createScreens()

const folder = process.env["SCREENSHOTS"]

describe("with more rooms than fit", () => {
  for (const { viewport, theme } of everyLook)
    it(`a way to make one stays in sight, ${viewport === desk ? "on a desk" : "on a phone"}, ${theme}`, () =>
      look("manyRooms", { viewport, theme }, async (page) => {
        if (viewport === phone) await page.getByRole("button", { name: "Open rooms" }).click()
        const create = page.getByRole("button", { name: "Create a room" })
        const last = page.getByRole("link", { name: "project-20" })
        const bottomOf = async (one: typeof create) => {
          const box = await one.boundingBox()
          if (box === null) throw new Error("It is not on the page.")
          return box.y + box.height
        }
        await last.waitFor()
        expect(await bottomOf(last)).toBeGreaterThan(viewport.height)
        expect(await bottomOf(create)).toBeLessThan(viewport.height)
        expect(await violations(page)).toEqual([])
        if (folder !== undefined) await page.screenshot({ path: `${folder}/rooms-${viewport.width}-${theme}.png` })
        // The last room comes into sight above it, and hides nothing of itself.
        await last.focus()
        expect(await bottomOf(last)).toBeLessThanOrEqual((await create.boundingBox())?.y ?? 0)
      }))
})

describe("the link of a room on this machine alone", () => {
  for (const { viewport, theme } of everyLook)
    it(`is said to be that, ${viewport === desk ? "on a desk" : "on a phone"}, ${theme}`, () =>
      look("empty", { viewport, theme }, async (page) => {
        for (const invite of [page.locator("header"), page.locator("section")]) {
          await invite.getByRole("button", { name: "Invite people" }).click()
          const box = await invite.getByText("This link begins with 127.0.0.1").boundingBox()
          expect(box?.x).toBeGreaterThanOrEqual(0)
          expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual(viewport.width)
        }
        expect(await violations(page)).toEqual([])
        if (folder !== undefined) await page.screenshot({ path: `${folder}/invite-${viewport.width}-${theme}.png` })
      }))
})
