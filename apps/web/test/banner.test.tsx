import type { ConnectionState } from "@messenger/client/ConnectionState"
import { createRoot, createSignal } from "solid-js"
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { createBanner, quietMillis } from "../src/connection/banner.ts"
import { texts } from "../src/texts.ts"
import { scenes } from "./preview/scenes.ts"

const open = scenes.conversation.connection
const connecting = (attempt: number): ConnectionState => ({ _tag: "Connecting", attempt })
const waitingUntil = (untilMillis: number): ConnectionState => ({
  _tag: "Waiting",
  attempt: 1,
  untilMillis,
  isDraining: false
})

const watch = (first: ConnectionState) => {
  const [connection, setConnection] = createSignal(first)
  return createRoot((dispose) => ({ text: createBanner(connection), become: setConnection, dispose }))
}

describe("the connection's banner", () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it("is silent during the first second of a first load, then says that it connects", () => {
    const { text, dispose } = watch(connecting(0))
    vi.advanceTimersByTime(quietMillis - 1)
    expect(text()).toBe(undefined)
    vi.advanceTimersByTime(1)
    expect(text()).toBe(texts.connection.connecting)
    dispose()
  })

  it("says nothing of a loss that heals within a second", () => {
    const { text, become, dispose } = watch(open)
    become(waitingUntil(Date.now() + 500))
    vi.advanceTimersByTime(quietMillis - 1)
    become(open)
    vi.advanceTimersByTime(quietMillis)
    expect(text()).toBe(undefined)
    dispose()
  })

  it("counts down to the next try, says that it tries, and goes when the connection is back", () => {
    const { text, become, dispose } = watch(open)
    become(waitingUntil(Date.now() + 5_000))
    vi.advanceTimersByTime(quietMillis)
    expect(text()).toBe(texts.connection.lostUntil(4))
    vi.advanceTimersByTime(2_000)
    expect(text()).toBe(texts.connection.lostUntil(2))
    become(connecting(1))
    expect(text()).toBe(texts.connection.lost)
    become(open)
    expect(text()).toBe(undefined)
    dispose()
  })

  it("says when the device itself is offline", () => {
    const { text, become, dispose } = watch(open)
    become({ _tag: "Offline", attempt: 1, untilMillis: Date.now() + 20_000 })
    vi.advanceTimersByTime(quietMillis)
    expect(text()).toBe(texts.connection.offline)
    dispose()
  })
})
