// The server is killed while people chat, and started again, again and again. What was acknowledged must be there, once, in order.
import { Effect, Random } from "effect"
import type { Scope } from "effect"
import type { ChildFailed } from "../Child.ts"
import type { NoGuest } from "../load/Guests.ts"
import * as Crew from "./Crew.ts"
import type { DrillFailed } from "./Crew.ts"
import * as DrillServer from "./DrillServer.ts"
import { countsOf, violationsOf } from "./Evidence.ts"
import type { Person } from "./Person.ts"
import { verdict } from "./Verdict.ts"
import type { Verdict } from "./Verdict.ts"

/** A database to drill on. */
export interface DrillDatabase {
  readonly name: string
  /** Where it is, as settings of the server. */
  readonly settings: Readonly<Record<string, string>>
  /** Done after each kill, before the next start; rounds count from 1. */
  readonly afterKill?: (round: number) => Effect.Effect<void, DrillFailed>
  /** Breaks the database itself, once, while the server runs; says in a sentence what was done. */
  readonly breakDatabase?: Effect.Effect<string, DrillFailed>
}

/** How long the drill is. */
export interface KillDrillOptions {
  readonly database: DrillDatabase
  readonly rounds: number
  readonly crew?: Crew.CrewOptions
  /** Told of each round as it ends. */
  readonly onRound?: (round: number) => Effect.Effect<void>
}

/** Enough that several are always on their way to the disk. */
const usualCrew: Crew.CrewOptions = { people: 4, rooms: 4, pauseMillis: 25 }

/** A kill comes when this many messages were acknowledged since the start, and `killWithinMillis` later on average. */
const acknowledgedPerRound = 30
const killWithinMillis = 300

/** Kills the server `rounds` times. */
export const run = Effect.fnUntraced(function* ({
  database,
  rounds,
  crew: crewOptions = usualCrew,
  onRound = () => Effect.void
}: KillDrillOptions): Effect.fn.Return<Verdict, DrillFailed | ChildFailed | NoGuest, Scope.Scope> {
  const server = yield* DrillServer.make(database.settings)
  yield* server.start
  const crew = yield* Crew.assemble(server, crewOptions)
  let sabotage: string | undefined
  // Whose answers the kills cut off: these prove the most.
  let onTheirWay = 0

  const kills = Effect.gen(function* () {
    for (let round = 1; round <= rounds; round++) {
      yield* crew.acknowledged(acknowledgedPerRound)
      if (database.breakDatabase !== undefined && round === Math.ceil(rounds / 2)) {
        sabotage = yield* database.breakDatabase
        yield* crew.acknowledged(acknowledgedPerRound)
      }
      for (const person of yield* Random.shuffle(crew.people)) {
        yield* hangUp(person)
        yield* Effect.sleep(((yield* Random.next) * 2 * killWithinMillis) / crew.people.length)
      }
      yield* server.kill
      onTheirWay += crew.journal.written.filter(({ answers }) => answers.length === 0).length
      if (database.afterKill !== undefined) yield* database.afterKill(round)
      yield* server.start
      yield* crew.wake
      yield* onRound(round)
    }
    yield* crew.acknowledged(acknowledgedPerRound)
    return yield* crew.finish
  })
  const evidence = yield* kills.pipe(Effect.raceFirst(server.ended), Effect.raceFirst(crew.gaveUp))
  const losses = crew.people.reduce((sum, person) => sum + person.losses(), 0)
  return verdict(
    `messages survive ${rounds} kills of the server, on ${database.name}`,
    [
      `The server was killed and restarted ${rounds} times under load; ${onTheirWay} messages were on their way. ` +
        `Connections were lost or hung up ${losses} times.`,
      ...(sabotage === undefined ? [] : [sabotage]),
      ...countsOf(evidence)
    ],
    violationsOf(evidence)
  )
}, Effect.scoped)

// A room that lives serves who comes back from its memory, one that restarted from the log: both must give the same.
const hangUp = ({ connection }: Person) =>
  Effect.sync(() => {
    connection.close()
    connection.connect()
  })
