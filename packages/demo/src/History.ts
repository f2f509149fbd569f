// What was said in a room over the last three months: scenes at the times when people speak, until there are as many messages as
// the room is to have.
import { day, drawStart, isUp } from "./Calendar.ts"
import { Deck } from "./Deck.ts"
import type { App, Person } from "./People.ts"
import { castOf, perform } from "./Performance.ts"
import type { Act } from "./Performance.ts"
import type { Random } from "./Random.ts"
import type { RoomPlan } from "./Rooms.ts"
import type { Library, Scene } from "./Script.ts"
import { ofTheDay } from "./Workshop.ts"

/** How far back the history goes, in milliseconds. */
export const span = 90 * day

/** Longer texts than this, in UTF-16 code units, are said once in a history. */
export const repeatable = 40

/** Texts up to this long ("thanks, on it") are said by everybody all day. */
const everyday = 15

/** For how many messages of a room nothing longer than that is said again, if there is something else to say. */
const fresh = 300

/** What all rooms of a history share. */
export interface World {
  readonly now: number
  readonly random: Random
  readonly library: Library
  readonly people: ReadonlyArray<Person>
  readonly apps: ReadonlyArray<App>
  /** Put behind the names by which people are mentioned. */
  readonly suffix: string
  /** Longer texts that were said, in any room. */
  readonly said: Set<string>
  /** Which wordings are left to be used, by where they stand. */
  readonly bags: Map<string, Array<number>>
  /** Scenes that were had and are not had again: by name, or by name and person. */
  readonly spent: Set<string>
}

/** A scene as it was played. */
interface Played {
  readonly acts: ReadonlyArray<Act>
}

/** How many times as many starts are drawn as scenes are needed: at some hours there is nobody to play one. */
const reserves = [1.2, 1.5, 2, 3]

/** All that happened in a room, in order, with exactly `count` messages. Throws when there are not enough scenes for it. */
export const historyOf = (room: RoomPlan, writers: ReadonlyArray<Person>, count: number, world: World): Array<Act> => {
  const scenes = world.library.scenes.filter(({ rooms }) => rooms.includes(room.slug))
  const lines = scenes.reduce((sum, scene) => sum + expectedLines(scene), 0) / scenes.length
  for (const reserve of reserves) {
    const attempt = { ...world, said: new Set(world.said), spent: new Set(world.spent) }
    const played = playAll(scenes, room, writers, Math.ceil((count / lines) * reserve), attempt)
    const surplus = played.reduce((sum, { acts }) => sum + postsIn(acts), 0) - count
    if (surplus < 0) continue
    for (const text of attempt.said) world.said.add(text)
    for (const name of attempt.spent) world.spent.add(name)
    return trimmed(played, surplus, world.random)
      .flatMap(({ acts }) => acts)
      .toSorted((a, b) => a.at - b.at)
  }
  throw new Error(`there are not enough scenes for the ${count} messages of #${room.slug}: write more`)
}

// One after the other at random times when somebody is there to begin, never two at once.
const playAll = (
  scenes: ReadonlyArray<Scene>,
  room: RoomPlan,
  writers: ReadonlyArray<Person>,
  starts: number,
  world: World
): ReadonlyArray<Played> => {
  const deck = new Deck(scenes, world.random)
  const played: Array<Played> = []
  const rested = new Map<Scene, number>()
  // What was said in this room, and where last.
  const said: Array<string> = []
  const lastSaid = new Map<string, number>()
  let free = 0
  for (const start of drawStarts(room, writers, starts, world)) {
    const at = Math.max(start, free)
    const up = writers.filter((person) => isUp(person, at, room.rhythm))
    const isHeard = (text: string) => said.length - (lastSaid.get(text) ?? -fresh) < fresh
    const draw = (isStale: (text: string) => boolean) =>
      deck.draw((scene) => {
        if (at < (rested.get(scene) ?? 0) || fixedTexts(scene).some(isStale)) return undefined
        const one = play(scene, room, up, at, world, isStale)
        if (one !== undefined) rested.set(scene, at + scene.options.restDays * day)
        return one
      })
    const next = draw(isHeard) ?? draw(() => false)
    if (next === undefined) continue
    played.push(next)
    for (const act of next.acts) {
      if (act.kind !== "post") continue
      const text = comparable(act.text)
      lastSaid.set(text, said.length)
      said.push(text)
    }
    // What is said hours later comes in between whatever is talked of then.
    const end = next.acts.findLast((act) => act.at < at + longScene)?.at ?? at
    free = end + 40_000 + world.random.around(120_000)
  }
  return played
}

