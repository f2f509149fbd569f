// Refusals that pass, for those who listen to events. An `EventSource` gives up for good at every answer but a stream (WHATWG HTML,
// 9.2.3), so one that has only to come back later, as while a server restarts, is told so by a stream that ends at once. Others get
// the status that it is.
import type { PlainAnswer } from "../ProblemAnswer.ts"
import { eventText, retryText } from "./EventText.ts"

/** What goes with every stream. */
export const streamHeaders = {
  "content-type": "text/event-stream",
  "cache-control": "no-store, no-transform",
  // Else a proxy of nginx would collect events.
  "x-accel-buffering": "no"
}

/** Whether an `EventSource` asks, which always says so. */
export const isEventSource = (accept: string | undefined): boolean => /\btext\/event-stream\b/i.test(accept ?? "")

/** Has an `EventSource` come back after that many milliseconds and up to twice as many, so that not all do at once. */
export const comeBack = (reason: string, afterMillis: number): PlainAnswer => ({
  status: 200,
  headers: streamHeaders,
  body: retryText(afterMillis * (1 + Math.random())) + eventText("end", { reason })
})
