// From a line of a scene to what is said: choices are drawn, slots are filled. What a slot stands for is drawn once per scene, so
// that all in a conversation speak of the same thing.
import type { Random } from "./Random.ts"
import type { Lexicon, Speaker } from "./Script.ts"

/** Somebody who has a part in a scene, as others call them. */
export interface Addressed {
  readonly username: string
  readonly firstName: string
}

/** What a conversation is about: its cast and what its slots stand for. */
export interface Topic {
  readonly random: Random
  readonly lexicon: Lexicon
  /** Which of so many wordings is next at a place of the scene: one that was not used for long. */
  readonly fresh: (site: string, count: number) => number
  readonly cast: ReadonlyMap<Speaker, Addressed>
  /** What slots stand for that depend on the day, such as ticket numbers. */
  readonly ofTheDay: (name: string) => string | undefined
  readonly bound: Map<string, string>
  /** Which of the choices with a label was drawn, by its label. */
  readonly drawn: Map<string, number>
}

const innermostChoice = /\{(?:([a-z]):)?([^{}]*\|[^{}]*)\}/
const slot = /<([^<>\s]+)>/g

/** Says the line; `at` is when, UTC milliseconds, and `site` where in the scene it stands. */
export const say = (text: string, at: number, topic: Topic, site: string): string => {
  let said = text
  let count = 0
  for (let choice = innermostChoice.exec(said); choice !== null; choice = innermostChoice.exec(said)) {
    const [whole, label, choices = ""] = choice
    said =
      said.slice(0, choice.index) +
      choose(choices.split("|"), label, `${site} ${count++}`, topic) +
      said.slice(choice.index + whole.length)
  }
  return said.replace(slot, (whole, name: string) => fill(name, at, topic) ?? whole)
}

// Choices of one label go together: whoever drew the second question gets the second answer.
const choose = (
  choices: ReadonlyArray<string>,
  label: string | undefined,
  site: string,
  { fresh, drawn }: Topic
): string => {
  const place = label === undefined ? fresh(site, choices.length) : (drawn.get(label) ?? fresh(label, choices.length))
  if (label !== undefined) drawn.set(label, place)
  return choices[place % choices.length] ?? ""
}

const fill = (name: string, at: number, topic: Topic): string | undefined => {
  const { random, cast, lexicon, bound, ofTheDay } = topic
  const known = bound.get(name)
  if (known !== undefined) return known
  const clock = /^clock([+-]\d+)?$/.exec(name)
  if (clock !== null) return clockOf(at + Number(clock[1] ?? 0) * 60_000)
  const [, variable, least, most] = /^(?:([a-z]+)=)?(\d+)-(\d+)$/.exec(name) ?? []
  if (least !== undefined && most !== undefined) {
    const drawn = String(random.between(Number(least), Number(most)))
    if (variable !== undefined) bound.set(variable, drawn)
    return drawn
  }
  const part = /^(@?)([A-Z])$/.exec(name)
  if (part !== null) {
    const person = cast.get(part[2] ?? "")
    return part[1] === "@" ? `@${person?.username}` : person?.firstName
  }
  // `dish:2` is another dish than `dish`.
  const kind = name.replace(/:\d$/, "")
  const choices = lexicon.get(kind)?.filter((choice) => ![...bound.values()].includes(choice))
  const drawn =
    choices === undefined || choices.length === 0 ? ofTheDay(kind) : say(random.pick(choices), at, topic, kind)
  if (drawn !== undefined) bound.set(name, drawn)
  return drawn
}

const clockOf = (at: number): string => new Date(at).toISOString().slice(11, 16)
