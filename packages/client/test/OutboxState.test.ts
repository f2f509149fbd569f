import { CommandRejected } from "@messenger/protocol/Message"
import { describe, expect, it } from "vitest"
import type { StoredEntry } from "../src/OutboxEntry.ts"
import * as OutboxState from "../src/OutboxState.ts"
import type { OutboxState as State } from "../src/OutboxState.ts"
import { keyOf, roomIdOf } from "./MemoryServer.ts"

const lobby = roomIdOf("lobby")
const random = roomIdOf("random")

const key = (text: string) => keyOf(`key of ${text}`)
const onDisk = (text: string, roomId = lobby, refusal: StoredEntry["refusal"] = null): StoredEntry => ({
  key: key(text),
  roomId,
  text,
  writtenAt: 0,
  refusal
})
const stored = (...entries: ReadonlyArray<StoredEntry>): State => OutboxState.reloaded(OutboxState.empty, entries)
const written = (state: State, text: string, roomId = lobby): State =>
  OutboxState.add(state, { key: key(text), roomId, text, writtenAt: 0 })
const show = (state: State) => state.map(({ text, state: { _tag } }) => `${text} ${_tag}`)
const next = (state: State, roomId = lobby) => OutboxState.nextOf(state, roomId)?.text

describe("what a room sends next", () => {
  it("is its oldest message, whatever other rooms wait for", () => {
    const state = stored(onDisk("a", random), onDisk("b"), onDisk("c"))
    expect(next(state)).toBe("b")
    expect(next(state, random)).toBe("a")
    expect([...OutboxState.busyRooms(state)]).toEqual([random, lobby])
  })

  it("is nothing while its oldest message is not on disk, since it would overtake it", () => {
    const state = [...written(OutboxState.empty, "a"), ...stored(onDisk("b"))]
    expect(next(state)).toBe(undefined)
    expect(next(OutboxState.stored(state, key("a")))).toBe("a")
  })

  it("is neither what was refused nor what is settled", () => {
    const state = OutboxState.settled(
      stored(onDisk("a", lobby, new CommandRejected()), onDisk("b"), onDisk("c")),
      key("b"),
      7,
      true
    )
    expect(next(state)).toBe("c")
  })
})

describe("what other tabs have done", () => {
  it("shows their messages in the order of writing, and own ones that are not on disk last", () => {
    const state = written(stored(onDisk("mine")), "just written")
    expect(show(OutboxState.reloaded(state, [onDisk("theirs"), onDisk("mine")]))).toEqual([
      "theirs Waiting",
      "mine Waiting",
      "just written Waiting"
    ])
  })

  it("takes away what they have settled or discarded", () => {
    expect(show(OutboxState.reloaded(stored(onDisk("a"), onDisk("b")), [onDisk("b")]))).toEqual(["b Waiting"])
  })

  it("leaves what is on its way from here, or refused here a moment ago, as it is", () => {
    const state = OutboxState.refused(
      OutboxState.sent(stored(onDisk("a"), onDisk("b")), key("b")),
      key("a"),
      new CommandRejected()
    )
    expect(show(OutboxState.reloaded(state, [onDisk("a"), onDisk("b")]))).toEqual(["a Refused", "b Sent"])
  })

  it("shows what was refused there", () => {
    const state = OutboxState.sent(stored(onDisk("a")), key("a"))
    expect(show(OutboxState.reloaded(state, [onDisk("a", lobby, new CommandRejected())]))).toEqual(["a Refused"])
  })

  it("does not bring back what was settled here and is not off the disk yet", () => {
    const state = OutboxState.settled(stored(onDisk("a")), key("a"), 3, true)
    expect(show(OutboxState.reloaded(state, [onDisk("a")]))).toEqual(["a Settled"])
  })
})

describe("a message that was taken out", () => {
  it("is not brought back by what comes of it later", () => {
    const state = stored(onDisk("a"))
    const gone = key("b")
    expect(OutboxState.stored(state, gone)).toBe(state)
    expect(OutboxState.sent(state, gone)).toBe(state)
    expect(OutboxState.held(state, gone, 5)).toBe(state)
    expect(OutboxState.settled(state, gone, 3, true)).toBe(state)
    expect(OutboxState.refused(state, gone, new CommandRejected())).toBe(state)
    expect(OutboxState.removed(state, gone)).toBe(state)
  })
})

describe("a tab that drains no more", () => {
  it("has nothing on its way, and leaves the rest as it is", () => {
    const idle = OutboxState.settled(stored(onDisk("a"), onDisk("b")), key("b"), 3, true)
    expect(OutboxState.recalled(idle)).toBe(idle)
    expect(show(OutboxState.recalled(OutboxState.sent(idle, key("a"))))).toEqual(["a Waiting", "b Settled"])
  })
})

describe("a settled message", () => {
  const state = OutboxState.settled(stored(onDisk("a")), key("a"), 3, true)

  it("stays until the view has come to its number", () => {
    expect(show(OutboxState.seenUpTo(state, lobby, 2))).toEqual(["a Settled"])
    expect(show(OutboxState.seenUpTo(state, random, 3))).toEqual(["a Settled"])
    expect(show(OutboxState.seenUpTo(state, lobby, 3))).toEqual([])
  })

  it("goes when nobody looks at the room any more, or never did", () => {
    expect(show(OutboxState.unseen(state, lobby))).toEqual([])
    expect(show(OutboxState.settled(stored(onDisk("a")), key("a"), 3, false))).toEqual([])
  })
})
