import { describe, expect, it } from "@effect/vitest"
import { UserId } from "@messenger/protocol/Account"
import { LogId } from "@messenger/protocol/Cursor"
import { ClientKey, type Message } from "@messenger/protocol/Message"
import { changeEvents } from "../../src/phoenix/RoomEvents.ts"

const log = LogId.make("log1")

const changed = (message: Partial<Message> & Pick<Message, "number">) => ({
  _tag: "MessageChanged" as const,
  message: {
    change: message.number,
    author: { id: UserId.make("ada"), name: "Ada", isGuest: false },
    key: ClientKey.make("key-00000001"),
    state: "Present" as const,
    text: "hello",
    at: 1_700_000_000_000,
    editedAt: null,
    ...message
  }
})

const told = (changes: ReturnType<typeof changed>[], from: number) =>
  changeEvents(log, changes, from, new Set()).map(({ event, payload }) => [
    event,
    "id" in payload ? payload.id : undefined
  ])

describe("the changes of a log", () => {
  it("are new messages as they are posted, and changes of messages that the reader knows", () => {
    expect(told([changed({ number: 5 }), changed({ number: 3, change: 6 })], 4)).toEqual([
      ["new_message", 5],
      ["message_changed", 3]
    ])
  })

  it("tell a message once as new, also when it was changed in the same breath, or before the reader came back", () => {
    expect(told([changed({ number: 5 }), changed({ number: 5, change: 6 })], 4)).toEqual([
      ["new_message", 5],
      ["message_changed", 5]
    ])
    expect(told([changed({ number: 6 }), changed({ number: 5, change: 7, editedAt: 1 })], 4)).toEqual([
      ["new_message", 6],
      ["new_message", 5]
    ])
  })

  it("do not tell of a message as new that was deleted before the reader came back", () => {
    expect(told([changed({ number: 5, change: 7, state: "Deleted", text: "" })], 4)).toEqual([["message_changed", 5]])
  })

  it("carry the cursor after each, so that whoever stops between two goes on from there", () => {
    const events = changeEvents(log, [changed({ number: 5 }), changed({ number: 3, change: 6 })], 4, new Set())
    expect(events.map(({ payload }) => payload)).toMatchObject([{ cursor: "log1.5" }, { cursor: "log1.6" }])
  })

  it("name people and programs, and show a webhook's name beside its own", () => {
    const author = { id: UserId.make("hook"), name: "Deploys", isGuest: false, isApp: true as const }
    const [event] = changeEvents(
      log,
      [changed({ number: 1, author, alias: { name: "CI", emoji: "🚀" } })],
      0,
      new Set()
    )
    expect(event?.payload).toEqual({
      id: 1,
      number: 1,
      text: "hello",
      user: { id: "hook", name: "Deploys", app: true },
      alias: { name: "CI", emoji: "🚀" },
      key: "key-00000001",
      at: 1_700_000_000_000,
      inserted_at: "2023-11-14T22:13:20.000Z",
      cursor: "log1.1"
    })
  })
})
