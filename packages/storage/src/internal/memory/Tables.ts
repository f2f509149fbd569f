// What the ports in memory share: the tables, and the reads that more than one port needs.
import type { User, UserId } from "@messenger/protocol/Account"
import type { LogId } from "@messenger/protocol/Cursor"
import type { SessionId } from "@messenger/protocol/Device"
import type { InviteId } from "@messenger/protocol/Link"
import type { Message } from "@messenger/protocol/Message"
import type { ApiTokenId } from "@messenger/protocol/PeopleRpcs"
import type { Status } from "@messenger/protocol/Presence"
import type { RoomRole, ServerRole } from "@messenger/protocol/Rights"
import type { Room, RoomId } from "@messenger/protocol/Room"
import type { Delivery, DeliveryId, WebhookId, WebhookPause } from "@messenger/protocol/Webhook"
import type { Account } from "../../Accounts.ts"
import type { NewApiToken } from "../../ApiTokens.ts"
import type { NewAuditEntry } from "../../AuditLog.ts"
import type { NewInvite } from "../../Invites.ts"
import type { KnownKey } from "../../MessageLog.ts"
import type { OneTimeLink } from "../../OneTimeLinks.ts"
import type { SessionRow } from "../../Sessions.ts"
import type { NewIncomingWebhook, NewOutgoingWebhook } from "../../Webhooks.ts"
import { rolesAbove } from "../resets.ts"

/** A room with its log. */
export interface Log {
  room: Room
  readonly log: LogId
  readonly createdBy: UserId | undefined
  epoch: number
  head: number
  lastMessage: number
  readonly messages: Map<number, Message>
  readonly keys: Map<string, KnownKey>
}

/** What a member logs in with. */
export interface MemberCredentials {
  readonly username: string
  readonly usernameFold: string
  readonly email: string
  readonly emailFold: string
  readonly passwordHash: string
}

/** A row of accounts. */
export interface AccountRecord {
  readonly id: UserId
  readonly createdAt: number
  kind: "guest" | "member" | "service" | "webhook" | "deleted"
  name: string
  status: Status
  role: ServerRole
  colour: number | null
  isActive: boolean
  credentials: MemberCredentials | undefined
  deletedAt: number | undefined
}

/** The tables. Every port changes them in one synchronous step. */
export class Tables {
  readonly logs = new Map<RoomId, Log>()
  readonly accounts = new Map<UserId, AccountRecord>()
  /** Whose a fold is, or until when it is nobody's. */
  readonly names = new Map<string, { readonly account: UserId } | { readonly blockedUntil: number }>()
  readonly sessions = new Map<SessionId, SessionRow & { readonly tokenHash: string }>()
  readonly devices = new Map<UserId, Map<string, number>>()
  readonly memberships = new Map<RoomId, Map<UserId, { role: RoomRole; readonly at: number }>>()
  readonly removals = new Map<RoomId, Set<UserId>>()
  readonly invites = new Map<InviteId, NewInvite & { usesLeft: number | null }>()
  readonly oneTimeLinks = new Map<string, OneTimeLink>()
  readonly apiTokens = new Map<ApiTokenId, NewApiToken & { lastUsedAt: number | null }>()
  readonly audit: Array<NewAuditEntry & { readonly id: number }> = []
  readonly incomingWebhooks = new Map<WebhookId, NewIncomingWebhook & { lastUsedAt: number | null }>()
  readonly outgoingWebhooks = new Map<WebhookId, NewOutgoingWebhook & { cursor: number; paused: WebhookPause | null }>()
  /** In the order in which they were queued. */
  readonly deliveries = new Map<DeliveryId, { readonly webhookId: WebhookId; delivery: Delivery }>()
  readonly markers = new Map<UserId, Map<RoomId, number>>()

  /** An account that is not deleted. */
  living(id: UserId): AccountRecord | undefined {
    const account = this.accounts.get(id)
    return account?.kind === "deleted" ? undefined : account
  }

  /** An account that is one by itself: neither deleted nor a webhook's. */
  ofItsOwn(id: UserId): AccountRecord | undefined {
    const account = this.living(id)
    return account?.kind === "webhook" ? undefined : account
  }

  /** Takes away the reset links of the account, and all of them when it falls from a role that makes some. To be run before it does. */
  voidResets(userId: UserId, next: ServerRole): void {
    const role = this.accounts.get(userId)?.role
    const isFall = role !== undefined && rolesAbove(next).includes(role)
    for (const [hash, link] of this.oneTimeLinks) {
      if (link._tag === "Reset" && (isFall || link.userId === userId)) this.oneTimeLinks.delete(hash)
    }
  }

  /** Stops telling an outgoing webhook, and ends what is pending of it. */
  pause(webhook: { readonly id: WebhookId; paused: WebhookPause | null }, why: WebhookPause): void {
    webhook.paused = why
    this.endPending(webhook.id)
  }

  /** Ends what is pending of an outgoing webhook, as failed. */
  endPending(id: WebhookId): void {
    for (const row of this.deliveries.values()) {
      if (row.webhookId !== id || row.delivery.state !== "Pending") continue
      row.delivery = { ...row.delivery, state: "Failed", problem: "Paused", status: null, nextAttemptAt: null }
    }
  }

  /** Pauses what somebody made, in all rooms or in one, if that is private. */
  pauseOfMaker(maker: UserId, roomId?: RoomId): void {
    if (roomId !== undefined && this.logs.get(roomId)?.room.isPrivate !== true) return
    for (const webhook of this.outgoingWebhooks.values()) {
      const isMeant = webhook.createdBy === maker && (roomId === undefined || webhook.roomId === roomId)
      if (isMeant && webhook.paused === null) this.pause(webhook, "MakerLeft")
    }
  }

  /** A person as others see them. */
  user(id: UserId): User {
    const account = this.accounts.get(id)
    return account === undefined ? { id, name: id, isGuest: true } : userOf(account)
  }

  /** The members of a room. */
  members(roomId: RoomId): Map<UserId, { role: RoomRole; readonly at: number }> {
    const known = this.memberships.get(roomId) ?? new Map()
    this.memberships.set(roomId, known)
    return known
  }

  /** Whether the fold is nobody else's, and not blocked. */
  isFree(fold: string, account: UserId): boolean {
    const holder = this.names.get(fold)
    return holder === undefined || ("account" in holder && holder.account === account)
  }

  /** Keeps these folds for the account, and lets go of all others that it had. */
  holdOnly(account: UserId, folds: ReadonlyArray<string>): void {
    for (const [fold, holder] of this.names) {
      if ("account" in holder && holder.account === account) this.names.delete(fold)
    }
    for (const fold of folds) this.names.set(fold, { account })
  }
}

/** The account of a row. */
export const accountOf = (record: AccountRecord): Account => ({
  user: userOf(record),
  status: record.status,
  role: record.role,
  isActive: record.isActive,
  ...(record.kind === "webhook" ? { isWebhook: true as const } : {}),
  createdAt: record.createdAt
})

const userOf = ({ id, name, kind, colour }: AccountRecord): User => ({
  id,
  name,
  isGuest: kind === "guest",
  ...(kind === "service" || kind === "webhook" ? { isApp: true as const } : {}),
  ...(colour === null ? {} : { colour })
})

/** By the order of ids. */
export const byId = (a: string, b: string): number => (a < b ? -1 : 1)
