// Loaded into a server before its own program (`--import`): reports what the process uses, so that all servers are measured alike
// and from inside, worker threads included. Needs `--expose-gc`.
import { setTimeout as sleep } from "node:timers/promises"
import { answerParent } from "../answerParent.ts"

// Several times and with a pause: finalizers of one round free what the next collects, and pages go back to the system late.
const collect = async () => {
  for (let round = 0; round < 3; round++) {
    globalThis.gc?.()
    await sleep(100)
  }
}

const isCollect = (question: unknown): boolean =>
  typeof question === "object" && question !== null && "_tag" in question && question._tag === "Collect"

answerParent(
  async (question) => {
    if (isCollect(question)) await collect()
    const { user, system } = process.cpuUsage()
    return { cpuSeconds: (user + system) / 1_000_000, rssBytes: process.memoryUsage.rss() }
  },
  { isBackground: true }
)
