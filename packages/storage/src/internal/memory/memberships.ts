import type { UserId } from "@messenger/protocol/Account"
import type { RoomId } from "@messenger/protocol/Room"
import { Effect } from "effect"
import type { MembershipRow, Memberships } from "../../Memberships.ts"
import { byId } from "./Tables.ts"
import type { Tables } from "./Tables.ts"

/** The port. */
export const memberships = (tables: Tables): Memberships["Service"] => {
  const isLastOwner = (roomId: RoomId, userId: UserId) => {
    const members = [...tables.members(roomId)]
    const others = members.filter(([id]) => id !== userId && tables.accounts.get(id)?.kind !== "webhook")
    return (
      tables.members(roomId).get(userId)?.role === "owner" &&
      others.length > 0 &&
      !others.some(([id, { role }]) => role === "owner" && tables.accounts.get(id)?.isActive === true)
    )
  }
  const add = ({ roomId, userId, role }: MembershipRow, at: number) => {
    if (tables.living(userId) === undefined) return role
    const known = tables.members(roomId).get(userId) ?? { role, at }
    tables.members(roomId).set(userId, known)
    return known.role
  }
  const remove = (roomId: RoomId, userId: UserId) => {
    if (!tables.members(roomId).has(userId)) return "NotFound"
    if (isLastOwner(roomId, userId)) return "LastOwner"
    tables.members(roomId).delete(userId)
    tables.pauseOfMaker(userId, roomId)
    return "Changed"
  }
  return {
    all: Effect.sync(() =>
      [...tables.memberships].flatMap(([roomId, members]) =>
        [...members].map(([userId, { role }]) => ({ roomId, userId, role }))
      )
    ),
    add: (row, at) =>
      Effect.sync(() => {
        tables.removals.get(row.roomId)?.delete(row.userId)
        return add(row, at)
      }),
    enter: (row, at) =>
      Effect.sync(() => (tables.removals.get(row.roomId)?.has(row.userId) === true ? "Removed" : add(row, at))),
    setRole: ({ roomId, userId, role }, at) =>
      Effect.sync(() => {
        const room = tables.logs.get(roomId)?.room
        const known = tables.members(roomId).get(userId)
        if (room === undefined || tables.ofItsOwn(userId) === undefined) return "NotFound"
        if (room.isPrivate && known === undefined) return "NotFound"
        if (role !== "owner" && isLastOwner(roomId, userId)) return "LastOwner"
        tables.members(roomId).set(userId, { at: known?.at ?? at, role })
        return "Changed"
      }),
    remove: (roomId, userId) => Effect.sync(() => remove(roomId, userId)),
    expel: (roomId, userId) =>
      Effect.sync(() => {
        const outcome = remove(roomId, userId)
        if (outcome !== "Changed") return outcome
        tables.removals.set(roomId, (tables.removals.get(roomId) ?? new Set()).add(userId))
        for (const [id, invite] of tables.invites) {
          if (invite.roomId === roomId && invite.createdBy === userId) tables.invites.delete(id)
        }
        return outcome
      }),
    page: (roomId, after, limit) =>
      Effect.sync(() =>
        [...tables.members(roomId)]
          .filter(([id]) => id > (after ?? ""))
          .toSorted(([a], [b]) => byId(a, b))
          .slice(0, limit)
          .map(([id, { role }]) => ({ user: tables.user(id), role }))
      )
  }
}
