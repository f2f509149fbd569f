import type { Page } from "playwright-core"
import { describe, expect, it } from "vitest"
import { atDesk, patience, createScreens } from "./Screens.ts"

const { look } = createScreens()

describe("accounts", () => {
  const focused = (page: Page) =>
    page.evaluate(() => {
      const { activeElement } = document
      return activeElement instanceof HTMLInputElement ? activeElement.labels?.[0]?.textContent : activeElement?.tagName
    })

  it("can be made with the keyboard alone, and the focus goes to what is wrong first", () =>
    look("name", atDesk, async (page) => {
      await expect.poll(() => focused(page), patience).toBe("Display name")
      await page.getByRole("link", { name: "Create an account" }).focus()
      await page.keyboard.press("Enter")
      await expect.poll(() => focused(page), patience).toBe("Username")
      await page.keyboard.type("mio.hazel")
      await page.keyboard.press("Tab")
      await page.keyboard.type("nowhere")
      await page.keyboard.press("Tab")
      await page.keyboard.type("a few good words")
      await page.keyboard.press("Enter")
      await page.getByText("That does not look like an email address.").waitFor()
      await expect.poll(() => focused(page), patience).toBe("Email")
      await page.keyboard.type("mio@example.org")
      await page.keyboard.press("Enter")
      await page.getByRole("heading", { name: "lobby" }).waitFor()
    }))

  it("keep a shown password hidden when it is sent", () =>
    look("login", atDesk, async (page) => {
      await page.getByLabel("Username or email").fill("kim")
      await page.getByLabel("Password", { exact: true }).fill("wrong")
      await page.getByRole("button", { name: "Show password" }).click()
      const field = page.getByLabel("Password", { exact: true })
      expect(await field.getAttribute("type")).toBe("text")
      await field.press("Enter")
      await page.getByText("There is no account").waitFor()
      expect(await field.getAttribute("type")).toBe("password")
      await expect.poll(() => focused(page), patience).toBe("Password")
    }))

  it("have their settings in the menu, and lead back to the room", () =>
    look("member", atDesk, async (page) => {
      await page.getByRole("button", { name: "Status and settings" }).click()
      await page.getByRole("menuitem", { name: "Settings" }).click()
      await page.getByRole("heading", { name: "Settings" }).waitFor()
      expect(new URL(page.url()).pathname).toBe("/settings")
      await page.getByRole("radio", { name: "Teal" }).check()
      await page.getByRole("button", { name: "Save" }).click()
      await page.locator("nav .person-6").waitFor()
      await page.getByRole("button", { name: "Close" }).click()
      await page.getByRole("heading", { name: "lobby" }).waitFor()
    }))

  it("log out after the question, and leave nothing in the address", () =>
    look("unsent", atDesk, async (page) => {
      await page.getByRole("button", { name: "Status and settings" }).click()
      await page.getByRole("menuitem", { name: "Log out" }).click()
      await page.getByRole("alertdialog").getByRole("button", { name: "Log out" }).click()
      await page.getByRole("main").getByText("You have logged out.").waitFor()
      expect(new URL(page.url()).pathname).toBe("/login")
    }))

  it("take the token of a link out of the address and its history", () =>
    look("invite", atDesk, async (page) => {
      await page.getByRole("button", { name: "Join #design" }).waitFor()
      expect(page.url()).not.toContain("#")
      await page.getByRole("button", { name: "Join #design" }).click()
      await page.getByRole("heading", { name: "design" }).waitFor()
      await page.goBack()
      expect(page.url()).not.toContain("#")
    }))
})
