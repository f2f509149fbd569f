// The conversation of a room, taken by whoever has a shell on the machine: they may read it all, so no right is asked for, and the
// audit log says that it was done from here.
import { Exports } from "@messenger/chat/Exports"
import { ExportFormat } from "@messenger/protocol/RoomExport"
import * as PartialFile from "@messenger/storage/PartialFile"
import { Console, Effect, Option, Schema, Stream } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import { access, open } from "node:fs/promises"
import { dirname } from "node:path"
import { pathOf } from "./pathOf.ts"

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
    const file = yield* Effect.transposeOption(Option.map(to, pathOf))
    const exports = yield* Exports
    const { text } = yield* exports.openAsOperator(room, format).pipe(
      Effect.catchTags({
        RoomNotFound: () => Effect.fail(new NoExport({ sentence: `There is no room ${JSON.stringify(room)} here.` })),
        StorageUnavailable: () => Effect.fail(away)
      })
    )
    const told = Stream.mapError(text, () => brokenOff)
    if (Option.isNone(file)) return yield* Stream.runForEach(told, print)
    yield* writeFile(file.value, told)
    yield* Console.log(`Written to ${file.value}.`)
  })
).pipe(Command.withDescription("Writes the whole conversation of a room, as JSON or as a page to read"))

const away = new NoExport({ sentence: "The database does not answer: try again in a moment." })

const brokenOff = new NoExport({
  sentence: "The database went away in the middle, so this is no whole export: try again in a moment."
})

// Whole or not at all: a file that was cut off would be taken for what it is not.
const writeFile = (path: string, text: Stream.Stream<string, NoExport>) =>
  Effect.scoped(
    Effect.gen(function* () {
      yield* PartialFile.expectFree(path)
      yield* PartialFile.writing(path, () => access(dirname(path)))
      const partial = yield* PartialFile.make(path)
      const file = yield* Effect.acquireRelease(
        PartialFile.writing(path, () => open(partial, "a")),
        (file) => Effect.promise(() => file.close())
      )
      yield* Stream.runForEach(text, (part) => PartialFile.writing(path, () => file.appendFile(part)))
      yield* PartialFile.publish(partial, path)
    })
  ).pipe(
    Effect.catchTags({
      FileExists: () =>
        Effect.fail(new NoExport({ sentence: `${path} is there already: name another file, or remove it first.` })),
      CopyNotWritten: ({ cause }) =>
        Effect.fail(
          new NoExport({
            sentence: `${path} cannot be written: ${cause instanceof Error ? cause.message : String(cause)}.`
          })
        )
    })
  )

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
