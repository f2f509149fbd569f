import type { Page } from "playwright-core"
import { describe, expect, it } from "vitest"
import { phone, atDesk, patience, createScreens } from "./Screens.ts"
import { log, distanceFromEnd, own, box } from "./acts.ts"

const { look } = createScreens()

describe("the messages of one's own", () => {
  /** Waits until what `selector` says has the focus; fails when that does not come. */
  const hasFocus = async (page: Page, selector: string): Promise<boolean> => {
    await page.waitForFunction((one) => document.activeElement?.matches(one), selector)
    return true
  }

  it("are reached with the arrow keys and Tab, and the rest of the conversation is no further stop", () =>
    look("conversation", atDesk, async (page) => {
      await page.getByText("Thanks! Write to").waitFor()
      await log(page).focus()
      await page.keyboard.press("ArrowUp")
      await page.keyboard.press("Tab")
      // From a message without actions, past its link, to where one writes.
      await page.keyboard.press("Tab")
      expect(await hasFocus(page, "textarea")).toBe(true)
      await own(page).evaluate((row) => row.focus())
      await page.keyboard.press("Tab")
      expect(await hasFocus(page, "button[aria-label='Edit message']")).toBe(true)
      await page.keyboard.press("Tab")
      expect(await hasFocus(page, "button[aria-label='Delete message']")).toBe(true)
    }))

  it("the last one is taken up with the arrow upwards, and left with Escape, or saved with Enter", () =>
    look("conversation", atDesk, async (page) => {
      await page.getByText("Thanks! Write to").waitFor()
      await page.getByRole("textbox").press("ArrowUp")
      await expect.poll(() => box(page).evaluate((field) => field === document.activeElement), patience).toBe(true)
      await page.keyboard.type(" Not")
      await page.keyboard.press("Escape")
      expect(await hasFocus(page, "form textarea[aria-label='Message #lobby']")).toBe(true)
      expect(await page.getByText("past the head Not").count()).toBe(0)
      await page.keyboard.press("ArrowUp")
      await box(page).fill("On it, all of it.")
      await page.keyboard.press("Enter")
      await page.getByText("On it, all of it.").waitFor()
      await page.getByText("(edited)").waitFor()
      expect(await hasFocus(page, "form textarea[aria-label='Message #lobby']")).toBe(true)
    }))

  it("leave the focus on their row when they are deleted", () =>
    look("conversation", atDesk, async (page) => {
      await page.getByText("On it.").waitFor()
      await own(page).evaluate((row) => row.focus())
      await page.keyboard.press("Tab")
      await page.keyboard.press("Tab")
      await page.keyboard.press("Enter")
      await page.getByRole("alertdialog").waitFor()
      await page.keyboard.press("Escape")
      expect(await hasFocus(page, "button[aria-label='Delete message']")).toBe(true)
      await page.keyboard.press("Enter")
      await page.getByRole("alertdialog").getByRole("button", { name: "Delete message" }).click()
      await page.getByText("This message was deleted.").waitFor()
      expect(await hasFocus(page, "li")).toBe(true)
    }))

  it("stay where they are while their box grows, in the middle of the conversation", () =>
    look("long", atDesk, async (page) => {
      await page.getByText("Message 460", { exact: true }).waitFor()
      await log(page).hover()
      for (let turns = 0; turns < 4; turns++) await page.mouse.wheel(0, -200)
      // The element: while its box is open the row does not say what it said.
      const row = await page.locator("li", { hasText: "Message 435" }).elementHandle()
      if (row === null) throw new Error("The message is not in sight.")
      const top = () => row.evaluate((element) => Math.round(element.getBoundingClientRect().top))
      let before = await top()
      await expect
        .poll(async () => {
          const then = before
          before = await top()
          return before === then
        }, patience)
        .toBe(true)
      await row.evaluate((element) => element.focus({ preventScroll: true }))
      await (await row.waitForSelector("button[aria-label='Edit message']")).click()
      await box(page).fill("1\n2\n3\n4\n5\n6")
      await page.waitForTimeout(100)
      expect(await top()).toBe(before)
      await page.keyboard.press("Enter")
      await page.getByText("(edited)").waitFor()
      expect(await top()).toBe(before)
    }))

  it("keep the end in sight when the last one grows", () =>
    look("long", atDesk, async (page) => {
      await page.getByText("Message 460", { exact: true }).waitFor()
      await page.getByRole("textbox").press("ArrowUp")
      await box(page).fill("1\n2\n3\n4\n5\n6\n7\n8")
      await expect.poll(() => distanceFromEnd(page), patience).toBeLessThan(2)
      await page.keyboard.press("Enter")
      await page.getByText("(edited)").waitFor()
      await expect.poll(() => distanceFromEnd(page), patience).toBeLessThan(2)
    }))

  it("are shown what can be done with them by a finger that rests on them", () =>
    look("conversation", { viewport: phone, theme: "light" }, async (page) => {
      await page.getByText("On it.").waitFor()
      const bar = own(page).locator(".message-actions")
      expect(await bar.evaluate((element) => getComputedStyle(element).opacity)).toBe("0")
      await own(page).evaluate((row) => {
        const { left, top } = row.getBoundingClientRect()
        const init = { bubbles: true, pointerType: "touch", isPrimary: true, clientX: left + 99, clientY: top + 20 }
        row.dispatchEvent(new PointerEvent("pointerdown", init))
      })
      await expect.poll(() => bar.evaluate((element) => getComputedStyle(element).opacity), patience).toBe("1")
    }))
})
