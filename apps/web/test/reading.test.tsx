import { createRoot, createSignal } from "solid-js"
import { describe, expect, it } from "vitest"
import { createReading } from "../src/room/reading.ts"

const read = (start: { readonly marker: number | undefined; readonly newest: number }) =>
  createRoot((dispose) => {
    const [marker, setMarker] = createSignal(start.marker)
    const [newest, setNewest] = createSignal(start.newest)
    const [isAtEnd, setAtEnd] = createSignal(false)
    const [hasAttention, setAttention] = createSignal(true)
    const marked: Array<number> = []
    const readUpTo = createReading({
      marker,
      newest,
      isAtEnd,
      hasAttention,
      markRead: (number) => {
        marked.push(number)
        setMarker(number)
      }
    })
    return { readUpTo, setNewest, setAtEnd, setAttention, marked, dispose }
  })

describe("reading", () => {
  it("advances the marker when the newest message is in sight of somebody who looks", () => {
    const { setAtEnd, setNewest, setAttention, marked, dispose } = read({ marker: 3, newest: 5 })
    expect(marked).toEqual([])
    setAtEnd(true)
    expect(marked).toEqual([5])
    setAttention(false)
    setNewest(6)
    expect(marked).toEqual([5])
    setAttention(true)
    expect(marked).toEqual([5, 6])
    dispose()
  })

  it("does not advance while the reader is further up", () => {
    const { setAtEnd, setNewest, marked, dispose } = read({ marker: 5, newest: 5 })
    setAtEnd(true)
    setAtEnd(false)
    setNewest(6)
    expect(marked).toEqual([])
    dispose()
  })

  it("leaves the line where the reader came in, although the marker moves on", () => {
    const { readUpTo, setAtEnd, dispose } = read({ marker: 3, newest: 5 })
    setAtEnd(true)
    expect(readUpTo()).toBe(3)
    dispose()
  })

  it("moves the line to the newest message when the reader looks away, or scrolls up, from the end", () => {
    const { readUpTo, setAtEnd, setNewest, setAttention, dispose } = read({ marker: 3, newest: 5 })
    setAtEnd(true)
    setAttention(false)
    setNewest(7)
    expect(readUpTo()).toBe(5)
    setAttention(true)
    setAtEnd(false)
    expect(readUpTo()).toBe(7)
    dispose()
  })
})
