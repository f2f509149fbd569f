import { describe, expect, it } from "vitest"
import { texts } from "../src/texts.ts"
import { dayName, dayOf, localeFor } from "../src/ui/times.ts"

const at = (day: number, hour: number) => new Date(2026, 2, day, hour).getTime()

describe("times", () => {
  it("name today and yesterday, a day of this year, and a day of another with its year", () => {
    const now = at(12, 15)
    expect(dayName(dayOf(at(12, 1)), now)).toBe(texts.room.today)
    expect(dayName(dayOf(at(11, 23)), now)).toBe(texts.room.yesterday)
    expect(dayName(dayOf(at(3, 9)), now)).toMatch(/Tuesday.*March/)
    expect(dayName(new Date(2024, 2, 3).getTime(), now)).toContain("2024")
  })

  it("are written the reader's way in English, and in British otherwise", () => {
    expect(localeFor("en-US")).toBe("en-US")
    expect(localeFor("de-DE")).toBe("en-GB")
    expect(localeFor("en-US@posix")).toBe("en-GB")
  })
})
