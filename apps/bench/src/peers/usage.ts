// Loaded into a server before its own program (`--import`): reports what the process uses, so that all servers are measured alike
// and from inside, worker threads included. Needs `--expose-gc`.
import { setTimeout as sleep } from "node:timers/promises"
import { answerParent } from "../answerParent.ts"
import { Lateness } from "../Lateness.ts"
import { ownCpuSeconds } from "../OwnCpu.ts"

// Several times and with a pause: finalizers of one round free what the next collects, and pages go back to the system late.
const collect = async () => {
  for (let round = 0; round < 3; round++) {
    globalThis.gc?.()
    await sleep(100)
  }
}

const tagOf = (question: unknown): unknown =>
  typeof question === "object" && question !== null && "_tag" in question ? question._tag : undefined

const lateness = new Lateness()

answerParent(
  async (question) => {
    const tag = tagOf(question)
    if (tag === "Late") {
      const late = lateness.read()
      lateness.reset()
      return late
    }
    if (tag === "Collect") await collect()
    return { cpuSeconds: ownCpuSeconds(), rssBytes: process.memoryUsage.rss() }
  },
  { isBackground: true }
)
