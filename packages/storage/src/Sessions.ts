// Sessions are rows that hold only the hash of their token: whoever reads the database can log in as nobody.
import type { UserId } from "@messenger/protocol/Account"
import type { SessionId } from "@messenger/protocol/Device"
import { Array as Arr, Context, Effect, Layer, Option } from "effect"
import type { Statement } from "effect/sql"
import type { Account } from "./Accounts.ts"
import { asWeather, Database } from "./Database.ts"
import { decodeFoundSessions, decodeSessions } from "./internal/peopleRows.ts"
import type { Row } from "./internal/rawOutcome.ts"
import { accountColumns } from "./internal/rows.ts"
import type { DatabaseAway } from "./StorageFailure.ts"

/** A session to be kept; times are UTC milliseconds. `client` and `address` are what its owner recognises the device by. */
export interface NewSession {
  readonly id: SessionId
  readonly tokenHash: string
  readonly userId: UserId
  readonly client: string
  readonly address: string
  /** Whether it outlives the browser. */
  readonly isRemembered: boolean
  readonly at: number
  readonly expiresAt: number
}

/** A session as its row says it. */
export interface SessionRow {
  readonly id: SessionId
  readonly userId: UserId
  readonly client: string
  readonly address: string
  readonly isRemembered: boolean
  readonly createdAt: number
  readonly lastUsedAt: number
  readonly expiresAt: number
}

/** A session with the account it belongs to. */
export interface FoundSession extends SessionRow {
  readonly account: Account
}

export class Sessions extends Context.Service<
  Sessions,
  {
    /** Keeps a new session, and ends the one that it takes the place of, in one step. */
    readonly create: (session: NewSession, replaces: SessionId | null) => Effect.Effect<void, DatabaseAway>
    /** The session of that token, unless it expired before `now`. That of a deactivated account is found too. */
    readonly find: (tokenHash: string, now: number) => Effect.Effect<Option.Option<FoundSession>, DatabaseAway>
    /** The session of that id, unless it expired before `now`. */
    readonly findById: (id: SessionId, now: number) => Effect.Effect<Option.Option<FoundSession>, DatabaseAway>
    /** The sessions of an account that are not over, the last used first. */
    readonly list: (userId: UserId, now: number) => Effect.Effect<ReadonlyArray<SessionRow>, DatabaseAway>
    /** Sessions were used: moves last use and end forward, never back; all in one statement. */
    readonly touch: (
      uses: ReadonlyArray<{ readonly id: SessionId; readonly lastUsedAt: number; readonly expiresAt: number }>
    ) => Effect.Effect<void, DatabaseAway>
    /** Ends one session of that account; answers whether there was one. */
    readonly remove: (userId: UserId, id: SessionId) => Effect.Effect<boolean, DatabaseAway>
    /** Ends all sessions of an account but one. */
    readonly removeOthers: (userId: UserId, keep: SessionId | null) => Effect.Effect<void, DatabaseAway>
    /** Deletes what expired before `now`; answers how many. */
    readonly removeExpired: (now: number) => Effect.Effect<number, DatabaseAway>
    /** Remembers that this device has logged in to this account; the oldest beyond 50 per account are forgotten. */
    readonly rememberDevice: (userId: UserId, deviceHash: string, at: number) => Effect.Effect<void, DatabaseAway>
    readonly isKnownDevice: (userId: UserId, deviceHash: string) => Effect.Effect<boolean, DatabaseAway>
  }
>()("@messenger/storage/Sessions") {
  static readonly layer: Layer.Layer<Sessions, never, Database> = Layer.effect(
    Sessions,
    Effect.map(Database, (database) => make(database))
  )
}

