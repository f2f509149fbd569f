// Who may write here, and what each may do on the server. A guest is an account with nothing but a name; what a member logs in with
// is in Credentials.
import type { User, UserId } from "@messenger/protocol/Account"
import type { Status } from "@messenger/protocol/Presence"
import type { ServerRole } from "@messenger/protocol/Rights"
import { Context, Effect, Layer, Option } from "effect"
import { asWeather, Database, verdict } from "./Database.ts"
import { removalSteps } from "./internal/accountRemoval.ts"
import { claimName, nameIsFree, renameSteps } from "./internal/names.ts"
import { leavesAnOwner } from "./internal/owners.ts"
import { decodeAccountListings } from "./internal/peopleRows.ts"
import type { Row } from "./internal/rawOutcome.ts"
import { voidResets } from "./internal/resets.ts"
import { pauseOfMaker } from "./internal/webhookPause.ts"
import { accountColumns, decodeAccounts } from "./internal/rows.ts"
import type { DatabaseAway } from "./StorageFailure.ts"

export { deletedName } from "./internal/accountRemoval.ts"

/** A row of accounts. `fold` is the name with case and confusable characters folded away; `at` is UTC milliseconds. */
export interface NewAccount {
  readonly id: UserId
  readonly name: string
  readonly fold: string
  readonly at: number
}

/** An account: who it is to others, and what it may do. `createdAt` is UTC milliseconds. */
export interface Account {
  readonly user: User
  readonly status: Status
  readonly role: ServerRole
  /** False once it was deactivated; one that was deleted is found no more. */
  readonly isActive: boolean
  /** Of an incoming webhook: an account that nobody logs in to or holds a token of, and that ends with its webhook alone. */
  readonly isWebhook?: true
  readonly createdAt: number
}

/** An account as a list of them shows it; times are UTC milliseconds. */
export interface AccountListing extends Account {
  readonly username: string | null
  /** When one of its sessions or tokens was used last. */
  readonly lastSeenAt: number | null
}

/** What becomes of a change that must leave at least one active owner, if there is one. */
export type OwnerOutcome = "Changed" | "LastOwner" | "NotFound"

export class Accounts extends Context.Service<
  Accounts,
  {
    /** Makes a guest; answers `NameTaken` when the folded name is a member's, or blocked. Guests may share a name. */
    readonly createGuest: (guest: NewAccount) => Effect.Effect<"Created" | "NameTaken", DatabaseAway>
    /** Makes a service account, with the role of a member; its name is its own, as a member's is. */
    readonly createService: (service: NewAccount) => Effect.Effect<"Created" | "NameTaken", DatabaseAway>
    readonly find: (userId: UserId) => Effect.Effect<Option.Option<Account>, DatabaseAway>
    /** Keeps the status that the person chose. */
    readonly setStatus: (userId: UserId, status: Status) => Effect.Effect<void, DatabaseAway>
    /** Gives another name. `NameTaken`: the fold is somebody else's, or blocked; a guest claims no name by this. */
    readonly setName: (
      userId: UserId,
      name: string,
      fold: string
    ) => Effect.Effect<"Changed" | "NameTaken", DatabaseAway>
    readonly setColour: (userId: UserId, colour: number | null) => Effect.Effect<void, DatabaseAway>
    /**
     * Gives another role; decided and written in one step, so that two at once cannot leave the server without an owner. Reset links of
     * the account are void then, and all reset links when it was an admin or owner and becomes less.
     */
    readonly setRole: (userId: UserId, role: ServerRole) => Effect.Effect<OwnerOutcome, DatabaseAway>
    /** Deactivates, or activates again. What is deactivated has no sessions any more, and reset links go as with a lower role. */
    readonly setActive: (userId: UserId, isActive: boolean) => Effect.Effect<OwnerOutcome, DatabaseAway>
    /** Whether the server has an active owner. */
    readonly hasOwner: Effect.Effect<boolean, DatabaseAway>
    /** Guests, members and service accounts that are not deleted, in order of their ids after `after`; `search` is part of a name or a username, any case. */
    readonly list: (query: {
      readonly search: string
      readonly after: UserId | null
      readonly limit: number
    }) => Effect.Effect<ReadonlyArray<AccountListing>, DatabaseAway>
    /** All service accounts. */
    readonly services: Effect.Effect<ReadonlyArray<Account>, DatabaseAway>
    /**
     * Deletes: what names the person, what they log in with, their sessions, tokens, links, memberships and markers are gone, and their
     * messages are a "deleted user"'s. Username and name stay blocked until `blockedUntil`. The log keeps the id.
     */
    readonly remove: (userId: UserId, at: number, blockedUntil: number) => Effect.Effect<OwnerOutcome, DatabaseAway>
    /** Frees names whose block has passed; answers how many. */
    readonly freeNames: (now: number) => Effect.Effect<number, DatabaseAway>
  }
