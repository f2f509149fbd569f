// Copies the database into one file, while a server runs or not; and beside it the key without which some of it cannot be opened.
import { Console, Effect, Option, Schema } from "effect"
import { Command, Flag } from "effect/cli"
import { existsSync } from "node:fs"
import { ServerConfig } from "../ServerConfig.ts"
import { keepKey, keyFileIn, readKey } from "../tokens/SecretKey.ts"
import * as Topology from "../Topology.ts"
import { pathOf } from "./pathOf.ts"

/** Another backup's key lies where this one's would go. */
export class KeyExists extends Schema.TaggedError<KeyExists>()("KeyExists", { file: Schema.String }) {
  override get message(): string {
    return `There is a file ${this.file} already, and nothing is ever overwritten: name the backup otherwise.`
  }
}

/** `backup [--to FILE]` */
export const backup = Command.make(
  "backup",
  {
    to: Flag.String("to").pipe(
      Flag.withDescription("The file to write; by default one named after the time, in backups in the data folder"),
      Flag.optional
    )
  },
  Effect.fnUntraced(function* ({ to }) {
    const { dataDir, secretKey } = yield* ServerConfig
    const database = yield* Topology.upkeep
    const named = yield* Effect.transposeOption(Option.map(to, pathOf))
    if (Option.isSome(named) && existsSync(keyBeside(named.value))) {
      return yield* new KeyExists({ file: keyBeside(named.value) })
    }
    const key = Option.isSome(secretKey) ? Option.none() : yield* readKey(keyFileIn(dataDir))
    const { counts, file } = yield* database.backup(Option.getOrUndefined(named))
    yield* Console.log(
      `The database ${database.name} was backed up to ${file} (rooms: ${counts.get("rooms") ?? 0}, messages: ${counts.get("messages") ?? 0}).`
    )
    if (Option.isSome(key)) {
      yield* keepKey(keyBeside(file), key.value)
      yield* Console.log(
        `The key of this server lies beside it, in ${keyBeside(file)}: keep both, and from everybody else.`
      )
    } else if (Option.isSome(secretKey)) {
      yield* Console.log("The key of this server is SECRET_KEY, which is yours to keep: it is not in the backup.")
    }
  })
).pipe(Command.withDescription("Copies the database into one file, while the server runs or not"))

/** Where the key of a backup lies. */
export const keyBeside = (file: string): string => `${file}.key`
