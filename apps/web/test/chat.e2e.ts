// The product in real browsers: two people, one server, and everything that goes wrong between them.
import { readFileSync } from "node:fs"
import { mkdir } from "node:fs/promises"
import { chromium as playwright } from "playwright-core"
import type { Browser, BrowserContext } from "playwright-core"
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from "vitest"
import { axePath } from "../../../tests/chromium.ts"
import { Person } from "./product/Person.ts"
import { Server, Wire } from "./product/Server.ts"

declare global {
  interface Window {
    readonly axe: {
      readonly run: () => Promise<{
        readonly violations: ReadonlyArray<{
          readonly id: string
          readonly nodes: ReadonlyArray<{ readonly html: string }>
        }>
      }>
    }
  }
}

const axeSource = readFileSync(axePath(), "utf8")

let browser: Browser
let server: Server
let wire: Wire
const contexts: Array<BrowserContext> = []

const lan = "192.0.2.10"

beforeAll(async () => {
  const { executablePath, env, args } = inject("chromium")
  browser = await playwright.launch({
    executablePath,
    env,
    // The LAN address leads to this machine, so that no packet leaves it; to the page it is a plain http address on a network.
    args: [...args, `--host-resolver-rules=MAP ${lan} 127.0.0.1`]
  })
})

afterAll(() => browser.close())

beforeEach(async () => {
  server = await Server.start({ POSTS_PER_MINUTE: "100000", GUESTS_PER_MINUTE: "100000", FOLLOWS_PER_MINUTE: "100000" })
  wire = await Wire.to(server.port)
})

afterEach(async () => {
  await Promise.all(contexts.splice(0).map((context) => context.close()))
  wire.close()
  await server.stop()
})

const newContext = async (options: Parameters<Browser["newContext"]>[0] = {}): Promise<BrowserContext> => {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: "en-GB", ...options })
  contexts.push(context)
  return context
}

const arrive = async (name: string, path = "/", options = {}): Promise<Person> => {
  const person = await Person.in(await newContext(options), `http://localhost:${wire.port}${path}`)
  await person.enters(name)
  return person
}

describe("two people in a room", () => {
  it("see each other's messages at once, in one order, and who is here and types", async () => {
    const ada = await arrive("Ada Linden")
    const ben = await arrive("Ben")
    await ada.says("hello Ben")
    await ben.sees("hello Ben")
    await ben.says("hello Ada\nhow are you?")
    await ada.sees("hello Ada\nhow are you?")
    expect(await ada.reads()).toEqual(await ben.reads())
    const people = ada.page.getByRole("complementary", { name: "People" })
    await ada.eventually(() => people.getByText("Ben", { exact: true }).isVisible(), true)
    await ben.composer.pressSequentially("thinking")
    await ada.eventually(() => ada.page.getByText("Ben is typing").first().isVisible(), true)
    expect([...ada.complaints, ...ben.complaints]).toEqual([])
  })

  it("have text that stays text, and links that are safe", async () => {
    const ada = await arrive("Ada")
    await ada.says("<b>bold</b> https://example.org/a?b=1 javascript:alert(1) mail@example.org")
    await ada.sees("<b>bold</b> https://example.org/a?b=1 javascript:alert(1) mail@example.org")
    const links = ada.page.locator(".message-text a")
    await ada.eventually(() => links.count(), 2)
    expect(await links.first().getAttribute("href")).toBe("https://example.org/a?b=1")
    expect(await links.first().getAttribute("rel")).toBe("noopener noreferrer nofollow")
    expect(await links.nth(1).getAttribute("href")).toBe("mailto:mail@example.org")
  })

  it("see an unread room in bold and in the title, and reading it on one device reads it on all", async () => {
    const ada = await arrive("Ada")
    const ben = await arrive("Ben", "/r/random")
    const phone = await Person.in(ada.page.context(), `http://localhost:${wire.port}/`)
    await phone.composer.waitFor()
    await ben.says("over here")
    await ada.eventually(() => ada.page.title().then((title) => title.startsWith("(1)")), true)
    await ada.page.getByRole("link", { name: /random/ }).click()
    await ada.sees("over here")
    await ada.eventually(() => ada.page.title().then((title) => title.startsWith("(")), false)
    await phone.eventually(() => phone.page.title().then((title) => title.startsWith("(")), false)
  })

  it("make a room that everybody finds, and a link to it survives naming oneself", async () => {
    const ada = await arrive("Ada")
    const ben = await arrive("Ben")
    await ada.page.getByRole("button", { name: "Create a room" }).click()
    await ada.page.getByLabel("Name of the room").fill("Design Talk")
    await ada.page.getByRole("button", { name: "Create room" }).click()
    await ada.eventually(async () => new URL(ada.page.url()).pathname, "/r/design-talk")
    await ben.eventually(() => ben.page.getByRole("link", { name: /Design Talk/ }).isVisible(), true)
    const cem = await arrive("Cem", "/r/design-talk")
    expect(new URL(cem.page.url()).pathname).toBe("/r/design-talk")
    await cem.says("found it")
    await ada.sees("found it")
  })
})

