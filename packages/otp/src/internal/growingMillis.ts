/** Pure: how long to wait before one more try. */
import { Duration } from "effect"

/** From `initial`, doubling with every try before this one, up to `max`. */
export interface Growth {
  readonly initial: Duration.Input
  readonly max: Duration.Input
}

/** Milliseconds to wait after so many tries. `jitter` (0 to 1) is how much of the second half to take: many who wait do not all return at once. */
export const growingMillis = ({ initial, max }: Growth, tries: number, jitter = 1): number => {
  const limit = Math.min(Duration.toMillis(max), Duration.toMillis(initial) * 2 ** tries)
  return Math.ceil(limit * (0.5 + 0.5 * jitter))
}
