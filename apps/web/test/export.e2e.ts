// A room taken away as a file, by the link of the web client, and opened from disk in a real browser: whatever was written in the room.
import { mkdtemp, readFile, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { chromium as playwright } from "playwright-core"
import type { Browser, Page } from "playwright-core"
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest"
import { Person } from "./product/Person.ts"
import { Server } from "./product/Server.ts"

const hostile = [
  "</style><script>window.pwned = 1</script>",
  '<img src="x" onerror="window.pwned = 1">',
  "</p></li></ol></section></main></body></html><script>window.pwned = 1</script>",
  "<!-- <![CDATA[ <svg/onload=window.pwned=1> <iframe srcdoc='<script>parent.pwned=1</script>'>",
  "<meta http-equiv=refresh content='0;url=https://example.org/'><base href=//example.org><link rel=stylesheet href=//example.org>",
  "javascript:window.pwned=1 data:text/html,<script>1</script> vbscript:x file:///etc/passwd mailto:a@example.org",
  'https://example.org/"onmouseover="window.pwned=1 https://example.org/\'><script>window.pwned=1</script>',
  "JaVaScRiPt://example.org/%0Awindow.pwned=1 https://user:password@example.org/ http://[::1]/ https://",
  "{{constructor.constructor('window.pwned = 1')()}} ${window.pwned} <%= 7 * 7 %> #{7*7}",
  "&lt;script&gt; &#60;script&#62; &#x3c;script&#x3e; &amp;amp; &quot; &NotExists;",
  "\u202Ethis goes on from right to left, without an end",
  "\u2066\u2067\u2068 isolates without an end \u200f\u200e\u061c",
  "W".repeat(4_000),
  "\u0627".repeat(4_000),
  `https://example.org/${"a".repeat(3_000)}`,
  `Z${"\u0335\u0321\u0322".repeat(300)}algo`,
  "\t\ttabs\n\n\n\n   spaces   and lines   "
]

let browser: Browser
let server: Server
let folder: string
let dara: Person
let roomPath: string

/** Asks the server as whoever is logged in there. */
const posted = async (page: Page, path: string, data: unknown): Promise<Readonly<Record<string, unknown>>> => {
  const answer = await page.request.post(`${server.url}${path}`, { data, headers: { origin: server.url } })
  if (!answer.ok()) throw new Error(`${answer.status()} ${await answer.text()}`)
  return /json/.test(answer.headers()["content-type"] ?? "") ? answer.json() : {}
}

const registered = async (username: string) => {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: "en-GB" })
  context.setDefaultTimeout(15_000)
  const person = await Person.in(context, server.url)
  await person.registers(username)
  await person.composer.waitFor()
  return person
}

beforeAll(async () => {
  const { executablePath, env, args } = inject("chromium")
  browser = await playwright.launch({ executablePath, env, args: [...args] })
  folder = await mkdtemp(join(tmpdir(), "messenger-export-"))
  server = await Server.start({ POSTS_PER_MINUTE: "1000000" })
  dara = await registered("dara")
  const room = await posted(dara.page, "/api/v1/rooms", { name: "</title><script>pwned=1</script>" })
  for (const text of hostile) await posted(dara.page, `/api/v1/rooms/${String(room["id"])}/messages`, { text })
  const { token } = await posted(dara.page, `/api/v1/rooms/${String(room["id"])}/webhooks/incoming`, { name: "Builds" })
  await posted(dara.page, `/hooks/${String(token)}`, { text: "All green.", username: "<img src=x onerror=pwned=1>" })
  roomPath = `/r/${String(room["slug"])}`
})
afterAll(async () => {
  await browser.close()
  await server.stop()
  await rm(folder, { recursive: true })
})

/** Presses a link that downloads; answers the name that the browser takes for the file, and where it lies now. */
const download = async ({ page }: Person, link: string) => {
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: link }).click()])
  expect(await download.failure()).toBe(null)
  const name = download.suggestedFilename()
  const path = join(folder, name)
  await download.saveAs(path)
  return { name, path }
}

