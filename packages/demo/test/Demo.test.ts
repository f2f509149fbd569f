import { UserId, parseDisplayName, parseEmail, parseUsername } from "@messenger/protocol/Account"
import { parseMessageText } from "@messenger/protocol/Message"
import { RoomId, Slug, slugOf } from "@messenger/protocol/Room"
import { Schema } from "effect"
import { describe, expect, it } from "vitest"
import { localTime } from "../src/Calendar.ts"
import { makeDemo } from "../src/Demo.ts"
import type { Demo, DemoRoom } from "../src/Demo.ts"

// A Monday at three in the afternoon.
const now = Date.UTC(2026, 10, 23, 15)
const day = 24 * 3_600_000
const demo = makeDemo({ seed: 1, now })

/** What stands in a room at the end, oldest first. */
const standing = ({ changes }: DemoRoom): ReadonlyArray<string> => {
  const texts = new Map<number, string>()
  for (const [place, change] of changes.entries()) {
    if (change.kind === "post") texts.set(place + 1, change.text)
    if (change.kind === "edit") texts.set(change.message, change.text)
    if (change.kind === "delete") texts.delete(change.message)
  }
  return [...texts.values()]
}

const allIn = ({ rooms }: Demo, pattern: RegExp): ReadonlyArray<string> =>
  rooms.flatMap(standing).flatMap((text) => text.match(pattern) ?? [])

const namesIn = (made: Demo) => allIn(made, /(?<=(?:^|\s)@)\w+/g)

const isLong = (text: string) => text.length > 40

