// What becomes of a delivery after an attempt: the decision, without clock or chance.
import type { AttemptRow, DueDelivery } from "@messenger/storage/Webhooks"
import type { Attempt } from "./WebhookTransport.ts"

const seconds = 1_000
const minutes = 60 * seconds
const hours = 60 * minutes

/** How long after the first, second, … failed attempt the next is made, in milliseconds; after the last there is none. */
export const delaysMillis: ReadonlyArray<number> = [
  5 * seconds,
  30 * seconds,
  2 * minutes,
  10 * minutes,
  1 * hours,
  4 * hours,
  12 * hours
]

/** The receiver says that the webhook is to call no more. */
export const isGone = (attempt: Attempt): boolean => attempt._tag === "Answered" && attempt.status === 410

/** There is nothing to tell any more. */
const isWithdrawn = (attempt: Attempt): boolean => attempt._tag === "Unanswered" && attempt.problem === "Withdrawn"

const isTaken = (attempt: Attempt): boolean =>
  attempt._tag === "Answered" && attempt.status >= 200 && attempt.status < 300

/**
 * The row of an attempt that was over at `at`, in UTC milliseconds. `chance` from 0 to 1 moves the next by a tenth at the most, so
 * that what failed together does not come back together.
 */
export const settle = (
  { id, attempts }: Pick<DueDelivery["delivery"], "id" | "attempts">,
  attempt: Attempt,
  at: number,
  chance: number
): AttemptRow => {
  const outcome = {
    id,
    at,
    tookMillis: attempt.tookMillis,
    status: attempt._tag === "Answered" ? attempt.status : null,
    problem: attempt._tag === "Unanswered" ? attempt.problem : null
  }
  if (isTaken(attempt)) return { ...outcome, state: "Delivered", nextAttemptAt: null }
  const delay = isGone(attempt) || isWithdrawn(attempt) ? undefined : delaysMillis[attempts]
  return delay === undefined
    ? { ...outcome, state: "Failed", nextAttemptAt: null }
    : { ...outcome, state: "Pending", nextAttemptAt: at + Math.round(delay * (0.9 + 0.2 * chance)) }
}
