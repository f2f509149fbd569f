// `npm run db:seed`: a small company that has talked for three months, for trying the program. It takes the lease, so no server
// runs on the database meanwhile.
import { Passwords } from "@messenger/chat/Passwords"
import { newId } from "@messenger/chat/Secrets"
import { makeDemo } from "@messenger/demo/Demo"
import type { Demo } from "@messenger/demo/Demo"
import { people } from "@messenger/demo/People"
import { Clock, Console, Effect, Option, Redacted } from "effect"
import { Command, Flag } from "effect/cli"
import * as Topology from "../Topology.ts"
import { again } from "./again.ts"
import { freeSuffix, isInhabited, SeedRefused, writeDemo } from "./seedWriting.ts"

const flags = {
  seed: Flag.Int("seed").pipe(Flag.withDescription("Another number makes another history"), Flag.withDefault(1)),
  password: Flag.Redacted("password").pipe(
    Flag.withDescription("The password of all these people; a random one by default"),
    Flag.optional
  ),
  add: Flag.Boolean("add").pipe(
    Flag.withDescription("Also where there are people or messages already; what is theirs is left as it is"),
    Flag.withDefault(false)
  )
}

/** `seed [--seed NUMBER] [--password PASSWORD] [--add]` */
export const seed = Command.make(
  "seed",
  flags,
  Effect.fnUntraced(
    function* ({ seed, password, add }) {
      const shared = Option.getOrElse(password, () => Redacted.make(newId()))
      const passwordHash = yield* hashOf(shared)
      if (!add && (yield* isInhabited)) {
        return yield* new SeedRefused({
          sentence: `There are people or messages here already: begin with an empty database, or ${again("--add", "db:seed")}`
        })
      }
      const suffix = yield* freeSuffix(people)
      const demo = makeDemo({ seed, now: yield* Clock.currentTimeMillis, suffix })
      const isOwner = yield* Effect.raceFirst(writeDemo(demo, suffix, passwordHash), Topology.leaseLost)
      yield* Console.log(report(demo, seed, isOwner, shared))
    },
    Effect.catchTag("DatabaseAway", () =>
      Effect.fail(new SeedRefused({ sentence: "The database does not answer: try again in a moment." }))
    ),
    Effect.provide(Topology.alone)
  )
).pipe(Command.withDescription("Fills the database with a made-up company, for trying the program"))

const hashOf = Effect.fnUntraced(
  function* (password: Redacted.Redacted) {
    const passwords = yield* Passwords
    yield* passwords.check(password)
    return yield* passwords.hash(password, "seed")
  },
  Effect.catchTags({
    PasswordRefused: ({ reason }) =>
      Effect.fail(new SeedRefused({ sentence: `That password cannot be taken (${reason}): choose another, or none.` })),
    PasswordsBusy: () => Effect.fail(new SeedRefused({ sentence: "No password could be made: try again." }))
  })
)

const report = (demo: Demo, seed: number, isOwner: boolean, password: Redacted.Redacted): string => {
  const changes = demo.rooms.flatMap((room) => room.changes)
  const messages = changes.filter(({ kind }) => kind === "post").length.toLocaleString("en")
  const others = demo.people.flatMap(({ username }) => (username === demo.owner ? [] : [username]))
  return [
    `Made ${demo.people.length} people, ${demo.apps.length} apps, ${demo.rooms.length} rooms and ${messages} messages of the last 90 days (seed ${seed}).`,
    "",
    `Log in as ${demo.owner}${isOwner ? ", who owns this server" : ""}. The password, shown once:`,
    "",
    `    ${Redacted.value(password)}`,
    "",
    `It is also that of everybody else: ${others.join(", ")}.`,
    "This is for trying. Do not leave it on a server that others can reach: all these accounts share one password."
  ].join("\n")
}
