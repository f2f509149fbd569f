// A person at a browser: what they do and see, by the names that a screen reader says.
import type { BrowserContext, Locator, Page } from "playwright-core"
import { expect } from "vitest"

/** How long anybody waits for anything, in milliseconds. */
const patience = { timeout: 15_000, interval: 50 }

/** What somebody of that name would take for a password. */
export const passwordOf = (username: string): string => `${username} has a few good words`

declare global {
  interface Window {
    readonly policyViolated: (what: string) => void
  }
}

export class Person {
  readonly page: Page
  /** What the page complained about: console errors and violated policies. */
  readonly complaints: Array<string> = []

  private constructor(page: Page) {
    this.page = page
  }

  /** Opens a page in a browser profile of their own. */
  static async in(context: BrowserContext, url: string): Promise<Person> {
    const page = await context.newPage()
    const person = new Person(page)
    page.on("pageerror", (error) => person.complaints.push(String(error)))
    // Reported to the test and not to the page, so that a page that is gone has said it too.
    await page.exposeFunction("policyViolated", (what: string) => void person.complaints.push(what))
    await page.addInitScript(() => {
      document.addEventListener("securitypolicyviolation", (event) => {
        window.policyViolated(`${event.violatedDirective}: ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`)
      })
    })
    page.on("console", (line) => {
      if (/Content Security Policy|violates/i.test(line.text())) person.complaints.push(line.text())
    })
    await page.goto(url)
    return person
  }

  /** Picks a display name. */
  async enters(name: string): Promise<void> {
    await this.page.getByLabel("Display name").fill(name)
    await this.page.getByRole("button", { name: "Start chatting" }).click()
    await this.composer.waitFor()
  }

  /** Makes an account, from the page where one comes in. */
  async registers(username: string, options: { readonly isRemembered?: boolean } = {}): Promise<void> {
    await this.page.getByRole("link", { name: "Create an account" }).click()
    await this.page.getByLabel("Username").fill(username)
    await this.page.getByLabel("Email").fill(`${username}@example.org`)
    await this.page.getByLabel("Password", { exact: true }).fill(passwordOf(username))
    if (options.isRemembered === true) await this.page.getByLabel("Keep me logged in").check()
    await this.page.getByRole("button", { name: "Create account" }).click()
  }

  /** Logs in, from the page where one does. */
  async logsIn(login: string, password: string, options: { readonly isRemembered?: boolean } = {}): Promise<void> {
    await this.page.getByLabel("Username or email").fill(login)
    await this.page.getByLabel("Password", { exact: true }).fill(password)
    if (options.isRemembered === true) await this.page.getByLabel("Keep me logged in").check()
    await this.page.getByRole("button", { name: "Log in" }).click()
  }

  /** Chooses something in the menu behind one's name. */
  async chooses(item: string): Promise<void> {
    await this.page.getByRole("button", { name: "Status and settings" }).click()
    await this.page.getByRole("menuitem", { name: item }).click()
  }

  get composer(): Locator {
    return this.page.getByRole("textbox", { name: /^Message #/ })
  }

  async says(text: string): Promise<void> {
    await this.composer.fill(text)
    await this.composer.press("Enter")
  }

  /** The texts of the conversation, top to bottom, as far as they are on the page. */
  async reads(): Promise<ReadonlyArray<string>> {
    return this.page.locator(".message-text").allInnerTexts()
  }

  async sees(text: string): Promise<void> {
    await expect.poll(() => this.page.getByText(text, { exact: true }).first().isVisible(), patience).toBe(true)
  }

  async seesOnly(texts: ReadonlyArray<string>): Promise<void> {
    await expect.poll(() => this.reads(), patience).toEqual(texts)
  }

  /** Nothing that was written is still on its way. */
  async isSettled(): Promise<void> {
    await expect.poll(() => this.page.locator(".pending-note").count(), patience).toBe(0)
  }

  async eventually<A>(look: () => Promise<A>, found: A): Promise<void> {
    await expect.poll(look, patience).toEqual(found)
  }
}
