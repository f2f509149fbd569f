// A Node process of this project's own with a channel of questions and answers beside its output. It ends with its scope, or when
// this process does; nothing is left running behind a measurement.
import { Effect, Schema } from "effect"
import type { Scope } from "effect"
import { fork } from "node:child_process"
import type { Readable, Writable } from "node:stream"

/** A process did not start, or ended while it was needed; `output` is the end of what it said. */
export class ChildFailed extends Schema.TaggedError<ChildFailed>()("ChildFailed", {
  module: Schema.String,
  reason: Schema.String,
  output: Schema.String
}) {
  override get message(): string {
    return `${this.module} ${this.reason}.${this.output === "" ? "" : ` It said:\n${this.output}`}`
  }
}

/** How to start a process: a module, run by the Node that runs this one. */
export interface ChildOptions {
  readonly module: string
  readonly args?: ReadonlyArray<string>
  readonly execArgv?: ReadonlyArray<string>
  /** Added to this process's environment. */
  readonly env?: Readonly<Record<string, string>>
}

/** A running process. */
export interface Child {
  readonly pid: number
  readonly stdin: Writable
  readonly stdout: Readable
  /** Puts a question to its `answerParent`, and decodes the answer. */
  readonly ask: <A, I>(question: object, answer: Schema.Codec<A, I>) => Effect.Effect<A, ChildFailed>
  /** Ends it by that signal, and waits until it is gone. Does nothing to one that is gone. */
  readonly kill: (signal: NodeJS.Signals) => Effect.Effect<void>
  /** Fails when the process ends, and never succeeds. */
  readonly ended: Effect.Effect<never, ChildFailed>
  /** The last lines it printed. */
  readonly output: () => string
}

const maxOutput = 4_000

const Reply = Schema.Struct({ id: Schema.Int, answer: Schema.Unknown })
const isReply = Schema.is(Reply)

/** Starts a process; it is killed when the scope closes. */
export const start = (options: ChildOptions): Effect.Effect<Child, ChildFailed, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.suspend(() => spawn(options)),
    (child) => child.kill("SIGKILL")
  )

const spawn = ({ module, args = [], execArgv = [], env = {} }: ChildOptions): Effect.Effect<Child, ChildFailed> => {
  const subprocess = fork(module, [...args], {
    execArgv: [...execArgv],
    env: { ...process.env, ...env },
    stdio: ["pipe", "pipe", "pipe", "ipc"]
  })
  const { pid, stdin, stdout, stderr } = subprocess
  if (pid === undefined || stdin === null || stdout === null || stderr === null) {
    return Effect.fail(new ChildFailed({ module, reason: "could not be started", output: "" }))
  }
  let output = ""
  const keep = (chunk: Buffer) => {
    output = (output + chunk.toString()).slice(-maxOutput)
  }
  stdout.on("data", keep)
  stderr.on("data", keep)
  // Writing to a process that was killed is no news to whoever killed it.
  stdin.on("error", () => undefined)

  let lastQuestion = 0
  const waiting = new Map<number, (exit: Effect.Effect<unknown, ChildFailed>) => void>()
  subprocess.on("message", (message) => {
    if (!isReply(message)) return
    waiting.get(message.id)?.(Effect.succeed(message.answer))
    waiting.delete(message.id)
  })

  const gone = new Promise<string>((resolve) => {
    subprocess.once("exit", (code, signal) =>
      resolve(signal === null ? `ended with ${code}` : `was ended by ${signal}`)
    )
  })
  const ended = Effect.flatMap(
    Effect.promise(() => gone),
    (reason) => Effect.fail(new ChildFailed({ module, reason, output }))
  )

  return Effect.succeed({
    pid,
    stdin,
    stdout,
    ended,
    output: () => output,
    ask: (question, answer) =>
      Effect.callback<unknown, ChildFailed>((resume) => {
        const id = ++lastQuestion
        waiting.set(id, resume)
        subprocess.send({ id, question }, (error) => {
          if (error !== null) resume(Effect.fail(new ChildFailed({ module, reason: error.message, output })))
        })
      }).pipe(
        Effect.raceFirst(ended),
        Effect.flatMap(Schema.decodeUnknownEffect(answer)),
        Effect.catchTag("SchemaError", (error) =>
          Effect.fail(new ChildFailed({ module, reason: `answered what was not asked: ${error.message}`, output }))
        )
      ),
    kill: (signal) =>
      Effect.promise(() => {
        subprocess.kill(signal)
        return gone
      })
  })
}
