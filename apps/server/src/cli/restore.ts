// Puts a backup into the database of the settings.
import { Console, Effect, Option, Schema } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import { ServerConfig } from "../ServerConfig.ts"
import * as Topology from "../Topology.ts"
import { again } from "./again.ts"
import { keyBeside } from "./backup.ts"
import { pathOf } from "./pathOf.ts"
import { resealing } from "./resealing.ts"

/** Something is there that nobody said may be replaced; nothing was changed. */
export class NotReplaceable extends Schema.TaggedError<NotReplaceable>()("NotReplaceable", {
  sentence: Schema.String
}) {
  override get message(): string {
    return this.sentence
  }
}

/** `restore FILE [--replace]` */
export const restore = Command.make(
  "restore",
  {
    file: Argument.String("file").pipe(
      Argument.withDescription("A file that backup wrote, of this version or an older one")
    ),
    replace: Flag.Boolean("replace").pipe(
      Flag.withDescription("Puts what is there aside, and the backup in its place"),
      Flag.withDefault(false)
    )
  },
  Effect.fnUntraced(function* ({ file, replace }) {
    const database = yield* Topology.upkeep
    const config = yield* ServerConfig
    const path = yield* pathOf(file)
    let countUnopened = () => 0
    const { aside } = yield* database
      .restore(path, {
        isReplacing: replace,
        reseal: resealing(keyBeside(path)).pipe(
          Effect.provideService(ServerConfig, config),
          Effect.map(({ reseal, unopened }) => {
            countUnopened = unopened
            return reseal
          })
        )
      })
      .pipe(
        Effect.catchTag("DatabaseNotEmpty", ({ database }) => {
          const sentence = `The database ${database} holds something already. To put a backup of that aside and this one in its place, ${again("--replace", "restore", [path])}`
          return Effect.fail(new NotReplaceable({ sentence }))
        })
      )
    yield* Console.log(`The backup ${path} was restored into ${database.name}.`)
    if (Option.isSome(aside)) yield* Console.log(`What was there lies in ${aside.value}.`)
    yield* Console.log(
      "Everybody logs in again, and links are made anew. What was changed or revoked since the backup is as it was then: look at passwords, roles, API tokens and webhooks."
    )
    yield* tellUnopened(countUnopened())
  })
).pipe(Command.withDescription("Puts a backup into the database; no server may run"))

/** Says how many secrets of webhooks nobody here can open. */
export const tellUnopened = (count: number): Effect.Effect<void> =>
  count === 0
    ? Effect.void
    : Console.log(
        `Outgoing webhooks whose secret is sealed with a key that is not here: ${count}. Set SECRET_KEY_PREVIOUS to that key, or make them anew.`
      )
