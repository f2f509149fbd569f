// What a burden costs, told from phases without and with it in turn: idle, busy, idle, ..., busy, idle. Each busy phase is compared
// with the two idle ones around it, so that whatever else the machine does in the meantime falls on both sides.
import { LatencyHistogram } from "../load/LatencyHistogram.ts"

/** The latencies of alternating phases; there is one idle phase more than busy ones. */
export interface Alternation {
  readonly idle: ReadonlyArray<LatencyHistogram>
  readonly busy: ReadonlyArray<LatencyHistogram>
}

/** How many times its idle neighbours' quantile the quantile of each busy phase is. */
export const burden = ({ idle, busy }: Alternation, share: number): ReadonlyArray<number> =>
  busy.map((phase, round) => phase.quantile(share) / pooled(idle.slice(round, round + 2)).quantile(share))

/**
 * The same for each idle phase that has idle neighbours, which differs from 1 by nothing but chance and whoever else is on the
 * machine: what a burden must exceed to be told from nothing.
 */
export const chance = ({ idle }: Alternation, share: number): ReadonlyArray<number> =>
  idle
    .slice(1, -1)
    .map(
      (phase, at) =>
        phase.quantile(share) / pooled(idle.filter((_, other) => Math.abs(other - at - 1) === 1)).quantile(share)
    )

/** All that was counted in several phases. */
export const pooled = (phases: ReadonlyArray<LatencyHistogram>): LatencyHistogram => {
  const all = new LatencyHistogram()
  for (const { counts } of phases) all.add(counts)
  return all
}
