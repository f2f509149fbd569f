// Times are milliseconds since 1970, UTC; here they become words in the reader's zone.
import { texts } from "../texts.ts"

/** How dates are written: in English, since the words around them are; a reader of English keeps their own way. */
export const localeFor = (language: string): string => {
  if (!language.startsWith("en")) return "en-GB"
  try {
    return Intl.getCanonicalLocales(language)[0] ?? "en-GB"
  } catch {
    // Some systems name a language as no standard does, such as "en-US@posix".
    return "en-GB"
  }
}

const locale = localeFor(navigator.language)
const clock = new Intl.DateTimeFormat(locale, { timeStyle: "short" })
const clockToTheSecond = new Intl.DateTimeFormat(locale, { timeStyle: "medium" })
const clockAndDay = new Intl.DateTimeFormat(locale, { dateStyle: "full", timeStyle: "short" })
const nearDay = new Intl.DateTimeFormat(locale, { weekday: "long", day: "numeric", month: "long" })
const farDay = new Intl.DateTimeFormat(locale, { day: "numeric", month: "long", year: "numeric" })

/** The hour and minute. */
export const clockTime = (at: number): string => clock.format(at)

/** The hour, minute and second. */
export const clockSeconds = (at: number): string => clockToTheSecond.format(at)

/** The hour and minute for a narrow column: without the word for the half of the day. */
export const gutterTime = (at: number): string =>
  clock
    .formatToParts(at)
    .filter(({ type }) => type !== "dayPeriod")
    .map(({ value }) => value)
    .join("")
    .trim()

/** Day and time in full, for whoever wants to know exactly. */
export const exactTime = (at: number): string => clockAndDay.format(at)

/** Midnight, in the reader's zone, of the day that `at` lies in; equal for two times of one day. */
export const dayOf = (at: number): number => new Date(at).setHours(0, 0, 0, 0)

/** The name of the day that begins at `day`, as one would say it on the day of `now`. */
export const dayName = (day: number, now: number): string => {
  const today = new Date(now)
  const daysBack = (n: number) => new Date(today.getFullYear(), today.getMonth(), today.getDate() - n).getTime()
  if (day === daysBack(0)) return texts.room.today
  if (day === daysBack(1)) return texts.room.yesterday
  return new Date(day).getFullYear() === today.getFullYear() ? nearDay.format(day) : farDay.format(day)
}
