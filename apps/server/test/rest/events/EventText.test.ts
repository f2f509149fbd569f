import { describe, expect, it } from "@effect/vitest"
import { broadcast } from "@messenger/chat/Sink"
import { UserId } from "@messenger/protocol/Account"
import { LogId } from "@messenger/protocol/Cursor"
import { ClientKey, type Message } from "@messenger/protocol/Message"
import { RoomFrame } from "@messenger/protocol/RoomFeed"
import { Room } from "@messenger/protocol/Room"
import { Option, Schema } from "effect"
import { bytesOf, helloOf, parseCursor } from "../../../src/rest/events/EventText.ts"

const log = LogId.make("log1")
const encode = Schema.encodeSync(Schema.toCodecJson(RoomFrame))
const said = (...frames: ReadonlyArray<RoomFrame>) =>
  broadcast(
    "durable",
    frames.map((frame) => JSON.stringify(encode(frame)))
  )
const textOf = (...frames: ReadonlyArray<RoomFrame>) => bytesOf(said(...frames)).toString()

const ada = { id: UserId.make("ada"), name: "Ada", isGuest: false }
const message = (number: number, change: number, text: string): Message => ({
  number,
  change,
  author: ada,
  key: ClientKey.make(`key-${number}-xyz`),
  state: "Present",
  text,
  at: 0,
  editedAt: null
})
const room = Schema.decodeSync(Room)({
  id: "lobby",
  slug: "lobby",
  name: "lobby",
  topic: "",
  isPrivate: false,
  change: 9
})

describe("what is told as Server-Sent Events", () => {
  it("has an id for each durable event, from which the rest of its batch follows", () => {
    const [two, five] = [message(2, 7, "two\nlines \u2028"), message(5, 8, "five")]
    expect(
      textOf({
        _tag: "Changes",
        cursor: { log, number: 9 },
        changes: [
          { _tag: "MessageChanged", message: two },
          { _tag: "MessageChanged", message: five },
          { _tag: "RoomChanged", room }
        ]
      })
    ).toBe(
      `id: log1~7\nevent: message\ndata: ${JSON.stringify(two)}\n\n` +
        `id: log1~8\nevent: message\ndata: ${JSON.stringify(five)}\n\n` +
        `id: log1~9\nevent: room\ndata: ${JSON.stringify(room)}\n\n` +
        "id: log1~9\n\n"
    )
  })

  it("has no id for what is not kept", () => {
    const people = {
      _tag: "People" as const,
      count: 1,
      isCrowded: false,
      people: [{ user: ada, status: "online" as const }]
    }
    expect(textOf({ _tag: "Latest", values: [people] })).toBe(`event: presence\ndata: ${JSON.stringify(people)}\n\n`)
    expect(textOf({ _tag: "Ephemeral", event: { _tag: "Typing", user: ada, isTyping: true } })).toBe(
      `event: typing\ndata: ${JSON.stringify({ user: ada, isTyping: true })}\n\n`
    )
  })

  it("begins where the snapshot stands, and anew where there is no way on", () => {
    const cursor = { log, number: 3 }
    const state = { room, messages: [message(3, 3, "three")], hasOlder: true }
    expect(textOf({ _tag: "Snapshot", cursor, state })).toBe(
      `id: log1~3\nevent: ready\ndata: ${JSON.stringify({ cursor })}\n\n`
    )
    expect(textOf({ _tag: "Reset", reason: "TooOld", cursor, state })).toBe(
      `id: log1~3\nevent: reset\ndata: ${JSON.stringify({ reason: "TooOld", cursor, state })}\n\n`
    )
  })

  it("is made once, however many are told", () => {
    const given = said({ _tag: "Hello", log, epoch: 1, head: 3 }, { _tag: "Latest", values: [] })
    expect(bytesOf(given)).toBe(bytesOf(given))
    expect(helloOf(given)).toEqual(Option.some({ log, head: 3 }))
    expect(Option.isNone(helloOf(said({ _tag: "Latest", values: [] })))).toBe(true)
  })

  it("leaves out what a newer server may say", () => {
    const given = broadcast("durable", [
      '{"_tag":"Poll","question":"?"}',
      '{"_tag":"Ephemeral","event":{"_tag":"Wave"}}',
      '{"_tag":"Changes","cursor":{"log":"log1","number":4},"changes":[{"_tag":"Pinned"}]}'
    ])
    expect(bytesOf(given).toString()).toBe("id: log1~4\n\n")
  })
})

describe("the id of an event", () => {
  it("is a log and a number", () => {
    expect(parseCursor("log1~0")).toEqual(Option.some({ log: "log1", number: 0 }))
    expect(parseCursor("a-b_C~12")).toEqual(Option.some({ log: "a-b_C", number: 12 }))
    for (const id of [
      "",
      "5",
      "log1",
      "log1~",
      "log1~x",
      "log1~-1",
      "log1~01",
      "~5",
      "log1~9999999999999999",
      "lo g~1",
      "log1~5~5"
    ])
      expect([id, parseCursor(id)]).toEqual([id, Option.none()])
  })
})
