// The child's end of the channel of Child.ts. It imports nothing of weight, since it is also loaded into servers that are measured.
import { isMainThread } from "node:worker_threads"

interface Asked {
  readonly id: number
  readonly question: unknown
}

/**
 * Answers what the parent asks. With `isBackground` the channel does not keep the process alive; otherwise the process ends with its
 * parent. A worker thread has no channel of its own, so there this does nothing.
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
  if (options.isBackground === true) process.channel?.unref()
  else process.once("disconnect", () => process.exit(0))
}

const isAsked = (message: unknown): message is Asked =>
  typeof message === "object" && message !== null && "id" in message && "question" in message
