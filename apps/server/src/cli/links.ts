// One-time links, made by whoever has a shell on the machine. They are shown once, here.
import { Administration } from "@messenger/chat/Administration"
import { StorageUnavailable } from "@messenger/protocol/Unavailable"
import { Console, DateTime, Effect, Redacted, Schema } from "effect"
import { Argument, Command } from "effect/cli"
import { baseOf, isOnlyHere, linkTo } from "../Links.ts"
import { thisMachine } from "../Machine.ts"
import { ServerConfig } from "../ServerConfig.ts"

/** No link was made. The message is one sentence for whoever asked. */
export class NoLink extends Schema.TaggedError<NoLink>()("NoLink", { sentence: Schema.String }) {
  override get message(): string {
    return this.sentence
  }
}

/** `reset-link USER` */
export const resetLink = Command.make(
  "reset-link",
  { user: Argument.String("user").pipe(Argument.withDescription("The username that they log in with")) },
  Effect.fnUntraced(function* ({ user }) {
    const administration = yield* Administration
    const { token, expiresAt } = yield* administration.makeResetLink(user).pipe(
      Effect.catchTag("AccountNotFound", () =>
        Effect.fail(new NoLink({ sentence: `Nobody here logs in as ${JSON.stringify(user)}.` }))
      ),
      whenAway
    )
    const until = DateTime.formatIso(DateTime.makeUnsafe(expiresAt))
    yield* tellLink("reset", Redacted.make(token), `Good once, until ${until}: give it to them alone.`)
  })
).pipe(Command.withDescription("Makes a link by which somebody sets a new password"))

/** `owner-link` */
export const ownerLink = Command.make(
  "owner-link",
  {},
  Effect.fnUntraced(function* () {
    const administration = yield* Administration
    const token = yield* whenAway(administration.makeOwnerLink)
    yield* tellLink("claim", token, "Who registers and opens it owns the server: it is good once.")
  })
).pipe(Command.withDescription("Makes a link by which somebody becomes an owner of the server"))

const tellLink = Effect.fnUntraced(function* (kind: "reset" | "claim", token: Redacted.Redacted, about: string) {
  const base = baseOf(yield* ServerConfig, thisMachine())
  const warning = isOnlyHere(base)
    ? ` It begins with ${new URL(base).hostname}: set PUBLIC_URL to the address that people use.`
    : ""
  yield* Console.log(`${linkTo(base, kind, token)}\n${about}${warning}`)
})

const whenAway = <Made, Refusal>(
  making: Effect.Effect<Made, Refusal | StorageUnavailable>
): Effect.Effect<Made, Refusal | NoLink> =>
  making.pipe(
    Effect.catch((error) =>
      Effect.fail(
        error instanceof StorageUnavailable
          ? new NoLink({ sentence: "The database does not answer: try again in a moment." })
          : error
      )
    )
  )
