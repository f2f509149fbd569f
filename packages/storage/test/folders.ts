import { Effect, Schedule } from "effect"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"

/** A folder that goes with the scope. */
export const temporaryFolder = Effect.acquireRelease(
  Effect.promise(() => mkdtemp(join(tmpdir(), "messenger-storage-"))),
  (folder) => Effect.promise(() => rm(folder, { recursive: true, force: true }))
)

/** Asks until the answer is yes, for at most five seconds; for tests that run on the real clock only. */
export const waitUntil = <Failure, Needs>(
  what: string,
  question: Effect.Effect<boolean, Failure, Needs>
): Effect.Effect<void, Failure, Needs> =>
  question.pipe(
    Effect.repeat({ until: (isSo) => isSo, schedule: Schedule.spaced("5 millis") }),
    Effect.timeoutOrElse({ duration: "5 seconds", orElse: () => Effect.die(new Error(`never happened: ${what}`)) }),
    Effect.asVoid
  )
