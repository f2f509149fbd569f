// A PostgreSQL server. Commits have a connection of their own, so that no query stands before them; reads and small writes share
// a pool; the lease has a connection too, since a busy pool must not cost it.
import { PgClient } from "@effect/sql-pg"
import * as PgTypes from "@effect/sql-pg/PgTypes"
import { Context, Duration, Effect, Layer, Redacted, Result, Scope } from "effect"
import { Reactivity } from "effect/reactivity"
import { SqlClient } from "effect/sql"
import { Database } from "./Database.ts"
import { expectCurrent, migrate, migrationsTable } from "./internal/migrate.ts"
import { makePostgresDatabase } from "./internal/postgresDatabase.ts"
import { holdLease } from "./internal/postgresLease.ts"
import { connectCause } from "./internal/postgresLogin.ts"
import * as Ports from "./Ports.ts"
import { ServerLease } from "./ServerLease.ts"
import { CannotConnect } from "./StartFailure.ts"
import type { BesideFailure, StartFailure } from "./StartFailure.ts"

/** Which database. */
export interface Address {
  /** `postgres://user:password@host:port/database`; `?host=/folder` names a unix socket, `?sslmode=require` asks for TLS. */
  readonly url: Redacted.Redacted
  /** The password where the URL has none. */
  readonly password?: Redacted.Redacted | undefined
  /**
   * Certificates in PEM: the server is spoken to over TLS, and its certificate and host name are verified against these alone,
   * whatever `sslmode` says.
   */
  readonly ca?: string | undefined
}

/** A database, and the one schema of it in which all tables of ours are. */
export interface Place extends Address {
  /** Quoted where it must be; null where its user has none to make tables in. */
  readonly schema: string | null
}

/** Which database, and how it is shared with nobody. */
export interface Options extends Address {
  /** How long to wait for another server to let go of the database; longer than `leaseExpiry`. 20 seconds by default. */
  readonly wait?: Duration.Input
  /** After how long without a renewal a server counts as gone; it renews three times as often. 10 seconds by default. */
  readonly leaseExpiry?: Duration.Input
  /** How long a commit may take before its outcome counts as unknown. 20 seconds by default. */
  readonly commitTimeout?: Duration.Input
  /** The most connections for reads and small writes; two more are for commits and the lease. 10 by default. */
  readonly poolSize?: number
}

/** All ports on that database, which is migrated and held alone. */
export const layer = (options: Options): Layer.Layer<Ports.Ports | ServerLease, StartFailure> =>
  Ports.layer.pipe(Layer.provideMerge(layerDatabase(options)))

/** The database without its ports. */
export const layerDatabase = (options: Options): Layer.Layer<Database | ServerLease, StartFailure> =>
  Layer.effectContext(
    Effect.gen(function* () {
      const { url, poolSize = 10 } = options
      const name = nameOf(url)
      const expiry = Duration.fromInputUnsafe(options.leaseExpiry ?? "10 seconds")
      // Opened anew now and then, so that the lease is the first to learn that the database no longer knows this server.
      const connectionTTL = Duration.times(expiry, expiriesPerLogIn)
      const place = yield* placeOf(options)
      const lease = yield* holdLease(yield* connect(place, { maxConnections: 1, connectionTTL }), name, {
        expiry,
        wait: Duration.fromInputUnsafe(options.wait ?? "20 seconds")
      })
      const pool = yield* connect(place, { maxConnections: poolSize })
      yield* migrate(name).pipe(Effect.provideService(SqlClient.SqlClient, pool))
      const database = makePostgresDatabase({
        pool,
        commits: yield* connect(place, { maxConnections: 1 }),
        commitTimeout: Duration.fromInputUnsafe(options.commitTimeout ?? "20 seconds")
      })
      return Context.make(Database, database).pipe(Context.add(ServerLease, lease))
    }).pipe(Effect.provide(Reactivity.layer))
  )

