import { Flag } from "@messenger/protocol/Session"
import { Option, Schema } from "effect"
import { describe, expect, it } from "vitest"

const decode = Schema.decodeUnknownSync(Flag)
const isFlag = (said: unknown) => Option.isSome(Schema.decodeUnknownOption(Flag)(said))

describe("a yes or no", () => {
  it("is said by JSON as such, and by a form in its words", () => {
    expect([true, "on", "true", "1"].map((said) => decode(said))).toEqual([true, true, true, true])
    expect([false, "off", "false", "0", ""].map((said) => decode(said))).toEqual([false, false, false, false, false])
  })

  it("is nothing else", () => {
    expect(["yes", "On", 1, null].map(isFlag)).toEqual([false, false, false, false])
  })
})
