import type { Page } from "playwright-core"
import { describe, expect, it } from "vitest"
import { atDesk, createScreens } from "./Screens.ts"
import { choose, chooseFor } from "./acts.ts"

const { look } = createScreens()

describe("the page of people", () => {
  const rowOf = (page: Page, name: string) =>
    page.getByRole("list", { name: "People" }).getByRole("listitem").filter({ hasText: name })
  const focused = (page: Page, label: string) =>
    page.waitForFunction((name) => document.activeElement?.getAttribute("aria-label") === name, label)
  const setRole = async (page: Page, person: string, role: string) => {
    await page.getByRole("button", { name: `Manage ${person}` }).press("Enter")
    await choose(page, role)
  }
  const answer = (page: Page, action: string) =>
    page.getByRole("alertdialog").getByRole("button", { name: action }).press("Enter")

  it("gives roles from the keyboard, asks before those that have power, and keeps the focus on the person", () =>
    look("adminPeople", atDesk, async (page) => {
      await setRole(page, "Kim Juniper", "Member")
      await rowOf(page, "Kim Juniper").getByText("Member").waitFor()
      await focused(page, "Manage Kim Juniper")
      await setRole(page, "Sage", "Owner")
      await answer(page, "Cancel")
      await focused(page, "Manage Sage")
      await rowOf(page, "Sage").getByText("Member").waitFor()
      await setRole(page, "Sage", "Owner")
      await answer(page, "Make an owner")
      await rowOf(page, "Sage").getByText("Owner").waitFor()
      await focused(page, "Manage Sage")
      expect(await page.getByRole("alertdialog").count()).toBe(0)
    }))

  it("keeps the last owner one, and says why", () =>
    look("adminPeople", atDesk, async (page) => {
      await setRole(page, "Dara Rowan", "Admin")
      await answer(page, "Give it up")
      await page.getByRole("alertdialog").getByText("Somebody has to be the owner").waitFor()
      await answer(page, "Cancel")
      expect(await rowOf(page, "Dara Rowan").textContent()).toContain("Owner")
    }))

  it("deactivates after a question, activates again, and signs out everywhere", () =>
    look("adminPeople", atDesk, async (page) => {
      await chooseFor(page, "Sage", "Deactivate")
      await answer(page, "Deactivate")
      await rowOf(page, "Sage").getByText("deactivated").waitFor()
      await focused(page, "Manage Sage")
      await chooseFor(page, "Sage", "Activate again")
      await rowOf(page, "Sage").getByText("deactivated").waitFor({ state: "detached" })
      await focused(page, "Manage Sage")
      await chooseFor(page, "Sage", "Sign out everywhere")
      await answer(page, "Sign out")
      await page.getByText("Sage is signed out everywhere.").waitFor()
      await page.getByRole("alertdialog").waitFor({ state: "detached" })
      expect(await rowOf(page, "Sage").getByText("deactivated").count()).toBe(0)
    }))

  it("shows the link to a new password once", () =>
    look("adminPeople", atDesk, async (page) => {
      await chooseFor(page, "Sage", "Make a link for a new password")
      const link = page.getByRole("textbox", { name: "Link for a new password" })
      expect(await link.inputValue()).toMatch(/^http:\/\/[^/]+\/reset#\w+$/)
      await answer(page, "Done")
      await link.waitFor({ state: "detached" })
      await focused(page, "Manage Sage")
    }))
})

describe("the page of apps", () => {
  it("shows the secret of a token once, and takes a token back, each after the password", () =>
    look("adminApps", atDesk, async (page) => {
      await page.getByRole("button", { name: "Make a token for Backups" }).press("Enter")
      await page.getByRole("textbox", { name: "What is it for?" }).fill("Nightly")
      await page.getByRole("radio", { name: "Read", exact: true }).check()
      await page.getByLabel("Your password", { exact: true }).fill("not this one")
      await page.keyboard.press("Enter")
      await page.getByText("That is not your password.").waitFor()
      await page.keyboard.type("correct horse battery")
      await page.keyboard.press("Enter")
      const secret = page.getByRole("textbox", { name: "Token" })
      expect(await secret.inputValue()).toMatch(/^msgr_/)
      await page.getByRole("button", { name: "Done" }).press("Enter")
      await secret.waitFor({ state: "detached" })
      await page.getByRole("button", { name: "Revoke Nightly of Backups" }).press("Enter")
      await page.getByLabel("Your password", { exact: true }).fill("correct horse battery")
      await page.keyboard.press("Enter")
      await page.getByRole("alertdialog").waitFor({ state: "detached" })
      expect(await page.getByText("Nightly", { exact: true }).count()).toBe(0)
      await page.waitForFunction(() => document.activeElement?.textContent === "Backups")
    }))
})
