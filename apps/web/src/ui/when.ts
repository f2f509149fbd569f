// A point in time within a sentence, on pages where days lie far apart.
import { texts } from "../texts.ts"
import { clockTime, dayOf, localeFor } from "./times.ts"

const dayAndClock = new Intl.DateTimeFormat(localeFor(navigator.language), { dateStyle: "medium", timeStyle: "short" })

/** Day and time of `at`, as one would say it at `now`; `clockOf` says the time of a day that is near. */
export const whenText = (at: number, now: number, clockOf = clockTime): string => {
  const daysFromNow = Math.round((dayOf(at) - dayOf(now)) / 86_400_000)
  const day = { 0: texts.room.today, [-1]: texts.room.yesterday }[daysFromNow]
  return day === undefined ? dayAndClock.format(at) : `${day.toLowerCase()}, ${clockOf(at)}`
}
