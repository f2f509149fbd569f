// Rows of accounts and what belongs to them, as the ports name them.
import { UserId } from "@messenger/protocol/Account"
import { AuditAction } from "@messenger/protocol/Audit"
import type { AuditEntry } from "@messenger/protocol/Audit"
import { SessionId } from "@messenger/protocol/Device"
import { InviteId } from "@messenger/protocol/Link"
import { ApiTokenId } from "@messenger/protocol/PeopleRpcs"
import type { ApiToken } from "@messenger/protocol/PeopleRpcs"
import { RoomRole, TokenScope } from "@messenger/protocol/Rights"
import { RoomId } from "@messenger/protocol/Room"
import { Option, Schema } from "effect"
import type { Effect } from "effect"
import type { AccountListing } from "../Accounts.ts"
import type { FoundApiToken } from "../ApiTokens.ts"
import type { Login, OwnCredentials } from "../Credentials.ts"
import type { InviteRow } from "../Invites.ts"
import type { Member, MembershipRow } from "../Memberships.ts"
import type { FoundSession, SessionRow } from "../Sessions.ts"
import { deletedName } from "./accountRemoval.ts"
import type { Row } from "./rawOutcome.ts"
import { AccountRow, accountOf, decodeAll, Flag, userOf, UserRow } from "./rows.ts"

const Millis = Schema.Int

const AccountListingRow = Schema.Struct({
  ...AccountRow.fields,
  username: Schema.NullOr(Schema.String),
  last_seen_at: Schema.NullOr(Millis)
})

const SessionColumns = Schema.Struct({
  id: SessionId,
  user_id: UserId,
  client: Schema.String,
  address: Schema.String,
  is_remembered: Flag,
  created_at: Millis,
  last_used_at: Millis,
  expires_at: Millis
})

const FoundSessionRow = Schema.Struct({ ...SessionColumns.fields, ...AccountRow.fields })

const LoginRow = Schema.Struct({ user_id: UserId, password_hash: Schema.String, is_active: Flag })

const OwnCredentialsRow = Schema.Struct({
  username: Schema.String,
  email: Schema.String,
  password_hash: Schema.String,
  created_at: Millis
})

const MembershipColumns = Schema.Struct({ room_id: RoomId, user_id: UserId, role: RoomRole })

const MemberRow = Schema.Struct({ ...UserRow.fields, role: RoomRole })

const InviteColumns = Schema.Struct({
  ...UserRow.fields,
  id: InviteId,
  room_id: Schema.NullOr(RoomId),
  created_at: Millis,
  expires_at: Millis,
  uses_left: Schema.NullOr(Schema.Int)
})

const ApiTokenColumns = Schema.Struct({
  id: ApiTokenId,
  user_id: UserId,
  token_name: Schema.String,
  scope: TokenScope,
  created_at: Millis,
  last_used_at: Schema.NullOr(Millis)
})

const FoundApiTokenRow = Schema.Struct({ ...ApiTokenColumns.fields, ...AccountRow.fields })

const AuditRow = Schema.Struct({
  id: Schema.Int,
  at: Millis,
  action: AuditAction,
  actor_id: Schema.NullOr(UserId),
  actor_name: Schema.NullOr(Schema.String),
  subject_id: Schema.NullOr(UserId),
  subject_name: Schema.NullOr(Schema.String),
  room_id: Schema.NullOr(RoomId),
  detail: Schema.String,
  address: Schema.NullOr(Schema.String)
})

type Rows = ReadonlyArray<Row>
type Decoded<Value> = Effect.Effect<ReadonlyArray<Value>>

const decodeAccountListing = Schema.decodeUnknownOption(AccountListingRow)
const decodeSession = Schema.decodeUnknownOption(SessionColumns)
const decodeFoundSession = Schema.decodeUnknownOption(FoundSessionRow)
const decodeLogin = Schema.decodeUnknownOption(LoginRow)
const decodeOwnCredential = Schema.decodeUnknownOption(OwnCredentialsRow)
const decodeMembership = Schema.decodeUnknownOption(MembershipColumns)
const decodeMember = Schema.decodeUnknownOption(MemberRow)
const decodeInvite = Schema.decodeUnknownOption(InviteColumns)
const decodeOwner = Schema.decodeUnknownOption(Schema.Struct({ user_id: UserId }))
const decodeApiToken = Schema.decodeUnknownOption(ApiTokenColumns)
const decodeFoundApiToken = Schema.decodeUnknownOption(FoundApiTokenRow)
const decodeAudit = Schema.decodeUnknownOption(AuditRow)

/** Accounts of a list. */
export const decodeAccountListings = (rows: Rows): Decoded<AccountListing> =>
  decodeAll("accounts", "author_id", rows, (row) =>
    Option.map(decodeAccountListing(row), (listing) => ({
      ...accountOf(listing),
      username: listing.username,
      lastSeenAt: listing.last_seen_at
    }))
  )

