// What is said of a measurement of BurdenOfLogins.ts.
import type { Arrived } from "../load/Arrivals.ts"
import { burden, chance, pooled } from "./Alternation.ts"
import type { Idle, Phases } from "./BurdenOfLogins.ts"
import { quietProcessors } from "./Processors.ts"
import { median, range } from "./Statistics.ts"
import { table, whole } from "./Table.ts"

/** The promise: the slowest percent of deliveries takes at most this many times as long while people log in. */
export const promised = 2

/** A verdict on fewer quiet rounds would be one on chance. */
const fewestQuiet = 3

/** How many times the p99 without logins the one with them is: the middle of the quiet rounds, or of all when few are quiet. */
export const ratioOf = (phases: Phases): number => {
  const quiet = quietRounds(phases)
  const ratios = burden(latenciesOf(phases), 0.99)
  return median(quiet.length < fewestQuiet ? ratios : quiet.flatMap((round) => ratios[round] ?? []))
}

/** The rounds (a phase with logins, and those without before and after it) in which nobody else kept the machine busy. */
export const quietRounds = ({ idle, busy }: Phases): ReadonlyArray<number> =>
  busy.flatMap((phase, round) =>
    [phase, ...idle.slice(round, round + 2)].every(({ foreignProcessors }) => foreignProcessors <= quietProcessors)
      ? [round]
      : []
  )

/** A table of both kinds of phases, and what follows from it. */
export const render = (phases: Phases): string => {
  const latencies = latenciesOf(phases)
  const ratios = burden(latencies, 0.99)
  const byChance = chance(latencies, 0.99)
  const quiet = quietRounds(phases)
  const ratio = ratioOf(phases)
  return [
    table(headings, [
      row("without logins", phases.idle),
      row("with logins", phases.busy),
      ...(quiet.length === 0
        ? []
        : [
            row(
              "without, quiet",
              phases.idle.filter((_, at) => quiet.includes(at) || quiet.includes(at - 1))
            ),
            row(
              "with, quiet",
              phases.busy.filter((_, at) => quiet.includes(at))
            )
          ])
    ]),
    "",
    logins(phases.busy.map(({ logins }) => logins)),
    `p99 of deliveries, how many times that without logins: ${summary(ratios)}.`,
    `Of ${quiet.length} quiet rounds (others kept at most ${quietProcessors} processors busy): ` +
      `${summary(quiet.flatMap((round) => ratios[round] ?? []))}.`,
    `Of phases without logins, how many times that of their like: ${summary(byChance)}.`,
    `The promise is at most ${promised.toFixed(1)} times: ${ratio <= promised ? "kept" : "broken"} (${ratio.toFixed(2)}).`
  ].join("\n")
}

/** How many of each answer there were, in words. */
export const answers = ({ sent, statuses }: Pick<Arrived, "sent" | "statuses">): string => {
  const refusals = [...statuses]
    .filter(([status]) => !isGranted(status))
    .map(([status, count]) => `${whole(count)} ${reasons[status] ?? `answered ${status}`}`)
  const granted = [...statuses].reduce((sum, [status, count]) => sum + (isGranted(status) ? count : 0), 0)
  return [`${whole(granted)} of ${whole(sent)} logged in`, ...refusals].join(", ")
}

const isGranted = (status: number): boolean => status >= 200 && status < 300

const reasons: Readonly<Record<number, string>> = {
  0: "not answered",
  429: "throttled (429)",
  503: "told to come back (503)"
}

const headings = [
  "",
  "p50 ms",
  "p99 ms",
  "max ms",
  "missing",
  "server CPU",
  "others",
  "late: server",
  "subscribers",
  "publisher"
]

const row = (name: string, phases: ReadonlyArray<Idle>): ReadonlyArray<string> => {
  const all = pooled(phases.map(({ slice }) => slice.latencies))
  const middle = (pick: (phase: Idle) => number) => median(phases.map(pick))
  return [
    name,
    millis(all.quantile(0.5)),
    millis(all.quantile(0.99)),
    millis(all.quantile(1)),
    whole(phases.reduce((sum, { slice }) => sum + slice.missing, 0)),
    middle(({ slice }) => slice.cpuShare).toFixed(2),
    middle(({ foreignProcessors }) => foreignProcessors).toFixed(2),
    middle(({ slice }) => slice.late.server.p99Millis).toFixed(1),
    middle(({ slice }) => slice.late.subscribers.p99Millis).toFixed(1),
    middle(({ slice }) => slice.late.publisher.p99Millis).toFixed(1)
  ]
}

const logins = (runs: ReadonlyArray<Arrived>): string => {
  const statuses = new Map<number, number>()
  for (const run of runs) {
    for (const [status, count] of run.statuses) statuses.set(status, (statuses.get(status) ?? 0) + count)
  }
  const latencies = pooled(runs.map(({ latencies }) => latencies))
  return (
    `Logins: ${answers({ sent: runs.reduce((sum, { sent }) => sum + sent, 0), statuses })}; ` +
    `a login took p50 ${millis(latencies.quantile(0.5))}, p99 ${millis(latencies.quantile(0.99))} ms; ` +
    `whoever sent them was ${median(runs.map(({ late }) => late.p99Millis)).toFixed(1)} ms late (p99).`
  )
}

const latenciesOf = ({ idle, busy }: Phases) => ({
  idle: idle.map(({ slice }) => slice.latencies),
  busy: busy.map(({ slice }) => slice.latencies)
})

const millis = (micros: number): string => (micros / 1_000).toFixed(1)

const summary = (ratios: ReadonlyArray<number>): string => {
  if (ratios.length === 0) return "none"
  const [least, most] = range(ratios)
  return `${median(ratios).toFixed(2)} in the middle, ${least.toFixed(2)} - ${most.toFixed(2)}`
}
