import type { UserId } from "@messenger/protocol/Account"
import { Effect, Option } from "effect"
import type { AccountListing, Accounts, NewAccount } from "../../Accounts.ts"
import { deletedName } from "../accountRemoval.ts"
import { accountOf, byId } from "./Tables.ts"
import type { AccountRecord, Tables } from "./Tables.ts"

/** A row as it begins. */
export const newAccount = (
  { id, name, at }: Omit<NewAccount, "fold">,
  kind: AccountRecord["kind"],
  role: AccountRecord["role"]
): AccountRecord => ({
  id,
  name,
  createdAt: at,
  kind,
  role,
  status: "online",
  colour: null,
  isActive: true,
  credentials: undefined,
  deletedAt: undefined
})

/** The port. */
export const accounts = (tables: Tables): Accounts["Service"] => {
  const change = (userId: UserId, write: (account: AccountRecord) => void) =>
    Effect.sync(() => {
      const account = tables.living(userId)
      if (account !== undefined) write(account)
    })
  const isLastOwner = (userId: UserId) => {
    const owners = [...tables.accounts.values()].filter(({ role, isActive }) => role === "owner" && isActive)
    return owners.length === 1 && owners[0]?.id === userId
  }
  return {
    createGuest: (guest) =>
      Effect.sync(() => {
        if (tables.names.has(guest.fold)) return "NameTaken"
        if (!tables.accounts.has(guest.id)) tables.accounts.set(guest.id, newAccount(guest, "guest", "guest"))
        return "Created"
      }),
    createService: (service) =>
      Effect.sync(() => {
        if (!tables.isFree(service.fold, service.id)) return "NameTaken"
        if (!tables.accounts.has(service.id)) tables.accounts.set(service.id, newAccount(service, "service", "member"))
        tables.names.set(service.fold, { account: service.id })
        return "Created"
      }),
    find: (userId) => Effect.sync(() => Option.map(Option.fromUndefinedOr(tables.living(userId)), accountOf)),
    setStatus: (userId, status) => change(userId, (account) => void (account.status = status)),
    setColour: (userId, colour) => change(userId, (account) => void (account.colour = colour)),
    setName: (userId, name, fold) =>
      Effect.sync(() => {
        if (!tables.isFree(fold, userId)) return "NameTaken"
        const account = tables.living(userId)
        if (account === undefined) return "Changed"
        account.name = name
        const { credentials, kind } = account
        if (kind === "member" || kind === "service")
          tables.holdOnly(userId, credentials === undefined ? [fold] : [fold, credentials.usernameFold])
        return "Changed"
      }),
    setRole: (userId, role) =>
      Effect.sync(() => {
        const account = tables.ofItsOwn(userId)
        if (account === undefined) return "NotFound"
        if (role !== "owner" && isLastOwner(userId)) return "LastOwner"
        tables.voidResets(userId, role)
        account.role = role
        return "Changed"
      }),
    setActive: (userId, isActive) =>
      Effect.sync(() => {
        const account = tables.ofItsOwn(userId)
        if (account === undefined) return "NotFound"
        if (!isActive && isLastOwner(userId)) return "LastOwner"
        if (!isActive) {
          tables.voidResets(userId, "guest")
          dropOf(tables.sessions, userId)
          tables.pauseOfMaker(userId)
        }
        account.isActive = isActive
        return "Changed"
      }),
    hasOwner: Effect.sync(() =>
      [...tables.accounts.values()].some(({ role, isActive }) => role === "owner" && isActive)
    ),
    list: ({ search, after, limit }) =>
      Effect.sync(() => {
        const sought = search.toLowerCase()
        return [...tables.accounts.values()]
          .filter(({ id, kind }) => kind !== "deleted" && kind !== "webhook" && id > (after ?? ""))
          .filter(
            ({ name, credentials }) =>
              name.toLowerCase().includes(sought) || credentials?.username.toLowerCase().includes(sought) === true
          )
          .toSorted((a, b) => byId(a.id, b.id))
          .slice(0, limit)
          .map((account) => listingOf(tables, account))
      }),
    services: Effect.sync(() =>
      [...tables.accounts.values()]
        .filter(({ kind }) => kind === "service")
        .toSorted((a, b) => byId(a.id, b.id))
        .map(accountOf)
    ),
    remove: (userId, at, blockedUntil) =>
      Effect.sync(() => {
        const account = tables.accounts.get(userId)
        if (account === undefined || account.kind === "webhook") return "NotFound"
        if (account.kind === "deleted") return account.deletedAt === at ? "Changed" : "NotFound"
        if (isLastOwner(userId)) return "LastOwner"
        forget(tables, userId, blockedUntil)
        Object.assign(
          account,
          newAccount({ id: userId, name: deletedName, at: account.createdAt }, "deleted", "member"),
          {
            deletedAt: at
          }
        )
        return "Changed"
      }),
    freeNames: (now) =>
      Effect.sync(() => {
        const free = [...tables.names].filter(([, holder]) => "blockedUntil" in holder && holder.blockedUntil <= now)
        for (const [fold] of free) tables.names.delete(fold)
        return free.length
      })
  }
}

const listingOf = (tables: Tables, account: AccountRecord): AccountListing => ({
  ...accountOf(account),
  username: account.credentials?.username ?? null,
  lastSeenAt: lastSeenAt(tables, account.id)
})

const lastSeenAt = (tables: Tables, userId: UserId): number | null => {
  const used = [...tables.sessions.values(), ...tables.apiTokens.values()]
    .filter((each) => each.userId === userId)
    .flatMap(({ lastUsedAt }) => lastUsedAt ?? [])
  return used.length === 0 ? null : Math.max(...used)
}

const forget = (tables: Tables, userId: UserId, blockedUntil: number): void => {
  for (const [roomId, members] of tables.memberships) {
    if (members.get(userId)?.role === "owner") promoteHeir(tables, userId, members)
    members.delete(userId)
    if (members.size === 0) tables.memberships.delete(roomId)
  }
  tables.pauseOfMaker(userId)
  for (const removed of tables.removals.values()) removed.delete(userId)
  for (const table of [tables.sessions, tables.apiTokens] as const) dropOf(table, userId)
  tables.voidResets(userId, "guest")
  for (const [id, { createdBy }] of tables.invites) if (createdBy === userId) tables.invites.delete(id)
  tables.devices.delete(userId)
  tables.markers.delete(userId)
  for (const [fold, holder] of tables.names) {
    if ("account" in holder && holder.account === userId) tables.names.set(fold, { blockedUntil })
  }
}

const dropOf = (table: Map<string, object>, userId: UserId): void => {
  for (const [key, row] of table) if ("userId" in row && row.userId === userId) table.delete(key)
}

type Members = ReturnType<Tables["members"]>

const seniority = { owner: 0, moderator: 1, member: 2 } as const

const promoteHeir = (tables: Tables, userId: UserId, members: Members): void => {
  const isActive = (id: UserId) => tables.accounts.get(id)?.isActive === true
  const others = [...members].filter(([id]) => id !== userId && tables.accounts.get(id)?.kind !== "webhook")
  if (others.some(([id, { role }]) => role === "owner" && isActive(id))) return
  const [heir] = others.toSorted(
    ([a, one], [b, two]) =>
      Number(isActive(b)) - Number(isActive(a)) ||
      seniority[one.role] - seniority[two.role] ||
      one.at - two.at ||
      byId(a, b)
  )
  if (heir !== undefined) heir[1].role = "owner"
}
