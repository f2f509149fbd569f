// The server process: settings, wiring, the tree. It ends with 0 when it was asked to stop, else with a sentence and 1.
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import { Faults, none } from "@messenger/chat/Faults"
import { Administration } from "@messenger/chat/Administration"
import type { SupervisionTree } from "@messenger/otp/SupervisionTree"
import { Console, Effect, Layer, Logger, Option, References } from "effect"
import { existsSync } from "node:fs"
import type { AddressInfo } from "node:net"
import { fileURLToPath } from "node:url"
import * as BugReporter from "./BugReporter.ts"
import { endingOf } from "./Ending.ts"
import { thisMachine } from "./Machine.ts"
import { keepFilesPrivate } from "./PrivateFiles.ts"
import * as RootSupervisor from "./RootSupervisor.ts"
import { ServerConfig } from "./ServerConfig.ts"
import * as Topology from "./Topology.ts"
import { welcome } from "./Welcome.ts"

const webFolder = fileURLToPath(new URL("../../web/dist", import.meta.url))

const server = Effect.fnUntraced(function* (beside: Effect.Effect<never, never, SupervisionTree>) {
  const { drainSeconds, logLevel, publicUrl } = yield* ServerConfig
  yield* Effect.sync(() => exitWhenStuck((drainSeconds + afterDrainSeconds) * 1_000))
  const greet = (address: AddressInfo) =>
    // Written and not logged: logs go to places where a token must not lie.
    Effect.flatMap(ownerToken, (token) =>
      Console.log(welcome({ host: address.address, port: address.port, publicUrl }, thisMachine(), token))
    )
  return yield* Effect.flatMap(Effect.context<Administration | ServerConfig>(), (context) =>
    RootSupervisor.run((address) => Effect.provide(greet(address), context))
  ).pipe(
    Effect.raceFirst(Topology.leaseLost),
    Effect.raceFirst(beside),
    Effect.provide(Topology.single(webFolder)),
    Effect.provideService(References.MinimumLogLevel, logLevel)
  )
})

/** The token of a link to become the owner, where nobody is and the operator has set no token of their own. */
const ownerToken = Effect.gen(function* () {
  const administration = yield* Administration
  const { ownerToken: ownToken } = yield* ServerConfig
  return Option.isSome(ownToken) ? Option.none() : yield* administration.ownerLinkIfUnowned
}).pipe(
  Effect.catchTag("StorageUnavailable", () =>
    Effect.as(Effect.logWarning("No owner link was made: npm run messenger -- owner-link makes one"), Option.none())
  )
)

const observability = Layer.mergeAll(Logger.layer([Logger.consoleLogFmt]), BugReporter.layer)

/** What a drill adds to a server: something that runs as long as it does, and faults in its rooms. */
export interface Drill {
  readonly beside: Effect.Effect<never, never, SupervisionTree>
  readonly faults: Faults
}

/** Runs a server until it is asked to stop. */
export const run = ({ beside, faults }: Drill = { beside: Effect.never, faults: none }) => {
  keepFilesPrivate()
  if (existsSync(".env")) process.loadEnvFile(".env")
  const program = server(beside).pipe(
    Effect.provideService(Faults, faults),
    Effect.provide(Layer.provideMerge(ServerConfig.layer(process.env), observability))
  )
  NodeRuntime.runMain(program, {
    disableErrorReporting: true,
    teardown: (exit, end) => {
      const { code, text } = endingOf(exit)
      if (code === 0) console.log(text)
      else console.error(text)
      end(code)
    }
  })
}

// The longest orderly stop after the drain: a commit under way gets 30 seconds, the rest is quick.
const afterDrainSeconds = 45

/** A stop that hangs, or that somebody asks for twice, is no longer orderly. */
const exitWhenStuck = (limitMillis: number) => {
  let isStopping = false
  const onSignal = () => {
    if (isStopping) process.exit(1)
    isStopping = true
    setTimeout(() => {
      console.error("Messenger did not stop in time and was ended.")
      process.exit(1)
    }, limitMillis).unref()
  }
  process.on("SIGTERM", onSignal)
  process.on("SIGINT", onSignal)
}
