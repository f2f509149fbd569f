// What people who log in cost people who talk: one room on one server, a message every few milliseconds, and phases in turn in which
// nobody, or so many a second, log in.
import { Effect } from "effect"
import type { Scope } from "effect"
import * as Arrivals from "../load/Arrivals.ts"
import type { Arrival, Arrived } from "../load/Arrivals.ts"
import { busyDuring, untilQuiet } from "./Processors.ts"
import type { Occupation } from "./Processors.ts"
import { setUp } from "./Stand.ts"
import type { MeasurementFailure, Slice } from "./Stand.ts"

/** What is measured, and how much of it. */
export interface Conditions {
  readonly connections: number
  /** From one message to the next. */
  readonly everyMillis: number
  readonly loginsPerSecond: number
  /** How long each phase lasts. */
  readonly seconds: number
  /** Phases with logins; each stands between two without. */
  readonly rounds: number
  readonly warmUpSeconds: number
  /** How long each phase may wait for others to leave the machine alone. */
  readonly patienceSeconds: number
}

/** A phase without logins. */
export interface Idle {
  readonly slice: Slice
  /** How many processors of the machine were busy with something else than this measurement, on average. */
  readonly foreignProcessors: number
}

/** A phase with logins. */
export interface Busy extends Idle {
  readonly logins: Arrived
}

/** All phases, in the order idle, busy, idle, ..., busy, idle. */
export interface Phases {
  readonly idle: ReadonlyArray<Idle>
  readonly busy: ReadonlyArray<Busy>
}

/** What is under way when a phase ends (a checkpoint, garbage) is over before the next begins. */
const pauseMillis = 500

/**
 * Measures on a new server. `loginsAt` makes accounts at that origin and answers how they log in; `onRound` is told of each busy
 * phase and of the idle one after it.
 */
export const measure = Effect.fnUntraced(function* <E>(
  { connections, everyMillis, loginsPerSecond, seconds, rounds, warmUpSeconds, patienceSeconds }: Conditions,
  loginsAt: (url: string) => Effect.Effect<ReadonlyArray<Arrival>, E>,
  onRound: (busy: Busy, after: Idle) => Effect.Effect<void>
): Effect.fn.Return<Phases, MeasurementFailure | E, Scope.Scope> {
  const { url, slice } = yield* setUp(
    { name: "messenger", peer: "messenger", ids: "shared", load: { _tag: "Paced", everyMillis } },
    { connections, generators: 1, warmUpSeconds }
  )
  const arrivals = yield* loginsAt(url)
  const people = yield* Arrivals.start
  const logIn = people.run({ url, perSecond: loginsPerSecond, seconds, arrivals })

  const begin = Effect.andThen(Effect.sleep(pauseMillis), untilQuiet(patienceSeconds))
  const idlePhase = Effect.andThen(begin, busyDuring(slice(seconds))).pipe(
    Effect.map(([slice, machine]): Idle => ({ slice, foreignProcessors: foreign(machine, slice, 0) }))
  )
  const busyPhase = Effect.andThen(
    begin,
    busyDuring(Effect.all([slice(seconds), logIn], { concurrency: "unbounded" }))
  ).pipe(
    Effect.map(([[slice, logins], machine]): Busy => ({
      slice,
      logins,
      foreignProcessors: foreign(machine, slice, logins.cpuSeconds)
    }))
  )

  // Neither the first load on all connections nor the first logins are counted.
  yield* busyPhase
  const idle = [yield* idlePhase]
  const busy: Array<Busy> = []
  for (let round = 0; round < rounds; round++) {
    const during = yield* busyPhase
    const after = yield* idlePhase
    busy.push(during)
    idle.push(after)
    yield* onRound(during, after)
  }
  return { idle, busy }
})

const foreign = (machine: Occupation, { cpuSeconds }: Slice, loginSeconds: number): number =>
  Math.max(0, machine.cpuSeconds - cpuSeconds.server - cpuSeconds.load - loginSeconds) / machine.wallSeconds
