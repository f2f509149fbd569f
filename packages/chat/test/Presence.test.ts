import { Presence } from "@messenger/chat/Presence"
import { Ring } from "@messenger/chat/Ring"
import { TokenBuckets } from "@messenger/chat/TokenBuckets"
import { UserId } from "@messenger/protocol/Account"
import { describe, expect, it } from "vitest"

const userOf = (number: number) => UserId.make(`user-${String(number).padStart(4, "0")}`)

/** A room in which users come and go by number. */
class Room {
  readonly presence = new Presence()
  private readonly here = new Set<string>()

  come(from: number, to: number) {
    for (let number = from; number < to; number++) {
      this.here.add(userOf(number))
      this.presence.touch(userOf(number))
    }
    return this.flush()
  }

  go(from: number, to: number) {
    for (let number = from; number < to; number++) {
      this.here.delete(userOf(number))
      this.presence.touch(userOf(number))
    }
    return this.flush()
  }

  private flush() {
    return this.presence.flush((id) =>
      this.here.has(id) ? { user: { id, name: id, isGuest: true }, status: "online" } : undefined
    )
  }
}

describe("presence", () => {
  it("tells who came and who went in one diff", () => {
    const room = new Room()
    room.come(0, 2)
    expect(room.come(2, 4)).toMatchObject({ _tag: "PeopleChanged", count: 4, here: [{}, {}], gone: [] })
    expect(room.go(0, 1)).toMatchObject({ count: 3, here: [], gone: [userOf(0)] })
  })

  it("tells nothing of who came and went between two flushes", () => {
    const room = new Room()
    room.come(0, 1)
    room.presence.touch(userOf(9))
    expect(room.come(0, 0)).toBeUndefined()
  })

  it("tells only the count above 250 people, until there are less than 200 again", () => {
    const room = new Room()
    expect(room.come(0, 250)).toMatchObject({ _tag: "PeopleChanged", count: 250 })
    expect(room.come(250, 251)).toMatchObject({ _tag: "People", count: 251, isCrowded: true, people: [] })
    expect(room.go(0, 51)).toMatchObject({ _tag: "People", count: 200, isCrowded: true, people: [] })
    const back = room.go(51, 52)
    expect(back).toMatchObject({ _tag: "People", count: 199, isCrowded: false })
    expect(back?._tag === "People" ? back.people.length : 0).toBe(199)
    expect(room.go(52, 53)).toMatchObject({ _tag: "PeopleChanged", count: 198 })
  })

  it("lists a crowd page by page, everybody once", () => {
    const room = new Room()
    room.come(0, 300)
    const seen: Array<string> = []
    let after: UserId | null = null
    do {
      const { people, next } = room.presence.page(after, 100)
      seen.push(...people.map(({ user }) => user.id))
      after = next
    } while (after !== null)
    expect(seen.length).toBe(300)
    expect(new Set(seen).size).toBe(300)
  })
})

describe("a ring", () => {
  it("answers what came after a number it reaches back to, and nothing it does not", () => {
    const ring = new Ring(10, 1_000, 3)
    for (let number = 11; number <= 15; number++) ring.add(number, `${number}`)
    expect(ring.after(12)).toEqual(["13", "14", "15"])
    expect(ring.after(15)).toEqual([])
    expect(ring.after(11)).toBeUndefined()
  })

  it("is bounded by bytes too", () => {
    const ring = new Ring(0, 100)
    for (let number = 1; number <= 10; number++) ring.add(number, "x".repeat(40))
    expect(ring.after(8)?.length).toBe(2)
    expect(ring.after(7)).toBeUndefined()
  })

  it("drops a change that is larger than itself, and says so", () => {
    const ring = new Ring(0, 100)
    ring.add(1, "x".repeat(200))
    expect(ring.after(0)).toBeUndefined()
    expect(ring.after(1)).toEqual([])
  })
})

describe("a rate", () => {
  it("grants a burst, then what comes back with time, and says when", () => {
    const buckets = new TokenBuckets<string>({ capacity: 2, perMinute: 60 })
    expect([buckets.take("a", 0), buckets.take("a", 0)]).toEqual([0, 0])
    expect(buckets.take("a", 0)).toBe(1_000)
    expect(buckets.take("b", 0)).toBe(0)
    expect(buckets.take("a", 1_000)).toBe(0)
    expect(buckets.take("a", 1_500)).toBe(500)
  })

  it("is kept for a bounded number of keys", () => {
    const buckets = new TokenBuckets<number>({ capacity: 1, perMinute: 1 }, 100)
    for (let key = 0; key < 1_000; key++) buckets.take(key, 0)
    expect(buckets.take(999, 0)).toBeGreaterThan(0)
    expect(buckets.take(0, 0)).toBe(0)
  })
})
