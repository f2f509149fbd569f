// What the company is at on a given day: versions, tickets and days have numbers that go up as time goes by.
import { day } from "./Calendar.ts"
import type { Random } from "./Random.ts"

const weekdays = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]
const months = "January February March April May June July August September October November December".split(" ")

/** Answers what these slots stand for at `at`, in a history that ends at `now` (UTC milliseconds). */
export const ofTheDay =
  (at: number, now: number, random: Random) =>
  (name: string): string | undefined => {
    // Days since a day that lies before every history.
    const age = 400 - (now - at) / day
    const weekday = new Date(at).getUTCDay()
    const dayAfter = (days: number) => new Date(at + days * day)
    // The next day on which people work.
    const ahead = weekday >= 5 ? 8 - weekday : 1
    switch (name) {
      case "today":
        // Nobody plans anything for a Sunday.
        return weekdays[weekday % 6 === 0 ? 1 : weekday]
      case "tomorrow":
        return weekdays[dayAfter(ahead).getUTCDay()]
      case "yesterday":
        return weekdays[dayAfter(weekday === 1 ? -3 : -1).getUTCDay()]
      case "date":
        return dateOf(dayAfter(random.between(6, 30)))
      case "month":
        return months[dayAfter(random.between(25, 55)).getUTCMonth()]
      case "version":
        return `4.${Math.floor(age / 7)}.${weekday}`
      case "last-version":
        return `4.${Math.floor(age / 7) - 1}.${random.between(1, 5)}`
      case "pr":
        return String(Math.floor(2_000 + age * 14 + random.between(0, 90)))
      case "ticket":
        return String(Math.floor(30_000 + age * 85 + random.between(0, 150)))
      case "issue":
        return `RND-${Math.floor(1_000 + age * 8 + random.between(0, 60))}`
      case "incident":
        return String(Math.floor(age * 3))
      default:
        return undefined
    }
  }

const dateOf = (date: Date): string => `${date.getUTCDate()} ${months[date.getUTCMonth()]}`
