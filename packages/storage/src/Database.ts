// What the ports are built on. Two clients and one commit: reads never wait for writes, and history is written by `commit` alone.
import { Context, Effect } from "effect"
import type { SqlClient, SqlError } from "effect/sql"
import type { CommitRequest } from "./MessageLog.ts"
import type { RawOutcome } from "./internal/rawOutcome.ts"
import { DatabaseAway } from "./StorageFailure.ts"
import type { OutcomeUnknown } from "./StorageFailure.ts"

export class Database extends Context.Service<
  Database,
  {
    /** Reads; may be read-only. */
    readonly reads: SqlClient.SqlClient
    /** Small writes, and migrations. */
    readonly writes: SqlClient.SqlClient
    /** Writes all requests in one transaction, one outcome each, in their order. Its caller lets nobody interrupt it. */
    readonly commit: (
      requests: ReadonlyArray<CommitRequest>
    ) => Effect.Effect<ReadonlyArray<RawOutcome>, DatabaseAway | OutcomeUnknown>
  }
>()("@messenger/storage/Database") {}

/**
 * Turns whatever SQL failed with into weather. Every read and every small write of the ports may be asked again as it is, so what
 * was lost with a connection is asked once more, on another one.
 */
export const asWeather =
  (operation: string) =>
  <Value, Needs>(effect: Effect.Effect<Value, SqlError.SqlError, Needs>): Effect.Effect<Value, DatabaseAway, Needs> =>
    effect.pipe(
      Effect.retry({ while: ({ reason }) => reason._tag === "ConnectionError", times: 1 }),
      Effect.mapError((cause) => new DatabaseAway({ operation, cause }))
    )
