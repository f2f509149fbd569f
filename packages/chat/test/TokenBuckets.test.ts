import { TokenBuckets } from "@messenger/chat/TokenBuckets"
import { describe, expect, it } from "vitest"

/** Two at once, then one a second. */
const twoThenOneASecond = { capacity: 2, perMinute: 60 }

describe("a rate limit", () => {
  it("grants a burst, then as many as time brings, and says when there will be one", () => {
    const buckets = new TokenBuckets<string>(twoThenOneASecond)
    expect([buckets.take("ada", 0), buckets.take("ada", 0), buckets.take("ada", 0)]).toEqual([0, 0, 1_000])
    expect(buckets.take("ada", 400)).toBe(600)
    expect(buckets.take("ada", 1_000)).toBe(0)
  })

  it("is of each key alone, and saves up no more than a burst", () => {
    const buckets = new TokenBuckets<string>(twoThenOneASecond)
    buckets.take("ada", 0)
    buckets.take("ada", 0)
    expect(buckets.take("ben", 0)).toBe(0)
    const later = 3_600_000
    expect([1, 2, 3].map(() => buckets.take("ada", later))).toEqual([0, 0, 1_000])
  })

  it("takes back what was taken for nothing, and of no one more than a burst", () => {
    const buckets = new TokenBuckets<string>(twoThenOneASecond)
    buckets.take("ada", 0)
    buckets.take("ada", 0)
    buckets.giveBack("ada")
    expect([buckets.take("ada", 0), buckets.take("ada", 0)]).toEqual([0, 1_000])
    for (let time = 0; time < 5; time++) buckets.giveBack("ada")
    buckets.giveBack("nobody")
    expect([1, 2, 3].map(() => buckets.take("ada", 0))).toEqual([0, 0, 1_000])
  })

  it("forgets whom it was not asked about for the longest when there are too many", () => {
    const buckets = new TokenBuckets<string>({ capacity: 1, perMinute: 60 }, 2)
    for (const key of ["ada", "ben", "ada", "cem"]) buckets.take(key, 0)
    expect(buckets.take("ada", 0)).toBeGreaterThan(0)
    expect(buckets.take("ben", 0)).toBe(0)
  })
})
