import { foldEmail, foldName } from "@messenger/chat/NameFold"
import { describe, expect, it } from "vitest"

describe("two names", () => {
  it.each([
    ["Ada", "аdа"],
    ["paypal", "PAYPAI"],
    ["Heron", "ｈｅｒｏｎ"],
    ["Kim Juniper", "KimJuniper"]
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
    ["Zoë", "Zoe"]
  ])("%s and %s do not", (one, other) => {
    expect(foldName(one)).not.toBe(foldName(other))
  })
})

describe("two addresses", () => {
  it("are one when only case and spaces around them differ", () => {
    expect(foldEmail(" Ada@Example.org")).toBe(foldEmail("ada@example.ORG"))
    expect(foldEmail("ada@example.org")).not.toBe(foldEmail("a.da@example.org"))
  })
})
