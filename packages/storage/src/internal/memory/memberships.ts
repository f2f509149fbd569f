import type { UserId } from "@messenger/protocol/Account"
import type { RoomId } from "@messenger/protocol/Room"
import { Effect } from "effect"
import type { Memberships } from "../../Memberships.ts"
import { byId } from "./Tables.ts"
import type { Tables } from "./Tables.ts"

/** The port. */
export const memberships = (tables: Tables): Memberships["Service"] => {
  const isLastOwner = (roomId: RoomId, userId: UserId) => {
    const members = [...tables.members(roomId)]
    const others = members.filter(([id]) => id !== userId)
    return (
      tables.members(roomId).get(userId)?.role === "owner" &&
      others.length > 0 &&
      !others.some(([id, { role }]) => role === "owner" && tables.accounts.get(id)?.isActive === true)
    )
  }
  return {
    all: Effect.sync(() =>
      [...tables.memberships].flatMap(([roomId, members]) =>
        [...members].map(([userId, { role }]) => ({ roomId, userId, role }))
      )
    ),
    add: ({ roomId, userId, role }, at) =>
      Effect.sync(() => {
        if (tables.living(userId) === undefined) return role
        const known = tables.members(roomId).get(userId) ?? { role, at }
        tables.members(roomId).set(userId, known)
        return known.role
      }),
    setRole: ({ roomId, userId, role }, at) =>
      Effect.sync(() => {
        const room = tables.logs.get(roomId)?.room
        const known = tables.members(roomId).get(userId)
        if (room === undefined || tables.living(userId) === undefined) return "NotFound"
        if (room.isPrivate && known === undefined) return "NotFound"
        if (role !== "owner" && isLastOwner(roomId, userId)) return "LastOwner"
        tables.members(roomId).set(userId, { at: known?.at ?? at, role })
        return "Changed"
      }),
    remove: (roomId, userId) =>
      Effect.sync(() => {
        if (!tables.members(roomId).has(userId)) return "NotFound"
        if (isLastOwner(roomId, userId)) return "LastOwner"
        tables.members(roomId).delete(userId)
        return "Changed"
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
