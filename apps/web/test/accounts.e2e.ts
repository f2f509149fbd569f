// Accounts in real browsers, on a real server: register, be remembered, be signed out elsewhere, claim, reset.
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { chromium as playwright } from "playwright-core"
import type { Browser, BrowserContext } from "playwright-core"
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from "vitest"
import { passwordOf, Person } from "./product/Person.ts"
import { Server } from "./product/Server.ts"

let browser: Browser
let server: Server
const contexts: Array<BrowserContext> = []
const people: Array<Person> = []

const chromium = () => {
  const { executablePath, env, args } = inject("chromium")
  return { executablePath, env, args: [...args] }
}

beforeAll(async () => {
  browser = await playwright.launch(chromium())
})

afterAll(() => browser.close())

beforeEach(async () => {
  server = await Server.start()
})

afterEach(async () => {
  const complaints = people.splice(0).flatMap((person) => person.complaints)
  await Promise.all(contexts.splice(0).map((context) => context.close()))
  await server.stop()
  expect(complaints).toEqual([])
})

const newContext = async (options: Parameters<Browser["newContext"]>[0] = {}): Promise<BrowserContext> => {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: "en-GB", ...options })
  context.setDefaultTimeout(15_000)
  contexts.push(context)
  return context
}

const arrive = async (path = "/", context?: BrowserContext): Promise<Person> => {
  const person = await Person.in(context ?? (await newContext()), new URL(path, server.url).href)
  people.push(person)
  return person
}

const registered = async (username: string): Promise<Person> => {
  const person = await arrive()
  await person.registers(username)
  await person.composer.waitFor()
  return person
}

const pathOf = ({ page }: Person): string => new URL(page.url()).pathname

describe("an account", () => {
  it("is made, logged out of, and logged in to by username or email, where one wanted to go", async () => {
    const kim = await registered("kim")
    await kim.chooses("Log out")
    await kim.page.getByText("You have logged out.").first().waitFor()
    await kim.logsIn("kim@example.org", passwordOf("kim"))
    await kim.composer.waitFor()
    const again = await arrive("/r/random")
    await again.page.getByRole("link", { name: "Log in" }).click()
    await again.logsIn("kim", passwordOf("kim"))
    await again.page.getByRole("heading", { name: "random" }).waitFor()
    expect(pathOf(again)).toBe("/r/random")
  })

  it("is remembered when the browser is closed and opened again, if that was asked for", async () => {
    const profile = await mkdtemp(join(tmpdir(), "messenger-profile-"))
    const open = () => playwright.launchPersistentContext(profile, chromium())
    try {
      const first = await open()
      const kim = await arrive("/", first)
      await kim.registers("kim")
      await kim.composer.waitFor()
      await first.close()

      const second = await open()
      const forgotten = await arrive("/login", second)
      expect(await forgotten.composer.count()).toBe(0)
      await forgotten.logsIn("kim@example.org", passwordOf("kim"), { isRemembered: true })
      await forgotten.composer.waitFor()
      await second.close()

      const third = await open()
      const remembered = await arrive("/", third)
      await remembered.composer.waitFor()
      await third.close()
    } finally {
      await rm(profile, { recursive: true, force: true })
    }
  })

  it("says what the server refuses beside the field, and asks for patience after many wrong passwords", async () => {
    await registered("kim")
    const other = await arrive("/register")
    await other.page.getByLabel("Username").fill("Kim")
    await other.page.getByLabel("Email").fill("other@example.org")
    await other.page.getByLabel("Password", { exact: true }).fill("a few good words")
    await other.page.getByRole("button", { name: "Create account" }).click()
    await other.page.getByText(/There is an account with that username/).waitFor()
    await other.page.getByRole("link", { name: "Log in" }).click()
    const wait = other.page.getByText(/^That was a little fast/).first()
    for (let tries = 0; tries < 12 && !(await wait.isVisible()); tries++) {
      await other.logsIn("kim", "not the right one")
      await other.page
        .getByText(/There is no account with|That was a little fast/)
        .first()
        .waitFor()
    }
    await wait.waitFor()
    expect(await other.page.getByRole("button", { name: "Log in" }).getAttribute("aria-disabled")).toBe("true")
  })

  it("keeps a guest's name, messages and room, without a reload", async () => {
    const ada = await arrive("/r/random")
    await ada.enters("Ada Linden")
    await ada.says("Written as a guest.")
    await ada.sees("Written as a guest.")
    await ada.page.evaluate("window.isTheSamePage = true")
    await ada.chooses("Keep your name: create an account")
    expect(await ada.page.getByLabel("Username").inputValue()).toBe("Ada.Linden")
    await ada.page.getByLabel("Email").fill("ada@example.org")
    await ada.page.getByLabel("Password", { exact: true }).fill(passwordOf("ada"))
    await ada.page.getByRole("button", { name: "Create account" }).click()
    await ada.page.getByRole("heading", { name: "random" }).waitFor()
    await ada.sees("Written as a guest.")
    await ada.says("Written as a member.")
    await ada.sees("Written as a member.")
    await ada.eventually(() => ada.page.getByText("guest", { exact: true }).count(), 0)
    expect(await ada.page.evaluate("window.isTheSamePage")).toBe(true)
    const ben = await arrive("/r/random")
    await ben.enters("Ben")
    await ben.sees("Written as a guest.")
  })
})

