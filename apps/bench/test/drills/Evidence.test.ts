import { describe, expect, it } from "vitest"
import { violationsOf } from "@messenger/bench/drills/Evidence"
import type { Evidence, Followed, Seen, Written } from "@messenger/bench/drills/Evidence"

const seen = (number: number, key = `key-${number}`): Seen => ({ number, author: "ada", key, text: `text of ${key}` })

const written = (number: number, answers: ReadonlyArray<number | string> = [number]): Written => {
  const { author, key, text } = seen(number)
  return { roomId: "lobby", author, key, text, answers }
}

const followed = (told: ReadonlyArray<Seen>, from = 0, resets: ReadonlyArray<string> = []): Followed => ({
  follower: "Ben",
  roomId: "lobby",
  from,
  told,
  resets
})

/** Three messages, acknowledged, in the history, and told to one follower; parts are replaced by what a fault left. */
const drill = (parts: {
  readonly written?: ReadonlyArray<Written>
  readonly history?: ReadonlyArray<Seen>
  readonly followed?: ReadonlyArray<Followed>
}): Evidence => {
  const all = [seen(1), seen(2), seen(3)]
  const history = parts.history ?? all
  return {
    written: parts.written ?? [written(1), written(2), written(3)],
    histories: new Map([["lobby", history]]),
    followed: parts.followed ?? [followed(history)]
  }
}

const faults = (evidence: Evidence) => violationsOf(evidence).map(({ fault }) => fault)

describe("the judge of a drill", () => {
  it("finds nothing when every acknowledged message is there once and every follower was told of all, in order", () => {
    expect(faults(drill({}))).toEqual([])
  })

  it("finds an acknowledged message that is not in the history", () => {
    expect(faults(drill({ history: [seen(1), seen(3)] }))).toEqual(["Lost"])
  })

  it("finds a message that is in the history twice", () => {
    expect(faults(drill({ history: [seen(1), seen(2), seen(3), seen(4, "key-2")] }))).toEqual(["Doubled"])
  })

  it("finds a message that stands under another number than was acknowledged", () => {
    expect(faults(drill({ written: [written(1), written(2), written(3, [4])] }))).toEqual(["Altered"])
  })

  it("finds a message whose text is not what was written", () => {
    const changed = { ...seen(2), text: "something else" }
    expect(faults(drill({ history: [seen(1), changed, seen(3)] }))).toEqual(["Altered"])
  })

  it("finds two answers to one key that are not the same", () => {
    expect(faults(drill({ written: [written(1), written(2, [2, 5]), written(3)] }))).toEqual(["AnswersDiffer"])
  })

  it("finds a message that was refused for good and is there", () => {
    const refused = written(2, ["CommandRejected"])
    expect(faults(drill({ written: [written(1), refused, written(3)] }))).toEqual(["RefusedYetThere"])
  })

  it("accepts a message that was refused for good, each time, and is not there", () => {
    const refused = written(4, ["CommandRejected", "CommandRejected"])
    expect(faults(drill({ written: [written(1), written(2), written(3), refused] }))).toEqual([])
  })

  it("finds a message that nobody was told about", () => {
    expect(faults(drill({ written: [written(1), written(2), written(3, [])] }))).toEqual(["Unanswered"])
  })

  it("finds a message in the history that nobody wrote", () => {
    expect(faults(drill({ written: [written(1), written(2)] }))).toEqual(["Stray"])
  })

  it("finds a history whose numbers do not rise", () => {
    const history = [seen(1), seen(3), seen(2)]
    expect(faults(drill({ history, followed: [] }))).toEqual(["OutOfOrder"])
  })

  it("finds an author's messages in another order than they were written", () => {
    expect(faults(drill({ written: [written(2), written(1), written(3)] }))).toEqual(["OutOfOrder"])
  })

  it("finds a gap in what a follower was told", () => {
    expect(faults(drill({ followed: [followed([seen(1), seen(3)])] }))).toEqual(["Gap"])
  })

  it("finds a follower that was not told of the last message", () => {
    expect(faults(drill({ followed: [followed([seen(1), seen(2)])] }))).toEqual(["Gap"])
  })

  it("asks nothing about what was before a follower began", () => {
    expect(faults(drill({ followed: [followed([seen(3)], 2)] }))).toEqual([])
  })

  it("finds a message that a follower was told of twice", () => {
    expect(faults(drill({ followed: [followed([seen(1), seen(2), seen(2), seen(3)])] }))).toEqual(["ToldTwice"])
  })

  it("finds a follower that was told in another order than the history's", () => {
    expect(faults(drill({ followed: [followed([seen(1), seen(3), seen(2)])] }))).toEqual(["ToldOutOfOrder"])
  })

  it("finds a follower that was told of a message that never became one", () => {
    const told = [seen(1), seen(2), seen(3), seen(4)]
    expect(faults(drill({ followed: [followed(told)] }))).toEqual(["ToldWrongly"])
  })

  it("finds a follower that was told of another message under a number", () => {
    const told = [seen(1), seen(2, "key-9"), seen(3)]
    expect(faults(drill({ followed: [followed(told)] }))).toEqual(["ToldWrongly"])
  })

  it("finds a follower that could not go on from its cursor", () => {
    const all = [seen(1), seen(2), seen(3)]
    expect(faults(drill({ followed: [followed(all, 0, ["PastHead"])] }))).toEqual(["BeganAnew"])
  })
})
