// Who is connected now, as they are now. A principal is a reference into this table, so a change of an account is true for all of
// its connections in one assignment. Nothing here waits or reads: what is said was written before.
//
// A proof is checked by a read, and what is read may change before the connection is open. So every change has a number, the last
// of them are kept, and `open` applies those that came after the read began.
import type { User, UserId } from "@messenger/protocol/Account"
import type { SessionId } from "@messenger/protocol/Device"
import type { ApiTokenId } from "@messenger/protocol/PeopleRpcs"
import type { ServerRole, TokenScope } from "@messenger/protocol/Rights"
import type { SessionEnd } from "@messenger/protocol/SessionEnd"
import { Context, Layer } from "effect"
import type { Effect } from "effect"
import { KeyedLocks } from "./KeyedLocks.ts"
import type { Asker } from "./Rooms.ts"
import type { Authenticated, LivePrincipal } from "./Sessions.ts"

/** What a connection came with. */
interface Proof {
  readonly userId: UserId
  readonly sessionId: SessionId | null
  readonly tokenId: ApiTokenId | null
}

/** What was said of an account. */
type Change =
  | { readonly _tag: "Account"; readonly userId: UserId; readonly user?: User; readonly role?: ServerRole }
  | { readonly _tag: "Ended"; readonly reason: SessionEnd; readonly concerns: (proof: Proof) => boolean }

/** An account was changed: `me` when it is connected, `profile` when others see the difference. */
export interface AccountNews {
  readonly userId: UserId
  readonly me: { readonly user: User; readonly role: ServerRole } | undefined
  readonly profile: User | undefined
}

interface LiveAccount {
  user: User
  role: ServerRole
  readonly connections: Set<Connection>
}

/** How many changes are kept: far more than happen while a proof is read. Who saw none of them is sent to log in again. */
const maxKept = 1_024

class Connection implements Asker {
  readonly scope: TokenScope | null
  readonly sessionId: SessionId | null
  readonly tokenId: ApiTokenId | null
  readonly isRemembered: boolean
  readonly connectionId: number
  readonly address: string
  readonly account: LiveAccount
  readonly onEnd: (reason: SessionEnd) => void

  constructor(account: LiveAccount, authenticated: Authenticated, options: Parameters<PrincipalTable["open"]>[1]) {
    this.account = account
    this.scope = authenticated.scope
    this.sessionId = authenticated.sessionId
    this.tokenId = authenticated.tokenId
    this.isRemembered = authenticated.isRemembered
    this.connectionId = options.connectionId
    this.address = options.address
    this.onEnd = options.onEnd
  }

  get user(): User {
    return this.account.user
  }

  get role(): ServerRole {
    return this.account.role
  }

  get userId(): UserId {
    return this.account.user.id
  }
}

/** The connections of this server by account and session. */
export class PrincipalTable {
  private readonly accounts = new Map<UserId, LiveAccount>()
  /** When each connected session ends unless it is used before, in UTC milliseconds. */
  private readonly expiries = new Map<SessionId, { expiresAt: number; connections: number }>()
  private readonly listeners: Array<(news: AccountNews) => void> = []
  private readonly locks = new KeyedLocks<UserId>()
  private kept: Array<Change> = []
  private count = 0

  /** How many changes there were; what is read from now on has seen them. */
  get changes(): number {
    return this.count
  }

  /** See `Sessions.open`. */
  open(
    authenticated: Authenticated,
    options: {
      readonly connectionId: number
      readonly address: string
      readonly onEnd: (reason: SessionEnd) => void
    }
  ): LivePrincipal {
    const { user, role, sessionId, expiresAt, seen } = authenticated
    // Whoever is connected already is as they are now; others are what was read and what came after.
    const account = this.accounts.get(user.id) ?? { user, role, connections: new Set() }
    const connection = new Connection(account, authenticated, options)
    this.accounts.set(user.id, account)
    account.connections.add(connection)
    if (sessionId !== null && expiresAt !== null) this.hold(sessionId, expiresAt)
    const close = () => this.close(connection)
    const missed = this.count - seen
    if (missed > this.kept.length) this.end(connection, "Renewed")
    else if (missed > 0) for (const change of this.kept.slice(-missed)) this.apply(change, connection)
    return { principal: connection, close }
  }

  /** The account is this now, written before. Its connections and whoever listens know it when this returns. */
  changed(userId: UserId, now: { readonly user?: User; readonly role?: ServerRole }): void {
    this.keep({ _tag: "Account", userId, ...now })
    const account = this.accounts.get(userId)
    if (account !== undefined) {
      account.user = now.user ?? account.user
      account.role = now.role ?? account.role
    }
    const me = account === undefined ? undefined : { user: account.user, role: account.role }
    for (const listener of this.listeners) listener({ userId, me, profile: now.user })
  }

