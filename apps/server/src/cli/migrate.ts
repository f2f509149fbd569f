// Brings the database up to date without starting a server.
import { Console, Effect, Option } from "effect"
import { Command } from "effect/cli"
import * as Topology from "../Topology.ts"

/** `migrate` */
export const migrate = Command.make(
  "migrate",
  {},
  Effect.fnUntraced(function* () {
    const database = yield* Topology.upkeep
    const { copy, from, to } = yield* database.migrate
    const before = Option.match(copy, { onNone: () => "", onSome: (file) => `; what it was lies in ${file}` })
    if (from === to) yield* Console.log(`The database ${database.name} is up to date (migration ${to}).`)
    else if (from === 0) yield* Console.log(`The database ${database.name} was made (migration ${to}).`)
    else yield* Console.log(`The database ${database.name} was brought from migration ${from} to ${to}${before}.`)
  })
).pipe(Command.withDescription("Brings the database up to date; no server may run"))
