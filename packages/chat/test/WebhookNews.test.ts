import { newsOf } from "@messenger/chat/WebhookNews"
import type { Stretch } from "@messenger/chat/WebhookNews"
import { UserId } from "@messenger/protocol/Account"
import { ClientKey } from "@messenger/protocol/Message"
import type { Message } from "@messenger/protocol/Message"
import type { WebhookEvent } from "@messenger/protocol/Webhook"
import { describe, expect, it } from "@effect/vitest"

const row = (number: number, change = number, state: Message["state"] = "Present"): Message => ({
  number,
  change,
  author: { id: UserId.make("ada"), name: "Ada", isGuest: false },
  key: ClientKey.make(`key-${String(number).padStart(8, "0")}`),
  state,
  text: state === "Deleted" ? "" : `text ${number}`,
  at: 0,
  editedAt: change === number ? null : 1
})

const all: ReadonlyArray<WebhookEvent> = ["message.posted", "message.edited", "message.deleted"]

const told = (stretch: Stretch, events = all, limit = 100) => {
  const { news, upTo } = newsOf(stretch, events, limit)
  return { news: news.map(({ event, number }) => `${event} ${number}`), upTo }
}

describe("the news of a stretch of a log", () => {
  it("are the posts in it, and the changes of what was posted before, in the order of the log", () => {
    const messages = [row(11), row(4, 12), row(13), row(2, 14, "Deleted")]
    expect(told({ from: 10, upTo: 14, messages })).toEqual({
      news: ["message.posted 11", "message.edited 4", "message.posted 13", "message.deleted 2"],
      upTo: 14
    })
  })

  it("tell once, as posted and at its place, of what was posted and edited in it", () => {
    const messages = [row(12), row(11, 13)]
    expect(told({ from: 10, upTo: 13, messages }).news).toEqual(["message.posted 11", "message.posted 12"])
  })

  it("pass over what was posted and deleted in it, and go as far", () => {
    expect(told({ from: 10, upTo: 12, messages: [row(11, 12, "Deleted")] })).toEqual({ news: [], upTo: 12 })
  })

  it("are those that the webhook wants to hear of; what is passed over takes no room", () => {
    const messages = [row(11), row(4, 12), row(13)]
    expect(told({ from: 10, upTo: 13, messages }, ["message.edited"], 1)).toEqual({
      news: ["message.edited 4"],
      upTo: 13
    })
  })

  it("end where there is no more room, so that the rest is found again", () => {
    const messages = [row(11), row(12), row(13)]
    expect(told({ from: 10, upTo: 13, messages }, all, 2)).toEqual({
      news: ["message.posted 11", "message.posted 12"],
      upTo: 12
    })
    expect(told({ from: 12, upTo: 13, messages: [row(13)] })).toEqual({ news: ["message.posted 13"], upTo: 13 })
  })

  it("tell of a post whose last change lies behind the end of the stretch, and of that change when its time comes", () => {
    const changed = row(11, 20)
    expect(told({ from: 10, upTo: 13, messages: [row(12), row(13), changed] }).news).toEqual([
      "message.posted 11",
      "message.posted 12",
      "message.posted 13"
    ])
    expect(told({ from: 13, upTo: 20, messages: [changed] }).news).toEqual(["message.edited 11"])
  })
})
