// The page to try the API on, in a real browser, under its content security policy.
import { chromium as playwright } from "playwright-core"
import type { Browser } from "playwright-core"
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest"
import { Server } from "./product/Server.ts"

let browser: Browser
let server: Server

beforeAll(async () => {
  const { executablePath, env, args } = inject("chromium")
  browser = await playwright.launch({ executablePath, env, args: [...args] })
  server = await Server.start()
})

afterAll(async () => {
  await browser.close()
  await server.stop()
})

describe("the page at /docs", () => {
  it("sends the example of an endpoint as whoever is logged in, and meets nothing that its policy forbids", async () => {
    const page = await browser.newPage()
    page.setDefaultTimeout(15_000)
    const complaints: Array<string> = []
    const sent: Array<string> = []
    page.on("console", (message) => {
      if (message.type() === "error") complaints.push(message.text())
    })
    page.on("pageerror", (error) => complaints.push(error.message))
    page.on("request", (request) => sent.push(request.url()))

    await page.goto(`${server.url}/docs`)
    await page.getByText("Come in as a guest").click()
    await page.getByRole("button", { name: "Try it out" }).click()
    await page.getByRole("button", { name: "Execute" }).click()
    await page.getByText('"isGuest": true').first().waitFor()
    expect(await page.locator(".live-responses-table tbody .response-col_status").first().textContent()).toContain(
      "200"
    )

    expect(complaints).toEqual([])
    expect(sent.filter((url) => !url.startsWith(server.url) && !url.startsWith("data:"))).toEqual([])
  })
})
