// What a server answers to those who see to rooms and to people, on what a scene begins with, in memory.
import { AccountNotFound, NameInvalid, NameTaken, UserId } from "@messenger/protocol/Account"
import type { User } from "@messenger/protocol/Account"
import type { AuditEntry } from "@messenger/protocol/Audit"
import type { InboxFrame } from "@messenger/protocol/InboxFeed"
import { InviteId } from "@messenger/protocol/Link"
import type { Invite } from "@messenger/protocol/Link"
import type { Member } from "@messenger/protocol/MemberRpcs"
import { WrongPassword } from "@messenger/protocol/Password"
import { ApiTokenId } from "@messenger/protocol/PeopleRpcs"
import type { AccountSummary, ServiceAccount } from "@messenger/protocol/PeopleRpcs"
import { LastOwner } from "@messenger/protocol/Rights"
import { Redacted } from "effect"
import { rightPassword } from "./imaginedAccount.ts"
import type { Answers } from "./imaginedAccount.ts"

/** What a server holds besides rooms and messages. */
export interface ServerState {
  readonly members: ReadonlyArray<Member>
  readonly invites: ReadonlyArray<Invite>
  readonly accounts: ReadonlyArray<AccountSummary>
  readonly programs: ReadonlyArray<ServiceAccount>
  readonly audit: ReadonlyArray<AuditEntry>
}

const done = { isOk: true, value: undefined } as const
const fine = <Value>(value: Value) => ({ isOk: true, value }) as const
const refused = <Refusal>(error: Refusal) => ({ isOk: false, error }) as const

/** So many of a long list at a time, so that there is a next page to ask for. */
const pageSize = 8

/** What `server` answers, and the inbox of `me` is told of what follows. */
export const imaginedServer = (server: ServerState, me: User, tellInbox: (frame: InboxFrame) => void): Answers => {
  let { members, invites, accounts, programs } = server
  let made = 0
  const page = <One>(all: ReadonlyArray<One>, idOf: (one: One) => UserId, after: UserId | null) => {
    const from = after === null ? 0 : all.findIndex((one) => idOf(one) === after) + 1
    const part = all.slice(from, from + pageSize)
    const last = part.at(-1)
    return { part, next: last === undefined || from + pageSize >= all.length ? null : idOf(last) }
  }
  const isLastOwner = (userId: UserId) =>
    members.some(({ user, role }) => user.id === userId && role === "owner") &&
    members.filter(({ role }) => role === "owner").length === 1
  const invite = (days: number, uses: number | null): Invite => ({
    id: InviteId.make(`made-${++made}`),
    createdBy: me,
    createdAt: Date.now(),
    expiresAt: Date.now() + days * 86_400_000,
    usesLeft: uses
  })
  const change = (userId: UserId, part: Partial<AccountSummary>) => {
    accounts = accounts.map((account) => (account.user.id === userId ? Object.assign({}, account, part) : account))
    return done
  }
  const makeInvite = async ({ days, uses }: { readonly days: number; readonly uses: number | null }) => {
    const one = invite(days, uses)
    invites = [one, ...invites]
    return fine({ token: "q2vT0eYw6cJ1xkZ8bN4sLrDfHm7uPgAi", invite: one })
  }
  const revokeInvite = async ({ id }: { readonly id: InviteId }) => {
    invites = invites.filter((one) => one.id !== id)
    return done
  }
  const isMine = (password: Redacted.Redacted) => Redacted.value(password) === rightPassword

  return {
    ListMembers: async ({ after }) => {
      const { part, next } = page(members, ({ user }) => user.id, after)
      return fine({ members: part, next })
    },
    AddMember: async ({ person }) => {
      const username = person._tag === "Username" ? person.username : ""
      const found = accounts.find((account) => account.username === username)
      if (found === undefined) return refused(new AccountNotFound())
      const member: Member = { user: found.user, role: "member" }
      members = [...members, member]
      return fine(member)
    },
    SetMemberRole: async ({ userId, role }) => {
      if (role !== "owner" && isLastOwner(userId)) return refused(new LastOwner())
      members = members.map((member) => (member.user.id === userId ? { user: member.user, role } : member))
      return done
    },
    RemoveMember: async ({ userId }) => {
      members = members.filter(({ user }) => user.id !== userId)
      return done
    },
    LeaveRoom: async ({ roomId }) => {
      if (isLastOwner(me.id)) return refused(new LastOwner())
      tellInbox({ _tag: "MembershipsChanged", memberships: [{ roomId, role: null }] })
      return done
    },
    InviteToRoom: makeInvite,
    ListRoomInvites: async () => fine(invites),
    RevokeRoomInvite: revokeInvite,

    ListAccounts: async ({ search, after }) => {
      const wanted = search.toLowerCase()
      const found = accounts.filter(
        ({ user, username }) =>
          user.name.toLowerCase().includes(wanted) || (username ?? "").toLowerCase().includes(wanted)
      )
      const { part, next } = page(found, ({ user }) => user.id, after)
      return fine({ accounts: part, next })
    },
    SetRole: async ({ userId, role }) => {
      const owners = accounts.filter((account) => account.role === "owner")
      if (role !== "owner" && owners.length === 1 && owners[0]?.user.id === userId) return refused(new LastOwner())
      return change(userId, { role })
    },
    SetActive: async ({ userId, isActive }) => change(userId, { isActive }),
    SignOutEverywhere: async () => done,
    CreateResetLink: async () => fine({ token: "Zk3yQm9LrT5vXw1NcB7dHs0JfPgUaE2i", expiresAt: Date.now() + 3_600_000 }),
    InviteToServer: makeInvite,
    ListServerInvites: async () => fine(invites),
    RevokeServerInvite: revokeInvite,
    ListServiceAccounts: async () => fine(programs),
    CreateServiceAccount: async ({ name }) => {
      if (name.trim() === "") return refused(new NameInvalid({ reason: "Empty" }))
      if (programs.some(({ user }) => user.name === name)) return refused(new NameTaken())
      const user: User = { id: UserId.make(`u-program-${++made}`), name, isGuest: false, isApp: true }
      programs = [...programs, { user, isActive: true, tokens: [] }]
      return fine(user)
    },
    CreateApiToken: async ({ userId, name, scope, password }) => {
      if (!isMine(password)) return refused(new WrongPassword())
      const token = { id: ApiTokenId.make(`t-${++made}`), name, scope, createdAt: Date.now(), lastUsedAt: null }
      programs = programs.map((program) =>
        program.user.id === userId ? Object.assign({}, program, { tokens: [...program.tokens, token] }) : program
      )
      return fine({ secret: "msgr_8sLq0ZtYc5nVbX2kWm7RjDfHu4PaEgTi", token })
    },
    RevokeApiToken: async ({ id, password }) => {
      if (!isMine(password)) return refused(new WrongPassword())
      programs = programs.map((program) =>
        Object.assign({}, program, { tokens: program.tokens.filter((token) => token.id !== id) })
      )
      return done
    },
    ReadAudit: async ({ before }) => {
      const older = server.audit.filter(({ id }) => before === null || id < before)
      return fine({ entries: older.slice(0, pageSize), hasOlder: older.length > pageSize })
    }
  }
}
