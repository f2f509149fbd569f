// The two ends of the pipe that this program is in. Reading waits while nothing is taken, and writing ends when the line is out of
// our hands, so that a slow neighbour slows us down and nothing piles up.
import * as NodeStream from "@effect/platform-node/NodeStream"
import { Effect, Schema, Stream } from "effect"
import * as Pieces from "./Pieces.ts"
import type { Piece } from "./Pieces.ts"

/** Whoever read what we print has gone. */
export class ReaderGone extends Schema.TaggedError<ReaderGone>()("ReaderGone", {}) {}

/** Standard input could not be read. */
export class InputBroken extends Schema.TaggedError<InputBroken>()("InputBroken", { cause: Schema.Defect() }) {}

/** What comes in, in pieces that fit a message, until it ends. */
export const pieces: Stream.Stream<Piece, InputBroken> = Stream.suspend(() => {
  const { take, end } = Pieces.cutter()
  const chunks = NodeStream.fromReadable<Uint8Array, InputBroken>({
    evaluate: () => process.stdin,
    onError: (cause) => new InputBroken({ cause }),
    chunkSize: 1
  })
  return chunks.pipe(
    Stream.decodeText(),
    Stream.flatMap((text) => Stream.fromIterable(take(text))),
    Stream.concat(Stream.suspend(() => Stream.fromIterable(end())))
  )
})

/** Prints a line; ends when the system has it. */
export const print = (line: string): Effect.Effect<void, ReaderGone> =>
  Effect.callback((resume) => {
    process.stdout.write(`${line}\n`, (error) => resume(error ? Effect.fail(new ReaderGone()) : Effect.void))
  })

/** Fails when a line finds nobody who reads it, and ends in no other way. */
export const readerGone: Effect.Effect<never, ReaderGone> = Effect.callback((resume) => {
  // For good: the stream says so once more after it has failed a write, and that nobody listens would end the process.
  process.stdout.on("error", () => resume(Effect.fail(new ReaderGone())))
})

/** Says something beside what is printed. */
export const note = (sentence: string): Effect.Effect<void> =>
  Effect.sync(() => void process.stderr.write(`${sentence}\n`))
