// What is looked for on screens, and done there, by more than one subject.
import type { Page } from "playwright-core"
import { expect } from "vitest"

export const log = (page: Page) => page.getByRole("region", { name: "Messages in lobby" })
export const distanceFromEnd = (page: Page) =>
  log(page).evaluate((element) => element.scrollHeight - element.scrollTop - element.clientHeight)

/** The message of one's own in the conversation. */
export const own = (page: Page) => page.locator("li", { hasText: "Ada Linden" }).filter({ hasText: /On it|elsewhere/ })
export const box = (page: Page) => page.getByRole("textbox", { name: "Edit your message" })
export const openBox = async (page: Page) => {
  await page.getByText("On it.").waitFor()
  await own(page).evaluate((row) => row.focus())
  await own(page).getByRole("button", { name: "Edit message" }).click()
  await box(page).waitFor()
}

export const openMembers = async (page: Page) => {
  await page.getByRole("button", { name: "Members" }).click()
  await page.getByRole("dialog", { name: "Members of #books" }).getByText("Heron").waitFor()
}

/**
 * Goes to an item of the menu that is opening, and chooses it, by the keys alone. A menu takes the focus a moment after it is there:
 * what was focused before that would not have it any more when the key is pressed.
 */
export const choose = async (page: Page, item: string) => {
  const focused = page.locator('[role^="menuitem"]:focus')
  await focused.waitFor()
  const items = await page.locator('[role^="menuitem"]').count()
  for (let steps = 0; steps < items && (await focused.textContent())?.startsWith(item) !== true; steps++) {
    await page.keyboard.press("ArrowDown")
  }
  expect((await focused.textContent())?.startsWith(item)).toBe(true)
  await page.keyboard.press("Enter")
}

export const chooseFor = async (page: Page, person: string, action: string) => {
  await page.getByRole("button", { name: `Manage ${person}` }).press("Enter")
  await choose(page, action)
}

export const firstInSight = (page: Page) =>
  log(page).evaluate((frame) => {
    const { top } = frame.getBoundingClientRect()
    const row = [...frame.querySelectorAll("li")].find((item) => item.getBoundingClientRect().top >= top)
    return { text: row?.textContent, top: row?.getBoundingClientRect().top, height: frame.scrollHeight }
  })

export const openIntegrations = async (page: Page) => {
  await page.getByRole("button", { name: "Integrations" }).click()
  await page.getByRole("dialog", { name: "Integrations of #books" }).getByText("GitHub", { exact: true }).waitFor()
}
