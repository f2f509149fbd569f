// What `npm run messenger` runs: what only those may do who have a shell on the machine. It works on the database of the settings,
// beside a server that runs or without one. It ends with 0, or with a sentence and 1.
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { Cause, Effect, Exit, Layer, Logger, References } from "effect"
import { CliConfig, CliError, Command, GlobalFlag } from "effect/cli"
import { existsSync } from "node:fs"
import { failureOf } from "../Ending.ts"
import { keepFilesPrivate } from "../PrivateFiles.ts"
import { ServerConfig } from "../ServerConfig.ts"
import * as Topology from "../Topology.ts"
import { backup } from "./backup.ts"
import { copy } from "./copy.ts"
import { exportRoom } from "./export.ts"
import { ownerLink, resetLink } from "./links.ts"
import { migrate } from "./migrate.ts"
import { reset } from "./reset.ts"
import { restore } from "./restore.ts"
import { seed } from "./seed.ts"

const messenger = Command.make("messenger").pipe(
  Command.withDescription("For whoever runs a Messenger server. Takes the settings that the server takes."),
  Command.withSubcommands([
    // What is asked of the chat, beside a server that runs or without one.
    resetLink.pipe(Command.provide(() => Topology.beside)),
    ownerLink.pipe(Command.provide(() => Topology.beside)),
    exportRoom.pipe(Command.provide(() => Topology.beside)),
    seed,
    // What is done to the database as a whole.
    migrate,
    reset,
    backup,
    restore,
    copy
  ]),
  Command.provide(() => ServerConfig.layer(process.env))
)

/** As shells have it for SIGINT. */
const interruptedCode = 130

// A command that is not understood has been told so, with what there is.
const codeOf = (cause: Cause.Cause<unknown>): number => {
  const error = Cause.squash(cause)
  if (CliError.isCliError(error) && error._tag === "ShowHelp") return error.errors.length === 0 ? 0 : 1
  if (Cause.hasInterruptsOnly(cause)) return interruptedCode
  const { code, text } = failureOf(cause)
  console.error(text)
  return code
}

keepFilesPrivate()
if (existsSync(".env")) process.loadEnvFile(".env")

Command.run(messenger, { version: "0.1.0" }).pipe(
  Effect.provide(
    Layer.mergeAll(
      NodeServices.layer,
      CliConfig.layer({ builtIns: [GlobalFlag.Help] }),
      // What is asked for goes to standard output, alone.
      Logger.layer([Logger.withConsoleError(Logger.formatLogFmt)]),
      Layer.succeed(References.MinimumLogLevel, "Warn")
    )
  ),
  (program) =>
    NodeRuntime.runMain(program, {
      disableErrorReporting: true,
      teardown: (exit, end) => end(Exit.isSuccess(exit) ? 0 : codeOf(exit.cause))
    })
)