describe("the devices of a person", () => {
  it("are listed, and one that is logged out elsewhere goes to the log-in page at once and says why", async () => {
    const desk = await registered("kim")
    const phone = await arrive("/login")
    await phone.logsIn("kim", passwordOf("kim"))
    await phone.composer.waitFor()
    await desk.chooses("Settings")
    await desk.page.getByRole("button", { name: /^Log out Chrom/ }).click()
    await phone.page.getByText("This device was logged out").first().waitFor()
    expect(pathOf(phone)).toBe("/login")
    await desk.eventually(() => desk.page.getByRole("button", { name: /^Log out Chrom/ }).count(), 0)
    await desk.page.getByRole("button", { name: "Close" }).click()
    await desk.composer.waitFor()
  })

  it("are logged out by a new password, but for the one where it was set", async () => {
    const desk = await registered("kim")
    const phone = await arrive("/login")
    await phone.logsIn("kim", passwordOf("kim"))
    await phone.composer.waitFor()
    await desk.chooses("Settings")
    await desk.page.getByRole("button", { name: "Change your password" }).click()
    await desk.page.getByRole("textbox", { name: "Your password" }).fill(passwordOf("kim"))
    await desk.page.getByLabel("New password").fill("another few good words")
    await desk.page.getByRole("button", { name: "Save" }).last().click()
    await phone.page.getByText("This device was logged out").first().waitFor()
    await phone.logsIn("kim", "another few good words")
    await phone.composer.waitFor()
    await desk.page.getByRole("button", { name: "Close" }).click()
    await desk.composer.waitFor()
    expect([pathOf(desk), pathOf(phone)]).toEqual(["/r/lobby", "/r/lobby"])
  })
})

describe("how a person is seen", () => {
  it("changes at once for everybody, in old messages too", async () => {
    const kim = await registered("kim")
    await kim.says("Old words.")
    const ben = await arrive("/r/lobby")
    await ben.enters("Ben")
    await ben.sees("Old words.")
    await kim.chooses("Settings")
    await kim.page.getByLabel("Display name").fill("Kim Juniper")
    await kim.page.getByRole("radio", { name: "Teal" }).check()
    await kim.page.getByRole("button", { name: "Save" }).first().click()
    const row = ben.page.locator(".message").filter({ hasText: "Old words." })
    await ben.eventually(() => row.getByText("Kim Juniper").first().isVisible(), true)
    await ben.eventually(() => row.locator(".person-6").count(), 1)
  })

  it("is as a deleted user once the account is deleted; the messages stay", async () => {
    const kim = await registered("kim")
    await kim.says("These words stay.")
    const ben = await arrive("/r/lobby")
    await ben.enters("Ben")
    await ben.sees("These words stay.")
    await kim.chooses("Settings")
    await kim.page.getByRole("button", { name: "Delete account" }).click()
    await kim.page.getByRole("textbox", { name: "Your password" }).fill(passwordOf("kim"))
    await kim.page.getByRole("button", { name: "Delete for good" }).click()
    await kim.page.getByText("The account is deleted.").first().waitFor()
    const row = ben.page.locator(".message").filter({ hasText: "These words stay." })
    await ben.eventually(() => row.getByText("kim", { exact: true }).count(), 0)
    await ben.sees("These words stay.")
  })
})

describe("a link with a token", () => {
  it("makes whoever registers by it the owner, once, and leaves no trace in the address", async () => {
    const link = await server.link("owner-link")
    const kim = await arrive(link)
    await kim.page.getByText("This link makes you the owner").waitFor()
    expect(kim.page.url()).toBe(`${server.url}/claim`)
    await kim.page.getByLabel("Username").fill("kim")
    await kim.page.getByLabel("Email").fill("kim@example.org")
    await kim.page.getByLabel("Password", { exact: true }).fill(passwordOf("kim"))
    await kim.page.getByRole("button", { name: "Create account" }).click()
    await kim.page.getByRole("button", { name: "Become the owner" }).click()
    await kim.composer.waitFor()
    await kim.page.getByRole("link", { name: "Manage this server" }).waitFor()
    const dara = await registered("dara")
    await dara.page.goto(link)
    await dara.page.getByRole("button", { name: "Become the owner" }).click()
    await dara.page.getByText(/^This link was used already/).waitFor()
  })

  it("sets a forgotten password, logs in with it, and logs out everywhere else", async () => {
    const lost = await registered("kim")
    const found = await arrive(await server.link("reset-link", "kim"))
    await found.page.getByLabel("New password").fill("another few good words")
    await found.page.getByRole("button", { name: "Save and log in" }).click()
    await found.composer.waitFor()
    await lost.page.getByText("This device was logged out").first().waitFor()
    await lost.logsIn("kim", "another few good words")
    await lost.composer.waitFor()
    expect([pathOf(found), pathOf(lost)]).toEqual(["/r/lobby", "/r/lobby"])
  })
})

