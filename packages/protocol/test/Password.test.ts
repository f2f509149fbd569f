import {
  maxPasswordCodePoints,
  minPasswordCodePoints,
  normalizePassword,
  passwordLengthIssue
} from "@messenger/protocol/Password"
import { describe, expect, it } from "vitest"

const astral = (count: number) => "\u{1F600}".repeat(count)

describe("the length of a password", () => {
  it.each([
    ["nothing", "", "TooShort"],
    ["nine characters", "a".repeat(minPasswordCodePoints - 1), "TooShort"],
    ["ten characters", "a".repeat(minPasswordCodePoints), undefined],
    ["nine astral characters, eighteen code units", astral(minPasswordCodePoints - 1), "TooShort"],
    ["256 astral characters", astral(maxPasswordCodePoints), undefined],
    ["257 astral characters", astral(maxPasswordCodePoints + 1), "TooLong"],
    ["257 characters", "a".repeat(maxPasswordCodePoints + 1), "TooLong"],
    ["ten spaces", " ".repeat(10), undefined],
    ["ten lone surrogates, which are no characters", "\uD800".repeat(10), "TooShort"],
    ["nine characters and a lone surrogate", `${"a".repeat(9)}\uDC00`, "TooShort"],
    ["five letters that are ten code points with their accents", "e\u0301".repeat(5), "TooShort"],
    ["256 letters that are 512 code points with their accents", "e\u0301".repeat(256), undefined]
  ])("with %s is judged", (_, password, issue) => {
    expect(passwordLengthIssue(password)).toBe(issue)
  })

  it("is judged without work that grows with what a stranger sends", () => {
    // Marks in the wrong order, which a normaliser sorts one by one.
    const marks = "\u0315\u0300".repeat(20_000)
    const started = performance.now()
    expect(passwordLengthIssue(marks)).toBe("TooLong")
    expect(performance.now() - started).toBeLessThan(50)
  })
})

describe("the kept form of a password", () => {
  it.each([
    ["an accent typed apart", "Zoe\u0308 in the garden", "Zo\u00EB in the garden"],
    ["full-width letters", "\uFF48\uFF45\uFF52\uFF4F\uFF4E on the pond", "heron on the pond"],
    ["a ligature", "\uFB01fteen herons", "fifteen herons"]
  ])("is the same for %s", (_, typed, other) => {
    expect(normalizePassword(typed)).toBe(normalizePassword(other))
  })

  it("keeps case, spaces and pairs of surrogates, and drops lone ones", () => {
    expect(normalizePassword(" A \u{1F600}\uD83D ")).toBe(" A \u{1F600} ")
  })
})