describe("a name", () => {
  it("is asked once: the same browser is the same guest after a reload", async () => {
    const ada = await arrive("Ada")
    const ben = await arrive("Ben")
    await ada.says("before")
    await ben.sees("before")
    await ada.page.reload()
    await ada.sees("before")
    await ada.says("after")
    await ada.seesOnly(["before", "after"])
    await ada.eventually(() => ada.page.getByText("Ada", { exact: true }).first().isVisible(), true)
  })

  it("that cannot be is refused with a sentence", async () => {
    const person = await Person.in(await newContext(), `http://localhost:${wire.port}/`)
    await person.page.getByLabel("Display name").fill("a\u202Eb")
    await person.page.getByRole("button", { name: "Start chatting" }).click()
    await person.eventually(() => person.page.getByText(/invisible characters/).isVisible(), true)
  })
})

describe("a lost connection", () => {
  it("is a calm banner; what is written meanwhile waits, survives a reload, and arrives once, in order", async () => {
    const ada = await arrive("Ada")
    const ben = await arrive("Ben")
    await ada.says("before")
    await ben.sees("before")
    wire.cutSockets()
    await ada.page
      .getByText(/^Connection lost/)
      .first()
      .waitFor()
    for (const text of ["one", "two", "three"]) await ada.says(text)
    await ada.eventually(() => ada.page.getByText("Waiting to be sent").count(), 3)
    await ada.page.reload()
    await ada.page.getByRole("button", { name: "Create a room" }).waitFor()
    wire.heal()
    await ben.seesOnly(["before", "one", "two", "three"])
    await ada.seesOnly(["before", "one", "two", "three"])
    await ada.isSettled()
  })

  it("misses nothing of what others wrote, without a reload", async () => {
    const ada = await arrive("Ada")
    const ben = await Person.in(await newContext(), `http://localhost:${server.port}/`)
    await ben.enters("Ben")
    await ada.says("before")
    await ben.sees("before")
    await ada.page.evaluate(() => Object.assign(window, { isSamePage: true }))
    wire.cut()
    for (let number = 1; number <= 5; number++) await ben.says(`missed ${number}`)
    await ben.sees("missed 5")
    wire.heal()
    await ada.seesOnly(["before", "missed 1", "missed 2", "missed 3", "missed 4", "missed 5"])
    expect(await ada.page.evaluate(() => "isSamePage" in window)).toBe(true)
  })

  it("heals after the server was killed and started again, and after a deploy", async () => {
    const ada = await arrive("Ada")
    await ada.says("before")
    await ada.seesOnly(["before"])
    await server.kill("SIGKILL")
    await ada.says("while it was dead")
    await server.start()
    await ada.seesOnly(["before", "while it was dead"])
    expect(await server.kill("SIGTERM")).toBe(0)
    await ada.says("while it was deployed")
    await server.start()
    await ada.seesOnly(["before", "while it was dead", "while it was deployed"])
    await ada.isSettled()
  })

  it("of two tabs with one outbox sends everything once, in order", async () => {
    const ada = await arrive("Ada")
    const other = await Person.in(ada.page.context(), `http://localhost:${wire.port}/`)
    await other.composer.waitFor()
    wire.cutSockets()
    await ada.page
      .getByText(/^Connection lost/)
      .first()
      .waitFor()
    await ada.says("from the first")
    await ada.sees("from the first")
    await other.says("from the second")
    await other.sees("from the second")
    wire.heal()
    await ada.eventually(
      () => ada.reads().then((texts) => [...texts].toSorted()),
      ["from the first", "from the second"]
    )
    await other.eventually(
      () => other.reads().then((texts) => [...texts].toSorted()),
      ["from the first", "from the second"]
    )
    expect(await other.reads()).toEqual(await ada.reads())
  })
})

