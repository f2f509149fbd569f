// A scene, played by a cast at a time: who says what when, with slips that are mended and lines that are taken back.
import { isUp, localTime } from "./Calendar.ts"
import type { App, Person } from "./People.ts"
import type { Random } from "./Random.ts"
import type { RoomPlan } from "./Rooms.ts"
import type { Lexicon, Line, Moment, Scene, Speaker } from "./Script.ts"
import { inVoice, withSlip } from "./Voice.ts"
import { say } from "./Wording.ts"
import type { Addressed } from "./Wording.ts"

/** Something that is done to the log of a room. `post` of an edit or a deletion is what it changes, an earlier post. */
export type Act =
  | { readonly kind: "post"; readonly at: number; readonly author: string; text: string }
  | { readonly kind: "edit"; readonly at: number; readonly author: string; readonly post: Post; readonly text: string }
  | { readonly kind: "delete"; readonly at: number; readonly author: string; readonly post: Post }

/** A message when it was new. */
export type Post = Extract<Act, { kind: "post" }>

/** Who takes which part. */
export type Cast = ReadonlyMap<Speaker, Person | App>

/** Where and when a scene is played. */
export interface Stage {
  readonly room: RoomPlan
  readonly random: Random
  readonly lexicon: Lexicon
  readonly at: number
  /** Which of so many wordings is next at this place of the scene. */
  readonly fresh: (site: string, count: number) => number
  /** Put behind the names by which people are mentioned. */
  readonly suffix: string
  readonly ofTheDay: (name: string) => string | undefined
}

/** How often somebody posts a line, takes it back and writes it again. */
const takenBack = 0.002

/** Whether the time is one that the scene asks for, by the clock of whoever begins it. */
export const suits = ({ options }: Scene, { zone }: Person, at: number): boolean => {
  const { hour, weekday } = localTime(zone, at)
  const holds: Record<Moment, boolean> = {
    morning: hour < 11,
    noon: hour >= 10.5 && hour < 13.5,
    evening: hour >= 16,
    monday: weekday === 1,
    friday: weekday === 5
  }
  return options.moments.every((moment) => holds[moment])
}

/** Finds people for all parts of the scene among these, who are up; `undefined` when there is nobody for one. */
export const castOf = (
  scene: Scene,
  people: ReadonlyArray<Person>,
  apps: ReadonlyArray<App>,
  { random, at }: Stage,
  isFree: (person: Person) => boolean
): Cast | undefined => {
  const cast = new Map<Speaker, Person | App>()
  for (const speaker of speakersOf(scene)) {
    const app = apps.find(({ key }) => key === speaker)
    const wanted = scene.parts.get(speaker)
    const candidates = people.filter(
      (person) =>
        (wanted === undefined || wanted.includes(person.team) || wanted.includes(person.username)) &&
        ![...cast.values()].includes(person) &&
        (speaker !== "A" || (isFree(person) && suits(scene, person, at)))
    )
    if (app !== undefined) cast.set(speaker, app)
    else if (candidates.length === 0) return undefined
    else cast.set(speaker, weighted(candidates, random))
  }
  return cast
}

// Those who are asked for by name or team are found before the rest, who may be anybody.
const speakersOf = ({ lines, parts }: Scene): ReadonlyArray<Speaker> => {
  const named = lines.flatMap(({ text }) => [...text.matchAll(/<@?([A-Z])>/g)].map((match) => match[1] ?? ""))
  const all = [...new Set([...lines.map(({ speaker }) => speaker), ...named])]
  return [...all.filter((speaker) => parts.has(speaker)), ...all.filter((speaker) => !parts.has(speaker))]
}

const weighted = (candidates: ReadonlyArray<Person>, random: Random): Person => {
  let left = random.next() * candidates.reduce((sum, { talk }) => sum + talk, 0)
  return candidates.find(({ talk }) => (left -= talk) <= 0) ?? random.pick(candidates)
}

