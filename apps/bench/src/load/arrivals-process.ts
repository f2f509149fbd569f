// The process of Arrivals.ts.
import { Schema } from "effect"
import { request } from "node:http"
import { setTimeout as sleep } from "node:timers/promises"
import { answerParent } from "../answerParent.ts"
import { Lateness } from "../Lateness.ts"
import { ownCpuSeconds } from "../OwnCpu.ts"
import { dueTimes, Question } from "./Arrivals.ts"
import type { Arrival } from "./Arrivals.ts"
import { LatencyHistogram } from "./LatencyHistogram.ts"
import { nowMicros } from "./Stamp.ts"

/** Requests that wait this long for an answer are given up, in milliseconds. */
const answerMillis = 20_000

/** The status of the answer, or 0 when there is none. */
const post = (url: string, { path, body, address }: Arrival): Promise<number> =>
  new Promise((resolve) => {
    const sent = request(
      `${url}${path}`,
      {
        method: "POST",
        // A connection for each: different people share none.
        agent: false,
        timeout: answerMillis,
        headers: {
          origin: url,
          "content-type": "application/json",
          "content-length": Buffer.byteLength(body),
          "x-forwarded-for": address
        }
      },
      (response) => {
        response.resume()
        response.once("end", () => resolve(response.statusCode ?? 0))
        response.once("error", () => resolve(0))
      }
    )
    sent.once("timeout", () => sent.destroy())
    sent.once("error", () => resolve(0))
    sent.end(body)
  })

const decode = Schema.decodeUnknownSync(Question)
const lateness = new Lateness()
let turn = 0

answerParent(async (input) => {
  const { url, perSecond, seconds, arrivals } = decode(input)
  const statuses = new Map<number, number>()
  const latencies = new LatencyHistogram()
  const arrive = async (arrival: Arrival, dueMicros: number) => {
    const status = await post(url, arrival)
    statuses.set(status, (statuses.get(status) ?? 0) + 1)
    if (status >= 200 && status < 300) latencies.record(nowMicros() - dueMicros)
  }
  const answers: Array<Promise<void>> = []
  lateness.reset()
  const cpuBefore = ownCpuSeconds()
  const start = nowMicros()
  for (const dueMillis of dueTimes(perSecond, seconds, Math.random)) {
    const early = dueMillis - (nowMicros() - start) / 1_000
    if (early > 0) await sleep(early)
    const arrival = arrivals[turn++ % arrivals.length]
    if (arrival !== undefined) answers.push(arrive(arrival, start + dueMillis * 1_000))
  }
  await sleep(Math.max(0, seconds * 1_000 - (nowMicros() - start) / 1_000))
  const late = lateness.read()
  await Promise.all(answers)
  return {
    sent: answers.length,
    statuses: [...statuses],
    latencies: latencies.counts,
    late,
    cpuSeconds: ownCpuSeconds() - cpuBefore
  }
})