/** All ports but those that write to the log, for a program beside the server, which may be running: takes no lease, and makes and migrates nothing. */
export const layerBeside = (address: Address): Layer.Layer<Ports.PortsBeside, BesideFailure> =>
  Ports.layerBeside.pipe(
    Layer.provide(
      Layer.effect(
        Database,
        Effect.gen(function* () {
          const pool = yield* connect(yield* placeOf(address), { maxConnections: 2 })
          yield* expectCurrent(nameOf(address.url)).pipe(Effect.provideService(SqlClient.SqlClient, pool))
          // Nothing beside the server commits to a log.
          return makePostgresDatabase({ pool, commits: pool, commitTimeout: Duration.seconds(20) })
        }).pipe(Effect.provide(Reactivity.layer))
      )
    )
  )

/** By default every half minute: how long reads and small writes may fail with a password that was changed, at the longest. */
const expiriesPerLogIn = 3

const startupParameters = {
  // Answered means on disk, whatever the server's own default.
  synchronous_commit: "on",
  // Whoever falls silent between two statements must not keep others from their turn.
  idle_in_transaction_session_timeout: "30s",
  // Everything here is asked by an index. A plan that was made while a table was empty must not scan it when it has grown.
  enable_seqscan: "off"
}

/**
 * Finds the schema of ours: of those that this user's tables are looked for in, the first where there is a database of ours, else the
 * one where tables are made. Connections that see this one alone all mean the same tables, whether they ask, make or drop them.
 */
export const placeOf = Effect.fnUntraced(function* (
  address: Address
): Effect.fn.Return<Place, CannotConnect, Reactivity.Reactivity> {
  return yield* Effect.scoped(
    Effect.gen(function* () {
      const sql = yield* connect({ ...address, schema: null }, { maxConnections: 1 })
      const [row] = yield* sql<{ schema: string | null }>`
        SELECT quote_ident(coalesce(
          (SELECT name FROM unnest(current_schemas(false)) WITH ORDINALITY AS schemas (name, place)
           WHERE EXISTS (
             SELECT 1 FROM pg_attribute
             WHERE attrelid = to_regclass(format('%I.%I', name, ${migrationsTable}::text)) AND attname = 'migration_id'
           ) ORDER BY place LIMIT 1),
          current_schema()
        )) AS schema`.pipe(
        Effect.mapError((error) => new CannotConnect({ database: nameOf(address.url), cause: connectCause(error) }))
      )
      return { ...address, schema: row?.schema ?? null }
    })
  )
})

/**
 * Connections until the scope closes. Each pool is in a scope of its own: one whose scope is closing opens no connection any more, and
 * the lease may need one to be given back.
 */
export const connect = Effect.fnUntraced(function* (
  { url, password, ca, schema }: Place,
  pool: Pick<PgClient.PgPoolConfig, "maxConnections" | "connectionTTL">
) {
  const scope = yield* Scope.fork(yield* Effect.scope)
  return yield* PgClient.make({
    url,
    password,
    // Said in full: neither the address nor the environment of the process can make it less.
    ssl: ca === undefined ? undefined : { ca, rejectUnauthorized: true },
    ...pool,
    applicationName: "messenger",
    startupParameters: schema === null ? startupParameters : { ...startupParameters, search_path: schema },
    keepAlive: "30 seconds",
    types: wholeNumbers
  }).pipe(
    Scope.provide(scope),
    Effect.mapError((error) => new CannotConnect({ database: nameOf(url), cause: connectCause(error) }))
  )
})

// Numbers of a log and times are far below 2^53: a bigint column is a number here, as it is in SQLite.
const wholeNumbers = PgTypes.makeRegistry()
wholeNumbers.register<number | bigint>(PgTypes.OID.int8, {
  encode: (value) => {
    const bytes = new DataView(new ArrayBuffer(8))
    bytes.setBigInt64(0, BigInt(value))
    return Result.succeed(new Uint8Array(bytes.buffer))
  },
  decode: (bytes) => Result.succeed(Number(new DataView(bytes.buffer, bytes.byteOffset, 8).getBigInt64(0)))
})

/** How a database is called in sentences: what is printed never holds the password. */
export const nameOf = (url: Redacted.Redacted): string => {
  const parsed = URL.parse(Redacted.value(url))
  if (parsed === null) return "named by DATABASE_URL"
  const { protocol, username, host, pathname } = parsed
  const place = parsed.searchParams.get("host") ?? host
  return `${protocol}//${username === "" ? "" : `${username}@`}${place}${pathname}`
}