  /** Ends one session of that account. */
  endSession(userId: UserId, id: SessionId, reason: SessionEnd): void {
    this.endThose(userId, reason, ({ sessionId }) => sessionId === id)
  }

  /** Ends every session of the account but one; tokens live on. */
  endSessions(userId: UserId, keep: SessionId | null, reason: SessionEnd): void {
    this.endThose(userId, reason, ({ sessionId }) => sessionId !== null && sessionId !== keep)
  }

  /** Ends whatever came with this token. */
  endToken(userId: UserId, id: ApiTokenId): void {
    this.endThose(userId, "Revoked", ({ tokenId }) => tokenId === id)
  }

  /** Ends every connection of the account. */
  endAccount(userId: UserId, reason: SessionEnd): void {
    this.endThose(userId, reason, () => true)
  }

  /** A session lives on, until then at least. */
  extend(id: SessionId, expiresAt: number): void {
    const expiry = this.expiries.get(id)
    if (expiry !== undefined) expiry.expiresAt = Math.max(expiry.expiresAt, expiresAt)
  }

  /** Ends what has expired at `now` and answers when the next may; all times are UTC milliseconds. */
  expire(now: number): number {
    let next = Number.POSITIVE_INFINITY
    const over = new Set<SessionId>()
    for (const [id, { expiresAt }] of this.expiries) {
      if (expiresAt <= now) over.add(id)
      else next = Math.min(next, expiresAt)
    }
    if (over.size === 0) return next
    for (const { connections } of this.accounts.values()) {
      for (const connection of connections) {
        if (connection.sessionId !== null && over.has(connection.sessionId)) this.end(connection, "Expired")
      }
    }
    return next
  }

  /** Whether the session outlives the browser, of a principal that is open here; `undefined` of any other. */
  sessionOf(principal: Asker): { readonly id: SessionId; readonly isRemembered: boolean } | undefined {
    if (!(principal instanceof Connection) || principal.sessionId === null) return undefined
    return { id: principal.sessionId, isRemembered: principal.isRemembered }
  }

  /** The API token that a principal came with, if it did. */
  tokenOf(principal: Asker): ApiTokenId | undefined {
    return principal instanceof Connection ? (principal.tokenId ?? undefined) : undefined
  }

  /** Calls `listener` with every change of an account, in the step in which it is said. */
  onChange(listener: (news: AccountNews) => void): void {
    this.listeners.push(listener)
  }

  /** Runs one change of an account at a time, from what it reads to what it says here; it is not interrupted half-way. */
  exclusively<A, E, R>(userId: UserId, change: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> {
    return this.locks.run(userId, change)
  }

  private endThose(userId: UserId, reason: SessionEnd, is: (proof: Proof) => boolean): void {
    const concerns = (proof: Proof) => proof.userId === userId && is(proof)
    this.keep({ _tag: "Ended", reason, concerns })
    for (const connection of this.accounts.get(userId)?.connections ?? []) {
      if (concerns(connection)) this.end(connection, reason)
    }
  }

  private apply(change: Change, connection: Connection): void {
    if (change._tag === "Ended") {
      if (change.concerns(connection)) this.end(connection, change.reason)
    } else if (change.userId === connection.userId) {
      connection.account.user = change.user ?? connection.account.user
      connection.account.role = change.role ?? connection.account.role
    }
  }

  private end(connection: Connection, reason: SessionEnd): void {
    if (this.close(connection)) connection.onEnd(reason)
  }

  private close(connection: Connection): boolean {
    const { account, sessionId, userId } = connection
    if (!account.connections.delete(connection)) return false
    if (account.connections.size === 0) this.accounts.delete(userId)
    if (sessionId !== null) this.letGo(sessionId)
    return true
  }

  private hold(id: SessionId, expiresAt: number): void {
    const known = this.expiries.get(id)
    if (known === undefined) this.expiries.set(id, { expiresAt, connections: 1 })
    else {
      known.connections++
      known.expiresAt = Math.max(known.expiresAt, expiresAt)
    }
  }

  private letGo(id: SessionId): void {
    const known = this.expiries.get(id)
    if (known === undefined) return
    known.connections--
    if (known.connections === 0) this.expiries.delete(id)
  }

  private keep(change: Change): void {
    this.count++
    this.kept.push(change)
    if (this.kept.length >= 2 * maxKept) this.kept = this.kept.slice(-maxKept)
  }
}

export class LivePrincipals extends Context.Service<LivePrincipals, PrincipalTable>()(
  "@messenger/chat/LivePrincipals"
) {
  static readonly layer = Layer.sync(LivePrincipals, () => new PrincipalTable())
}
