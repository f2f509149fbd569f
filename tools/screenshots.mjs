// Takes the pictures of the documents anew: a server full of the demo, and a browser that looks at it. Shows what a newcomer would see.
import { spawn, spawnSync } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { createServer } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { chromium as playwright } from "playwright-core"
import { chromium } from "../tests/chromium.ts"

if (process.argv.length > 2) {
  console.error("Takes no argument: it writes the pictures of docs/screenshots anew, which are under version control.")
  process.exit(1)
}

const folder = new URL("../docs/screenshots/", import.meta.url).pathname
const password = "a password for pictures"
const pictures = [
  { name: "room-1280-light", path: "/r/engineering", width: 1280, height: 800, colorScheme: "light" },
  { name: "room-390-dark", path: "/r/engineering", width: 390, height: 780, colorScheme: "dark" }
]

const others = ["emre", "noor", "goran", "rosa", "oscar"]

const enter = async (browser, username, options) => {
  const context = await browser.newContext({ ...options, baseURL: url })
  const answer = await context.request.post("/login", { data: { username, password }, headers: { origin: url } })
  if (!answer.ok()) throw new Error(`${username} could not log in: ${answer.status()}`)
  return context.newPage()
}

const freePort = () =>
  new Promise((resolve) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const { port } = probe.address()
      probe.close(() => resolve(port))
    })
  })

const isReady = async (url) => {
  for (;;) {
    const answer = await fetch(`${url}/readyz`).catch(() => undefined)
    if (answer?.ok) return
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

const dataDir = mkdtempSync(join(tmpdir(), "messenger-pictures-"))
const port = await freePort()
const url = `http://localhost:${port}`
const env = { ...process.env, DATA_DIR: dataDir, PORT: String(port) }
const seeded = spawnSync(process.execPath, ["apps/server/src/cli/messenger.ts", "seed", "--password", password], {
  env,
  stdio: ["ignore", "ignore", "inherit"]
})
if (seeded.status !== 0) process.exit(1)
const server = spawn(process.execPath, ["apps/server/src/start.ts"], { env, stdio: ["ignore", "ignore", "inherit"] })
try {
  await isReady(url)
  const browser = await playwright.launch(await chromium())
  // Whoever looks is not alone.
  for (const username of others) await (await enter(browser, username, {})).goto("/r/engineering")
  for (const { name, path, width, height, colorScheme } of pictures) {
    const page = await enter(browser, "ada", { viewport: { width, height }, colorScheme })
    await page.goto(path)
    await page.locator(".message-text").last().waitFor()
    await page.waitForTimeout(1_000)
    await page.screenshot({ path: join(folder, `${name}.png`) })
    console.log(`${name}.png`)
    await page.context().close()
  }
  await browser.close()
} finally {
  server.kill("SIGTERM")
  rmSync(dataDir, { recursive: true, force: true })
}
