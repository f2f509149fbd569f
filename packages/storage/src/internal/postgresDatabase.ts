import { Duration, Effect } from "effect"
import type { SqlClient, SqlConnection, SqlError } from "effect/sql"
import type { Database } from "../Database.ts"
import type { CommitRequest } from "../MessageLog.ts"
import { DatabaseAway, OutcomeUnknown } from "../StorageFailure.ts"
import { commitOutcomes, commitParams, commitStatement, planRequest } from "./postgresCommit.ts"
import type { CommitRow, PlannedRequest } from "./postgresCommit.ts"
import { isRefusal, sqlStateOf } from "./postgresFailure.ts"
import { makePostgresSteps } from "./postgresSteps.ts"
import type { RawOutcome } from "./rawOutcome.ts"

/** The clients of a database, and how long a commit may take before its outcome counts as unknown. */
export interface PostgresClients {
  /** Reads and small writes. */
  readonly pool: SqlClient.SqlClient
  /** One connection that nothing else uses. */
  readonly commits: SqlClient.SqlClient
  readonly commitTimeout: Duration.Duration
}

type CommitFailure = DatabaseAway | OutcomeUnknown

const operation = "MessageLog.commit"
const away = (cause: unknown) => new DatabaseAway({ operation, cause })
const unknown = (cause: unknown) => new OutcomeUnknown({ operation, cause })

/** A database of these clients. */
export const makePostgresDatabase = ({ pool, commits, commitTimeout }: PostgresClients): Database["Service"] => {
  const send = (
    requests: ReadonlyArray<PlannedRequest>
  ): Effect.Effect<ReadonlyMap<string, RawOutcome>, CommitFailure> =>
    Effect.scoped(
      Effect.flatMap(Effect.mapError(commits.reserve, away), (connection) =>
        commitTogether(connection, requests).pipe(
          Effect.catchTag("SqlError", (error) => {
            if (!isRefusal(error)) return Effect.fail(sqlStateOf(error) === undefined ? unknown(error) : away(error))
            const [only, ...others] = requests
            return only !== undefined && others.length === 0
              ? Effect.succeed(new Map([[only.roomId, refused(error)]]))
              : commitApart(connection, requests)
          })
        )
      )
    )

  const commit = Effect.fnUntraced(function* (requests: ReadonlyArray<CommitRequest>) {
    const planned = requests.map(planRequest)
    const sent = planned.filter(isPlanned)
    const outcomes = sent.length === 0 ? new Map<string, RawOutcome>() : yield* bounded(send(sent), commitTimeout)
    return yield* Effect.forEach(planned, (request) => {
      const outcome = isPlanned(request) ? outcomes.get(request.roomId) : request
      return outcome === undefined ? Effect.die(new Error("a room was not answered")) : Effect.succeed(outcome)
    })
  })

  const { together, inTurn } = makePostgresSteps(pool)
  return { reads: pool, writes: pool, together, inTurn, commit }
}

// The caller cannot interrupt a commit. Time can: the statement is cancelled then, and the connection is closed unless the
// server says what became of it.
const bounded = <Value>(
  commit: Effect.Effect<Value, CommitFailure>,
  limit: Duration.Duration
): Effect.Effect<Value, CommitFailure> =>
  commit.pipe(
    Effect.timeoutOrElse({
      duration: limit,
      orElse: () => Effect.fail(unknown(new Error(`no answer within ${Duration.format(limit)}`)))
    })
  )

const isPlanned = (request: PlannedRequest | RawOutcome): request is PlannedRequest => "roomId" in request

const refused = (error: SqlError.SqlError): RawOutcome => {
  const { cause } = error.reason
  return { _tag: "Refused", message: cause instanceof Error ? cause.message : error.message }
}

// One statement is one transaction: that it is answered means that it is committed.
const commitTogether = (
  connection: SqlConnection.Connection,
  requests: ReadonlyArray<PlannedRequest>
): Effect.Effect<ReadonlyMap<string, RawOutcome>, SqlError.SqlError> =>
  Effect.map(connection.execute(commitStatement, commitParams(requests), undefined), (rows: ReadonlyArray<CommitRow>) =>
    commitOutcomes(rows)
  )

/** Some room's rows are bad: each room in a savepoint of its own, in the order of their ids. */
const commitApart = Effect.fnUntraced(function* (
  connection: SqlConnection.Connection,
  requests: ReadonlyArray<PlannedRequest>
): Effect.fn.Return<ReadonlyMap<string, RawOutcome>, CommitFailure> {
  const run = (sql: string) => connection.execute(sql, [], undefined)
  const outcomes = new Map<string, RawOutcome>()
  yield* Effect.gen(function* () {
    yield* run("BEGIN")
    for (const request of requests.toSorted((a, b) => (a.roomId < b.roomId ? -1 : 1))) {
      yield* run("SAVEPOINT room")
      const outcome = yield* commitTogether(connection, [request]).pipe(
        Effect.catchIf(isRefusal, (error) =>
          Effect.as(run("ROLLBACK TO SAVEPOINT room"), new Map([[request.roomId, refused(error)]]))
        )
      )
      for (const [roomId, raw] of outcome) outcomes.set(roomId, raw)
      yield* run("RELEASE SAVEPOINT room")
    }
  }).pipe(
    // COMMIT was not sent: whatever failed, nothing was written. A connection that cannot roll back is lost, and so is its work.
    Effect.tapError(() => Effect.ignore(run("ROLLBACK"))),
    Effect.mapError(away)
  )
  yield* run("COMMIT").pipe(
    Effect.mapError((error) => (sqlStateOf(error) === undefined ? unknown(error) : away(error)))
  )
  return outcomes
})
