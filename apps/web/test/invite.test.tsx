import type { DetachedWindowAPI } from "happy-dom"
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { texts } from "../src/texts.ts"
import { scenes } from "./preview/scenes.ts"
import { visit } from "./preview/visit.tsx"

// The only way to be at another origin.
declare const happyDOM: DetachedWindowAPI

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "requestAnimationFrame", "Date"] })
  Object.assign(document, { execCommand: () => true })
})
afterEach(() => void vi.useRealTimers())

const at = async (address: string, act: (page: ReturnType<typeof visit>) => Promise<void>) => {
  const before = location.href
  happyDOM.setURL(`${address}/r/lobby`)
  const page = visit(scenes.conversation, "/r/lobby")
  try {
    await act(page)
  } finally {
    page.leave()
    happyDOM.setURL(before)
  }
}

describe("the link of a room", () => {
  it("is copied, and that is said for a moment", () =>
    at("https://chat.example.org", async (page) => {
      await page.press(texts.invite.action)
      expect(page.voice()).toBe("Link copied")
      expect(page.has("button", "Link copied")).toBe(true)
      expect(page.text()).not.toContain("PUBLIC_URL")
      await vi.advanceTimersByTimeAsync(3_000)
      expect(page.has("button", "Link copied")).toBe(false)
    }))

  it.each(["localhost", "127.0.0.1", "[::1]"])(
    "of %s is said to be of no use elsewhere, for long enough to read it",
    (host) =>
      at(`http://${host}:4000`, async (page) => {
        await page.press(texts.invite.action)
        expect(page.voice()).toBe(`Link copied. ${texts.invite.onlyHere(host)}`)
        await vi.advanceTimersByTimeAsync(8_000)
        expect(page.root.querySelector("header")?.textContent).toContain(texts.invite.onlyHere(host))
        await vi.advanceTimersByTimeAsync(5_000)
        expect(page.root.querySelector("header")?.textContent).not.toContain("PUBLIC_URL")
      })
  )

  it("that is copied by hand says it too", () =>
    at("http://localhost:4000", async (page) => {
      Object.assign(document, { execCommand: () => false })
      await page.press(texts.invite.action)
      expect(page.voice()).toBe(texts.invite.onlyHere("localhost"))
      expect(page.root.querySelector("header")?.textContent).toContain("PUBLIC_URL")
    }))
})
