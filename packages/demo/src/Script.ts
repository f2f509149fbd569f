// Scenes as they are written down in `scenes/*.txt`: a line of text per message, with words to choose from. The README of this
// package says how. Nothing is drawn here; a file that is not understood throws with its place, so that a test finds it.
import { readdirSync, readFileSync } from "node:fs"

/** Parts of the day and week that a scene may ask for. */
export type Moment = "morning" | "noon" | "evening" | "monday" | "friday"

/** Who says a line: a part of the scene (`A`, `B`, …) or an app. */
export type Speaker = string

/** One line of a scene. */
export interface Line {
  readonly kind: "says" | "edits" | "deletes"
  readonly speaker: Speaker
  /** Seconds since the line before; absent: as long as people take. */
  readonly after: number | undefined
  /** `sometimes` is left out now and then; `then` answers the line before, and is left out with it. */
  readonly said: "always" | "sometimes" | "then"
  readonly text: string
}

/** When, and how often, a scene may be played. */
export interface SceneOptions {
  readonly moments: ReadonlyArray<Moment>
  /** Had at most once in a history. */
  readonly isUnique: boolean
  /** The person in part A has it at most once, such as a birthday. */
  readonly isOncePerPerson: boolean
  /** How many days must pass before it is played again in the same room. */
  readonly restDays: number
}

/** A scene: a short conversation that may be had by many people about many things. */
export interface Scene {
  readonly name: string
  readonly rooms: ReadonlyArray<string>
  readonly options: SceneOptions
  /** Parts that only some may take: team names, usernames. */
  readonly parts: ReadonlyMap<Speaker, ReadonlyArray<string>>
  readonly lines: ReadonlyArray<Line>
}

/** What can be put for a slot: its name, and the choices. */
export type Lexicon = ReadonlyMap<string, ReadonlyArray<string>>

/** All that is written down. */
export interface Library {
  readonly scenes: ReadonlyArray<Scene>
  readonly lexicon: Lexicon
}

const folder = new URL("../scenes/", import.meta.url)

/** Reads the scenes and the lexicon of this package. */
export const readLibrary = (): Library => {
  const files = readdirSync(folder).filter((name) => name.endsWith(".txt"))
  const textOf = (name: string) => readFileSync(new URL(name, folder), "utf8")
  return {
    scenes: files
      .filter((name) => name !== "lexicon.txt")
      .toSorted()
      .flatMap((name) => parseScenes(textOf(name), name)),
    lexicon: parseLexicon(textOf("lexicon.txt"))
  }
}

/** `name = one | two | three`, and more choices on lines that begin with `|`. */
export const parseLexicon = (text: string): Lexicon => {
  const lexicon = new Map<string, Array<string>>()
  let current: Array<string> = []
  for (const line of text.split("\n").filter((line) => line.trim() !== "" && !line.startsWith("#"))) {
    const [, name, choices = line] = /^([a-z-]+) = (.*)$/.exec(line) ?? []
    if (name !== undefined) lexicon.set(name, (current = []))
    current.push(...splitChoices(choices).flatMap((choice) => choice.trim() || []))
  }
  return lexicon
}

// A bar within braces belongs to a choice of its own.
const splitChoices = (text: string): ReadonlyArray<string> => {
  let depth = 0
  const choices = [""]
  for (const character of text) {
    if (character === "{") depth++
    if (character === "}") depth--
    if (character === "|" && depth === 0) choices.push("")
    else choices.push((choices.pop() ?? "") + character)
  }
  return choices
}

const heading = /^== ([a-z0-9-]+) @ ([a-z ,-]+?)(?: \[([a-z -]+)\])?$/
const casting = /^([A-Z]) = ([a-z ]+)$/
const spoken = /^([?&])?([A-Z]|Deploys|Alerts)(?: (\d+)([smh]))?(?: (edits))?:(?: (.*))?$/
const deleted = /^([A-Z]|Deploys|Alerts)(?: (\d+)([smh]))? deletes$/
const seconds: Record<string, number> = { s: 1, m: 60, h: 3_600 }

/** The scenes of one file; `file` is named in what is thrown. */
export const parseScenes = (text: string, file: string): ReadonlyArray<Scene> => {
  const blocks = text.split(/^(?=== )/m).slice(1)
  return blocks.map((block) => {
    const [head = "", ...rest] = block.split("\n")
    const [, name, rooms, options] = heading.exec(head) ?? []
    if (name === undefined || rooms === undefined) throw new Error(`${file}: not understood: ${head}`)
    const body = rest.filter((line) => line.trim() !== "" && !line.startsWith("#"))
    const { parts, lines } = bodyOf(body, `${file}, ${name}`)
    return { name, rooms: rooms.split(" "), options: optionsOf(options), parts, lines }
  })
}

const optionsOf = (text: string | undefined): SceneOptions => {
  const options = text?.split(" ") ?? []
  return {
    moments: (["morning", "noon", "evening", "monday", "friday"] as const).filter((moment) => options.includes(moment)),
    isUnique: options.includes("once"),
    isOncePerPerson: options.includes("once-each"),
    restDays: options.includes("monthly") ? 26 : options.includes("weekly") ? 6 : 2
  }
}

const bodyOf = (body: ReadonlyArray<string>, place: string): Pick<Scene, "parts" | "lines"> => {
  const parts = new Map<Speaker, ReadonlyArray<string>>()
  const lines: Array<Line> = []
  for (const line of body) {
    const [, part, who] = casting.exec(line) ?? []
    const last = lines.at(-1)
    if (part !== undefined && who !== undefined) parts.set(part, who.split(" "))
    else if (line.startsWith("  ") && last !== undefined) {
      lines[lines.length - 1] = { ...last, text: last.text === "" ? line.slice(2) : `${last.text}\n${line.slice(2)}` }
    } else lines.push(lineOf(line, place))
  }
  return { parts, lines }
}

const lineOf = (line: string, place: string): Line => {
  const [, doubt, speaker, count, unit, edits, text = ""] = spoken.exec(line) ?? []
  if (speaker !== undefined) {
    const kind = edits === undefined ? "says" : "edits"
    return {
      kind,
      speaker,
      after: secondsOf(count, unit),
      said: doubt === "?" ? "sometimes" : doubt === "&" ? "then" : "always",
      text
    }
  }
  const [, deleter, delay, delayUnit] = deleted.exec(line) ?? []
  if (deleter === undefined) throw new Error(`${place}: not understood: ${line}`)
  return { kind: "deletes", speaker: deleter, after: secondsOf(delay, delayUnit), said: "always", text: "" }
}

const secondsOf = (count: string | undefined, unit: string | undefined): number | undefined =>
  count === undefined || unit === undefined ? undefined : Number(count) * (seconds[unit] ?? 1)
