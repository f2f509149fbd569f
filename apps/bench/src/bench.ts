// `npm run bench`: the same room on several servers side by side, loaded in turn, and a table of what each took.
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import { Console, Effect } from "effect"
import { cpus, loadavg } from "node:os"
import { parseArgs } from "node:util"
import { setUp } from "./report/Stand.ts"
import type { Case, Slice, Stand } from "./report/Stand.ts"
import { median, range } from "./report/Statistics.ts"
import { table, whole } from "./report/Table.ts"

const usage = `Usage: npm run bench -- [options]
  --connections N   subscribers of the room (1000)
  --seconds N       how long each server is loaded in each round (3)
  --every N         milliseconds from one message to the next (40)
  --flood N         unanswered posts in the flood cases (64)
  --rounds N        how often each server is measured, in turn (5)
  --generators N    load generator processes for each server (1)
  --only A,B        only these cases, of raw, durable, plain, messenger, phoenix, several, distinct, flood`

const { values } = parseArgs({
  options: {
    connections: { type: "string", default: "1000" },
    seconds: { type: "string", default: "3" },
    every: { type: "string", default: "40" },
    flood: { type: "string", default: "64" },
    rounds: { type: "string", default: "5" },
    generators: { type: "string", default: "1" },
    only: { type: "string", default: "raw,durable,plain,messenger,phoenix,several,distinct,flood" },
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
  generators: numberOf("generators"),
  warmUpSeconds: 4
}

// The others are compared with `raw`.
const cases: Readonly<Record<string, Case>> = {
  raw: { name: "raw ws, framed once", peer: "raw", ids: "shared", load: paced },
  durable: { name: "raw ws, each message committed", peer: "durable", ids: "shared", load: paced },
  plain: { name: "effect/rpc as documented", peer: "plain", ids: "shared", load: paced },
  messenger: { name: "messenger", peer: "messenger", ids: "shared", load: paced },
  phoenix: { name: "messenger, Phoenix Channels", peer: "messenger", dialect: "phoenix", ids: "shared", load: paced },
  several: { name: "messenger, eight kinds of ids", peer: "messenger", ids: "several", load: paced },
  distinct: { name: "messenger, all ids differ", peer: "messenger", ids: "distinct", load: paced },
  flood: { name: "messenger, flooded", peer: "messenger", ids: "shared", load: flood }
}

const chosen: ReadonlyArray<Case> = values.only.split(",").map((key) => {
  const known = cases[key.trim()]
  if (known !== undefined) return known
  console.error(`There is no case ${JSON.stringify(key)}.\n\n${usage}`)
  return process.exit(1)
})

const headings = [
  "",
  "del/CPU-s",
  "min - max",
  "of raw",
  "p50 ms",
  "p99 ms",
  "msg/s",
  "msg/frame",
  "CPU",
  "idle CPU",
  "KiB/conn",
  "missing"
]

const rowOf = (
  { name, atRest }: Stand,
  slices: ReadonlyArray<Slice>,
  raw: ReadonlyArray<Slice>
): ReadonlyArray<string> => {
  const middle = (pick: (slice: Slice) => number) => median(slices.map(pick))
  const [least, most] = range(slices.map(({ deliveriesPerCpuSecond }) => deliveriesPerCpuSecond))
  // Within a round, since the machine changes more from round to round than from server to server.
  const ratios = slices.flatMap(({ deliveriesPerCpuSecond }, round) => {
    const limit = raw[round]?.deliveriesPerCpuSecond
    return limit === undefined ? [] : [deliveriesPerCpuSecond / limit]
  })
  return [
    name,
    whole(middle(({ deliveriesPerCpuSecond }) => deliveriesPerCpuSecond)),
    `${whole(least)} - ${whole(most)}`,
    ratios.length === 0 ? "" : percent(median(ratios)),
    middle(({ p50Millis }) => p50Millis).toFixed(1),
    middle(({ p99Millis }) => p99Millis).toFixed(1),
    whole(middle(({ messagesPerSecond }) => messagesPerSecond)),
    middle(({ messagesPerFrame }) => messagesPerFrame).toFixed(2),
    percent(middle(({ cpuShare }) => cpuShare)),
    percent(atRest.cpuShare, 1),
    (atRest.bytesPerConnection / 1024).toFixed(1),
    whole(slices.reduce((sum, { missing }) => sum + missing, 0))
  ]
}

const percent = (share: number, digits = 0): string => `${(share * 100).toFixed(digits)} %`

const load = (): string => loadavg()[0]?.toFixed(1) ?? "?"

const bench = Effect.gen(function* () {
  const rounds = numberOf("rounds")
  const seconds = numberOf("seconds")
  yield* Console.log(
    `${conditions.connections} subscribers of one room; ${rounds} rounds of ${seconds} s for each server; ` +
      `Node ${process.versions.node}; ${cpus().length} × ${cpus()[0]?.model.trim()}; load ${load()}`
  )
  const stands = yield* Effect.forEach(chosen, (each) =>
    Effect.tap(setUp(each, conditions), ({ name, slice }) =>
      // The first load on all connections is not counted either.
      Effect.andThen(Console.log(`ready: ${name}`), slice(seconds))
    )
  )
  const results = new Map<Stand, Array<Slice>>(stands.map((stand) => [stand, []]))
  for (let round = 1; round <= rounds; round++) {
    const figures: Array<string> = []
    for (const stand of stands) {
      const slice = yield* stand.slice(seconds)
      results.get(stand)?.push(slice)
      figures.push(whole(slice.deliveriesPerCpuSecond) + (slice.refused === 0 ? "" : ` (${slice.refused} refused)`))
    }
    yield* Console.log(`round ${round}: ${figures.join(", ")}; load ${load()}`)
  }
  const raw = [...results].find(([{ name }]) => name === cases.raw?.name)?.[1] ?? []
  yield* Console.log("")
  yield* Console.log(
    table(
      headings,
      [...results].map(([stand, slices]) => rowOf(stand, slices, raw))
    )
  )
  yield* Console.log(
    "\nMiddle of the rounds. del/CPU-s: messages that reached a subscriber, per second of the server's processor time (all threads);" +
      "\nof raw: within each round; KiB/conn: growth of the server's resident memory per joined connection, garbage collected." +
      "\nThe messenger commits every message to SQLite before it is sent."
  )
}).pipe(Effect.scoped)

if (values.help) console.log(usage)
else NodeRuntime.runMain(bench)
