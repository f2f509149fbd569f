import { UserId } from "@messenger/protocol/Account"
import { LogId } from "@messenger/protocol/Cursor"
import * as Limits from "@messenger/protocol/Limits"
import { ClientKey } from "@messenger/protocol/Message"
import type { Message } from "@messenger/protocol/Message"
import { RoomId, Slug } from "@messenger/protocol/Room"
import type { RoomChange, RoomFrame } from "@messenger/protocol/RoomFeed"
import * as RoomView from "@messenger/protocol/RoomView"
import { describe, expect, it } from "vitest"

const person = (name: string) => ({ id: UserId.make(name), name, isGuest: false })
const room = (name: string, change: number) => ({
  id: RoomId.make("lobby"),
  slug: Slug.make("lobby"),
  name,
  topic: "",
  isPrivate: false,
  change
})
const row = (number: number, text: string, change = number, author = "ada"): Message => ({
  number,
  change,
  author: person(author),
  key: ClientKey.make(`key-${String(number).padStart(8, "0")}`),
  state: "Present",
  text,
  at: 0,
  editedAt: null
})
const message = (message: Message): RoomChange => ({ _tag: "MessageChanged", message })
const cursor = (number: number) => ({ log: LogId.make("log"), number })
const changes = (upTo: number, ...all: ReadonlyArray<RoomChange>): RoomFrame => ({
  _tag: "Changes",
  cursor: cursor(upTo),
  changes: all
})
const typing = (name: string, isTyping = true): RoomFrame => ({
  _tag: "Ephemeral",
  event: { _tag: "Typing", user: person(name), isTyping }
})

/** A room called "tea" since change 3, of whose messages from number 4 on are held. */
const held = RoomView.apply(
  RoomView.empty,
  {
    _tag: "Snapshot",
    cursor: cursor(5),
    state: { room: room("tea", 3), messages: [row(4, "four"), row(5, "five")], hasOlder: true }
  },
  0
)

/** The view after frames that come at their times, in milliseconds. */
const after = (...frames: ReadonlyArray<RoomFrame | readonly [at: number, frame: RoomFrame]>): RoomView.RoomView =>
  frames.reduce<RoomView.RoomView>(
    (view, each) => ("_tag" in each ? RoomView.apply(view, each, 0) : RoomView.apply(view, each[1], each[0])),
    held
  )
const texts = (view: RoomView.RoomView) => view.messages.map(({ text }) => text)
const names = (view: RoomView.RoomView, now: number) => RoomView.typists(view, now).map(({ name }) => name)

describe("a room as its follower sees it", () => {
  it("has the newest of its names, in whatever order they arrive", () => {
    const renamed = after(changes(7, { _tag: "RoomChanged", room: room("coffee", 7) }))
    expect(renamed.room?.name).toBe("coffee")
    const late = RoomView.apply(renamed, changes(7, { _tag: "RoomChanged", room: room("milk", 6) }), 0)
    expect([late.room?.name, late.cursor?.number]).toEqual(["coffee", 7])
    const first = RoomView.apply(RoomView.empty, changes(3, { _tag: "RoomChanged", room: room("tea", 3) }), 0)
    expect(first.room?.name).toBe("tea")
  })

  it("takes of a message what changed last, also when it arrives twice or late", () => {
    const edited = message(row(5, "five, corrected", 7))
    expect(texts(after(changes(7, edited), changes(7, edited), changes(7, message(row(5, "older", 6)))))).toEqual([
      "four",
      "five, corrected"
    ])
  })

  it("gets no hole by the change of a message that it does not hold", () => {
    const view = after(changes(6, message(row(2, "two, corrected", 6))))
    expect(texts(view)).toEqual(["four", "five"])
    const page = {
      messages: [row(2, "two, corrected", 6), row(3, "three")],
      cursor: cursor(6),
      hasOlder: false,
      hasNewer: true
    }
    expect(texts(RoomView.applyOlder(view, page))).toEqual(["two, corrected", "three", "four", "five"])
  })

  it("advances past what it does not know, and keeps all it has", () => {
    const view = after(
      changes(8, { _tag: "Unknown", tag: "PollOpened" }),
      { _tag: "Latest", values: [{ _tag: "Unknown", tag: "Mood" }] },
      { _tag: "Ephemeral", event: { _tag: "Unknown", tag: "Wave" } },
      { _tag: "Unknown", tag: "Fireworks" }
    )
    expect(view).toEqual({ ...held, cursor: cursor(8) })
  })
})

describe("who types", () => {
  it("is named in order of ids, until they say no more for a while or say that they stopped", () => {
    const view = after([0, typing("cem")], [1_000, typing("ada")], [1_000, typing("ben")])
    expect(names(view, 1_000)).toEqual(["ada", "ben", "cem"])
    expect(names(view, Limits.typingExpiresMillis)).toEqual(["ada", "ben"])
    expect(names(RoomView.apply(view, typing("ben", false), 1_000), 1_000)).toEqual(["ada", "cem"])
  })

  it("is nobody who has just posted, and still whose older message was edited", () => {
    const view = after(typing("ada"), typing("ben"))
    expect(names(RoomView.apply(view, changes(6, message(row(6, "six"))), 0), 0)).toEqual(["ben"])
    expect(names(RoomView.apply(view, changes(6, message(row(5, "five!", 6))), 0), 0)).toEqual(["ada", "ben"])
  })
})
