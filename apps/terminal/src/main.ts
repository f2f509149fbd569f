// What `npm run chat` runs. It ends with 0, or with a sentence on standard error and a code of Failure.ts.
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { Cause, Effect, Exit, Layer, Logger, Option, References } from "effect"
import { CliConfig, CliError, Command, Flag, GlobalFlag } from "effect/cli"
import { readFile } from "node:fs/promises"
import { userInfo } from "node:os"
import { resolve } from "node:path"
import { addressOf } from "./Address.ts"
import { chat } from "./Chat.ts"
import { exitCode, Failure } from "./Failure.ts"

const flags = {
  server: Flag.String("server").pipe(
    Flag.withDescription("Origin of the server, such as https://chat.example.org, or the link of a room there"),
    Flag.withDefault(`http://localhost:${process.env["PORT"] || 4000}`)
  ),
  room: Flag.String("room").pipe(
    Flag.withDescription("The room: its id, or its name in a link; else the one that --server links to, or lobby"),
    Flag.optional
  ),
  name: Flag.String("name").pipe(
    Flag.withDescription("What to be called as a guest; else the name you are logged in with"),
    Flag.optional
  ),
  tokenFile: Flag.String("token-file").pipe(
    Flag.withDescription("A file with an API token, to come as its app and not as a guest; else MESSENGER_TOKEN"),
    Flag.optional
  ),
  quiet: Flag.Boolean("quiet").pipe(
    Flag.withDescription("Print nothing of what others write"),
    Flag.withDefault(false)
  ),
  follow: Flag.Boolean("follow").pipe(Flag.withDescription("Stay when standard input ends"), Flag.withDefault(false))
}

const command = Command.make(
  "chat",
  flags,
  Effect.fnUntraced(function* ({ server, room, name, tokenFile, quiet, follow }) {
    const address = addressOf(server)
    if (address === undefined) {
      return yield* usage(
        `--server takes an origin such as https://chat.example.org, or the link of a room such as https://chat.example.org/r/lobby, and this is ${JSON.stringify(server)}.`
      )
    }
    if (Option.isSome(room) && address.room !== undefined && address.room !== room.value) {
      return yield* usage(`--server links to the room ${JSON.stringify(address.room)}, and --room names another.`)
    }
    const token = Option.isSome(tokenFile)
      ? yield* tokenIn(tokenFile.value)
      : process.env["MESSENGER_TOKEN"] || undefined
    if (token !== undefined && Option.isSome(name)) {
      return yield* usage("--name is for guests, and a token says already who one is: leave out one of the two.")
    }
    yield* chat({
      server: address.server,
      room: Option.getOrElse(room, () => address.room ?? "lobby"),
      name: Option.getOrElse(name, () => userInfo().username),
      token,
      isAtKeyboard: process.stdin.isTTY && process.stdout.isTTY,
      isQuiet: quiet,
      follows: follow
    })
  })
).pipe(Command.withDescription("Chats from a terminal or a pipe: posts the lines it reads, prints what others write."))

const usage = (sentence: string) => new Failure({ code: exitCode.usage, sentence })

// npm runs its scripts at the root of the workspace and says where it was started.
const tokenIn = (file: string) =>
  Effect.tryPromise({
    try: async () => (await readFile(resolve(process.env["INIT_CWD"] ?? ".", file), "utf8")).trim() || undefined,
    catch: () => usage(`There is no token to be read in ${JSON.stringify(file)}.`)
  })

// Who leaves with messages unsent has said so.
const leaving = () => (process.exitCode === exitCode.cutOff ? exitCode.cutOff : 0)

// A command that is not understood has been told so, with what there is.
const endingOf = (cause: Cause.Cause<unknown>): number => {
  if (Cause.hasInterruptsOnly(cause)) return leaving()
  const error = Cause.squash(cause)
  if (CliError.isCliError(error) && error._tag === "ShowHelp") return error.errors.length === 0 ? 0 : exitCode.usage
  if (error instanceof Failure) {
    process.stderr.write(`${error.sentence}\n`)
    return error.code
  }
  process.stderr.write(`This is a bug:\n${Cause.pretty(cause)}\n`)
  return 1
}

Command.run(command, { version: "0.1.0" }).pipe(
  Effect.provide(
    Layer.mergeAll(
      NodeServices.layer,
      CliConfig.layer({ builtIns: [GlobalFlag.Help] }),
      // Standard output is for what others write, alone.
      Logger.layer([Logger.withConsoleError(Logger.formatLogFmt)]),
      Layer.succeed(References.MinimumLogLevel, "Warn")
    )
  ),
  (program) =>
    NodeRuntime.runMain(program, {
      disableErrorReporting: true,
      // An open standard input would keep the process.
      teardown: (exit) => process.exit(Exit.isSuccess(exit) ? leaving() : endingOf(exit.cause))
    })
)
