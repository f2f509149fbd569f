import { createRoot } from "solid-js"
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { createIdle } from "../src/presence/idle.ts"

const fiveMinutes = 5 * 60_000

describe("being idle", () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it("begins five minutes after the last sign of the reader and ends with the next", () => {
    const { isIdle, dispose } = createRoot((dispose) => ({ isIdle: createIdle(fiveMinutes), dispose }))
    vi.advanceTimersByTime(fiveMinutes - 1_000)
    window.dispatchEvent(new Event("pointermove"))
    vi.advanceTimersByTime(fiveMinutes - 1)
    expect(isIdle()).toBe(false)
    vi.advanceTimersByTime(1)
    expect(isIdle()).toBe(true)
    window.dispatchEvent(new Event("keydown"))
    expect(isIdle()).toBe(false)
    vi.advanceTimersByTime(fiveMinutes)
    expect(isIdle()).toBe(true)
    dispose()
  })
})
