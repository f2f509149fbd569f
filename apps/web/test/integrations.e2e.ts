// Webhooks in a real browser, on a real server: what a page shows of them, and what goes in and out.
import { createServer } from "node:http"
import type { IncomingHttpHeaders } from "node:http"
import { chromium as playwright } from "playwright-core"
import type { Browser, Page } from "playwright-core"
import { Webhook } from "standardwebhooks"
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from "vitest"
import { Person } from "./product/Person.ts"
import { Server } from "./product/Server.ts"

interface Told {
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** Somebody who is told what happens: it answers what it is asked to. */
const listen = async () => {
  const told: Array<Told> = []
  let status = 204
  const server = createServer((request, response) => {
    let body = ""
    request.setEncoding("utf8")
    request.on("data", (chunk: string) => (body += chunk))
    request.on("end", () => {
      told.push({ headers: request.headers, body })
      response.writeHead(status).end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const address = server.address()
  if (address === null || typeof address === "string") throw new Error("the receiver does not listen")
  return {
    told,
    url: `http://127.0.0.1:${address.port}/told`,
    answer: (next: number) => (status = next),
    close: () => {
      server.closeAllConnections()
      server.close()
    }
  }
}

let browser: Browser
let server: Server
let receiver: Awaited<ReturnType<typeof listen>>
let dara: Person

beforeAll(async () => {
  const { executablePath, env, args } = inject("chromium")
  browser = await playwright.launch({ executablePath, env, args: [...args] })
})
afterAll(() => browser.close())

beforeEach(async () => {
  server = await Server.start({ WEBHOOK_ALLOW: "127.0.0.1" })
  receiver = await listen()
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: "en-GB" })
  context.setDefaultTimeout(15_000)
  dara = await Person.in(context, server.url)
  await dara.registers("dara")
  await dara.composer.waitFor()
  await dara.page.getByRole("button", { name: "Create a room" }).click()
  await dara.page.getByLabel("Name").fill("ops")
  await dara.page.getByLabel("Name").press("Enter")
  await dara.page.getByRole("heading", { name: "ops" }).waitFor()
})
afterEach(async () => {
  const { complaints } = dara
  await dara.page.context().close()
  receiver.close()
  await server.stop()
  expect(complaints).toEqual([])
})

const dialog = ({ page }: Person) => page.getByRole("dialog", { name: "Integrations of #ops" })
const open = async (person: Person) => {
  await person.page.getByRole("button", { name: "Integrations" }).click()
  await dialog(person).getByText("Nothing posts into this room from outside.").waitFor()
}
const close = (person: Person) => dialog(person).getByRole("button", { name: "Close" }).click()
const rowSaying = (page: Page, text: string) => page.locator("li", { has: page.getByText(text, { exact: true }) })

describe("the integrations of a room", () => {
  it("make an address whose posts appear under their alias, with the mark of an app and whose webhook it was", async () => {
    await open(dara)
    await dara.page.getByLabel("Name of a new one", { exact: true }).fill("GitHub")
    await dara.page.getByRole("button", { name: "Make an address" }).click()
    const address = await dara.page.getByLabel("Address", { exact: true }).inputValue()
    expect(await dara.page.getByLabel("Command line", { exact: true }).inputValue()).toContain(address)
    const post = (body: unknown) => fetch(address, { method: "POST", body: JSON.stringify(body) })
    expect((await post({ text: "All green.", username: "dara", icon_emoji: ":steam_locomotive:" })).status).toBe(200)
    expect((await post({ text: "And deployed.", username: "dara", icon_emoji: ":steam_locomotive:" })).status).toBe(200)
    await close(dara)
    await dara.sees("All green.")
    const first = rowSaying(dara.page, "All green.")
    await first.getByText("app", { exact: true }).waitFor()
    await first.getByText("🚂").waitFor()
    await first.getByText("All green.").hover()
    await dara.eventually(() => first.getByText("via GitHub").evaluate((via) => getComputedStyle(via).opacity), "1")
    const second = rowSaying(dara.page, "And deployed.")
    expect(await second.getByText("dara", { exact: true }).count()).toBe(0)
    await second.getByText("dara (app, via GitHub)").waitFor()
    await second.locator(".message-mark svg").waitFor()

    await dara.page.getByRole("button", { name: "Integrations" }).click()
    await dialog(dara)
      .getByText(/last used today/)
      .waitFor()
    await dialog(dara).getByRole("button", { name: "Delete GitHub" }).click()
    await dara.page.getByRole("alertdialog").getByRole("button", { name: "Delete" }).click()
    await dialog(dara).getByText("Nothing posts into this room from outside.").waitFor()
    expect((await post({ text: "Still there?" })).status).toBe(404)
  })

  it("tell a receiver what happens, signed, show each delivery, and send one again", async () => {
    await open(dara)
    await dara.page.getByLabel("Address of a new one").fill("https://10.0.0.1/private")
    await dialog(dara).getByRole("button", { name: "Add", exact: true }).click()
    await dialog(dara)
      .getByText(/^No public server is known under that address/)
      .waitFor()
    await dara.page.getByLabel("Address of a new one").fill(receiver.url)
    await dialog(dara).getByRole("button", { name: "Add", exact: true }).click()
    const secret = await dara.page.getByLabel("Secret", { exact: true }).inputValue()
    receiver.answer(500)
    await close(dara)
    await dara.says("Who hears this?")
    await dara.eventually(async () => receiver.told.length > 0, true)

    await dara.page.getByRole("button", { name: "Integrations" }).click()
    await dialog(dara)
      .getByRole("button", { name: /^Deliveries to/ })
      .click()
    const delivery = dialog(dara)
      .getByRole("list", { name: /^Deliveries to/ })
      .getByRole("listitem")
    await delivery.getByText(/answered 500/).waitFor()
    await delivery.getByText("On its way").waitFor()
    receiver.answer(204)
    await delivery.getByRole("button", { name: /^Send again/ }).click()
    await delivery.getByText("Delivered").waitFor()
    await delivery.getByText(/answered 204/).waitFor()
    const last = receiver.told.at(-1)
    expect(
      new Webhook(secret).verify(last?.body ?? "", {
        "webhook-id": String(last?.headers["webhook-id"]),
        "webhook-timestamp": String(last?.headers["webhook-timestamp"]),
        "webhook-signature": String(last?.headers["webhook-signature"])
      })
    ).toMatchObject({ type: "message.posted" })

    await dialog(dara)
      .getByRole("button", { name: /^Change 127/ })
      .click()
    await dara.page.getByRole("menuitem", { name: "Pause" }).click()
    await dialog(dara).getByText("paused", { exact: true }).waitFor()
  })
})
