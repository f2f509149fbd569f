// Bugs met while a request is answered end that request and nothing else; here they are written to the log, so that somebody
// learns of them. Refusals are no bugs and are not logged.
import { Cause, Effect, ErrorReporter } from "effect"
import { isHttpServerResponse } from "effect/http/HttpServerResponse"

/** Logs every defect that a gateway meets. */
export const layer = ErrorReporter.layer([
  {
    [ErrorReporter.TypeId]: ErrorReporter.TypeId,
    report: ({ cause, fiber }) => {
      const bugs = Cause.fromReasons(cause.reasons.filter((reason) => isBug(reason) && isNew(reason)))
      if (bugs.reasons.length > 0) Effect.runForkWith(fiber.context)(Effect.logError("A request met a bug", bugs))
    }
  }
])

// One bug may be reported on its way out more than once.
const isNew = (reason: Cause.Reason<unknown>): boolean => {
  if (reason._tag !== "Die" || typeof reason.defect !== "object" || reason.defect === null) return true
  const { defect } = reason
  if (told.has(defect)) return false
  told.add(defect)
  return true
}

const told = new WeakSet()

const isBug = (reason: Cause.Reason<unknown>): boolean =>
  reason._tag === "Die" && !isHttpServerResponse(reason.defect) && !ErrorReporter.isIgnored(reason.defect)
