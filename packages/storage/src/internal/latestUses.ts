// When things were used last, written many at a time.
import { Array as Arr, Effect } from "effect"

/** When the thing of that id was used; UTC milliseconds. */
export interface Use<Id extends string> {
  readonly id: Id
  readonly at: number
}

// Two parameters a row: far below what either database takes in one statement.
const rowsPerStatement = 1_000

/** Writes the latest use of each, one row per id and always in the same order: a statement that meets a row twice takes any of the two. */
export const writeLatestUses = <Id extends string, Failure>(
  uses: ReadonlyArray<Use<Id>>,
  write: (uses: ReadonlyArray<Use<Id>>) => Effect.Effect<unknown, Failure>
): Effect.Effect<void, Failure> => {
  const byId = new Map<Id, Use<Id>>()
  for (const { id, at } of uses) byId.set(id, { id, at: Math.max(at, byId.get(id)?.at ?? 0) })
  const latest = [...byId.values()].toSorted((a, b) => (a.id < b.id ? -1 : 1))
  return Effect.forEach(Arr.chunksOf(latest, rowsPerStatement), write, { discard: true })
}
