// The lease of a PostgreSQL database: one row that its holder renews. Only the database's clock is believed, and only the database
// says that a lease is lost: while it is away nobody else can take the row either.
import { Deferred, Duration, Effect, Option, Schedule } from "effect"
import type { Scope } from "effect"
import type { SqlClient, SqlError } from "effect/sql"
import { randomUUID } from "node:crypto"
import { LeaseLost, LogInRefused } from "../ServerLease.ts"
import type { ServerLease } from "../ServerLease.ts"
import { CannotConnect, DatabaseInUse } from "../StartFailure.ts"
import { advisoryLock } from "./migrate.ts"
import { connectCause, isLogInRefused } from "./postgresLogin.ts"

/** How a lease is held. */
export interface LeaseTimes {
  /** A holder that did not renew for this long may be replaced. */
  readonly expiry: Duration.Duration
  /** How long to wait for another holder: longer than `expiry`, so that a server that was killed is replaced. */
  readonly wait: Duration.Duration
}

/** Three renewals fit into one expiry: two may fail. */
const renewalsPerExpiry = 3

const retryEvery = "250 millis"

/** Takes the lease, and renews it until the scope closes; then it is given back. `database` names it in failures. */
export const holdLease = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  database: string,
  { expiry, wait }: LeaseTimes
): Effect.fn.Return<ServerLease["Service"], DatabaseInUse | CannotConnect, Scope.Scope> {
  const holder = randomUUID()
  const until = sql`now() + make_interval(secs => ${Duration.toSeconds(expiry)}::double precision)`
  const cannotConnect = (error: SqlError.SqlError) => new CannotConnect({ database, cause: connectCause(error) })
  yield* Effect.mapError(makeTable(sql), cannotConnect)

  const take = Effect.gen(function* () {
    const taken = yield* sql`
      INSERT INTO server_lease (id, holder, expires_at) VALUES (1, ${holder}, ${until})
      ON CONFLICT (id) DO UPDATE SET holder = excluded.holder, expires_at = excluded.expires_at
      WHERE server_lease.expires_at < now() OR server_lease.holder = excluded.holder
      RETURNING id`.pipe(Effect.mapError(cannotConnect))
    if (taken.length === 0) return yield* new DatabaseInUse({ database })
  })
  yield* Effect.acquireRelease(
    take.pipe(
      Effect.retry({ while: ({ _tag }) => _tag === "DatabaseInUse", schedule: Schedule.spaced(retryEvery) }),
      Effect.timeoutOrElse({ duration: wait, orElse: () => Effect.fail(new DatabaseInUse({ database })) })
    ),
    () => giveBack(sql, holder),
    { interruptible: true }
  )

  const lost = yield* Deferred.make<never, LeaseLost | LogInRefused>()
  const renew = Effect.gen(function* () {
    const held =
      yield* sql`UPDATE server_lease SET expires_at = ${until} WHERE id = 1 AND holder = ${holder} RETURNING id`
    if (held.length === 0) yield* Deferred.fail(lost, new LeaseLost({ database }))
  }).pipe(
    // A database that is away loses no lease; the next renewal asks again.
    Effect.catch((error) =>
      isLogInRefused(error)
        ? Deferred.fail(lost, new LogInRefused({ database, cause: connectCause(error) }))
        : Effect.logWarning("the lease could not be renewed", error)
    )
  )
  yield* renew.pipe(
    Effect.delay(Duration.divideUnsafe(expiry, renewalsPerExpiry)),
    Effect.repeat({ until: () => Deferred.isDone(lost) }),
    Effect.forkScoped
  )
  return { lost: Deferred.await(lost) }
})

// Before any migration, since the lease is what lets a server migrate.
const makeTable = (sql: SqlClient.SqlClient): Effect.Effect<void, SqlError.SqlError> =>
  sql.withTransaction(
    Effect.gen(function* () {
      yield* sql`SELECT pg_advisory_xact_lock(${advisoryLock})`
      yield* sql`
        CREATE TABLE IF NOT EXISTS server_lease (
          id INTEGER PRIMARY KEY CHECK (id = 1),
          holder TEXT NOT NULL,
          expires_at TIMESTAMPTZ NOT NULL
        )`
    })
  )

// What cannot be given back expires.
const giveBack = (sql: SqlClient.SqlClient, holder: string): Effect.Effect<void> =>
  sql`DELETE FROM server_lease WHERE holder = ${holder}`.pipe(
    // The connection may have been lost since the last renewal without anybody noticing.
    Effect.retry({ times: 2 }),
    Effect.interruptible,
    Effect.timeoutOption("2 seconds"),
    Effect.tap((given) =>
      Option.isNone(given) ? Effect.logWarning("the lease was not given back in time") : Effect.void
    ),
    Effect.catch((cause) => Effect.logWarning("the lease could not be given back", cause)),
    Effect.asVoid
  )