/** Plays the scene; the acts are in order of their time. */
export const perform = ({ lines }: Scene, cast: Cast, stage: Stage): ReadonlyArray<Act> => {
  const acts: Array<Act> = []
  const topic = {
    ...stage,
    cast: new Map([...cast].flatMap((part) => addressed(part, stage))),
    bound: new Map<string, string>(),
    drawn: new Map<string, number>()
  }
  let at = stage.at
  let before: Speaker | undefined
  let wasSaid = true
  for (const [place, line] of lines.entries()) {
    if (line.said === "sometimes" ? stage.random.chance(0.4) : line.said === "then" && !wasSaid) {
      wasSaid = false
      continue
    }
    wasSaid = true
    const author = cast.get(line.speaker)
    if (author === undefined) throw new Error(`nobody plays ${line.speaker}`)
    if (before !== undefined) at = after(at, line, before, author, stage)
    const text = say(line.text, at, topic, String(place))
    before = line.speaker
    const ours = acts.findLast((act): act is Post => act.kind === "post" && act.author === idOf(author))
    if (line.kind === "says") at = speak(acts, text, author, at, stage)
    else if (ours === undefined) throw new Error(`nothing of ${line.speaker} to change`)
    else if (line.kind === "deletes") acts.push({ kind: "delete", at, author: idOf(author), post: ours })
    else acts.push({ kind: "edit", at, author: idOf(author), post: ours, text: spoken(text, author, stage).join(" ") })
  }
  return acts.toSorted((a, b) => a.at - b.at)
}

/** How an author is called in the acts: a username, or the key of an app. */
export const idOf = (author: Person | App): string => ("username" in author ? author.username : author.key)

const addressed = (
  [speaker, player]: readonly [Speaker, Person | App],
  { suffix }: Stage
): ReadonlyArray<readonly [Speaker, Addressed]> =>
  "username" in player
    ? [[speaker, { username: player.username + suffix, firstName: player.name.split(" ")[0] ?? player.name }]]
    : []

const spoken = (text: string, author: Person | App, { random, room }: Stage): ReadonlyArray<string> =>
  "voice" in author ? inVoice(text, room.isSerious ? { ...author.voice, emojiRate: 0 } : author.voice, random) : [text]

// Says it, perhaps in several messages; answers when the last was sent.
const speak = (acts: Array<Act>, text: string, author: Person | App, from: number, stage: Stage): number => {
  const { random } = stage
  let at = from
  for (const [place, part] of spoken(text, author, stage).entries()) {
    if (place > 0) at += 1_500 + typing(part) * random.around(1)
    const slips = "voice" in author && random.chance(author.voice.slips)
    const slipped = slips || random.chance(takenBack) ? withSlip(part, random) : undefined
    const post: Post = { kind: "post", at: Math.floor(at), author: idOf(author), text: slipped ?? part }
    acts.push(post)
    if (slipped === undefined || !("voice" in author)) continue
    const noticed = Math.floor(at + 4_000 + random.around(12_000))
    if (slips) acts.push({ kind: "edit", at: noticed, author: post.author, post, text: part })
    else {
      at = noticed + 6_000
      acts.push({ kind: "delete", at: noticed, author: post.author, post })
      acts.push({ kind: "post", at, author: post.author, text: part })
    }
  }
  return at
}

// People on telephones and keyboards write about seven characters in a second, and think meanwhile.
const typing = (text: string): number => Math.min(45_000, (text.length / 7) * 1_000)

// When the next line is sent: as it is written down, or as long as people take, and never in the middle of somebody's night.
const after = (at: number, line: Line, before: Speaker, author: Person | App, stage: Stage): number => {
  let next = at + pauseBefore(line, before, stage)
  if (line.after === undefined || line.after < 3_600 || !("zone" in author)) return next
  while (!isUp(author, next, stage.room.rhythm)) next += 20 * 60_000
  return next
}

const pauseBefore = (line: Line, before: Speaker, { random, room }: Stage): number => {
  if (line.after !== undefined) return line.after * 1_000 * (0.8 + 0.4 * random.next())
  if (line.speaker.length > 1) return 1_000 + random.around(2_000)
  // As long as the line itself, of which one wording is said.
  const writing = typing(line.text.split("|")[0] ?? "")
  if (line.speaker === before) return 2_000 + writing * random.around(0.7)
  const distraction = random.chance(0.1) ? 6 : 1
  return 3_000 + writing * 0.8 + random.around(35_000) * distraction * room.pace
}