describe("the demo", () => {
  it("is 50 people, 20 rooms and 20,000 messages", () => {
    const posts = demo.rooms.flatMap(({ changes }) => changes.filter(({ kind }) => kind === "post"))
    expect([demo.people.length, demo.rooms.length, posts.length]).toEqual([50, 20, 20_000])
  })

  it("is the same for the same seed and time, and another for another seed", () => {
    const few = { now, messages: 1_000 }
    expect(makeDemo({ ...few, seed: 7 })).toEqual(makeDemo({ ...few, seed: 7 }))
    const [texts, others] = [7, 8].map((seed) => makeDemo({ ...few, seed }).rooms.flatMap(standing))
    expect(texts).not.toEqual(others)
  })

  it("can be made of any seed and on any day, in any size up to its own", { timeout: 60_000 }, () => {
    for (const seed of [2, 3]) {
      const made = makeDemo({ seed, now: now + seed * 37 * day + seed * 3_600_000 })
      expect(made.rooms.map(({ changes }) => changes.filter(({ kind }) => kind === "post").length)).toEqual(
        demo.rooms.map(({ changes }) => changes.filter(({ kind }) => kind === "post").length)
      )
    }
    const small = makeDemo({ seed: 1, now, messages: 333 })
    expect(small.rooms.flatMap(({ changes }) => changes.filter(({ kind }) => kind === "post"))).toHaveLength(333)
  })

  it("has names that the contract takes", () => {
    for (const { name, username } of demo.people) {
      expect(parseDisplayName(name)).toBe(name)
      expect(parseUsername(username)).toBe(username)
      expect(parseEmail(`${username}@example.org`)).toBe(`${username}@example.org`)
      expect(Schema.is(UserId)(`demo-${username}`)).toBe(true)
    }
    for (const { slug } of demo.rooms) {
      expect([Schema.is(RoomId)(slug), Schema.is(Slug)(slug), slugOf(slug)]).toEqual([true, true, slug])
    }
    expect(new Set(demo.people.map(({ name }) => name)).size).toBe(50)
  })

  it("says only what the contract takes, as it is", () => {
    const texts = demo.rooms.flatMap(({ changes }) =>
      changes.flatMap((change) => ("text" in change ? change.text : []))
    )
    expect(texts.filter((text) => parseMessageText(text) !== text)).toEqual([])
  })

  it("leaves no slot and no choice open", () => {
    const texts = demo.rooms.flatMap(standing)
    expect(texts.filter((text) => /<@?[a-zA-Z]+(:\d|[+-]\d+)?>|\{[^}]*\|[^}]*\}|\bNaN\b/.test(text))).toEqual([])
    // Braces of code alone: a choice of one is a slip of the pen.
    expect(texts.filter((text) => /\{[A-Za-z ]{8,}/.test(text))).toEqual([])
  })

  it("happened in order, in the last ninety days, and before now", () => {
    for (const { changes } of demo.rooms) {
      const times = changes.map(({ at }) => at)
      expect(times).toEqual(times.toSorted((a, b) => a - b))
      expect(times.every((at) => Number.isInteger(at) && at > now - 90 * day && at < now)).toBe(true)
      expect(times.every((at) => at > demo.begin)).toBe(true)
    }
  })

  it("goes on until today", () => {
    const newest = demo.rooms.map(({ changes }) => changes.at(-1)?.at ?? 0)
    expect(newest.filter((at) => at > now - day).length).toBeGreaterThan(12)
    expect(newest.every((at) => at > now - 7 * day)).toBe(true)
  })

  it("changes only what was posted before, by its author, once it stands", () => {
    for (const { changes } of demo.rooms) {
      const gone = new Set<number>()
      for (const [place, change] of changes.entries()) {
        if (change.kind === "post") continue
        const post = changes[change.message - 1]
        expect([post?.kind, post?.author]).toEqual(["post", change.author])
        expect(change.message).toBeLessThan(place + 1)
        expect(gone.has(change.message)).toBe(false)
        if (change.kind === "delete") gone.add(change.message)
      }
    }
    const kinds = demo.rooms.flatMap(({ changes }) => changes.map(({ kind }) => kind))
    expect(kinds.filter((kind) => kind === "edit").length).toBeGreaterThan(60)
    expect(kinds.filter((kind) => kind === "delete").length).toBeGreaterThan(5)
  })

  it("has everybody write only where they are", () => {
    for (const room of demo.rooms) {
      expect(room.changes.filter(({ author }) => !room.members.includes(author))).toEqual([])
      expect(room.members).toContain(room.owner)
    }
    const hidden = demo.rooms.filter(({ isPrivate }) => isPrivate)
    expect(hidden.map(({ slug }) => slug)).toEqual(["leads", "hiring"])
    expect(hidden.every(({ members }) => members.includes(demo.owner) && members.length < 12)).toBe(true)
  })

  it("mentions only people there are, by the names they log in with", () => {
    const known = new Set(demo.people.map(({ username }) => username))
    const mentions = namesIn(demo)
    expect(mentions.length).toBeGreaterThan(100)
    expect(mentions.filter((name) => !known.has(name))).toEqual([])
  })

  it("links nowhere but to example.org", () => {
    const links = allIn(demo, /(?<=https?:\/\/)[^\s/]+/g)
    expect(links.length).toBeGreaterThan(500)
    expect([...new Set(links)]).toEqual(["example.org"])
  })

  it("repeats no longer text within 400 messages of a room, and hardly any at all", () => {
    for (const room of demo.rooms) {
      const seen = new Map<string, number>()
      const near = standing(room).flatMap((text, place) => {
        const before = seen.get(text)
        seen.set(text, place)
        return isLong(text) && before !== undefined && place - before < 400 ? [text] : []
      })
      expect(near).toEqual([])
    }
    const long = demo.rooms.flatMap(standing).filter(isLong)
    expect(long.length - new Set(long).size).toBeLessThan(long.length * 0.02)
  })

  it("says little again of what was said in the 300 messages before", () => {
    let said = 0
    let again = 0
    for (const room of demo.rooms) {
      const seen = new Map<string, number>()
      for (const [place, text] of standing(room).entries()) {
        if (text.length <= 15) continue
        said++
        if (place - (seen.get(text) ?? -300) < 300) again++
        seen.set(text, place)
      }
    }
    expect(again / said).toBeLessThan(0.08)
  })

  it("works by day in each time zone, and rests at the week's end", () => {
    const zones = new Map(demo.people.map(({ username, zone }) => [username, zone]))
    const local = demo.rooms
      .filter(({ slug }) => ["engineering", "design", "support"].includes(slug))
      .flatMap(({ changes }) => changes)
      .flatMap(({ at, author }) => {
        const zone = zones.get(author)
        return zone === undefined ? [] : [localTime(zone, at)]
      })
    const share = (is: (time: { hour: number; weekday: number }) => boolean) => local.filter(is).length / local.length
    expect(share(({ hour }) => hour >= 7 && hour < 20)).toBeGreaterThan(0.97)
    expect(share(({ weekday }) => weekday === 0 || weekday === 6)).toBeLessThan(0.02)
  })

  it("hears from everybody, and from two programs", () => {
    const authors = new Set(demo.rooms.flatMap(({ changes }) => changes.map(({ author }) => author)))
    expect(demo.people.filter(({ username }) => !authors.has(username))).toEqual([])
    expect(demo.apps.every(({ key }) => authors.has(key))).toBe(true)
  })

  it("shows its owner some rooms unread and most read", () => {
    const unread = demo.rooms.filter(
      ({ changes, markers }) =>
        (markers.get(demo.owner) ?? 0) < changes.findLastIndex(({ kind }) => kind === "post") + 1
    )
    expect(unread.length).toBeGreaterThan(2)
    expect(unread.length).toBeLessThan(8)
    for (const { changes, markers } of demo.rooms) {
      for (const number of markers.values()) expect(number === 0 || changes[number - 1]?.kind === "post").toBe(true)
    }
  })

  it("takes other names where these are taken", () => {
    const again = makeDemo({ seed: 1, now, messages: 2_000, suffix: "2" })
    expect([again.owner, again.people[1]?.username]).toEqual(["ada2", "bruno2"])
    const mentions = namesIn(again)
    expect(mentions.length).toBeGreaterThan(5)
    expect(mentions.every((name) => name.endsWith("2"))).toBe(true)
    expect(again.rooms.flatMap(({ changes }) => changes).every(({ author }) => /2$|^[A-Z]/.test(author))).toBe(true)
  })
})