const expectedLines = ({ lines }: Scene): number =>
  lines.reduce((sum, { said, kind }) => sum + (kind !== "says" ? 0 : said === "always" ? 1.1 : 0.66), 0)

const fixed = new WeakMap<Scene, ReadonlyArray<string>>()

/** Longer texts of the scene that are the same however it is played: it need not be tried while they are stale. */
const fixedTexts = (scene: Scene): ReadonlyArray<string> => {
  const known = fixed.get(scene)
  if (known !== undefined) return known
  const sure = scene.lines.filter(({ said, text }) => said === "always" && text.length > everyday && !/[{<]/.test(text))
  const texts = sure.map(({ text }) => comparable(text))
  fixed.set(scene, texts)
  return texts
}

const drawStarts = (room: RoomPlan, writers: ReadonlyArray<Person>, count: number, world: World) => {
  const { now, random } = world
  return Array.from({ length: count }, () =>
    drawStart(random.pick(writers), room.rhythm, now - span, now - 20 * 60_000, random)
  ).toSorted((a, b) => a - b)
}

/** After this long nobody waits for what is still to come of a scene, in milliseconds. */
const longScene = 2 * 3_600_000

// How often another wording is tried before another scene is.
const tries = 2

// `isStale` says of a text that it was heard here a short while ago.
const play = (
  scene: Scene,
  room: RoomPlan,
  up: ReadonlyArray<Person>,
  at: number,
  world: World,
  isStale: (text: string) => boolean
) => {
  const { apps, library, now, random, said, spent, suffix } = world
  if (spent.has(scene.name)) return undefined
  const next = (site: string, count: number) => fromBag(`${room.slug} ${scene.name} ${site}`, count, world)
  const stage = { room, random, fresh: next, lexicon: library.lexicon, at, suffix, ofTheDay: ofTheDay(at, now, random) }
  const once = (person: Person) => `${scene.name} ${person.username}`
  for (let attempt = 0; attempt < tries; attempt++) {
    const cast = castOf(scene, up, apps, stage, (person) => !spent.has(once(person)))
    if (cast === undefined) return undefined
    // What is not said yet is not said.
    const acts = perform(scene, cast, stage).filter((act) => act.at < now)
    const all = acts.flatMap((act) => (act.kind === "delete" ? [] : [act.text]))
    const texts = all.filter((text) => text.length > repeatable).map(comparable)
    const isNew =
      texts.every((text) => !said.has(text)) &&
      new Set(texts).size === texts.length &&
      !all.some((text) => text.length > everyday && isStale(comparable(text)))
    if (!isNew || acts.length === 0) continue
    for (const text of texts) said.add(text)
    const star = cast.get("A")
    if (scene.options.isUnique) spent.add(scene.name)
    if (scene.options.isOncePerPerson && star !== undefined && "username" in star) spent.add(once(star))
    return { acts }
  }
  return undefined
}

// All wordings have their turn before one comes again.
const fromBag = (site: string, count: number, { bags, random }: World): number => {
  const left = bags.get(site) ?? []
  const bag = left.length > 0 ? left : random.shuffled(Array.from({ length: count }, (_, place) => place))
  const place = bag.pop() ?? 0
  bags.set(site, bag)
  return place
}

/** A text as it is compared: case and punctuation aside. */
const comparable = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim()

const postsIn = (acts: ReadonlyArray<Act>): number => acts.filter(({ kind }) => kind === "post").length

// Whole scenes go first, then the last lines of long ones: nobody misses a second "thanks".
const trimmed = (played: ReadonlyArray<Played>, tooMany: number, random: Random): ReadonlyArray<Played> => {
  let surplus = tooMany
  const out = new Set<Played>()
  for (const one of random.shuffled(played)) {
    const posts = postsIn(one.acts)
    if (posts > surplus) continue
    out.add(one)
    surplus -= posts
  }
  let kept: ReadonlyArray<Played> = played.filter((one) => !out.has(one))
  while (surplus > 0) {
    const long = kept.filter((one) => endsPlainly(one, 4))
    const most = long.length > 0 ? long : kept.filter((one) => endsPlainly(one, 2))
    const short = new Set(random.shuffled(most).slice(0, surplus))
    if (short.size === 0) throw new Error("nothing is left to be cut short")
    surplus -= short.size
    kept = kept.map((one) => (short.has(one) ? { acts: one.acts.slice(0, -1) } : one))
  }
  return kept
}

const endsPlainly = ({ acts }: Played, least: number): boolean => acts.length >= least && acts.at(-1)?.kind === "post"
