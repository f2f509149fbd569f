import { describe, expect, it } from "vitest"
import { cutter } from "../src/Pieces.ts"

const cut = (...chunks: ReadonlyArray<string>) => {
  const { take, end } = cutter()
  return [...chunks.flatMap((chunk) => take(chunk)), ...end()].map(({ line, text }) => `${line}: ${text}`)
}

describe("what comes in is cut", () => {
  it("at the ends of lines, wherever chunks begin, and counts those that are empty", () => {
    expect(cut("one\ntw", "o\n\n", "\nfive")).toEqual(["1: one", "2: two", "5: five"])
  })

  it("where a line is longer than a message may be, between whole characters", () => {
    const faces = "😀".repeat(4_001)
    expect(cut(`${faces}\nnext`)).toEqual([`1: ${"😀".repeat(4_000)}`, "1: 😀", "2: next"])
  })

  it("before a line has ended that never ends", () => {
    const { take } = cutter()
    const pieces = Array.from({ length: 10 }, () => take("x".repeat(1_000))).flat()
    expect(pieces.map(({ line, text }) => [line, text.length])).toEqual([
      [1, 4_000],
      [1, 4_000]
    ])
  })
})
