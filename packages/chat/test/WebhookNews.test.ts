import { joined, newsOf } from "@messenger/chat/WebhookNews"
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

/** Chance that is the same in every run. */
const dice = (seed: number) => {
  let state = seed
  return (sides: number) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return Math.floor((state / 2_147_483_648) * sides)
  }
}

/** A log of rows as they are now, which is written to and read while it grows. */
class Log {
  readonly rows = new Map<number, Message>()
  head = 0

  write(roll: (sides: number) => number): void {
    this.head++
    const old = this.rows.get(1 + roll(this.head))
    if (old === undefined || old.state === "Deleted" || roll(3) > 0) this.rows.set(this.head, row(this.head))
    else this.rows.set(old.number, row(old.number, this.head, roll(3) === 0 ? "Deleted" : "Present"))
  }

  /** As the storage answers: `size` rows in the order of their last change, or of their numbers. */
  stretchAfter(from: number, size: number): Stretch {
    const changed = [...this.rows.values()]
      .filter(({ change }) => change > from)
      .toSorted((a, b) => a.change - b.change)
    const messages = changed.slice(0, size)
    if (changed.length <= size) return { from, upTo: this.head, messages }
    const posted = [...this.rows.values()].filter(({ number }) => number > from).toSorted((a, b) => a.number - b.number)
    const history = { messages: posted.slice(0, size), hasNewer: posted.length > size }
    return joined({ from, upTo: messages.at(-1)?.change ?? from, messages }, history)
  }
}

describe("who follows a log by its news", () => {
  it("hears of every message that is there once, in order, and last of how it is now, however much is read at a time", () => {
    for (let seed = 1; seed <= 200; seed++) {
      const roll = dice(seed)
      const log = new Log()
      const heard: Array<{ readonly event: WebhookEvent; readonly message: Message }> = []
      let cursor = 0
      const read = () => {
        const { news, upTo } = newsOf(log.stretchAfter(cursor, 1 + roll(5)), all, 1 + roll(5))
        for (const { event, number } of news) {
          const message = log.rows.get(number)
          if (message !== undefined) heard.push({ event, message })
        }
        expect(upTo).toBeGreaterThan(cursor)
        cursor = upTo
      }
      for (let step = 0; step < 120; step++) {
        if (cursor < log.head && roll(4) === 0) read()
        else log.write(roll)
      }
      while (cursor < log.head) read()

      const posts = heard.filter(({ event }) => event === "message.posted").map(({ message }) => message.number)
      expect(posts).toEqual([...new Set(posts)].toSorted((a, b) => a - b))
      const last = new Map(heard.map(({ message }) => [message.number, message]))
      const rows = [...log.rows.values()]
      const present = rows.filter(({ state }) => state !== "Deleted").map(({ number }) => number)
      expect(posts).toEqual(expect.arrayContaining(present))
      const known = rows.filter(({ number }) => posts.includes(number))
      expect(known.map(({ number }) => last.get(number))).toEqual(known)
    }
  })
})
