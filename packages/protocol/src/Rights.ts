// Who may do what. Every call of the contract names the right it needs (`Needs`); this module says who has it. Pure, and run by
// the server to decide and by clients to show only what may be done. `docs/rights.md` is made from it.
import { Context, Schema } from "effect"

/** What somebody is on the server. Guests have nothing but a name; owners alone give and take the roles of admins and owners. */
export const ServerRole = Schema.Literals(["guest", "member", "admin", "owner"])
export type ServerRole = typeof ServerRole.Type

/** What somebody is in a room. Everybody is at least a member of a public room. */
export const RoomRole = Schema.Literals(["member", "moderator", "owner"])
export type RoomRole = typeof RoomRole.Type

/** How much of its account's rights an API token carries; each holds those before it. */
export const TokenScope = Schema.Literals(["read", "write", "admin"])
export type TokenScope = typeof TokenScope.Type

interface ServerRight {
  readonly kind: "server"
  /** The least role that has it. */
  readonly role: ServerRole
  /** The least scope a token needs; null when no API token is enough: it takes a person with a session. */
  readonly scope: TokenScope | null
}

interface RoomRight {
  readonly kind: "room"
  /** The least role in the room that has it. */
  readonly role: RoomRole
  /** The least role on the server that it takes besides; absent: any. */
  readonly least?: ServerRole
  readonly scope: TokenScope
}

/** Every right, and the least that has it. */
export const rights = {
  /** See what concerns oneself. */
  "self.read": { kind: "server", role: "guest", scope: "read" },
  /** Change how one appears, and how far one has read. */
  "self.write": { kind: "server", role: "guest", scope: "write" },
  /** See and end one's sessions, and enter by links. */
  "self.sessions": { kind: "server", role: "guest", scope: null },
  /** Change what one logs in with, or leave for good. */
  "self.account": { kind: "server", role: "member", scope: null },
  "rooms.create": { kind: "server", role: "guest", scope: "write" },
  "rooms.createPrivate": { kind: "server", role: "member", scope: "write" },
  "room.read": { kind: "room", role: "member", scope: "read" },
  /** Post, type, edit and delete what is one's own. */
  "room.post": { kind: "room", role: "member", scope: "write" },
  /** Leave a room that one is a member of. */
  "room.leave": { kind: "room", role: "member", scope: "write" },
  /** Delete what others posted, remove members. */
  "room.moderate": { kind: "room", role: "moderator", scope: "write" },
  /** Add members, make and revoke links into the room. */
  "room.invite": { kind: "room", role: "moderator", scope: "write" },
  /** Give and take roles in the room. */
  "room.manage": { kind: "room", role: "owner", scope: "write" },
  /** Make and take away webhooks of the room, and see their deliveries. Takes an account: a guest sends nothing to other servers. */
  "room.integrate": { kind: "room", role: "owner", least: "member", scope: "write" },
  /** Take the whole conversation away as a file. Takes an account, so that the audit log names somebody who stays. */
  "room.export": { kind: "room", role: "owner", least: "member", scope: "read" },
  /** List accounts, set roles, deactivate, sign out everywhere, make reset links. */
  "people.manage": { kind: "server", role: "admin", scope: "admin" },
  /** Links that let somebody register. */
  "invites.manage": { kind: "server", role: "admin", scope: "admin" },
  /** Service accounts and their tokens. */
  "services.manage": { kind: "server", role: "admin", scope: null },
  "audit.read": { kind: "server", role: "admin", scope: "admin" }
} as const satisfies Record<string, ServerRight | RoomRight>

/** The name of a right. */
export type Right = keyof typeof rights

/** The names of all rights. */
export const Right = Schema.Literals([
  "self.read",
  "self.write",
  "self.sessions",
  "self.account",
  "rooms.create",
  "rooms.createPrivate",
  "room.read",
  "room.post",
  "room.leave",
  "room.moderate",
  "room.invite",
  "room.manage",
  "room.integrate",
  "room.export",
  "people.manage",
  "invites.manage",
  "services.manage",
  "audit.read"
]) satisfies Schema.Schema<Right>

/** Annotates a call with the right it needs. A call without it is refused to everybody. */
export const Needs = Context.Reference<Right | undefined>("@messenger/protocol/Needs", {
  defaultValue: () => undefined
})

/** The asker lacks a right that this takes; who may give it is in the documentation of rights. */
export class Forbidden extends Schema.TaggedError<Forbidden>()("Forbidden", { needs: Right }) {}

/** The last owner cannot leave, be demoted or be deactivated: make somebody else an owner first. */
export class LastOwner extends Schema.TaggedError<LastOwner>()("LastOwner", {}) {}

/** What an asker brings: their role, and the scope of the API token they came with; null with a session. */
export interface Standing {
  readonly role: ServerRole
  readonly scope: TokenScope | null
}

/** What an asker is to a room. `membership` is null for those who were never made a member. */
export interface RoomStanding extends Standing {
  readonly isPrivate: boolean
  readonly membership: RoomRole | null
}

/** Whether the asker may, as far as the server decides; a right in rooms also asks `mayInRoom`. */
export const may = (right: Right, { role, scope }: Standing): boolean => {
  const needed: ServerRight | RoomRight = rights[right]
  if (scope !== null && (needed.scope === null || tokenScopes.indexOf(scope) < tokenScopes.indexOf(needed.scope))) {
    return false
  }
  const least = needed.kind === "room" ? (needed.least ?? "guest") : needed.role
  return serverRoles.indexOf(role) >= serverRoles.indexOf(least)
}

/** Whether the room exists for the asker at all: to others a private room is not found, admins and owners of the server included. */
export const isVisible = ({ isPrivate, membership }: Pick<RoomStanding, "isPrivate" | "membership">): boolean =>
  !isPrivate || membership !== null

/** The asker's role in a room they see: admins and owners of the server are its owners. */
export const roomRoleOf = ({ role, membership }: RoomStanding): RoomRole =>
  role === "admin" || role === "owner" ? "owner" : (membership ?? "member")

/** Whether the asker may do this in the room; false also when the room is not visible. */
export const mayInRoom = (right: Right, standing: RoomStanding): boolean => {
  const needed: ServerRight | RoomRight = rights[right]
  if (needed.kind !== "room" || !may(right, standing) || !isVisible(standing)) return false
  return roomRoles.indexOf(roomRoleOf(standing)) >= roomRoles.indexOf(needed.role)
}

/**
 * Whether somebody may give, take or use an account of that role: sign it out, deactivate it, make a reset link, or change its role
 * to `next`. Admins manage guests and members, owners everybody.
 */
export const mayManage = (actor: ServerRole, target: ServerRole, next: ServerRole = target): boolean => {
  if (actor === "owner") return true
  const isPlain = (role: ServerRole) => role === "guest" || role === "member"
  return actor === "admin" && isPlain(target) && isPlain(next)
}

const serverRoles: ReadonlyArray<ServerRole> = ServerRole.literals
const roomRoles: ReadonlyArray<RoomRole> = RoomRole.literals
const tokenScopes: ReadonlyArray<TokenScope> = TokenScope.literals
