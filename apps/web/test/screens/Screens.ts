// Scenes in a real browser, under the server's policy, each in a fresh profile; what the page complains of fails its test.
import { readFile } from "node:fs/promises"
import { chromium } from "playwright-core"
import type { Browser, Page } from "playwright-core"
import { afterAll, beforeAll, expect, inject, vi } from "vitest"
import { axePath } from "../../../../tests/chromium.ts"
import type { scenes } from "../preview/scenes.ts"
import { serveScreens } from "../preview/serve.ts"

export const phone = { width: 390, height: 844 }
export const desk = { width: 1280, height: 800 }

/** Through what window a scene is seen, and in which theme. */
export interface Look {
  readonly viewport: typeof phone
  readonly theme: "light" | "dark"
}

export const atDesk: Look = { viewport: desk, theme: "light" }
export const onPhone: Look = { viewport: phone, theme: "dark" }
export const everyLook: ReadonlyArray<Look> = [phone, desk].flatMap((viewport) =>
  (["light", "dark"] as const).map((theme) => ({ viewport, theme }))
)

/** What is waited for comes at once; a busy machine may take its time. */
export const patience = { timeout: 10_000 }

/** Opens scenes, for the tests of the file that calls it. */
export const createScreens = () => {
  let screens: Awaited<ReturnType<typeof serveScreens>>
  let browser: Browser
  beforeAll(async () => {
    const { executablePath, env, args } = inject("chromium")
    vi.stubEnv("NODE_ENV", "production")
    screens = await serveScreens(inject("screens"))
    browser = await chromium.launch({ executablePath, env, args: [...args] })
  })
  afterAll(async () => {
    await browser.close()
    await screens.close()
  })
  /** Opens a scene in a fresh browser; fails with what the page complains of, a breach of the policy among it. */
  const look = async <A>(
    scene: keyof typeof scenes,
    { viewport, theme }: Look,
    act: (page: Page) => Promise<A>
  ): Promise<A> => {
    const isPhone = viewport === phone
    // The system asks for the other theme, so what is seen is the forced one.
    const colorScheme = theme === "dark" ? "light" : "dark"
    // Without motion, so that what is measured stands still.
    const context = await browser.newContext({
      viewport,
      colorScheme,
      hasTouch: isPhone,
      isMobile: isPhone,
      reducedMotion: "reduce"
    })
    const complaints: Array<string> = []
    const page = await context.newPage()
    page.on("pageerror", (error) => complaints.push(String(error)))
    page.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning") complaints.push(message.text())
    })
    try {
      page.setDefaultTimeout(10_000)
      await page.goto(`${screens.url}?scene=${scene}&theme=${theme}`)
      await page.locator("main").waitFor()
      const result = await act(page)
      expect(complaints).toEqual([])
      return result
    } catch (error) {
      // What the page complained of explains best why something did not come.
      expect(complaints).toEqual([])
      throw error
    } finally {
      await context.close()
    }
  }
  return { look }
}

/** What axe finds wrong with a page. */
export const violations = async (page: Page): Promise<ReadonlyArray<string>> => {
  await page.evaluate(await readFile(axePath(), "utf8"))
  return page.evaluate<ReadonlyArray<string>>(
    "axe.run().then((result) => result.violations.map((v) => v.id + ': ' + v.nodes.map((n) => n.html + ' ' + n.failureSummary).join('; ')))"
  )
}