>()("@messenger/storage/Accounts") {
  static readonly layer: Layer.Layer<Accounts, never, Database> = Layer.effect(
    Accounts,
    Effect.map(Database, (database) => make(database))
  )
}

const make = (database: Database["Service"]): Accounts["Service"] => {
  const { reads, writes, inTurn } = database
  const columns = reads.literal(accountColumns)
  const exists = (userId: UserId) =>
    writes<Row>`SELECT 1 AS found FROM accounts WHERE id = ${userId} AND kind NOT IN ('deleted', 'webhook')`
  return {
    createGuest: Effect.fn("Accounts.createGuest")(function* ({ id, name, fold, at }) {
      const rows = yield* writes<Row>`
        INSERT INTO accounts (id, kind, name, name_fold, name_lower, role, status, created_at)
        SELECT guest.* FROM
          (VALUES (${id}, 'guest', ${name}, ${fold}, ${name.toLowerCase()}, 'guest', 'online', CAST(${at} AS BIGINT))) AS guest
        WHERE NOT EXISTS (SELECT 1 FROM names WHERE fold = ${fold})
        ON CONFLICT (id) DO UPDATE SET name = accounts.name
        RETURNING id`.pipe(asWeather("Accounts.createGuest"))
      return rows.length > 0 ? "Created" : "NameTaken"
    }),
    createService: Effect.fn("Accounts.createService")(({ id, name, fold, at }) =>
      inTurn([
        {
          statement: writes`
            INSERT INTO accounts (id, kind, name, name_fold, name_lower, role, status, created_at)
            VALUES (${id}, 'service', ${name}, ${fold}, ${name.toLowerCase()}, 'member', 'online', ${at})
            ON CONFLICT (id) DO NOTHING`
        },
        { statement: claimName(writes, id, fold), orElse: "NameTaken" }
      ]).pipe(Effect.map(verdict("Created")), asWeather("Accounts.createService"))
    ),
    find: Effect.fn("Accounts.find")(function* (userId) {
      const rows = yield* reads<Row>`
        SELECT ${columns} FROM accounts a WHERE a.id = ${userId} AND a.kind <> 'deleted'`.pipe(
        asWeather("Accounts.find")
      )
      const [account] = yield* decodeAccounts(rows)
      return Option.fromUndefinedOr(account)
    }),
    setStatus: Effect.fn("Accounts.setStatus")((userId, status) =>
      writes`UPDATE accounts SET status = ${status} WHERE id = ${userId} AND kind <> 'deleted'`.pipe(
        Effect.asVoid,
        asWeather("Accounts.setStatus")
      )
    ),
    setName: Effect.fn("Accounts.setName")((userId, name, fold) =>
      inTurn([
        { statement: nameIsFree(writes, userId, fold), orElse: "NameTaken" },
        ...renameSteps(writes, userId, name, fold).map((statement) => ({ statement }))
      ]).pipe(Effect.map(verdict("Changed")), asWeather("Accounts.setName"))
    ),
    setColour: Effect.fn("Accounts.setColour")((userId, colour) =>
      writes`UPDATE accounts SET colour = ${colour} WHERE id = ${userId} AND kind <> 'deleted'`.pipe(
        Effect.asVoid,
        asWeather("Accounts.setColour")
      )
    ),
    setRole: Effect.fn("Accounts.setRole")((userId, role) =>
      inTurn([
        { statement: exists(userId), orElse: "NotFound" },
        ...(role === "owner" ? [] : [{ statement: leavesAnOwner(writes, userId), orElse: "LastOwner" as const }]),
        { statement: voidResets(writes, userId, role) },
        { statement: writes`UPDATE accounts SET role = ${role} WHERE id = ${userId}` }
      ]).pipe(Effect.map(verdict("Changed")), asWeather("Accounts.setRole"))
    ),
    setActive: Effect.fn("Accounts.setActive")((userId, isActive) =>
      inTurn([
        { statement: exists(userId), orElse: "NotFound" },
        ...(isActive
          ? []
          : [
              { statement: leavesAnOwner(writes, userId), orElse: "LastOwner" as const },
              { statement: voidResets(writes, userId, "guest") },
              { statement: writes`DELETE FROM sessions WHERE user_id = ${userId}` },
              ...pauseOfMaker(writes, userId).map((statement) => ({ statement }))
            ]),
        { statement: writes`UPDATE accounts SET is_active = ${isActive ? 1 : 0} WHERE id = ${userId}` }
      ]).pipe(Effect.map(verdict("Changed")), asWeather("Accounts.setActive"))
    ),
    hasOwner: reads<Row>`SELECT 1 AS found FROM accounts WHERE role = 'owner' AND is_active = 1 LIMIT 1`.pipe(
      Effect.map((rows) => rows.length > 0),
      asWeather("Accounts.hasOwner"),
      Effect.withSpan("Accounts.hasOwner")
    ),
    list: Effect.fn("Accounts.list")(function* ({ search, after, limit }) {
      const sought = search.toLowerCase()
      const holds = reads.onDialectOrElse({
        sqlite: () => reads.literal("instr"),
        orElse: () => reads.literal("strpos")
      })
      const rows = yield* reads<Row>`
        SELECT ${columns}, a.username, (
          SELECT max(used.last_used_at) FROM (
            SELECT last_used_at FROM sessions WHERE user_id = a.id
            UNION ALL SELECT last_used_at FROM api_tokens WHERE user_id = a.id
          ) AS used
        ) AS last_seen_at
        FROM accounts a
        WHERE a.kind NOT IN ('deleted', 'webhook') AND a.id > ${after ?? ""}
          AND (${holds}(a.name_lower, ${sought}) > 0 OR ${holds}(coalesce(a.username_lower, ''), ${sought}) > 0)
        ORDER BY a.id LIMIT ${limit}`.pipe(asWeather("Accounts.list"))
      return yield* decodeAccountListings(rows)
    }),
    services: reads<Row>`SELECT ${columns} FROM accounts a WHERE a.kind = 'service' ORDER BY a.id`.pipe(
      asWeather("Accounts.services"),
      Effect.flatMap(decodeAccounts),
      Effect.withSpan("Accounts.services")
    ),
    remove: Effect.fn("Accounts.remove")((userId, at, blockedUntil) =>
      inTurn([
        {
          // Repeated with the same time it is the same removal.
          statement: writes`
            SELECT 1 AS found FROM accounts
            WHERE id = ${userId} AND (kind NOT IN ('deleted', 'webhook') OR deleted_at = ${at})`,
          orElse: "NotFound"
        },
        { statement: leavesAnOwner(writes, userId), orElse: "LastOwner" },
        ...removalSteps(writes, userId, at, blockedUntil).map((statement) => ({ statement }))
      ]).pipe(Effect.map(verdict("Changed")), asWeather("Accounts.remove"))
    ),
    freeNames: Effect.fn("Accounts.freeNames")((now) =>
      writes`DELETE FROM names WHERE blocked_until <= ${now} RETURNING fold`.pipe(
        Effect.map((rows) => rows.length),
        asWeather("Accounts.freeNames")
      )
    )
  }
}
