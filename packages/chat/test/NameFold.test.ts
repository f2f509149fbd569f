import { foldEmail, foldName, isPunctuation, isReserved } from "@messenger/chat/NameFold"
import { describe, expect, it } from "vitest"

describe("two names", () => {
  it.each([
    ["Ada", "аdа"],
    ["paypal", "PAYPAI"],
    ["Heron", "ｈｅｒｏｎ"],
    ["Kim Juniper", "KimJuniper"],
    ["!!", "\u01C3\u01C3"],
    [". . .", "\u2026"]
  ])("%s and %s look the same", (one, other) => {
    expect(foldName(one)).toBe(foldName(other))
  })

  it.each(Array.from("abcdefghijklmnopqrstuvwxyzàáâãäåæçèéêëìíîïñòóôõöøùúûüýþÿőűčšžğşłαωжя"))(
    "%s is one letter, small or capital",
    (letter) => {
      expect(foldName(letter.toUpperCase())).toBe(foldName(letter))
    }
  )

  it.each([
    ["Ada", "Ida"],
    ["Zoë", "Zoe"],
    ["!!!", "..."],
    ["!!!", "👋"],
    ["👋", "🎉"]
  ])("%s and %s do not", (one, other) => {
    expect(foldName(one)).not.toBe(foldName(other))
  })
})

describe("a name", () => {
  it("is nothing but punctuation when no letter, digit or picture is seen in it", () => {
    for (const name of ["...", "!!!", "\u01C3\u01C3", "_ _"]) expect(isPunctuation(name)).toBe(true)
    for (const name of ["ada", "7", "👋", "o.O"]) expect(isPunctuation(name)).toBe(false)
  })

  it.each(["deleted user", "Deleted-User", "dеleted usеr", "DELETEDUSER"])(
    "is nobody's when it looks like %s",
    (name) => {
      expect(isReserved(name)).toBe(true)
      expect(isReserved(`${name}s`)).toBe(false)
    }
  )
})

describe("two addresses", () => {
  it("are one when only case and spaces around them differ", () => {
    expect(foldEmail(" Ada@Example.org")).toBe(foldEmail("ada@example.ORG"))
    expect(foldEmail("ada@example.org")).not.toBe(foldEmail("a.da@example.org"))
  })
})
