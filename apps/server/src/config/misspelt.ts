// Names that were meant for settings. A setting under a wrong name would be ignored in silence, and a server that was to use
// PostgreSQL would begin an empty SQLite file.
import { settings } from "./settings.ts"

const names = Object.values(settings).map(({ name }) => name)

/** A name of the environment that is no setting, and the setting that it looks like. */
export interface Misspelt {
  readonly name: string
  readonly meant: string
}

/** All such names, each with the setting that it is nearest to. One letter in four may be wrong, and case is not counted. */
export const misspeltIn = (environment: Readonly<Record<string, string | undefined>>): ReadonlyArray<Misspelt> =>
  Object.keys(environment)
    .filter((name) => !names.includes(name))
    .flatMap((name) =>
      names
        .map((meant) => ({ name, meant, wrong: distance(name.toUpperCase(), meant) }))
        .filter(({ meant, wrong }) => wrong <= Math.floor(meant.length / 4))
        .toSorted((a, b) => a.wrong - b.wrong)
        .slice(0, 1)
    )

/** How many letters must be added, taken away or changed to make one word of the other (Levenshtein). */
const distance = (from: string, to: string): number => {
  let previous = Array.from({ length: to.length + 1 }, (_, index) => index)
  for (const [row, letter] of from.split("").entries()) {
    const current = [row + 1]
    for (const [column, other] of to.split("").entries()) {
      const [above = 0, diagonal = 0, left = 0] = [previous[column + 1], previous[column], current[column]]
      current.push(Math.min(above + 1, left + 1, diagonal + (letter === other ? 0 : 1)))
    }
    previous = current
  }
  return previous[to.length] ?? 0
}
