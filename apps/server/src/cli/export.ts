// The conversation of a room, taken by whoever has a shell on the machine: they may read it all, so no right is asked for, and the
// audit log says that it was done from here.
import { Exports } from "@messenger/chat/Exports"
import { ExportFormat } from "@messenger/protocol/RoomExport"
import { Console, Effect, Option, Schema, Stream } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import { open, unlink, type FileHandle } from "node:fs/promises"

/** There is no export, or no whole one. The message is one sentence for whoever asked. */
export class NoExport extends Schema.TaggedError<NoExport>()("NoExport", { sentence: Schema.String }) {
  override get message(): string {
    return this.sentence
  }
}

/** `export ROOM [--format json|html] [--to FILE]` */
export const exportRoom = Command.make(
  "export",
  {
    room: Argument.String("room").pipe(Argument.withDescription("Its id, or the last part of its address")),
    format: Flag.Literals("format", ExportFormat.literals).pipe(
      Flag.withDescription("json for programs, html to read and to print"),
      Flag.withDefault("json")
    ),
    to: Flag.String("to").pipe(
      Flag.withMetavar("FILE"),
      Flag.withDescription("A file that is not there yet; standard output when there is none"),
      Flag.optional
    )
  },
  Effect.fnUntraced(function* ({ format, room, to }) {
    const exports = yield* Exports
    const { text } = yield* exports.openAsOperator(room, format).pipe(
      Effect.catchTags({
        RoomNotFound: () => Effect.fail(new NoExport({ sentence: `There is no room ${JSON.stringify(room)} here.` })),
        StorageUnavailable: () => Effect.fail(away)
      })
    )
    const told = Stream.mapError(text, () => brokenOff)
    if (Option.isNone(to)) return yield* Stream.runForEach(told, print)
    yield* writeFile(to.value, told)
    yield* Console.log(`Written to ${to.value}.`)
  })
).pipe(Command.withDescription("Writes the whole conversation of a room, as JSON or as a page to read"))

const away = new NoExport({ sentence: "The database does not answer: try again in a moment." })

const brokenOff = new NoExport({
  sentence: "The database went away in the middle, so this is no whole export: try again in a moment."
})

// Whole or not at all: a file that was cut off would be taken for what it is not.
const writeFile = Effect.fnUntraced(function* (path: string, text: Stream.Stream<string, NoExport>) {
  const file = yield* attempt(path, () => open(path, "wx"))
  const write = (part: string) => attempt(path, () => file.appendFile(part))
  yield* Stream.runForEach(text, write).pipe(
    Effect.andThen(attempt(path, () => file.sync())),
    Effect.onExit((exit) => (exit._tag === "Success" ? closed(file) : Effect.andThen(closed(file), removed(path))))
  )
})

const closed = (file: FileHandle) => Effect.promise(() => file.close())

const removed = (path: string) => Effect.promise(() => unlink(path))

const attempt = <Value>(path: string, act: () => Promise<Value>): Effect.Effect<Value, NoExport> =>
  Effect.tryPromise({
    try: act,
    catch: (cause) =>
      new NoExport({
        sentence:
          codeOf(cause) === "EEXIST"
            ? `${path} is there already: name another file, or remove it first.`
            : `${path} cannot be written: ${cause instanceof Error ? cause.message : String(cause)}.`
      })
  })

const codeOf = (cause: unknown): unknown => (cause instanceof Error && "code" in cause ? cause.code : undefined)

// Waits until it has left, so that a slow reader of the output does not have it collect here.
const print = (part: string): Effect.Effect<void, NoExport> =>
  Effect.callback((resume) => {
    // A reader that goes away, as `head` does, is told to the write and as an event, which nobody else hears.
    const onError = () => resume(Effect.fail(unread))
    process.stdout.once("error", onError)
    process.stdout.write(part, (error) => {
      if (error === null || error === undefined) process.stdout.off("error", onError)
      resume(error === null || error === undefined ? Effect.void : Effect.fail(unread))
    })
  })

const unread = new NoExport({ sentence: "Nobody reads the output any more, so this is no whole export." })