describe("history", () => {
  it("loads older pages when one scrolls up, and keeps the place", async () => {
    const ada = await arrive("Ada")
    for (let number = 0; number < 120; number++) await ada.says(`message ${number}`)
    await ada.sees("message 119")
    await ada.isSettled()
    await ada.page.reload()
    await ada.sees("message 119")
    await ada.page.mouse.move(650, 300)
    for (let turn = 0; turn < 60 && !(await ada.page.getByText("message 0", { exact: true }).isVisible()); turn++) {
      await ada.page.mouse.wheel(0, -600)
      await ada.page.waitForTimeout(60)
    }
    await ada.sees("message 0")
    expect(await ada.page.getByText("message 0", { exact: true }).count()).toBe(1)
  })
})

describe("a LAN address over plain http", () => {
  it("is enough to chat, although it is no secure context", async () => {
    const person = await Person.in(await newContext(), `http://${lan}:${wire.port}/`)
    expect(await person.page.evaluate(() => window.isSecureContext)).toBe(false)
    await person.enters("Ada")
    await person.says("over the network")
    await person.seesOnly(["over the network"])
    await person.isSettled()
    expect(person.complaints).toEqual([])
  })
})

describe("a keyboard", () => {
  it("is enough: name, write, another room, and the focus is where one writes", async () => {
    const ada = await Person.in(await newContext(), `http://localhost:${wire.port}/`)
    await ada.page.getByLabel("Display name").waitFor()
    await ada.page.keyboard.type("Ada")
    await ada.page.keyboard.press("Enter")
    await ada.composer.waitFor()
    await ada.eventually(() => ada.composer.evaluate((field) => field === document.activeElement), true)
    await ada.page.keyboard.type("first line")
    await ada.page.keyboard.press("Shift+Enter")
    await ada.page.keyboard.type("second line")
    await ada.page.keyboard.press("Enter")
    await ada.sees("first line\nsecond line")
    await ada.page.getByRole("link", { name: /random/ }).focus()
    await ada.page.keyboard.press("Enter")
    await ada.eventually(async () => new URL(ada.page.url()).pathname, "/r/random")
    await ada.eventually(() => ada.composer.evaluate((field) => field === document.activeElement), true)
  })
})

describe("what a person sees", () => {
  const sizes = { 390: { width: 390, height: 844 }, 1280: { width: 1280, height: 800 } }

  for (const [width, viewport] of Object.entries(sizes)) {
    for (const colorScheme of ["light", "dark"] as const) {
      it(`has nothing that axe finds at ${width} pixels, ${colorScheme}`, async () => {
        const ben = await arrive("Ben")
        const person = await Person.in(await newContext({ viewport, colorScheme }), `http://localhost:${wire.port}/`)
        const findings = async (place: string) => {
          await person.page.evaluate(axeSource)
          return person.page.evaluate(async (name) => {
            const { violations } = await window.axe.run()
            return violations.map(({ id, nodes }) => `${name}: ${id} at ${nodes.map(({ html }) => html).join(" ")}`)
          }, place)
        }
        await person.page.getByLabel("Display name").waitFor()
        expect(await findings("name")).toEqual([])
        await person.enters("Ada Linden")
        await person.page.getByText(/Nobody has said anything/).waitFor()
        expect(await findings("empty")).toEqual([])
        await ben.says("The nightly crash drill is done: nothing lost, nothing doubled.")
        await ben.says("Numbers are at https://example.org/drill")
        await person.sees("The nightly crash drill is done: nothing lost, nothing doubled.")
        await person.says("Lovely. Then we deploy at nine.")
        await ben.sees("Lovely. Then we deploy at nine.")
        expect(await findings("room")).toEqual([])
        await photograph(person, `room-${width}-${colorScheme}`)
        wire.cut()
        await person.page
          .getByText(/^Connection lost/)
          .first()
          .waitFor()
        expect(await findings("offline")).toEqual([])
        await photograph(person, `offline-${width}-${colorScheme}`)
      })
    }
  }
})

/** Pictures for the README, and to look at: taken when SCREENSHOTS names a folder. */
const photograph = async (person: Person, name: string): Promise<void> => {
  const folder = process.env.SCREENSHOTS
  if (folder === undefined) return
  await mkdir(folder, { recursive: true })
  await person.page.screenshot({ path: `${folder}/${name}.png` })
}
