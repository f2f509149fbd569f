// `npm run drill:crash`: kills servers, crashes rooms, and says in sentences what became of the messages. Ends with 1 when a promise
// was broken.
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import type { DrillDatabase } from "@messenger/bench/drills/KillDrill"
import * as KillDrill from "@messenger/bench/drills/KillDrill"
import * as RoomCrashDrill from "@messenger/bench/drills/RoomCrashDrill"
import { render } from "@messenger/bench/drills/Verdict"
import type { Verdict } from "@messenger/bench/drills/Verdict"
import { Console, Effect } from "effect"
import type { Scope } from "effect"
import { parseArgs } from "node:util"
import { postgres, postgresAt, sqlite } from "./drills/databases.ts"

const usage = `Usage: npm run drill:crash -- [options]
  --rounds N      how often the server is killed on each database (20)
  --seconds N     how long rooms crash on each database (6)
  --database D    sqlite, postgres (one of its own), or the address of a PostgreSQL; both of the first without it`

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "20" },
    seconds: { type: "string", default: "6" },
    database: { type: "string" },
    help: { type: "boolean", default: false }
  }
})

const numberOf = (name: "rounds" | "seconds"): number => {
  const value = Number(values[name])
  if (value > 0) return value
  console.error(`--${name} is a number above zero.\n\n${usage}`)
  return process.exit(1)
}

const databaseNamed = (name: string): Effect.Effect<DrillDatabase, never, Scope.Scope> => {
  if (name === "sqlite") return sqlite
  return name === "postgres" ? postgres : postgresAt(name)
}

const drillsOn = Effect.fnUntraced(function* (name: string) {
  const database = yield* databaseNamed(name)
  const rounds = numberOf("rounds")
  const onRound = (round: number) => Console.log(`  round ${round} of ${rounds} on ${database.name}`)
  const kills = yield* KillDrill.run({ database, rounds, onRound })
  yield* Console.log(render(kills))
  const crashes = yield* RoomCrashDrill.run({ database: yield* databaseNamed(name), seconds: numberOf("seconds") })
  yield* Console.log(render(crashes))
  return [kills, crashes]
}, Effect.scoped)

const drill = Effect.gen(function* () {
  const names = values.database === undefined ? ["sqlite", "postgres"] : [values.database]
  const verdicts: ReadonlyArray<Verdict> = (yield* Effect.forEach(names, drillsOn)).flat()
  const broken = verdicts.filter(({ violations }) => violations.length > 0).length
  yield* Console.log(
    broken === 0 ? "\nAll promises were kept." : `\n${broken} of ${verdicts.length} drills found a broken promise.`
  )
  if (broken > 0) process.exitCode = 1
})

if (values.help) console.log(usage)
else {
  numberOf("rounds")
  numberOf("seconds")
  NodeRuntime.runMain(drill)
}
