// A server to be broken on purpose: the same program, with a hand on its rooms. Each line `crash ROOM` on stdin crashes that
// room's incarnation, as an operator's kill does, and is answered on stdout; a message that says exactly "☠ poison" crashes the
// room that is about to number it. Never the way to run a server for people.
import type { Faults } from "@messenger/chat/Faults"
import { SupervisionTree } from "@messenger/otp/SupervisionTree"
import { Console, Effect, Stream } from "effect"
import { createInterface } from "node:readline"
import { run } from "./Program.ts"

const poison: Faults = {
  beforeNumbering: (_, texts) => {
    if (texts.includes("☠ poison")) throw new Error("a poison message")
  }
}

const crash = (roomId: string) =>
  Effect.gen(function* () {
    const tree = yield* SupervisionTree
    yield* tree.killChild(`root/chat/rooms/${roomId}/room`)
    yield* Console.log(`crashed ${roomId}`)
  }).pipe(Effect.catchTag("NotRunning", () => Console.log(`not running ${roomId}`)))

const control = Stream.fromAsyncIterable(createInterface({ input: process.stdin }), (cause) => cause).pipe(
  Stream.runForEach((line) => {
    const [verb, roomId] = line.trim().split(" ")
    return verb === "crash" && roomId !== undefined ? crash(roomId) : Console.log(`unknown command: ${line}`)
  }),
  Effect.orDie,
  Effect.andThen(Effect.never)
)

run({ beside: control, faults: poison })
