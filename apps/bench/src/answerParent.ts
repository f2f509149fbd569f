// The child's end of the channel of Child.ts. It imports nothing of weight, since it is also loaded into servers that are measured.
import { isMainThread } from "node:worker_threads"

interface Asked {
  readonly id: number
  readonly question: unknown
}

/**
 * Answers what the parent asks, and ends the process with its parent, so that nothing is left running behind a run that was cut
 * short. With `isBackground` the channel does not keep the process alive. A worker thread has no channel of its own, so there
 * this does nothing.
 */
export const answerParent = (
  answer: (question: unknown) => object | Promise<object>,
  options: { readonly isBackground?: boolean } = {}
): void => {
  if (!isMainThread || process.send === undefined) return
  process.on("message", (message) => {
    if (!isAsked(message)) return
    const { id, question } = message
    void Promise.resolve(answer(question)).then((reply) => process.send?.({ id, answer: reply }))
  })
  process.once("disconnect", () => process.exit(0))
  if (options.isBackground === true) process.channel?.unref()
}

const isAsked = (message: unknown): message is Asked =>
  typeof message === "object" && message !== null && "id" in message && "question" in message
