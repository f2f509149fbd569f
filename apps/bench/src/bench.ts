// `npm run bench`: the same room on three servers, one after the other, round by round, and a table of what each took.
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import { Console, Effect } from "effect"
import { cpus, loadavg } from "node:os"
import { parseArgs } from "node:util"
import { measure } from "./report/Measurement.ts"
import type { Case, Measured } from "./report/Measurement.ts"
import { median, range } from "./report/Statistics.ts"
import { table, whole } from "./report/Table.ts"

const usage = `Usage: npm run bench -- [options]
  --connections N   subscribers of the room (1000)
  --seconds N       how long each measurement posts (5)
  --every N         milliseconds from one message to the next (40)
  --flood N         unanswered posts in the flood cases (64)
  --rounds N        how often each case is measured, in turn (3)
  --generators N    load generator processes (1)
  --only NAME       only cases whose name contains this`

const { values } = parseArgs({
  options: {
    connections: { type: "string", default: "1000" },
    seconds: { type: "string", default: "5" },
    every: { type: "string", default: "40" },
    flood: { type: "string", default: "64" },
    rounds: { type: "string", default: "3" },
    generators: { type: "string", default: "1" },
    only: { type: "string", default: "" },
    help: { type: "boolean", default: false }
  }
})

const numberOf = (name: "connections" | "seconds" | "every" | "flood" | "rounds" | "generators"): number => {
  const value = Number(values[name])
  if (value > 0) return value
  console.error(`--${name} is a number above zero.\n\n${usage}`)
  return process.exit(1)
}

const paced = { _tag: "Paced", everyMillis: numberOf("every") } as const
const flood = { _tag: "Flood", unanswered: numberOf("flood") } as const
const conditions = {
  connections: numberOf("connections"),
  seconds: numberOf("seconds"),
  generators: numberOf("generators")
}

// The first is what the others are compared with.
const cases: ReadonlyArray<Case> = [
  { name: "raw ws, framed once", peer: "raw", ids: "shared", load: paced },
  { name: "effect/rpc as documented", peer: "plain", ids: "shared", load: paced },
  { name: "messenger", peer: "messenger", ids: "shared", load: paced },
  { name: "messenger, eight kinds of ids", peer: "messenger", ids: "several", load: paced },
  { name: "messenger, all ids differ", peer: "messenger", ids: "distinct", load: paced },
  { name: "messenger, flooded", peer: "messenger", ids: "shared", load: flood }
]

const headings = [
  "",
  "del/CPU-s",
  "min - max",
  "of raw",
  "p50 ms",
  "p99 ms",
  "KiB/conn",
  "msg/s",
  "msg/frame",
  "CPU",
  "missing"
]

const rowOf = (name: string, rounds: ReadonlyArray<Measured>, raw: ReadonlyArray<Measured>): ReadonlyArray<string> => {
  const middle = (pick: (measured: Measured) => number) => median(rounds.map(pick))
  const [least, most] = range(rounds.map(({ deliveriesPerCpuSecond }) => deliveriesPerCpuSecond))
  // Within a round, since the machine changes more from round to round than from case to case.
  const ratios = rounds.flatMap(({ deliveriesPerCpuSecond }, round) => {
    const limit = raw[round]?.deliveriesPerCpuSecond
    return limit === undefined ? [] : [deliveriesPerCpuSecond / limit]
  })
  return [
    name,
    whole(middle(({ deliveriesPerCpuSecond }) => deliveriesPerCpuSecond)),
    `${whole(least)} - ${whole(most)}`,
    ratios.length === 0 ? "" : `${(median(ratios) * 100).toFixed(0)} %`,
    middle(({ p50Millis }) => p50Millis).toFixed(1),
    middle(({ p99Millis }) => p99Millis).toFixed(1),
    (middle(({ bytesPerConnection }) => bytesPerConnection) / 1024).toFixed(1),
    whole(middle(({ messagesPerSecond }) => messagesPerSecond)),
    middle(({ messagesPerFrame }) => messagesPerFrame).toFixed(1),
    `${(middle(({ cpuShare }) => cpuShare) * 100).toFixed(0)} %`,
    `${(middle(({ idleCpuShare }) => idleCpuShare) * 100).toFixed(1)} %`,
    whole(rounds.reduce((sum, { missing }) => sum + missing, 0))
  ]
}

const bench = Effect.gen(function* () {
  const chosen = cases.filter(({ name }) => name.includes(values.only))
  const rounds = numberOf("rounds")
  const load = () => loadavg()[0]?.toFixed(1) ?? "?"
  yield* Console.log(
    `${conditions.connections} subscribers of one room; ${conditions.seconds} s a measurement; ${rounds} rounds; ` +
      `Node ${process.versions.node}; ${cpus().length} × ${cpus()[0]?.model.trim()}; load ${load()}`
  )
  const results = new Map<string, Array<Measured>>()
  for (let round = 1; round <= rounds; round++) {
    for (const each of chosen) {
      const measured = yield* measure(each, conditions)
      results.set(each.name, [...(results.get(each.name) ?? []), measured])
      yield* Console.log(
        `round ${round}  ${each.name}: ${whole(measured.deliveriesPerCpuSecond)} deliveries per CPU-second` +
          (measured.refused === 0 ? "" : `; ${measured.refused} posts were refused`) +
          `  (load ${load()})`
      )
    }
  }
  const raw = results.get(cases[0]?.name ?? "") ?? []
  yield* Console.log("")
  yield* Console.log(
    table(
      headings,
      [...results].map(([name, measured]) => rowOf(name, measured, raw))
    )
  )
  yield* Console.log(
    "\nMiddle of the rounds. del/CPU-s: messages that reached a subscriber, per second of the server's processor time (all threads);" +
      "\nof raw: within each round; KiB/conn: growth of the server's resident memory per joined connection, garbage collected." +
      "\nThe messenger keeps every message in SQLite before it is sent; the others keep nothing."
  )
})

if (values.help) console.log(usage)
else NodeRuntime.runMain(bench)
