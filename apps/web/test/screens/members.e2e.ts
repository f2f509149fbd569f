import type { Page } from "playwright-core"
import { describe, expect, it } from "vitest"
import { atDesk, patience, createScreens } from "./Screens.ts"
import { choose, openMembers } from "./acts.ts"

const { look } = createScreens()

describe("the members of a private room", () => {
  const membersOf = (page: Page) => page.getByRole("dialog").getByRole("list", { name: "People" }).getByRole("listitem")

  it("are added, given a role and removed from the keyboard, with the focus where one goes on", () =>
    look("private", atDesk, async (page) => {
      await openMembers(page)
      await page.getByRole("textbox", { name: "Add by username, or the name of an app" }).fill("nobody")
      await page.keyboard.press("Enter")
      await page.getByText("There is nobody of that name").waitFor()
      await page.keyboard.press("Control+a")
      await page.keyboard.type("sage")
      await page.keyboard.press("Enter")
      await membersOf(page).filter({ hasText: "Sage" }).waitFor()
      await page.getByRole("button", { name: "Change Sage" }).press("Enter")
      await choose(page, "Moderator")
      await membersOf(page).filter({ hasText: "Sage" }).filter({ hasText: "Moderator" }).waitFor()
      await page.waitForFunction(() => document.activeElement?.getAttribute("aria-label") === "Change Sage")
      await page.getByRole("button", { name: "Change Sage" }).press("Enter")
      await choose(page, "Remove from the room")
      await page.getByRole("alertdialog").locator(":focus").waitFor()
      await page.keyboard.press("Escape")
      await page.waitForFunction(() => document.activeElement?.getAttribute("aria-label") === "Change Sage")
      await page.keyboard.press("Enter")
      await choose(page, "Remove from the room")
      await page.getByRole("alertdialog").getByRole("button", { name: "Remove" }).click()
      await membersOf(page).filter({ hasText: "Sage" }).waitFor({ state: "detached" })
      await page.waitForFunction(() => document.activeElement?.tagName === "UL")
      // While the question is closing, what lies below it is hidden from the tree of roles.
      await expect.poll(() => membersOf(page).count(), patience).toBe(4)
    }))

  it("one who leaves is told so, and the room is gone from the list", () =>
    look("guestInPrivate", atDesk, async (page) => {
      await openMembers(page)
      expect(await page.getByRole("dialog").getByRole("button").allTextContents()).toEqual(["", "Leave this room"])
      await page.getByRole("button", { name: "Leave this room" }).click()
      await page.getByRole("alertdialog").getByRole("button", { name: "Leave" }).click()
      await page.getByRole("heading", { name: "You are no longer in this room." }).waitFor()
      expect(await page.getByRole("link", { name: "books" }).count()).toBe(0)
    }))

  it("the last owner cannot leave, and is told why", () =>
    look("private", atDesk, async (page) => {
      await openMembers(page)
      await page.getByRole("button", { name: "Leave this room" }).click()
      await page.getByRole("alertdialog").getByRole("button", { name: "Leave" }).click()
      const alert = page.getByRole("alertdialog").getByRole("alert")
      await expect.poll(() => alert.textContent(), patience).toContain("owner")
    }))
})
