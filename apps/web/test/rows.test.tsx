import type { OutboxEntry } from "@messenger/client/OutboxEntry"
import { ClientKey } from "@messenger/protocol/Message"
import type { Message } from "@messenger/protocol/Message"
import { describe, expect, it } from "vitest"
import { groupWithinMillis, rowsOf } from "../src/room/rows.ts"
import type { Conversation, Row } from "../src/room/rows.ts"
import { ada, heron, hook, kim, roomNamed, said, saidAs } from "./preview/people.ts"

const minute = 60_000
const day = 24 * 60 * minute
const lobby = roomNamed("lobby")

const rows = (given: Partial<Conversation>, previous: ReadonlyMap<string, Row> = new Map()) =>
  rowsOf(
    {
      messages: [],
      outgoing: [],
      me: ada,
      current: (user) => user,
      readUpTo: undefined,
      dayOf: (at) => Math.floor(at / day) * day,
      ...given
    },
    previous
  )

const written = (key: string, writtenAt: number): OutboxEntry => ({
  key: ClientKey.make(key),
  roomId: lobby.id,
  text: key,
  writtenAt,
  state: { _tag: "Sent" }
})

const opening = (list: ReadonlyArray<Row>, property: "opensGroup" | "opensNew") => list.map((row) => row[property])

describe("the rows of a conversation", () => {
  it("are one group while one author writes within five minutes", () => {
    const list = rows({
      messages: [
        said(1, heron, 0, "a"),
        said(2, heron, groupWithinMillis - 1, "b"),
        said(3, heron, 2 * groupWithinMillis, "c"),
        said(4, kim, 2 * groupWithinMillis, "d")
      ]
    })
    expect(opening(list, "opensGroup")).toEqual([true, false, true, true])
  })

  it("are one group while a program goes by one name and picture", () => {
    const build = { name: "Build", emoji: "🚂" }
    const list = rows({
      messages: [
        saidAs(build, 1, hook, 0, "a"),
        saidAs({ ...build }, 2, hook, 1, "b"),
        saidAs({ name: "Build" }, 3, hook, 2, "c"),
        saidAs({ name: "Heron" }, 4, hook, 3, "d"),
        said(5, hook, 4, "e"),
        said(6, hook, 5, "f")
      ]
    })
    expect(opening(list, "opensGroup")).toEqual([true, false, true, true, true, false])
  })

  it("open a day at its first message, and a group with it", () => {
    const list = rows({
      messages: [
        said(1, heron, day - minute, "a"),
        said(2, heron, day + minute, "b"),
        said(3, heron, day + minute, "c")
      ]
    })
    expect(list.map((row) => row.day)).toEqual([0, day, undefined])
    expect(opening(list, "opensGroup")).toEqual([true, true, false])
  })

  it("draw the line before the first message of somebody else that was not read", () => {
    const messages = [said(1, heron, 0, "a"), said(2, ada, 1, "b"), said(3, heron, 2, "c"), said(4, heron, 3, "d")]
    expect(opening(rows({ messages, readUpTo: 1 }), "opensNew")).toEqual([false, false, true, false])
    expect(opening(rows({ messages, readUpTo: 4 }), "opensNew")).toEqual([false, false, false, false])
  })

  it("draw no line in a room that was never read", () => {
    expect(opening(rows({ messages: [said(1, heron, 0, "a")], readUpTo: undefined }), "opensNew")).toEqual([false])
  })

  it("end with what is on its way, in the group of what one has just said", () => {
    const list = rows({ messages: [said(1, ada, 0, "a")], outgoing: [written("on-its-way-1", minute)] })
    expect(list.map((row) => row.content._tag)).toEqual(["Settled", "Outgoing"])
    expect(opening(list, "opensGroup")).toEqual([true, false])
  })

  it("show a message once, and under the same key, when it is in the history and in the outbox", () => {
    const entry = written("on-its-way-1", minute)
    const before = rows({ outgoing: [entry] })
    const settled: Message = { ...said(1, ada, minute, "a"), key: entry.key }
    const after = rows({ messages: [settled], outgoing: [entry] })
    expect(after.map((row) => row.content._tag)).toEqual(["Settled"])
    expect(after.map((row) => row.key)).toEqual(before.map((row) => row.key))
  })

  it("never put what is on its way on an older day than the message above it, whatever this device's clock says", () => {
    const list = rows({ messages: [said(1, heron, day, "a")], outgoing: [written("on-its-way-1", 0)] })
    expect(list.map((row) => row.day)).toEqual([day, undefined])
  })

  it("bear the names people have now, and are drawn anew only where one changed", () => {
    const messages = [said(1, heron, 0, "a"), said(2, kim, 1, "b")]
    const before = rows({ messages })
    const renamed = { ...heron, name: "Heron Grey" }
    const current = (user: typeof heron) => (user.id === heron.id ? renamed : user)
    const after = rows({ messages, current }, new Map(before.map((row) => [row.key, row])))
    expect(after.map(({ author }) => author.name)).toEqual(["Heron Grey", kim.name])
    expect(after.map((row, index) => row === before[index])).toEqual([false, true])
  })

  it("are the very same objects as before where nothing changed, also below older ones that came in", () => {
    const messages = [said(51, heron, day, "a"), said(52, kim, day, "b")]
    const before = rows({ messages })
    const older = said(50, kim, 0, "z")
    const after = rows({ messages: [older, ...messages] }, new Map(before.map((row) => [row.key, row])))
    expect(after.slice(1).map((row, index) => row === before[index])).toEqual([true, true])
  })
})
