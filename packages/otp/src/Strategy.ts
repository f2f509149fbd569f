/**
 * Pure: which siblings share the fate of a failed child, and in which order. From the Erlang manual: `one_for_one` restarts that child
 * alone; `one_for_all` terminates all others and restarts all; `rest_for_one` does so with those started after it. Termination is in
 * reverse start order, starting in start order.
 */
import { Schema } from "effect"

/** The three strategies of a supervisor with an order of children. */
export const Strategy = Schema.Literals(["one_for_one", "one_for_all", "rest_for_one"])
export type Strategy = typeof Strategy.Type

/** What to stop and then what to start, both in the order of doing. The failed child is not among those to stop: it is down. */
export interface Plan<Id> {
  readonly stop: ReadonlyArray<Id>
  readonly start: ReadonlyArray<Id>
}

/** The plan for one failed child, given all children in start order. An unknown child plans nothing. */
export const plan = <Id>(strategy: Strategy, startOrder: ReadonlyArray<Id>, failed: Id): Plan<Id> => {
  const at = startOrder.indexOf(failed)
  if (at < 0) return { stop: [], start: [] }
  const affected =
    strategy === "one_for_one" ? [failed] : strategy === "one_for_all" ? startOrder : startOrder.slice(at)
  return { stop: affected.filter((id) => id !== failed).toReversed(), start: affected }
}
