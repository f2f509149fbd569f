// What a drill comes to, in sentences.
import type { Violation } from "./Evidence.ts"

/** The outcome of one drill. */
export interface Verdict {
  readonly drill: string
  /** What was done and counted. */
  readonly counts: ReadonlyArray<string>
  /** Everything that is wrong; nothing when all promises were kept. */
  readonly violations: ReadonlyArray<string>
}

/** A verdict of these counts and violations. */
export const verdict = (
  drill: string,
  counts: ReadonlyArray<string>,
  violations: ReadonlyArray<Violation | string>
): Verdict => ({
  drill,
  counts,
  violations: violations.map((each) => (typeof each === "string" ? each : `${each.fault}: ${each.sentence}`))
})

const shown = 20

/** A verdict to print. */
export const render = ({ drill, counts, violations }: Verdict): string => {
  const rest = violations.length - shown
  return [
    `${violations.length === 0 ? "Kept" : "BROKEN"}: ${drill}`,
    ...counts.map((sentence) => `  ${sentence}`),
    ...(violations.length === 0
      ? [
          "  Every acknowledged message is in the history exactly once, in the order its room announced; nobody missed one."
        ]
      : violations.slice(0, shown).map((sentence) => `  ! ${sentence}`)),
    ...(rest > 0 ? [`  ! and ${rest} more`] : [])
  ].join("\n")
}
