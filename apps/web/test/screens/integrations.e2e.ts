import type { Page } from "playwright-core"
import { describe, expect, it } from "vitest"
import { openIntegrations } from "./acts.ts"
import { createScreens, everyLook, patience } from "./Screens.ts"

const { look } = createScreens()

describe("what is shown only once", () => {
  /** Whether all of the box around a field lies within what its dialog shows, with the focus in it. */
  const isInSight = (page: Page, label: string) =>
    page.evaluate((name) => {
      const box = document.querySelector(`input[aria-label="${name}"]`)?.closest(".bg-accent-soft")
      const dialog = document.querySelector("[role=dialog]")?.getBoundingClientRect()
      if (!box?.contains(document.activeElement) || dialog === undefined) return false
      const { top, bottom } = box.getBoundingClientRect()
      return top > dialog.top && bottom < dialog.bottom
    }, label)

  for (const { viewport, theme } of everyLook.filter((one) => one.theme === "light")) {
    it(`is in sight, whole and with the focus, as soon as it is there: ${viewport.width} px`, () =>
      look("private", { viewport, theme }, async (page) => {
        await openIntegrations(page)
        await page.getByLabel("Address of a new one").fill("https://bot.example.org")
        await page.getByRole("button", { name: "Add", exact: true }).click()
        await expect.poll(() => isInSight(page, "Secret"), patience).toBe(true)
        await page.getByLabel("Name of a new one").fill("Backups")
        await page.getByRole("button", { name: "Make an address" }).click()
        await expect.poll(() => isInSight(page, "Address"), patience).toBe(true)
      }))
  }
})
