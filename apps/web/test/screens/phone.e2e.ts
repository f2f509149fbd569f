import type { Page } from "playwright-core"
import { describe, expect, it } from "vitest"
import { phone, onPhone, patience, createScreens } from "./Screens.ts"
import type { Look } from "./Screens.ts"
import { openIntegrations } from "./acts.ts"

const { look } = createScreens()

describe("on a phone", () => {
  it("fields have letters of 16 px and what is pressed is 44 px high", () =>
    look("conversation", onPhone, async (page) => {
      await page.getByText("Thanks!").waitFor()
      expect(await page.getByRole("textbox").evaluate((field) => getComputedStyle(field).fontSize)).toBe("16px")
      const small = await page
        .locator("button:visible")
        .evaluateAll((buttons) =>
          buttons.filter((button) => button.getBoundingClientRect().height < 44).map((button) => button.textContent)
        )
      expect(small).toEqual([])
    }))

  it("the integrations of a room are no larger than the screen, and what is pressed in them is 44 px high", () =>
    look("private", onPhone, async (page) => {
      await openIntegrations(page)
      await page.getByRole("button", { name: "Deliveries to search.example.org" }).click()
      await page.getByText("Given up").waitFor()
      const dialog = page.getByRole("dialog", { name: "Integrations of #books" })
      const [wide, small] = await dialog.evaluate((element) => [
        [...element.querySelectorAll("*")]
          .filter((one) => one.getBoundingClientRect().right > innerWidth)
          .map((one) => one.outerHTML),
        [...element.querySelectorAll("button, label:has([type=checkbox])")]
          .filter((one) => one.getBoundingClientRect().height < 43.9)
          .map((one) => one.textContent)
      ])
      expect([wide, small]).toEqual([[], []])
      expect(await dialog.evaluate((element) => innerHeight - element.getBoundingClientRect().bottom)).toBeGreaterThan(
        0
      )
      await page.getByRole("button", { name: "Add", exact: true }).click()
      await page.getByText("Please enter an address.").waitFor()
    }))

  it("the drawer closes with Escape and gives the focus back", () =>
    look("conversation", onPhone, async (page) => {
      const opener = page.getByRole("button", { name: "Open rooms" })
      await opener.click()
      await page.getByRole("dialog", { name: "Rooms" }).waitFor()
      await page.keyboard.press("Escape")
      await page.getByRole("dialog", { name: "Rooms" }).waitFor({ state: "detached" })
      await expect.poll(() => opener.evaluate((button) => button === document.activeElement), patience).toBe(true)
    }))

  it("a room that is gone to has the focus on its name, and in its composer where there is a keyboard", async () => {
    const goes = async (page: Page) => {
      await page.getByRole("button", { name: "Open rooms" }).click()
      await page.getByRole("link", { name: "random" }).click()
      await page.getByRole("dialog").waitFor({ state: "detached" })
      return page.evaluate(() => document.activeElement?.tagName)
    }
    expect(await look("conversation", onPhone, goes)).toBe("H1")
    const narrow: Look = { viewport: { width: 600, height: 800 }, theme: "light" }
    expect(await look("conversation", narrow, goes)).toBe("TEXTAREA")
  })

  it("nothing is wider than the screen", async () => {
    for (const scene of [
      "name",
      "register",
      "settings",
      "adminPeople",
      "adminInvitations",
      "adminApps",
      "adminAudit",
      "conversation",
      "integrated",
      "long",
      "failed",
      "offline"
    ] as const)
      await look(scene, onPhone, async (page) => {
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(phone.width)
      })
  })
})
