// One server per database. Whoever holds the lease may write; a second server waits a while, as in a deploy, and then gives up.
import { Context, Schema } from "effect"
import type { Effect } from "effect"

/** Another server has taken the database: this one must end, since both would raise each other's epochs without end. */
export class LeaseLost extends Schema.TaggedError<LeaseLost>()("LeaseLost", { database: Schema.String }) {
  override get message(): string {
    return `The database ${this.database} was taken over by another server.`
  }
}

/** Held while its layer is open; released when that closes. */
export class ServerLease extends Context.Service<
  ServerLease,
  {
    /** Fails when the lease is lost, and never ends otherwise. */
    readonly lost: Effect.Effect<never, LeaseLost>
  }
>()("@messenger/storage/ServerLease") {}
