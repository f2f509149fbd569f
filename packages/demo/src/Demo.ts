// A small company that has talked for three months: people, rooms, everything that was said, and how far each has read. The same
// seed and time make the same company, on any machine. Nothing is written anywhere here.
import { day } from "./Calendar.ts"
import { historyOf, span } from "./History.ts"
import type { World } from "./History.ts"
import { apps, people } from "./People.ts"
import type { App, Person } from "./People.ts"
import type { Act } from "./Performance.ts"
import { Random } from "./Random.ts"
import { isIn, rooms } from "./Rooms.ts"
import type { RoomPlan } from "./Rooms.ts"
import { readLibrary } from "./Script.ts"

/** Which company, and when it is today there. */
export interface DemoOptions {
  readonly seed: number
  /** UTC milliseconds; everything is said before it. */
  readonly now: number
  /** How many messages there are in all, 20,000 by default; every room has its share. */
  readonly messages?: number
  /** Put behind every name, where somebody has these names already. */
  readonly suffix?: string
}

/** One change of a room's log, in order; its number is its place in the list, from 1. `message` is the number of a post. */
export type DemoChange =
  | { readonly kind: "post"; readonly at: number; readonly author: string; readonly text: string }
  | {
      readonly kind: "edit"
      readonly at: number
      readonly author: string
      readonly message: number
      readonly text: string
    }
  | { readonly kind: "delete"; readonly at: number; readonly author: string; readonly message: number }

/** A room with all that happened there. */
export interface DemoRoom {
  readonly slug: string
  readonly topic: string
  readonly isPrivate: boolean
  /** The username of the person who made it. */
  readonly owner: string
  /** Usernames, and keys of apps, of all who write there; of a private room these are its members. */
  readonly members: ReadonlyArray<string>
  readonly changes: ReadonlyArray<DemoChange>
  /** How far people have read, by username: the number of a message. */
  readonly markers: ReadonlyMap<string, number>
}

/** The whole of it. `owner` is the username of whom the server belongs to; `begin` is before all that happened. */
export interface Demo {
  readonly owner: string
  readonly begin: number
  readonly people: ReadonlyArray<Person>
  readonly apps: ReadonlyArray<App>
  readonly rooms: ReadonlyArray<DemoRoom>
}

/** What the rooms hold together when nothing else is asked for. */
export const usualMessages = rooms.reduce((sum, { messages }) => sum + messages, 0)

/** Makes a company. */
export const makeDemo = ({ seed, now, messages = usualMessages, suffix = "" }: DemoOptions): Demo => {
  const random = new Random(seed)
  const library = readLibrary()
  const world = {
    now,
    random,
    library,
    people,
    apps,
    suffix,
    bags: new Map<string, Array<number>>(),
    said: new Set<string>(),
    spent: new Set<string>()
  }
  const shares = sharesOf(messages)
  return {
    owner: `ada${suffix}`,
    begin: now - span - 14 * day,
    people: people.map((person) => ({ ...person, username: person.username + suffix })),
    apps,
    rooms: rooms.map((room, place) => makeRoom(room, shares[place] ?? 0, world))
  }
}

// Rounded as one sum, so that the shares are the whole.
const sharesOf = (messages: number): ReadonlyArray<number> => {
  let planned = 0
  let given = 0
  return rooms.map((room) => {
    planned += room.messages
    const share = Math.round((planned / usualMessages) * messages) - given
    given += share
    return share
  })
}

const makeRoom = (plan: RoomPlan, count: number, world: World): DemoRoom => {
  const named = (username: string) => username + world.suffix
  const writers = people.filter((person) => isIn(plan, person))
  const acts = historyOf(plan, writers, count, world)
  const heard = new Set(acts.map(({ author }) => author))
  const markers = markersOf(acts, writers, world).set("ada", behind(acts, unreadByOwner[plan.slug] ?? 0))
  return {
    slug: plan.slug,
    topic: plan.topic,
    isPrivate: plan.isPrivate,
    owner: named(plan.owner),
    members: [
      ...writers.map(({ username }) => named(username)),
      ...apps.flatMap(({ key }) => (heard.has(key) ? [key] : []))
    ],
    changes: numbered(acts, world),
    markers: new Map([...markers].map(([username, number]) => [named(username), number]))
  }
}

const numbered = (acts: ReadonlyArray<Act>, { apps, suffix }: World): ReadonlyArray<DemoChange> => {
  const numbers = new Map<Act, number>(acts.map((act, place) => [act, place + 1]))
  return acts.map((act) => {
    const author = apps.some(({ key }) => key === act.author) ? act.author : act.author + suffix
    if (act.kind === "post") return { ...act, author }
    const { post, ...change } = act
    return { ...change, author, message: numbers.get(post) ?? 0 }
  })
}

/** Rooms that the owner, with whose eyes a newcomer looks, has not read to the end: enough to see what that looks like. */
const unreadByOwner: Readonly<Record<string, number>> = { incidents: 6, design: 9, lunch: 4, books: 12, releases: 3 }

const markersOf = (
  changes: ReadonlyArray<Act>,
  writers: ReadonlyArray<Person>,
  { random, people: all }: World
): Map<string, number> =>
  new Map(
    all.map((person) => {
      // Who has nothing to say in a room looks in less often.
      const isWriter = writers.includes(person)
      const isBehind = random.chance(isWriter ? 0.25 : 0.6)
      return [person.username, behind(changes, isBehind ? random.between(1, isWriter ? 15 : 200) : 0)]
    })
  )

/** The number of the message that so many come after; 0 when there are not so many. */
const behind = (changes: ReadonlyArray<Act>, count: number): number =>
  changes.flatMap(({ kind }, place) => (kind === "post" ? [place + 1] : [])).at(-1 - count) ?? 0
