import type { Page } from "playwright-core"
import { describe, it } from "vitest"
import { openIntegrations } from "./acts.ts"
import { createScreens, everyLook } from "./Screens.ts"

const { look } = createScreens()

describe("what is shown only once", () => {
  /** Waits until all of the box around a field lies within what its dialog shows. */
  const inSight = async (page: Page, label: string) => {
    await page.getByRole("textbox", { name: label, exact: true }).waitFor()
    await page.waitForFunction((name) => {
      const box = document.querySelector(`input[aria-label="${name}"]`)?.closest(".bg-accent-soft")
      const { top = -1, bottom = -1 } = box?.getBoundingClientRect() ?? {}
      const dialog = document.querySelector("[role=dialog]")?.getBoundingClientRect()
      return box?.contains(document.activeElement) && dialog && top > dialog.top && bottom < dialog.bottom
    }, label)
  }

  for (const { viewport, theme } of everyLook.filter((one) => one.theme === "light")) {
    it(`is in sight, whole and with the focus, as soon as it is there: ${viewport.width} px`, () =>
      look("private", { viewport, theme }, async (page) => {
        await openIntegrations(page)
        await page.getByLabel("Address of a new one").fill("https://bot.example.org")
        await page.getByRole("button", { name: "Add", exact: true }).click()
        await inSight(page, "Secret")
        await page.getByLabel("Name of a new one").fill("Backups")
        await page.getByRole("button", { name: "Make an address" }).click()
        await inSight(page, "Address")
      }))
  }
})
