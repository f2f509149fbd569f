import { describe, expect, it } from "vitest"
import { atDesk, patience, createScreens } from "./Screens.ts"
import { log, distanceFromEnd, firstInSight } from "./acts.ts"

const { look } = createScreens()

describe("the conversation", () => {
  it("opens at the end, and follows it while it is in sight", () =>
    look("long", atDesk, async (page) => {
      await page.getByText("Message 460", { exact: true }).waitFor()
      await expect.poll(() => distanceFromEnd(page), patience).toBeLessThan(2)
      await page.evaluate("hear('Something new\\nof two lines')")
      await page.getByText("Something new").first().waitFor()
      await expect.poll(() => distanceFromEnd(page), patience).toBeLessThan(2)
    }))

  it("follows the end through a burst that is faster than its frames", () =>
    look("long", atDesk, async (page) => {
      await page.getByText("Message 460", { exact: true }).waitFor()
      await page.evaluate(`new Promise((done) => {
        let left = 60
        const turn = () => {
          for (let i = 0; i < 10; i++) hear("burst " + left + " " + i)
          if (--left > 0) setTimeout(turn, 5)
          else done()
        }
        turn()
      })`)
      await page.getByText("burst 1 9", { exact: true }).waitFor()
      await expect.poll(() => distanceFromEnd(page), patience).toBeLessThan(2)
    }))

  it("follows the end when a few messages come right after many, which turn out lower than they were taken for", () =>
    look("long", atDesk, async (page) => {
      await page.getByText("Message 460", { exact: true }).waitFor()
      await expect.poll(() => distanceFromEnd(page), patience).toBeLessThan(2)
      await page.evaluate(`new Promise((done) => {
        let frames = 24
        // Right after the frame in which the last ones were measured.
        const frame = () => requestAnimationFrame(() => setTimeout(() => {
          const count = frames % 3 === 0 ? 40 : 5
          for (let i = 0; i < count; i++) hear("flood " + frames + " " + i)
          if (--frames > 0) frame()
          else done()
        }))
        frame()
      })`)
      await page.getByText("flood 1 4", { exact: true }).waitFor()
      await expect.poll(() => distanceFromEnd(page), patience).toBeLessThan(2)
    }))

  it("stays where the reader is when something comes, and says how much has come", () =>
    look("long", atDesk, async (page) => {
      await page.getByText("Message 460", { exact: true }).waitFor()
      await log(page).hover()
      await page.mouse.wheel(0, -400)
      await page.getByRole("button", { name: "Jump to the newest message" }).waitFor()
      const before = await log(page).evaluate((element) => element.scrollTop)
      await page.evaluate("hear('One')")
      await page.evaluate("hear('Two')")
      const pill = page.getByRole("button", { name: "2 new messages" })
      await pill.waitFor()
      expect(await log(page).evaluate((element) => element.scrollTop)).toBe(before)
      await pill.click()
      await page.getByText("Two", { exact: true }).waitFor()
      await expect.poll(() => distanceFromEnd(page), patience).toBeLessThan(2)
    }))

  it("keeps its place to the pixel when older messages come in above", () =>
    look("long", atDesk, async (page) => {
      await page.getByText("Message 460", { exact: true }).waitFor()
      await log(page).hover()
      await page.evaluate("holdOlder()")
      for (let turns = 0; turns < 80 && !(await page.getByText("Loading older").isVisible()); turns++)
        await page.mouse.wheel(0, -120)
      // The wheel turns on for a moment.
      let before = await firstInSight(page)
      await expect
        .poll(async () => {
          const [then, now] = [before, await firstInSight(page)]
          before = now
          return now.top === then.top && now.text === then.text
        }, patience)
        .toBe(true)
      await page.evaluate("letOlderGo()")
      await expect.poll(async () => (await firstInSight(page)).height, patience).toBeGreaterThan(before.height + 1000)
      const after = await firstInSight(page)
      expect([after.text, after.top]).toEqual([before.text, before.top])
    }))

  it("keeps the end in sight while the composer grows", () =>
    look("long", atDesk, async (page) => {
      await page.getByText("Message 460", { exact: true }).waitFor()
      await page.getByRole("textbox").fill("1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12")
      await expect.poll(() => distanceFromEnd(page), patience).toBeLessThan(2)
      const lines = await page
        .getByRole("textbox")
        .evaluate((field) => field.clientHeight / parseFloat(getComputedStyle(field).lineHeight))
      expect(Math.floor(lines)).toBe(10)
    }))

  it("opens at the line when there is more unread than fits", () =>
    look("unread", atDesk, async (page) => {
      await page.getByText("New", { exact: true }).waitFor()
      expect(await distanceFromEnd(page)).toBeGreaterThan(300)
      expect(await page.title()).toBe("(1) #lobby · Messenger")
    }))

  it("is walked through with the arrow keys, and left with Tab", () =>
    look("conversation", atDesk, async (page) => {
      await page.getByText("Thanks! Write to").waitFor()
      await log(page).focus()
      await page.keyboard.press("ArrowUp")
      await expect.poll(() => page.evaluate(() => document.activeElement?.textContent), patience).toContain("Thanks!")
      await page.keyboard.press("ArrowUp")
      await expect
        .poll(() => page.evaluate(() => document.activeElement?.textContent), patience)
        .toContain("I keep an eye")
    }))

  it("announces what others say, once, and nothing of one's own", () =>
    look("conversation", atDesk, async (page) => {
      await page.getByRole("textbox").fill("My own words")
      await page.keyboard.press("Enter")
      await page.evaluate("hear('Good morning')")
      const voice = page.locator("[aria-live=polite]")
      await expect.poll(() => voice.textContent(), patience).toBe("Heron: Good morning")
    }))
})
