import { RoomState } from "@messenger/chat/RoomState"
import type { Command, Reply } from "@messenger/chat/RoomStep"
import { UserId } from "@messenger/protocol/Account"
import { LogId } from "@messenger/protocol/Cursor"
import { ClientKey } from "@messenger/protocol/Message"
import type { Message } from "@messenger/protocol/Message"
import { RoomId, RoomNotFound, Slug } from "@messenger/protocol/Room"
import { describe, expect, it } from "vitest"

const roomId = RoomId.make("lobby")
const ada = { id: UserId.make("ada"), name: "Ada", isGuest: true }
const silent: Reply = { succeed: () => undefined, fail: () => undefined }

let keys = 0
const post = (text: string): Command => ({
  author: ada,
  key: ClientKey.make(`key-${String(++keys).padStart(8, "0")}`),
  hash: text,
  change: { _tag: "Post", text },
  denial: () => undefined,
  reply: silent
})

const roomAt = (head: number) =>
  new RoomState(roomId, {
    _tag: "Opened",
    log: LogId.make("log"),
    epoch: 1,
    head,
    lastMessage: head,
    room: { id: roomId, slug: Slug.make("lobby"), name: "lobby", topic: "", isPrivate: false, change: 0 }
  })

/** Takes it in and makes it durable. */
const write = (room: RoomState, command: Command) => {
  room.submit(command)
  room.next(0)
  room.appended()
}

const row = (number: number, change: number): Message => ({
  number,
  change,
  author: ada,
  key: ClientKey.make("key-of-row"),
  state: "Present",
  text: "",
  at: 0,
  editedAt: null
})

describe("a row that was read before its message changed", () => {
  it.each([0, 10, 511, 600])("is not believed, also with %i other messages written before that", (others) => {
    const room = roomAt(0)
    write(room, post("the message"))
    for (let number = 0; number < others; number++) write(room, post(`other ${number}`))
    const read = row(1, 1)
    write(room, {
      ...post(""),
      hash: "edit",
      change: { _tag: "Edit", message: 1, text: "edited" },
      base: read,
      seen: 1
    })
    write(room, post("one more"))
    expect(room.isFresh(read)).toBe(false)
    expect(room.isFresh(row(1, others + 2))).toBe(true)
  })
})

describe("a batch", () => {
  it("is numbered without a gap, and nothing else is sent while it flies", () => {
    const room = roomAt(7)
    room.submit(post("one"))
    room.submit(post("two"))
    const [commit] = room.next(0)
    room.submit(post("three"))
    expect(commit).toMatchObject({ _tag: "Commit", append: { head: 7, entries: [{ number: 8 }, { number: 9 }] } })
    expect(room.next(0)).toEqual([])
    room.appended()
    expect(room.next(0)).toMatchObject([{ append: { head: 9, entries: [{ number: 10 }] } }])
  })

  it("that the database refuses goes one by one, and only the one that is refused alone is refused", () => {
    const room = roomAt(0)
    for (const text of ["good", "bad", "fine"]) room.submit(post(text))
    room.next(0)
    expect(room.refused()).toEqual([])
    expect(room.next(0)).toMatchObject([{ append: { entries: [{ change: { text: "good" } }] } }])
    room.appended()
    expect(room.next(0)).toMatchObject([{ append: { entries: [{ change: { text: "bad" } }] } }])
    expect(room.refused()).toMatchObject([{ _tag: "Refuse", refusal: { _tag: "CommandRejected" } }])
    expect(room.next(0)).toMatchObject([{ append: { entries: [{ number: 2, change: { text: "fine" } }] } }])
  })

  it("of which some keys are known answers those with their first result, and numbers the rest anew", () => {
    const room = roomAt(0)
    const again = post("again")
    room.submit(again)
    room.submit(post("new"))
    room.next(0)
    const known = { author: ada.id, key: again.key, hash: "again", message: 1, change: 1, at: 5 }
    expect(room.keysKnown([known])).toMatchObject([{ _tag: "Answer", receipt: { number: 1, at: 5 } }])
    expect(room.next(0)).toMatchObject([{ append: { entries: [{ number: 1, change: { text: "new" } }] } }])
  })
})

describe("a key that is used again before its first use is answered", () => {
  /** Keeps what it is answered. */
  const listener = () => {
    const heard: Array<string> = []
    return { heard, reply: { succeed: () => void heard.push("receipt"), fail: () => void heard.push("refusal") } }
  }

  it("writes once and answers both alike", () => {
    const room = roomAt(0)
    const command = post("one")
    room.submit(command)
    const [commit] = room.next(0)
    expect(room.submit({ ...command, reply: listener().reply })).toEqual([])
    expect(commit).toMatchObject({ append: { entries: [{ number: 1 }] } })
    const answers = room.appended().filter(({ _tag }) => _tag === "Answer")
    expect(answers).toMatchObject([{ receipt: { number: 1 } }, { receipt: { number: 1 } }])
    expect(room.next(0)).toEqual([])
  })

  it("is refused at once with another text, and the first use goes on", () => {
    const room = roomAt(0)
    const command = post("one")
    room.submit(command)
    const { reply } = listener()
    expect(room.submit({ ...command, hash: "another", reply })).toMatchObject([
      { _tag: "Refuse", reply, refusal: { _tag: "IdempotencyKeyReused" } }
    ])
    room.next(0)
    expect(room.appended()).toMatchObject([{ _tag: "Answer" }, { _tag: "Publish" }])
  })
})

describe("a command whose author has lost the right", () => {
  const lost = new RoomNotFound()
  const heard = (text: string) => {
    const answers: Array<unknown> = []
    const reply: Reply = { succeed: (receipt) => answers.push(receipt), fail: (refusal) => answers.push(refusal) }
    return { answers, command: { ...post(text), denial: () => lost, reply } }
  }

  it("is not numbered: the log is asked for its key first, and then it is refused", () => {
    const room = roomAt(0)
    const { answers, command } = heard("too late")
    room.submit(command)
    room.submit(post("in time"))
    const [ask, commit] = room.next(0)
    expect(ask).toMatchObject({ _tag: "AskKey", key: { author: ada.id, key: command.key }, denial: lost })
    expect(commit).toMatchObject({ _tag: "Commit", append: { entries: [{ number: 1, hash: "in time" }] } })
    expect(room.isQuiet).toBe(false)
    const steps = room.keyAnswered({ author: ada.id, key: command.key }, undefined, lost)
    expect(steps).toMatchObject([{ _tag: "Refuse", refusal: lost }])
    expect(answers).toEqual([])
  })

  it("is answered its first result when the log knows its key", () => {
    const room = roomAt(7)
    const { command } = heard("long ago")
    room.submit(command)
    room.next(0)
    const known = { author: ada.id, key: command.key, hash: command.hash, message: 3, change: 3, at: 5 }
    const steps = room.keyAnswered({ author: ada.id, key: command.key }, known, lost)
    expect(steps).toMatchObject([{ _tag: "Answer", receipt: { number: 3, at: 5 } }])
    expect(room.isQuiet).toBe(true)
  })
})