const make = ({ reads, writes, together }: Database["Service"]): Sessions["Service"] => {
  const sessionColumns = reads.literal(
    "s.id, s.user_id, s.client, s.address, s.is_remembered, s.created_at, s.last_used_at, s.expires_at"
  )
  const found = (operation: string, which: Statement.Fragment, now: number) =>
    reads<Row>`
      SELECT ${sessionColumns}, ${reads.literal(accountColumns)} FROM sessions s JOIN accounts a ON a.id = s.user_id
      WHERE ${which} AND s.expires_at > ${now} AND a.kind <> 'deleted'`.pipe(
      asWeather(operation),
      Effect.flatMap(decodeFoundSessions),
      Effect.map(([session]) => Option.fromUndefinedOr(session))
    )
  return {
    create: Effect.fn("Sessions.create")((session, replaces) => {
      const { id, tokenHash, userId, client, address, isRemembered, at, expiresAt } = session
      const insert = writes<Row>`
        INSERT INTO sessions
          (id, token_hash, user_id, client, address, is_remembered, created_at, last_used_at, expires_at)
        VALUES (${id}, ${tokenHash}, ${userId}, ${client}, ${address}, ${isRemembered ? 1 : 0}, ${at}, ${at}, ${expiresAt})
        ON CONFLICT DO NOTHING`
      const write =
        replaces === null
          ? Effect.asVoid(insert)
          : Effect.asVoid(
              together([
                { statement: insert },
                { statement: writes`DELETE FROM sessions WHERE id = ${replaces} AND id <> ${id}` }
              ])
            )
      return asWeather("Sessions.create")(write)
    }),
    find: Effect.fn("Sessions.find")((tokenHash, now) =>
      found("Sessions.find", reads`s.token_hash = ${tokenHash}`, now)
    ),
    findById: Effect.fn("Sessions.findById")((id, now) => found("Sessions.findById", reads`s.id = ${id}`, now)),
    list: Effect.fn("Sessions.list")((userId, now) =>
      reads<Row>`
        SELECT ${sessionColumns} FROM sessions s WHERE s.user_id = ${userId} AND s.expires_at > ${now}
        ORDER BY s.last_used_at DESC, s.id`.pipe(asWeather("Sessions.list"), Effect.flatMap(decodeSessions))
    ),
    touch: Effect.fn("Sessions.touch")((uses) =>
      Effect.forEach(
        Arr.chunksOf(latest(uses), rowsPerStatement),
        (chunk) => {
          const rows = writes.csv(
            chunk.map(
              ({ id, lastUsedAt, expiresAt }) =>
                writes`(${id}, CAST(${lastUsedAt} AS BIGINT), CAST(${expiresAt} AS BIGINT))`
            )
          )
          return writes`
            UPDATE sessions SET
              last_used_at = CASE WHEN used.column2 > last_used_at THEN used.column2 ELSE last_used_at END,
              expires_at = CASE WHEN used.column3 > expires_at THEN used.column3 ELSE expires_at END
            FROM (VALUES ${rows}) AS used WHERE sessions.id = used.column1`.unprepared
        },
        { discard: true }
      ).pipe(asWeather("Sessions.touch"))
    ),
    remove: Effect.fn("Sessions.remove")((userId, id) =>
      writes`DELETE FROM sessions WHERE id = ${id} AND user_id = ${userId} RETURNING id`.pipe(
        Effect.map((rows) => rows.length > 0),
        asWeather("Sessions.remove")
      )
    ),
    removeOthers: Effect.fn("Sessions.removeOthers")((userId, keep) =>
      writes`DELETE FROM sessions WHERE user_id = ${userId} AND id <> ${keep ?? ""}`.pipe(
        Effect.asVoid,
        asWeather("Sessions.removeOthers")
      )
    ),
    removeExpired: Effect.fn("Sessions.removeExpired")((now) =>
      writes`DELETE FROM sessions WHERE expires_at <= ${now} RETURNING id`.pipe(
        Effect.map((rows) => rows.length),
        asWeather("Sessions.removeExpired")
      )
    ),
    rememberDevice: Effect.fn("Sessions.rememberDevice")((userId, deviceHash, at) =>
      together([
        {
          statement: writes`
            INSERT INTO devices (user_id, device_hash, logged_in_at) VALUES (${userId}, ${deviceHash}, ${at})
            ON CONFLICT (user_id, device_hash) DO UPDATE SET logged_in_at = excluded.logged_in_at`
        },
        {
          statement: writes`
            DELETE FROM devices WHERE user_id = ${userId} AND device_hash NOT IN (
              SELECT device_hash FROM devices WHERE user_id = ${userId}
              ORDER BY logged_in_at DESC, device_hash LIMIT ${devicesPerAccount}
            )`
        }
      ]).pipe(Effect.asVoid, asWeather("Sessions.rememberDevice"))
    ),
    isKnownDevice: Effect.fn("Sessions.isKnownDevice")((userId, deviceHash) =>
      reads`SELECT 1 AS found FROM devices WHERE user_id = ${userId} AND device_hash = ${deviceHash}`.pipe(
        Effect.map((rows) => rows.length > 0),
        asWeather("Sessions.isKnownDevice")
      )
    )
  }
}

const devicesPerAccount = 50

// Three parameters a row: far below what either database takes in one statement.
const rowsPerStatement = 1_000

type Use = Parameters<Sessions["Service"]["touch"]>[0][number]

// One row per session, always in the same order: a statement that meets a row twice takes any of the two.
const latest = (uses: ReadonlyArray<Use>): ReadonlyArray<Use> => {
  const byId = new Map<SessionId, Use>()
  for (const { id, lastUsedAt, expiresAt } of uses) {
    const known = byId.get(id)
    byId.set(id, {
      id,
      lastUsedAt: Math.max(lastUsedAt, known?.lastUsedAt ?? 0),
      expiresAt: Math.max(expiresAt, known?.expiresAt ?? 0)
    })
  }
  return [...byId.values()].toSorted((a, b) => (a.id < b.id ? -1 : 1))
}
