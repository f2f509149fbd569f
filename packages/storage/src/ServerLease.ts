// One server per database. Whoever holds the lease may write; a second server waits a while, as in a deploy, and then gives up.
import { Context, Schema } from "effect"
import type { Effect } from "effect"

/** Another server has taken the database: this one must end, since both would raise each other's epochs without end. */
export class LeaseLost extends Schema.TaggedError<LeaseLost>()("LeaseLost", { database: Schema.String }) {
  override get message(): string {
    return `The database ${this.database} was taken over by another server.`
  }
}

/**
 * The database no longer lets this server log in, as when its password was changed: it must end, so that whoever runs it starts it
 * with the new one. Connections that are open may still work.
 */
export class LogInRefused extends Schema.TaggedError<LogInRefused>()("LogInRefused", {
  database: Schema.String,
  cause: Schema.Defect()
}) {
  override get message(): string {
    return `The database ${this.database} no longer lets this server in: ${this.cause instanceof Error ? this.cause.message : String(this.cause)}.`
  }
}

/** Held while its layer is open; released when that closes. */
export class ServerLease extends Context.Service<
  ServerLease,
  {
    /** Fails when the lease is lost or can be held no longer, and never ends otherwise. */
    readonly lost: Effect.Effect<never, LeaseLost | LogInRefused>
  }
>()("@messenger/storage/ServerLease") {}
