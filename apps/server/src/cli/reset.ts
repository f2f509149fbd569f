// Deletes everything. There is no way back but a backup, so whoever asks says so twice.
import { Console, Effect, Schema } from "effect"
import { Command, Flag, Prompt } from "effect/cli"
import * as Topology from "../Topology.ts"
import { again } from "./again.ts"

/** Nobody said that it is meant; nothing was changed. */
export class NotConfirmed extends Schema.TaggedError<NotConfirmed>()("NotConfirmed", { sentence: Schema.String }) {
  override get message(): string {
    return this.sentence
  }
}

/** `reset [--yes]` */
export const reset = Command.make(
  "reset",
  {
    yes: Flag.Boolean("yes").pipe(
      Flag.withDescription("Does not ask; needed where there is no terminal"),
      Flag.withDefault(false)
    )
  },
  Effect.fnUntraced(function* ({ yes }) {
    const database = yield* Topology.upkeep
    if (!yes) {
      // Nobody is asked about what cannot be done now.
      yield* database.expectUnused
      yield* confirm(database.name)
    }
    yield* database.reset
    yield* Console.log(`The database ${database.name} is empty now: the next start of a server is its first.`)
  })
).pipe(Command.withDescription("Deletes everything in the database; no server may run"))

const confirm = Effect.fnUntraced(function* (name: string) {
  if (!process.stdin.isTTY || !process.stdout.isTTY) {
    return yield* new NotConfirmed({
      sentence: `This deletes everything in ${name}. If that is meant, ${again("--yes", "db:reset")}`
    })
  }
  const question = Prompt.Confirm({ message: `Delete everything in ${name}?` })
  const isMeant = yield* Effect.catchTag(Prompt.run(question), "QuitError", () => Effect.succeed(false))
  if (!isMeant) return yield* new NotConfirmed({ sentence: "Nothing was changed." })
})
