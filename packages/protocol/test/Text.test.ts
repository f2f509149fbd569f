import { describe, expect, it } from "vitest"
import { parseDisplayName } from "@messenger/protocol/Account"
import { parseMessageText } from "@messenger/protocol/Message"
import { slugOf } from "@messenger/protocol/Room"

const refused = (raw: string) => {
  const parsed = parseDisplayName(raw)
  return typeof parsed === "string" ? `accepted ${parsed}` : parsed.reason
}

describe("a display name", () => {
  it.each(["Ada", "Ada Linden", "李小龙", "Zoë", "👨‍👩‍👧 family", "❤️", "1️⃣", "🏳️‍🌈", "👍🏽", "🇩🇪", "O'Neill-Smith"])(
    "may be %s",
    (name) => {
      expect(parseDisplayName(name)).toBe(name.normalize("NFC"))
    }
  )

  it("is kept trimmed, in NFC, with single spaces", () => {
    expect(parseDisplayName("  Zoe\u0308 \t  Q ")).toBe("Zoë Q")
  })

  it.each([
    ["nothing", "   ", "Empty"],
    ["a combining mark alone", "\u0301", "Empty"],
    ["41 characters", "a".repeat(41), "TooLong"],
    ["one endless character", `a${"\u0301".repeat(500)}`, "TooLong"],
    ["a bidirectional override", "a\u202Eb", "ForbiddenCharacters"],
    ["a zero-width space", "a\u200Bb", "ForbiddenCharacters"],
    ["a joiner outside an emoji", "a\u200Db", "ForbiddenCharacters"],
    ["a control character", "a\u0007b", "ForbiddenCharacters"],
    ["a lone surrogate", "a\uD800", "ForbiddenCharacters"],
    ["a blank that looks like a letter", "\u3164", "ForbiddenCharacters"]
  ])("cannot be %s", (_, raw, reason) => {
    expect(refused(raw)).toBe(reason)
  })

  it("counts characters as a reader does", () => {
    expect(parseDisplayName("👨‍👩‍👧".repeat(40))).toBe("👨‍👩‍👧".repeat(40))
    expect(refused("👨‍👩‍👧".repeat(41))).toBe("TooLong")
  })
})

describe("the text of a message", () => {
  it("is trimmed and its line breaks are kept", () => {
    expect(parseMessageText("  one\r\ntwo\rthree\n ")).toBe("one\ntwo\nthree")
  })

  it("may have 4,000 code points and not 4,001", () => {
    expect(parseMessageText("😀".repeat(4_000))).toBe("😀".repeat(4_000))
    expect(parseMessageText("😀".repeat(4_001))).toMatchObject({ _tag: "MessageInvalid", reason: "TooLong" })
    expect(parseMessageText("a".repeat(4_001))).toMatchObject({
      _tag: "MessageInvalid",
      reason: "TooLong",
      limit: 4_000
    })
  })

  it.each([
    ["nothing", " \n ", "Empty"],
    ["U+0000", "a\u0000b", "ForbiddenCharacters"],
    ["a lone surrogate", "a\uDC00b", "ForbiddenCharacters"],
    ["an escape character", "a\u001b[31m", "ForbiddenCharacters"]
  ])("cannot hold %s", (_, raw, reason) => {
    expect(parseMessageText(raw)).toMatchObject({ _tag: "MessageInvalid", reason })
  })
})

describe("a room's link", () => {
  it.each([
    ["General Talk", "general-talk"],
    ["  Büro & Küche!  ", "büro-küche"],
    ["設計", "設計"],
    ["!!!", ""]
  ])("of %s is %s", (name, slug) => {
    expect(slugOf(name)).toBe(slug)
  })
})
