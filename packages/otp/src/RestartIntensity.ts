/**
 * Pure: how many restarts within a time a supervisor puts up with. The rule of the Erlang manual: "if more than MaxR restarts occur
 * within the last MaxT seconds, the supervisor terminates all its children and then itself"; a restart exactly `within` ago still
 * counts. One failure spends once, however many siblings its strategy restarts; so does a restart that fails and is tried again.
 */
import { Duration } from "effect"

/** `maxRestarts` within `within`. Zero restarts means: the first failure is one too many. */
export interface RestartIntensity {
  readonly maxRestarts: number
  readonly within: Duration.Input
}

/** The defaults of Erlang: one restart in five seconds. */
export const standard: RestartIntensity = { maxRestarts: 1, within: "5 seconds" }

/** When restarts were spent, newest last, in milliseconds of one monotonic clock. Plain data. */
export type Spent = ReadonlyArray<number>

/** Nothing spent yet. */
export const unspent: Spent = []

/** What spending one restart came to: so many are `left` in the window, or that was one too many. */
export type Verdict =
  | { readonly _tag: "Within"; readonly spent: Spent; readonly left: number }
  | { readonly _tag: "Exceeded"; readonly spent: Spent }

/** Spends one restart at a time. Forgets what is older than the window, so `spent` never grows beyond `maxRestarts + 1`. */
export const spend = (intensity: RestartIntensity, spent: Spent, atMillis: number): Verdict => {
  const threshold = atMillis - Duration.toMillis(intensity.within)
  const inWindow = [...spent.filter((at) => at >= threshold), atMillis]
  return inWindow.length > intensity.maxRestarts
    ? { _tag: "Exceeded", spent: inWindow }
    : { _tag: "Within", spent: inWindow, left: intensity.maxRestarts - inWindow.length }
}
