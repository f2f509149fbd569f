// The server process: settings, wiring, the tree. It ends with 0 when it was asked to stop, else with a sentence and 1.
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import { Console, Effect, Layer, Logger, References } from "effect"
import { existsSync } from "node:fs"
import { fileURLToPath } from "node:url"
import * as BugReporter from "./BugReporter.ts"
import { endingOf } from "./Ending.ts"
import * as RootSupervisor from "./RootSupervisor.ts"
import { help, ServerConfig } from "./ServerConfig.ts"
import * as Topology from "./Topology.ts"
import { welcome } from "./Welcome.ts"

const webFolder = fileURLToPath(new URL("../../web/dist", import.meta.url))

const server = Effect.gen(function* () {
  const { logLevel, publicUrl } = yield* ServerConfig
  return yield* RootSupervisor.run((address) => Console.log(welcome(address, publicUrl))).pipe(
    Effect.raceFirst(Topology.leaseLost),
    Effect.provide(Topology.single(webFolder)),
    Effect.provideService(References.MinimumLogLevel, logLevel)
  )
})

const observability = Layer.mergeAll(Logger.layer([Logger.consoleLogFmt]), BugReporter.layer)

const main = () => {
  if (existsSync(".env")) process.loadEnvFile(".env")
  exitWhenStuck()
  NodeRuntime.runMain(Effect.provide(server, Layer.mergeAll(ServerConfig.layer(process.env), observability)), {
    disableErrorReporting: true,
    teardown: (exit, end) => {
      const { code, text } = endingOf(exit)
      if (text !== "") console.error(text)
      end(code)
    }
  })
}

// The longest orderly stop: the drain at its longest setting has its own bound; a commit under way gets 30 seconds.
const stopLimitMillis = 60_000

/** A stop that hangs, or that somebody asks for twice, is no longer orderly. */
const exitWhenStuck = () => {
  let isStopping = false
  const onSignal = () => {
    if (isStopping) process.exit(1)
    isStopping = true
    setTimeout(() => {
      console.error("Messenger did not stop in time and was ended.")
      process.exit(1)
    }, stopLimitMillis).unref()
  }
  process.on("SIGTERM", onSignal)
  process.on("SIGINT", onSignal)
}

const [argument] = process.argv.slice(2)
if (argument === "--help" || argument === "-h") console.log(help())
else if (argument !== undefined) {
  console.error(`There is no option ${JSON.stringify(argument)}: see npm start -- --help.`)
  process.exit(1)
} else main()