/** Sessions of one account. */
export const decodeSessions = (rows: Rows): Decoded<SessionRow> =>
  decodeAll("sessions", "id", rows, (row) => Option.map(decodeSession(row), sessionOf))

/** Sessions with their accounts. */
export const decodeFoundSessions = (rows: Rows): Decoded<FoundSession> =>
  decodeAll("sessions", "id", rows, (row) =>
    Option.map(decodeFoundSession(row), (found) => ({ ...sessionOf(found), account: accountOf(found) }))
  )

const sessionOf = (row: typeof SessionColumns.Type): SessionRow => ({
  id: row.id,
  userId: row.user_id,
  client: row.client,
  address: row.address,
  isRemembered: row.is_remembered === 1,
  createdAt: row.created_at,
  lastUsedAt: row.last_used_at,
  expiresAt: row.expires_at
})

/** What a log-in is checked against. */
export const decodeLogins = (rows: Rows): Decoded<Login> =>
  decodeAll("accounts", "user_id", rows, (row) =>
    Option.map(decodeLogin(row), ({ user_id: userId, password_hash: passwordHash, is_active }) => ({
      userId,
      passwordHash,
      isActive: is_active === 1
    }))
  )

/** What a member logs in with. */
export const decodeOwnCredentials = (rows: Rows): Decoded<OwnCredentials> =>
  decodeAll("accounts", "id", rows, (row) =>
    Option.map(decodeOwnCredential(row), ({ username, email, password_hash: passwordHash, created_at: createdAt }) => ({
      username,
      email,
      passwordHash,
      createdAt
    }))
  )

/** Who belongs to which room. */
export const decodeMemberships = (rows: Rows): Decoded<MembershipRow> =>
  decodeAll("memberships", "room_id", rows, (row) =>
    Option.map(decodeMembership(row), ({ room_id: roomId, user_id: userId, role }) => ({ roomId, userId, role }))
  )

/** Members of one room. */
export const decodeMembers = (rows: Rows): Decoded<Member> =>
  decodeAll("memberships", "author_id", rows, (row) =>
    Option.map(decodeMember(row), (member) => ({ user: userOf(member), role: member.role }))
  )

/** Links with who made them. */
export const decodeInvites = (rows: Rows): Decoded<InviteRow> =>
  decodeAll("invites", "id", rows, (row) =>
    Option.map(decodeInvite(row), (invite) => ({
      id: invite.id,
      roomId: invite.room_id,
      createdBy: userOf(invite),
      createdAt: invite.created_at,
      expiresAt: invite.expires_at,
      usesLeft: invite.uses_left
    }))
  )

/** Whose password a link is for. */
export const decodeResets = (rows: Rows): Decoded<UserId> =>
  decodeAll("one_time_links", "user_id", rows, (row) => Option.map(decodeOwner(row), ({ user_id }) => user_id))

/** Tokens with whose they are. */
export const decodeApiTokens = (rows: Rows): Decoded<ApiToken & { readonly userId: UserId }> =>
  decodeAll("api_tokens", "id", rows, (row) =>
    Option.map(decodeApiToken(row), (token) => ({ ...apiTokenOf(token), userId: token.user_id }))
  )

/** Whose tokens they were. */
export const decodeApiTokenOwners = (rows: Rows): Decoded<UserId> =>
  decodeAll("api_tokens", "id", rows, (row) => Option.map(decodeOwner(row), ({ user_id }) => user_id))

/** Tokens with the accounts they act for. */
export const decodeFoundApiTokens = (rows: Rows): Decoded<FoundApiToken> =>
  decodeAll("api_tokens", "id", rows, (row) =>
    Option.map(decodeFoundApiToken(row), (token) => ({ ...apiTokenOf(token), account: accountOf(token) }))
  )

const apiTokenOf = (row: typeof ApiTokenColumns.Type): ApiToken => ({
  id: row.id,
  name: row.token_name,
  scope: row.scope,
  createdAt: row.created_at,
  lastUsedAt: row.last_used_at
})

/** Entries of the audit log. */
export const decodeAuditEntries = (rows: Rows): Decoded<AuditEntry> =>
  decodeAll("audit", "id", rows, (row) =>
    Option.map(decodeAudit(row), ({ actor_id, actor_name, subject_id, subject_name, room_id, ...entry }) => ({
      ...entry,
      actor: namedOf(actor_id, actor_name),
      subject: namedOf(subject_id, subject_name),
      room: room_id
    }))
  )

const namedOf = (id: UserId | null, name: string | null) => (id === null ? null : { id, name: name ?? deletedName })
