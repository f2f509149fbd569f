// Who did what that matters to security. Append and page only; entries outlive the accounts they name, addresses do not last.
import type { UserId } from "@messenger/protocol/Account"
import type { AuditAction, AuditPage } from "@messenger/protocol/Audit"
import type { RoomId } from "@messenger/protocol/Room"
import { Array as Arr, Context, Effect, Layer } from "effect"
import { randomUUID } from "node:crypto"
import { asWeather, Database } from "./Database.ts"
import { decodeAuditEntries } from "./internal/peopleRows.ts"
import type { Row } from "./internal/rawOutcome.ts"
import type { DatabaseAway } from "./StorageFailure.ts"

/** An entry to be appended; `at` is UTC milliseconds. `detail` is a word or two and never a secret. */
export interface NewAuditEntry {
  readonly at: number
  readonly action: AuditAction
  readonly actor: UserId | null
  readonly subject: UserId | null
  readonly room: RoomId | null
  readonly detail: string
  readonly address: string | null
}

export class AuditLog extends Context.Service<
  AuditLog,
  {
    readonly append: (entries: ReadonlyArray<NewAuditEntry>) => Effect.Effect<void, DatabaseAway>
    /** At most `limit` entries before the id, from the newest on. Names are those that the accounts bear now. */
    readonly page: (before: number | null, limit: number) => Effect.Effect<AuditPage, DatabaseAway>
    /** Erases the addresses of entries older than `before`; answers how many. */
    readonly eraseAddresses: (before: number) => Effect.Effect<number, DatabaseAway>
  }
>()("@messenger/storage/AuditLog") {
  static readonly layer: Layer.Layer<AuditLog, never, Database> = Layer.effect(
    AuditLog,
    Effect.map(Database, (database) => make(database))
  )
}

const make = ({ reads, writes }: Database["Service"]): AuditLog["Service"] => ({
  append: Effect.fn("AuditLog.append")((entries) =>
    // The keys are made before anything is sent: entries that are written again because the answer was lost are there already.
    Effect.forEach(
      Arr.chunksOf(
        entries.map((entry) => ({ ...entry, key: randomUUID() })),
        rowsPerStatement
      ),
      (chunk) => {
        const rows = writes.csv(
          chunk.map(
            ({ key, at, action, actor, subject, room, detail, address }) =>
              writes`(${key}, ${at}, ${action}, ${actor}, ${subject}, ${room}, ${detail}, ${address})`
          )
        )
        return writes`
          INSERT INTO audit (key, at, action, actor_id, subject_id, room_id, detail, address) VALUES ${rows}
          ON CONFLICT (key) DO NOTHING`.unprepared.pipe(asWeather("AuditLog.append"))
      },
      { discard: true }
    )
  ),
  page: Effect.fn("AuditLog.page")(function* (before, limit) {
    // One row more than is wanted says whether there is more.
    const rows = yield* reads<Row>`
      SELECT e.id, e.at, e.action, e.actor_id, actor.name AS actor_name, e.subject_id, subject.name AS subject_name,
        e.room_id, e.detail, e.address
      FROM audit e
      LEFT JOIN accounts actor ON actor.id = e.actor_id LEFT JOIN accounts subject ON subject.id = e.subject_id
      WHERE e.id < ${before ?? Number.MAX_SAFE_INTEGER} ORDER BY e.id DESC LIMIT ${limit + 1}`.pipe(
      asWeather("AuditLog.page")
    )
    return { entries: yield* decodeAuditEntries(rows.slice(0, limit)), hasOlder: rows.length > limit }
  }),
  eraseAddresses: Effect.fn("AuditLog.eraseAddresses")((before) =>
    writes`UPDATE audit SET address = NULL WHERE address IS NOT NULL AND at < ${before} RETURNING id`.pipe(
      Effect.map((rows) => rows.length),
      asWeather("AuditLog.eraseAddresses")
    )
  )
})

// Eight parameters a row: far below what either database takes in one statement.
const rowsPerStatement = 1_000
