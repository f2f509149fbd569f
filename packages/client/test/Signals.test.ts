// @vitest-environment happy-dom
import { afterEach, describe, expect, it, vi } from "vitest"
import { browser, silent, standard } from "../src/Signals.ts"
import type { Signal } from "../src/Signals.ts"

/** A page of a browser that is listened to, until the test ends or `stop` is called. */
const listening = () => {
  const heard: Array<Signal> = []
  const stop = browser((signal) => heard.push(signal))
  stops.push(stop)
  return { heard, stop }
}
const stops: Array<() => void> = []

/** The page is looked at, or another tab is. */
const setVisible = (isVisible: boolean) => {
  vi.spyOn(document, "visibilityState", "get").mockReturnValue(isVisible ? "visible" : "hidden")
  document.dispatchEvent(new Event("visibilitychange"))
}

/** The page is shown: anew, or as it was when it was left. */
const showPage = (persisted: boolean) =>
  window.dispatchEvent(Object.defineProperty(new Event("pageshow"), "persisted", { value: persisted }))

afterEach(() => {
  for (const stop of stops.splice(0)) stop()
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
})

describe("a browser", () => {
  it("says that its network came and went", () => {
    const { heard } = listening()
    window.dispatchEvent(new Event("offline"))
    window.dispatchEvent(new Event("online"))
    expect(heard).toEqual(["Offline", "Online"])
  })

  it("that has no network when it is first asked says so at once", () => {
    vi.spyOn(navigator, "onLine", "get").mockReturnValue(false)
    expect(listening().heard).toEqual(["Offline"])
  })

  it("says that a page woke when it is looked at again, and not when it is left", () => {
    const { heard } = listening()
    setVisible(false)
    expect(heard).toEqual([])
    setVisible(true)
    expect(heard).toEqual(["Woke"])
  })

  it("says that a page woke that comes back as it was left, and not of one that is loaded", () => {
    const { heard } = listening()
    showPage(false)
    expect(heard).toEqual([])
    showPage(true)
    expect(heard).toEqual(["Woke"])
  })

  it("says nothing to who stopped listening", () => {
    const { heard, stop } = listening()
    stop()
    window.dispatchEvent(new Event("offline"))
    window.dispatchEvent(new Event("online"))
    setVisible(true)
    showPage(true)
    expect(heard).toEqual([])
  })
})

describe("a device", () => {
  it("speaks by its page, and says nothing where there is none", () => {
    expect(standard()).toBe(browser)
    vi.stubGlobal("document", undefined)
    expect(standard()).toBe(silent)
    expect(() => silent(() => {})()).not.toThrow()
  })
})
