import { describe, expect, it } from "vitest"
import { visible, visibleLines } from "../src/Visible.ts"

describe("what others write is shown and not obeyed", () => {
  it.each([
    ["an escape sequence", "\u001b[2J\u001b]0;title\u0007", "\\e[2J\\e]0;title\\x07"],
    ["the same in one byte", "\u009b31mred", "\\x9b31mred"],
    ["a line that overwrites itself", "good\rbad\b", "good\\rbad\\x08"],
    ["another direction", "a\u202eb\u2066c\u200fd", "a\\u{202e}b\\u{2066}c\\u{200f}d"],
    ["another line", "a\nb\u2028c\u0085d", "a\\nb\\u{2028}c\\x85d"],
    ["nothing to see", "a\u200bb\ufeffc", "a\\u{200b}b\\u{feff}c"],
    ["half a character", "a\ud800b", "a\\u{d800}b"]
  ])("%s", (_, text, shown) => expect(visible(text)).toBe(shown))

  it.each(["Grüße, 日本語, عربي", "👩‍👩‍👧", "می‌خواهم"])("but %s is writing", (text) => {
    expect(visible(text)).toBe(text)
  })

  it("and no line of a message passes for another message", () => {
    expect(visibleLines("one\n12:00 bob: two")).toBe("one\n      12:00 bob: two")
  })
})
