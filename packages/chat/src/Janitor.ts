// Once an hour, what is over is deleted: sessions, links, blocks of names, deliveries to webhooks, and the addresses in old entries of the
// audit log.
import * as Worker from "@messenger/otp/Worker"
import { Accounts } from "@messenger/storage/Accounts"
import { AuditLog } from "@messenger/storage/AuditLog"
import { Invites } from "@messenger/storage/Invites"
import { OneTimeLinks } from "@messenger/storage/OneTimeLinks"
import { Sessions as SessionRows } from "@messenger/storage/Sessions"
import { Webhooks } from "@messenger/storage/Webhooks"
import { Clock, Effect, Schedule } from "effect"
import { AccountPolicy } from "./AccountPolicy.ts"
import { Sessions } from "./Sessions.ts"

const dayMillis = 86_400_000

/** How long deliveries to webhooks can be looked at after they ended, in days. */
const deliveryDays = 7

/** The janitor, as a child of chat's supervisor. */
export const make = Effect.gen(function* () {
  const accounts = yield* Accounts
  const audit = yield* AuditLog
  const invites = yield* Invites
  const links = yield* OneTimeLinks
  const rows = yield* SessionRows
  const sessions = yield* Sessions
  const webhooks = yield* Webhooks
  const { auditAddressDays } = yield* AccountPolicy

  const tidy = Effect.gen(function* () {
    const now = yield* Clock.currentTimeMillis
    // A session that is used lives longer than its row says until that is written.
    yield* Effect.andThen(sessions.writeUses, rows.removeExpired(now)).pipe(each("sessions"))
    yield* links.removeExpired(now).pipe(each("links"))
    yield* invites.removeExpired(now).pipe(each("invites"))
    yield* accounts.freeNames(now).pipe(each("names"))
    yield* webhooks.removeEnded(now - deliveryDays * dayMillis).pipe(each("deliveries"))
    yield* audit.eraseAddresses(now - auditAddressDays * dayMillis).pipe(each("addresses"))
  }).pipe(Effect.withSpan("Janitor.tidy"))

  return Worker.make({
    id: "janitor",
    init: Effect.void,
    run: () => Effect.repeat(tidy, Schedule.spaced("1 hour"))
  })
})

// While the database is away there is nothing to tidy: the next round does it. One that fails holds up no other.
const each =
  (what: string) =>
  <A, E>(work: Effect.Effect<A, E>): Effect.Effect<void> =>
    work.pipe(
      Effect.asVoid,
      Effect.catch((error) => Effect.logDebug(`The janitor will see to ${what} later`, error))
    )
