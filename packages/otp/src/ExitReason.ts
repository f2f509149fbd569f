/**
 * Why an incarnation ended. The tags follow the exit reasons of Erlang's `supervisor` manual, where `normal`, `shutdown` and
 * `{shutdown, Term}` are orderly and everything else is abnormal.
 */
import { Cause } from "effect"

/** It had nothing more to do (`normal`). */
export interface Normal {
  readonly _tag: "Normal"
}

/** It was asked to stop, by its supervisor or because there is nobody left to serve (`shutdown`, `{shutdown, Term}`). */
export interface Shutdown {
  readonly _tag: "Shutdown"
  readonly because: string
}

/**
 * A supervisor that spent its restart intensity. The Erlang manual is precise: "the termination reason for the supervisor itself
 * in that case will be `shutdown`", so a transient supervisor that gave up is *not* restarted. `cause` is the last failure.
 */
export interface IntensityExceeded {
  readonly _tag: "IntensityExceeded"
  readonly cause: Cause.Cause<unknown>
}

/** A defect, or a `stop` with a cause of its own. */
export interface Crashed {
  readonly _tag: "Crashed"
  readonly cause: Cause.Cause<unknown>
}

/** Ended from outside without being asked (`killed`): by an operator, or because its time to stop was over. */
export interface Killed {
  readonly _tag: "Killed"
  readonly because: string
}

/** Why an incarnation ended. */
export type ExitReason = Normal | Shutdown | IntensityExceeded | Crashed | Killed

/** The reason of an actor that has nothing more to do. */
export const normal: ExitReason = { _tag: "Normal" }

/** An orderly end on request; `because` is a short text for the tree and the log. */
export const shutdown = (because = "stopped by its supervisor"): ExitReason => ({ _tag: "Shutdown", because })

/** An abnormal end with its cause. */
export const crashed = (cause: Cause.Cause<unknown>): ExitReason => ({ _tag: "Crashed", cause })

/** An end without being asked; `because` is a short text for the tree and the log. */
export const killed = (because: string): ExitReason => ({ _tag: "Killed", because })

/** The reason of a supervisor that spent its restart intensity. */
export const intensityExceeded = (cause: Cause.Cause<unknown>): ExitReason => ({ _tag: "IntensityExceeded", cause })

/** Whether a `transient` child that ended so is restarted: any reason but `normal`, `shutdown` and `{shutdown, Term}`. */
export const isAbnormal = (reason: ExitReason): boolean => reason._tag === "Crashed" || reason._tag === "Killed"

/** The cause behind a reason; orderly ends and kills become a defect that says so. */
export const toCause = (reason: ExitReason): Cause.Cause<unknown> =>
  reason._tag === "Crashed" || reason._tag === "IntensityExceeded"
    ? reason.cause
    : Cause.die(new Error(describe(reason)))

/** One line for people: the tree, the log, and the `reason` of errors. It holds no stack. */
export const describe = (reason: ExitReason): string => {
  if (reason._tag === "Normal") return "normal"
  if (reason._tag === "Shutdown") return `shutdown: ${reason.because}`
  if (reason._tag === "Killed") return `killed: ${reason.because}`
  const end = reason._tag === "Crashed" ? "crashed" : "restart intensity exceeded"
  return `${end}: ${firstLine(reason.cause)}`
}

const firstLine = (cause: Cause.Cause<unknown>): string => {
  const squashed = Cause.squash(cause)
  const text = squashed instanceof Error ? `${squashed.name}: ${squashed.message}` : String(squashed)
  return text.split("\n", 1)[0] ?? text
}