describe("a server that is not open to all", () => {
  it("asks for an invitation or a log-in, and shows nothing to visitors", async () => {
    await server.stop()
    server = await Server.start({ REGISTRATION: "invite", GUESTS: "off" })
    const visitor = await arrive("/r/lobby")
    await visitor.page.getByText(/^New accounts need an invitation/).waitFor()
    expect(await visitor.page.getByLabel("Display name").count()).toBe(0)
  })

  it("gets its owner by the link that it prints at its start, even when nobody else can register", async () => {
    await server.stop()
    server = await Server.start({ REGISTRATION: "closed", GUESTS: "off" })
    const kim = await arrive(await server.ownerLink())
    await kim.page.getByLabel("Username").fill("kim")
    await kim.page.getByLabel("Email").fill("kim@example.org")
    await kim.page.getByLabel("Password", { exact: true }).fill(passwordOf("kim"))
    await kim.page.getByRole("button", { name: "Create account" }).click()
    await kim.page.getByRole("button", { name: "Become the owner" }).click()
    await kim.page.getByRole("link", { name: "Manage this server" }).waitFor()
    const ben = await arrive("/register")
    await ben.page.getByText("Nobody new can register here.").waitFor()
    expect(await ben.page.getByLabel("Username", { exact: true }).count()).toBe(0)
  })
})

describe("an owner", () => {
  it("makes an admin, who sees it without a reload, and a link by which somebody sets a new password", async () => {
    const kim = await registered("kim")
    const ben = await registered("ben")
    await kim.page.goto(await server.link("owner-link"))
    await kim.page.getByRole("button", { name: "Become the owner" }).click()
    await kim.page.getByRole("link", { name: "Manage this server" }).click()
    await kim.page.getByRole("searchbox").fill("ben")
    await kim.page.getByRole("button", { name: "Manage ben" }).click()
    await kim.page.getByRole("menuitem", { name: "Make a link for a new password" }).click()
    const link = await kim.page.getByRole("textbox", { name: "Link for a new password" }).inputValue()
    await kim.page.getByRole("button", { name: "Done" }).click()
    await kim.page.getByRole("button", { name: "Manage ben" }).click()
    await kim.page.getByRole("menuitemradio", { name: "Admin" }).click()
    await kim.page.getByRole("button", { name: "Make an admin" }).click()
    await ben.page.getByRole("link", { name: "Manage this server" }).waitFor()
    const elsewhere = await arrive(link)
    await elsewhere.page.getByRole("button", { name: "Save and log in" }).waitFor()
    await kim.page.getByRole("link", { name: "Audit log" }).click()
    await kim.page.getByRole("list", { name: "Audit log" }).getByText("admin").first().waitFor()
    expect(kim.complaints).toEqual([])
  })
})

describe("a private room", () => {
  it("is seen by its members alone, and vanishes at once from who is removed", async () => {
    const kim = await registered("kim")
    const ben = await registered("ben")
    await kim.page.getByRole("button", { name: "Create a room" }).click()
    await kim.page.getByLabel("Name of the room").fill("eyrie")
    await kim.page.locator("label", { hasText: "Private" }).click()
    await kim.page.getByRole("button", { name: "Create room" }).click()
    await kim.page.getByRole("heading", { name: "eyrie" }).waitFor()
    await kim.says("only for herons")
    await kim.sees("only for herons")
    await kim.isSettled()
    const rooms = ben.page.getByRole("navigation")
    expect(await rooms.getByText("eyrie").count()).toBe(0)
    await ben.page.goto(kim.page.url())
    await ben.sees("There is no room here.")
    await kim.page.getByRole("button", { name: "Members" }).click()
    await kim.page.getByLabel("Add by username, or the name of an app").fill("ben")
    await kim.page.getByRole("button", { name: "Add", exact: true }).click()
    await rooms.getByText("eyrie").click()
    await ben.sees("only for herons")
    await kim.page.getByRole("button", { name: "Change ben" }).click()
    await kim.page.getByRole("menuitem", { name: "Remove from the room" }).click()
    await kim.page.getByRole("button", { name: "Remove", exact: true }).click()
    await ben.sees("You are no longer in this room.")
    await ben.eventually(() => ben.page.getByText("only for herons").count(), 0)
    await ben.eventually(() => rooms.getByText("eyrie").count(), 0)
  })
})
