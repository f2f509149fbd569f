// When people are at their desks, each in their own time zone.
import type { Person } from "./People.ts"
import type { Random } from "./Random.ts"
import type { RoomPlan } from "./Rooms.ts"

const minute = 60_000
const hour = 60 * minute

/** A day in milliseconds. */
export const day = 24 * hour

/** When in their day somebody writes in a room of this rhythm: hours of their local clock, and how likely each is. */
const hours: Record<RoomPlan["rhythm"], ReadonlyArray<readonly [number, number]>> = {
  work: [
    [8, 1],
    [9, 4],
    [10, 5],
    [11, 4],
    [12, 2],
    [13, 3],
    [14, 5],
    [15, 4],
    [16, 4],
    [17, 2]
  ],
  social: [
    [8, 2],
    [9, 2],
    [10, 2],
    [11, 2],
    [12, 4],
    [13, 3],
    [14, 2],
    [15, 2],
    [16, 3],
    [17, 3],
    [18, 2],
    [20, 1],
    [21, 1]
  ],
  watch: [
    [1, 0.3],
    [4, 0.3],
    [6, 0.6],
    [8, 2],
    [9, 4],
    [10, 4],
    [11, 4],
    [13, 3],
    [14, 4],
    [15, 4],
    [16, 3],
    [17, 2],
    [19, 1],
    [22, 0.6]
  ]
}

/** How much a day counts, from Sunday to Saturday. */
const week: Record<RoomPlan["rhythm"], ReadonlyArray<number>> = {
  work: [0.01, 1, 1.1, 1.1, 1.05, 0.85, 0.01],
  social: [0.25, 1, 1, 1, 1, 1.2, 0.3],
  watch: [0.15, 1, 1.1, 1.1, 1.05, 0.9, 0.2]
}

/** The weekday of the first of January 1970, from 0 (Sunday). */
const thursday = 4

const formats = new Map<string, Intl.DateTimeFormat>()
const offsets = new Map<string, Map<number, number>>()

/** How far local time is ahead of UTC, in milliseconds, on the UTC day of `at`. */
const offsetOf = (zone: string, at: number): number => {
  const ofZone = offsets.get(zone) ?? new Map<number, number>()
  offsets.set(zone, ofZone)
  const date = Math.floor(at / day)
  const known = ofZone.get(date)
  if (known !== undefined) return known
  const format =
    formats.get(zone) ??
    new Intl.DateTimeFormat("en", { timeZone: zone, hourCycle: "h23", dateStyle: "short", timeStyle: "short" })
  formats.set(zone, format)
  const parts = format.formatToParts(at)
  const of = (name: string) => Number(parts.find(({ type }) => type === name)?.value ?? 0)
  const local = Date.UTC(2000 + of("year"), of("month") - 1, of("day"), of("hour"), of("minute"))
  const offset = local - Math.floor(at / minute) * minute
  ofZone.set(date, offset)
  return offset
}

/** The local hour of somebody, from 0 up to 24 with its fraction, and their weekday from 0 (Sunday). */
export const localTime = (zone: string, at: number): { readonly hour: number; readonly weekday: number } => {
  const local = at + offsetOf(zone, at)
  return { hour: (local % day) / hour, weekday: (Math.floor(local / day) + thursday) % 7 }
}

/** Whether somebody may answer at this time: they are up, or, for `watch`, were woken. */
export const isUp = ({ zone }: Person, at: number, rhythm: RoomPlan["rhythm"]): boolean => {
  const { hour, weekday } = localTime(zone, at)
  const isWeekend = weekday === 0 || weekday === 6
  switch (rhythm) {
    case "work":
      return !isWeekend && hour >= 7.5 && hour < 18.5
    case "social":
      return hour >= 7.5 && hour < 22.5
    case "watch":
      return hour >= 7 && hour < 19.5
  }
}

/** Draws a time between `from` and `to` at which somebody begins to speak in a room of this rhythm. */
export const drawStart = (
  starter: Person,
  rhythm: RoomPlan["rhythm"],
  from: number,
  to: number,
  random: Random
): number => {
  const choices = hours[rhythm]
  const most = Math.max(...choices.map(([, weight]) => weight))
  for (;;) {
    const at = from + random.next() * (to - from)
    const local = localTime(starter.zone, at)
    const [, ofHour] = choices.find(([begin]) => begin === Math.floor(local.hour)) ?? [0, 0]
    const ofDay = week[rhythm][local.weekday] ?? 0
    if (random.chance((ofHour / most) * Math.min(1, ofDay))) return Math.floor(at)
  }
}
