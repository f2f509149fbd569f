// `npm run bench:logins`: whether people can talk while others log in, in figures. Ends with 1 when a promise was broken.
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import { Console, Effect } from "effect"
import { availableParallelism, cpus, loadavg } from "node:os"
import { parseArgs } from "node:util"
import * as Accounts from "./load/Accounts.ts"
import * as BurdenOfLogins from "./report/BurdenOfLogins.ts"
import { answers, promised, ratioOf, render } from "./report/LoginReport.ts"

const usage = `Usage: npm run bench:logins -- [options]
  --logins N        logins per second, at random times (50)
  --accounts N      registered accounts, which log in in turn (300)
  --connections N   subscribers of the room (200)
  --every N         milliseconds from one message to the next (40)
  --seconds N       how long each phase lasts (6)
  --rounds N        phases with logins, each between two without (10)
  --patience N      seconds that each phase may wait for others to leave the machine alone (0)`

const { values } = parseArgs({
  options: {
    logins: { type: "string", default: "50" },
    accounts: { type: "string", default: "300" },
    connections: { type: "string", default: "200" },
    every: { type: "string", default: "40" },
    seconds: { type: "string", default: "6" },
    rounds: { type: "string", default: "10" },
    patience: { type: "string", default: "0" },
    help: { type: "boolean", default: false }
  }
})

const numberOf = (name: Exclude<keyof typeof values, "help">): number => {
  const value = Number(values[name])
  if (value > 0 || (value === 0 && name === "patience")) return value
  console.error(`--${name} is a number above zero.\n\n${usage}`)
  return process.exit(1)
}

const load = (): string => loadavg()[0]?.toFixed(1) ?? "?"

const bench = Effect.gen(function* () {
  const accounts = numberOf("accounts")
  const conditions = {
    connections: numberOf("connections"),
    everyMillis: numberOf("every"),
    loginsPerSecond: numberOf("logins"),
    seconds: numberOf("seconds"),
    rounds: numberOf("rounds"),
    warmUpSeconds: 4,
    patienceSeconds: numberOf("patience")
  }
  yield* Console.log(
    `${conditions.connections} subscribers of one room, a message every ${conditions.everyMillis} ms, ` +
      `${conditions.loginsPerSecond} logins/s of ${accounts} accounts; ${conditions.rounds} rounds of ${conditions.seconds} s; ` +
      `Node ${process.versions.node}; ${availableParallelism()} × ${cpus()[0]?.model.trim()}; load ${load()}`
  )
  let round = 0
  const phases = yield* BurdenOfLogins.measure(
    conditions,
    (url) => Accounts.register(url, accounts),
    (busy, after) =>
      Console.log(
        `round ${++round}: p99 ${busy.slice.p99Millis.toFixed(1)} ms with logins (${answers(busy.logins)}), ` +
          `then ${after.slice.p99Millis.toFixed(1)} ms without; others kept ${busy.foreignProcessors.toFixed(1)}, then ` +
          `${after.foreignProcessors.toFixed(1)} processors busy; load ${load()}`
      )
  )
  yield* Console.log(`\n${render(phases)}`)
  if (ratioOf(phases) > promised) process.exitCode = 1
}).pipe(Effect.scoped)

if (values.help) console.log(usage)
else NodeRuntime.runMain(bench)
