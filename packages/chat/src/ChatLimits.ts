// How much of something one person, or one address, may do. Exceeding a rate is answered with `RateLimited` and when to come back.
import { Context } from "effect"
import type { Limit } from "./TokenBuckets.ts"

/** Rates are per account unless said otherwise; each is a burst and what comes back in a minute. */
export interface Limits {
  readonly posts: Limit
  /** Posts past their rate that are looked up, since a key that is known is answered all the same. */
  readonly knownKeys: Limit
  readonly follows: Limit
  readonly histories: Limit
  readonly typing: Limit
  readonly markers: Limit
  readonly statuses: Limit
  /** Rooms made, as a rate. */
  readonly rooms: Limit
  /** Rooms made by one account in all. */
  readonly roomsPerAccount: number
  /** New guests per address. */
  readonly guests: Limit
  /** What somebody asks about, or changes of, their own account and its sessions. */
  readonly account: Limit
  /** Changes of one's email; more would tell whose addresses are taken. */
  readonly emails: Limit
  /** Tokens of links that somebody tries, right or wrong. */
  readonly links: Limit
  /** Members and invitations that somebody lists, makes, changes or takes away. */
  readonly members: Limit
  /** Webhooks and deliveries that somebody lists, makes, changes or takes away. */
  readonly webhooks: Limit
  /** Webhooks of a room, of both kinds together. */
  readonly webhooksPerRoom: number
  /** Requests with the token of one incoming webhook, refused ones included; its posts are those of an account besides. */
  readonly webhookPosts: Limit
  /** Requests per address with tokens of webhooks that are none. */
  readonly webhookTokens: Limit
  /** Exports of rooms that somebody begins; each is written to the audit log. */
  readonly exports: Limit
  /** Exports that one account has under way at once. */
  readonly exportsAtOnce: number
  /** What somebody who runs the server does. */
  readonly administration: Limit
}

/** Generous to people, narrow to loops. */
export const defaults: Limits = {
  posts: { capacity: 30, perMinute: 120 },
  knownKeys: { capacity: 30, perMinute: 120 },
  follows: { capacity: 60, perMinute: 240 },
  histories: { capacity: 60, perMinute: 600 },
  typing: { capacity: 20, perMinute: 120 },
  markers: { capacity: 60, perMinute: 300 },
  statuses: { capacity: 20, perMinute: 60 },
  rooms: { capacity: 5, perMinute: 2 },
  roomsPerAccount: 50,
  guests: { capacity: 20, perMinute: 80 },
  account: { capacity: 30, perMinute: 60 },
  emails: { capacity: 5, perMinute: 1 },
  links: { capacity: 10, perMinute: 10 },
  members: { capacity: 60, perMinute: 120 },
  webhooks: { capacity: 60, perMinute: 120 },
  webhooksPerRoom: 20,
  webhookPosts: { capacity: 60, perMinute: 240 },
  webhookTokens: { capacity: 30, perMinute: 10 },
  exports: { capacity: 10, perMinute: 10 },
  exportsAtOnce: 2,
  administration: { capacity: 60, perMinute: 120 }
}

/** The limits in force. */
export const ChatLimits = Context.Reference<Limits>("@messenger/chat/ChatLimits", { defaultValue: () => defaults })
