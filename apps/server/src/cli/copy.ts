// Moves from the embedded database to PostgreSQL.
import { Console, Effect, Option, Redacted, Schema } from "effect"
import { Command, Flag } from "effect/cli"
import { PostgresUrl } from "../config/settings.ts"
import { ServerConfig } from "../ServerConfig.ts"
import { keyFileIn } from "../tokens/SecretKey.ts"
import * as Topology from "../Topology.ts"
import { resealing } from "./resealing.ts"
import { tellUnopened } from "./restore.ts"

/** Something that a server on PostgreSQL needs is missing; nothing was copied. */
export class NotCopied extends Schema.TaggedError<NotCopied>()("NotCopied", { sentence: Schema.String }) {
  override get message(): string {
    return this.sentence
  }
}

/** `copy --to postgres://…` */
export const copy = Command.make(
  "copy",
  {
    to: Flag.Redacted("to").pipe(
      Flag.withDescription("An empty PostgreSQL database, like postgres://user:password@host/name")
    )
  },
  Effect.fnUntraced(function* ({ to }) {
    const { dataDir, secretKey } = yield* ServerConfig
    if (!Schema.is(PostgresUrl)(Redacted.value(to))) {
      const sentence =
        "The option --to must be an address that begins with postgres://, with special characters in it written like %40."
      return yield* new NotCopied({ sentence })
    }
    if (Option.isNone(secretKey)) {
      const sentence = "A server on PostgreSQL needs SECRET_KEY: set it, to what it will be there, and copy again."
      return yield* new NotCopied({ sentence })
    }
    const { reseal, unopened } = yield* resealing(keyFileIn(dataDir))
    const { counts, from, to: target } = yield* Topology.copyTo(to, reseal)
    const rows = [...counts.values()].reduce((sum, count) => sum + count, 0)
    yield* Console.log(
      `All ${rows} rows of ${from} (messages: ${counts.get("messages") ?? 0}) were copied to ${target}, and are the same there.`
    )
    yield* Console.log(
      "Start the server with DATABASE_URL set to it and with the SECRET_KEY of now. The file stays as it was: start no server on it again."
    )
    yield* tellUnopened(unopened())
  })
).pipe(Command.withDescription("Copies the embedded database into an empty PostgreSQL database; no server may run"))
