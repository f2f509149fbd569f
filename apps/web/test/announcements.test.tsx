import type { Message } from "@messenger/protocol/Message"
import * as RoomView from "@messenger/protocol/RoomView"
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { bundleMillis, createAnnouncements } from "../src/room/announcements.ts"
import { ada, dara, heron, hook, kim, logOf, mio, roomNamed, said, saidAs } from "./preview/people.ts"

const log = logOf(roomNamed("lobby"))

const view = (...messages: ReadonlyArray<Message>): RoomView.RoomView => ({
  ...RoomView.empty,
  cursor: { log, number: messages.at(-1)?.number ?? 0 },
  messages
})

const listen = () => {
  const heard: Array<string> = []
  const announcements = createAnnouncements(
    ada.id,
    (user) => user,
    (text) => heard.push(text)
  )
  return { ...announcements, heard }
}

describe("the voice of the open room", () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it("says who said what when one message comes", () => {
    const { see, heard } = listen()
    see(view(said(1, heron, 0, "old")))
    see(view(said(1, heron, 0, "old"), said(2, heron, 0, "hello")))
    vi.advanceTimersByTime(bundleMillis)
    expect(heard).toEqual(["Heron: hello"])
  })

  it("says of a program that it is one, and by whose webhook it speaks", () => {
    const { see, heard } = listen()
    const old = said(1, heron, 0, "old")
    const alias = saidAs({ name: "Dara Rowan" }, 2, hook, 0, "hello")
    see(view(old))
    see(view(old, alias))
    vi.advanceTimersByTime(bundleMillis)
    see(view(old, alias, said(3, hook, 0, "done")))
    vi.advanceTimersByTime(bundleMillis)
    expect(heard).toEqual(["Dara Rowan (app, via GitHub): hello", "GitHub (app): done"])
  })

  it("is silent about history, also when older pages come in", () => {
    const { see, heard } = listen()
    see(RoomView.empty)
    see(view(said(50, heron, 0, "newest")))
    see(view(said(48, heron, 0, "a"), said(49, kim, 0, "b"), said(50, heron, 0, "newest")))
    vi.advanceTimersByTime(10 * bundleMillis)
    expect(heard).toEqual([])
  })

  it("is silent about what one says oneself, and about edits", () => {
    const { see, heard } = listen()
    see(view(said(1, heron, 0, "a")))
    see(view({ ...said(1, heron, 0, "b"), change: 2 }, said(3, ada, 0, "mine")))
    vi.advanceTimersByTime(10 * bundleMillis)
    expect(heard).toEqual([])
  })

  it("bundles what comes fast into one sentence", () => {
    const { see, heard } = listen()
    const messages = [said(1, heron, 0, "a")]
    see(view(...messages))
    for (const [index, author] of [heron, kim, heron, dara].entries()) {
      messages.push(said(index + 2, author, 0, "x"))
      see(view(...messages))
      vi.advanceTimersByTime(bundleMillis / 5)
    }
    vi.advanceTimersByTime(bundleMillis)
    expect(heard).toEqual(["4 new messages from Heron, Kim Juniper and Dara Rowan"])
  })

  it("counts the people when there are more than three", () => {
    const { see, heard } = listen()
    see(view())
    see(view(...[heron, kim, dara, mio].map((author, index) => said(index + 1, author, 0, "x"))))
    vi.advanceTimersByTime(bundleMillis)
    expect(heard).toEqual(["4 new messages from 4 people"])
  })

  it("takes what another log begins with for history", () => {
    const { see, heard } = listen()
    see(view(said(9, heron, 0, "a")))
    see({ ...view(said(20, heron, 0, "b")), cursor: { log: logOf(roomNamed("restored")), number: 20 } })
    vi.advanceTimersByTime(bundleMillis)
    expect(heard).toEqual([])
  })

  it("says nothing any more once the room is left", () => {
    const { see, stop, heard } = listen()
    see(view())
    see(view(said(1, heron, 0, "a")))
    stop()
    vi.advanceTimersByTime(bundleMillis)
    expect(heard).toEqual([])
  })
})