/** What a page is made of, as far as that could do harm or be hidden. */
const anatomy = () => {
  const all = [...document.querySelectorAll("*")]
  return {
    pwned: "pwned" in window,
    strange: all
      .map(({ localName }) => localName)
      .filter((name) => /^(script|img|svg|iframe|object|embed|base|link|form)$/.test(name)),
    handlers: all.flatMap((element) =>
      element.getAttributeNames().filter((name) => name.startsWith("on") || name === "style")
    ),
    links: [...document.querySelectorAll("a")].map((link) => [link.getAttribute("href") ?? "", link.rel]),
    texts: [...document.querySelectorAll(".text")].map((text) => [text.textContent, text.getAttribute("dir")]),
    // A message stands in its list in the section of its day, however many pages it was read in.
    rows: document.querySelectorAll("main > section > ol > li").length,
    allRows: document.querySelectorAll("li").length,
    lastWords: document.querySelector("body > footer")?.textContent,
    title: document.title,
    width: document.documentElement.scrollWidth - window.innerWidth,
    wide: [...document.querySelectorAll("main *")].flatMap((element) =>
      element.getBoundingClientRect().right > window.innerWidth + 1 ? [element.outerHTML.slice(0, 100)] : []
    ),
    background: getComputedStyle(document.documentElement).backgroundColor
  }
}

describe("the export of a room", () => {
  it("is downloaded by its owner from where its members are seen to, and by nobody who is not", async () => {
    await dara.page.goto(`${server.url}${roomPath}`)
    await dara.page.getByRole("button", { name: "Roles in this room" }).click()
    const page = await download(dara, "Download as a page")
    expect(page.name).toMatch(/^title-script-pwned-1-script-\d{4}-\d\d-\d\d\.html$/)
    const json = await download(dara, "Download as JSON")
    const { messages, version } = JSON.parse(await readFile(json.path, "utf8"))
    expect([version, messages.length]).toEqual([1, hostile.length + 1])
    // The conversation is still on the screen, and goes on.
    await dara.page.keyboard.press("Escape")
    await dara.composer.waitFor()

    const ben = await registered("ben")
    await ben.page.goto(`${server.url}${roomPath}`)
    await ben.composer.waitFor()
    expect(await ben.page.getByRole("button", { name: "Roles in this room" }).count()).toBe(0)
    expect([...dara.complaints, ...ben.complaints]).toEqual([])
  })

  it("runs nothing, fetches nothing and stays within its page, whatever was written, by day and by night, wide and narrow", async () => {
    await dara.page.goto(`${server.url}${roomPath}`)
    await dara.page.getByRole("button", { name: "Roles in this room" }).click()
    const { path } = await download(dara, "Download as a page")
    const backgrounds = new Set<string>()
    for (const width of [390, 1280]) {
      for (const colorScheme of ["light", "dark"] as const) {
        const context = await browser.newContext({ viewport: { width, height: 844 }, colorScheme })
        const page = await context.newPage()
        const asked: Array<string> = []
        const said: Array<string> = []
        page.on("request", (request) => asked.push(request.url()))
        page.on("console", (line) => said.push(line.text()))
        page.on("pageerror", (error) => said.push(String(error)))
        page.on("dialog", (dialog) => said.push(dialog.message()))
        const url = pathToFileURL(path).href
        await page.goto(url)
        await page.mouse.move(width / 2, 400)
        await page.keyboard.press("End")
        const found = await page.evaluate(anatomy)
        expect(asked).toEqual([url])
        expect(said).toEqual([])
        expect(found).toMatchObject({
          pwned: false,
          strange: [],
          handlers: [],
          width: 0,
          wide: [],
          rows: hostile.length + 1
        })
        expect(found.allRows).toBe(found.rows)
        expect(found.lastWords).toBe(`The end: ${hostile.length + 1} messages by 2 authors.`)
        expect(found.title).toMatch(/^<\/title><script>pwned=1<\/script>, /)
        expect(found.texts).toEqual([...hostile.map((text) => [text.trim(), "auto"]), ["All green.", "auto"]])
        const outside = found.links.filter(([href = ""]) => !/^#m\d+$/.test(href))
        expect(outside.length).toBeGreaterThan(3)
        expect(
          outside.filter(
            ([href = "", rel]) => !/^https?:\/\/[^"<>\s]+$/.test(href) || rel !== "noopener noreferrer nofollow"
          )
        ).toEqual([])
        backgrounds.add(`${colorScheme} ${found.background}`)
        await context.close()
      }
    }
    expect(backgrounds.size).toBe(2)
    expect(new Set([...backgrounds].map((each) => each.replace(/^\w+ /, ""))).size).toBe(2)
  })
})
