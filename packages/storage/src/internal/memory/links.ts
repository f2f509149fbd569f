import { Effect, Option } from "effect"
import type { InviteRow, Invites, NewInvite } from "../../Invites.ts"
import type { OneTimeLink, OneTimeLinks } from "../../OneTimeLinks.ts"
import { byId } from "./Tables.ts"
import type { Tables } from "./Tables.ts"

type Invite = NewInvite & { usesLeft: number | null }

const isGood = ({ expiresAt, usesLeft }: Invite, now: number) => expiresAt > now && usesLeft !== 0

/** The port of links for many. */
export const invites = (tables: Tables): Invites["Service"] => {
  const rowOf = ({ id, roomId, createdBy, at, expiresAt, usesLeft }: Invite): InviteRow => ({
    id,
    roomId,
    createdBy: tables.user(createdBy),
    createdAt: at,
    expiresAt,
    usesLeft
  })
  const good = (hash: string, now: number) =>
    Option.fromUndefinedOr(
      [...tables.invites.values()].find((invite) => invite.tokenHash === hash && isGood(invite, now))
    )
  return {
    create: (invite) =>
      Effect.sync(() => {
        if (!tables.invites.has(invite.id)) tables.invites.set(invite.id, { ...invite, usesLeft: invite.uses })
      }),
    find: (tokenHash, now) => Effect.sync(() => Option.map(good(tokenHash, now), rowOf)),
    use: (tokenHash, now) =>
      Effect.sync(() =>
        Option.map(good(tokenHash, now), (invite) => {
          if (invite.usesLeft !== null) invite.usesLeft--
          return rowOf(invite)
        })
      ),
    giveBack: (id) =>
      Effect.sync(() => {
        const invite = tables.invites.get(id)
        if (invite?.usesLeft == null || invite.uses === null) return
        invite.usesLeft = Math.min(invite.uses, invite.usesLeft + 1)
      }),
    list: (roomId, now) =>
      Effect.sync(() =>
        [...tables.invites.values()]
          .filter((invite) => invite.roomId === roomId && isGood(invite, now))
          .toSorted((a, b) => b.at - a.at || byId(a.id, b.id))
          .map(rowOf)
      ),
    revoke: (roomId, id) => Effect.sync(() => tables.invites.get(id)?.roomId === roomId && tables.invites.delete(id)),
    removeExpired: (now) =>
      Effect.sync(() => {
        const over = [...tables.invites.values()].filter((invite) => !isGood(invite, now))
        for (const { id } of over) tables.invites.delete(id)
        return over.length
      })
  }
}

/** The port of links that work once. */
export const oneTimeLinks = (tables: Tables): OneTimeLinks["Service"] => {
  const links = tables.oneTimeLinks
  const drop = (isIt: (link: OneTimeLink) => boolean) => {
    const dropped = [...links.values()].filter(isIt)
    for (const { tokenHash } of dropped) links.delete(tokenHash)
    return dropped.length
  }
  const isOver = ({ expiresAt }: OneTimeLink, now: number) => expiresAt !== null && expiresAt <= now
  const reset = (tokenHash: string, now: number) => {
    const link = links.get(tokenHash)
    return link?._tag === "Reset" && !isOver(link, now) ? Option.some(link.userId) : Option.none()
  }
  return {
    put: (link) =>
      Effect.sync(() => {
        drop(
          (each) =>
            each._tag === link._tag && (each._tag === "Owner" || link._tag === "Owner" || each.userId === link.userId)
        )
        links.set(link.tokenHash, link)
      }),
    takeOwner: (tokenHash, now) =>
      Effect.sync(
        () => drop((link) => link.tokenHash === tokenHash && link._tag === "Owner" && !isOver(link, now)) > 0
      ),
    findOwner: (tokenHash, now) =>
      Effect.sync(() => {
        const link = links.get(tokenHash)
        return link?._tag === "Owner" && !isOver(link, now)
      }),
    findReset: (tokenHash, now) => Effect.sync(() => reset(tokenHash, now)),
    takeReset: (tokenHash, now) =>
      Effect.sync(() => {
        const taken = reset(tokenHash, now)
        if (Option.isSome(taken)) links.delete(tokenHash)
        return taken
      }),
    removeOwnerLinks: Effect.sync(() => void drop(({ _tag }) => _tag === "Owner")),
    removeExpired: (now) => Effect.sync(() => drop((link) => isOver(link, now)))
  }
}
