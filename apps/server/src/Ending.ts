// How the process ends: its exit code, and what it says on the way out. Whoever runs the server gets one sentence they can act on;
// only a bug, which they cannot act on, brings its stack.
import { SupervisorFailed } from "@messenger/otp/Supervisor"
import { Cause, Exit } from "effect"

/** An exit code and what to write to standard error, empty when there is nothing to say. */
export interface Ending {
  readonly code: number
  readonly text: string
}

/** The ending that a server deserves which ran until `exit`. To be interrupted is what an operator asks for by a signal. */
export const endingOf = (exit: Exit.Exit<unknown, unknown>): Ending => {
  if (Exit.isSuccess(exit) || Cause.hasInterruptsOnly(exit.cause)) return { code: 0, text: "Messenger has stopped." }
  return failureOf(exit.cause)
}

/** The ending that a program of ours deserves which failed. */
export const failureOf = (cause: Cause.Cause<unknown>): Ending => {
  const error = Cause.squash(cause)
  const origin = error instanceof SupervisorFailed ? error.cause : error
  if (isForeseen(origin)) {
    return { code: 1, text: origin.message === "" ? `Messenger had to stop: ${origin._tag}.` : origin.message }
  }
  const where = error instanceof SupervisorFailed ? ` (${error.path} ${error.reason})` : ""
  return { code: 1, text: `Messenger met a bug and had to stop${where}:\n${Cause.pretty(Cause.die(origin))}` }
}

// A tagged error is one that a module has foreseen; those that can end a server have a sentence as their message.
const isForeseen = (error: unknown): error is Error & { readonly _tag: string } =>
  error instanceof Error && "_tag" in error && typeof error._tag === "string"
