import { Effect, Option, Struct } from "effect"
import type { FoundSession, SessionRow, Sessions } from "../../Sessions.ts"
import { accountOf, byId } from "./Tables.ts"
import type { Tables } from "./Tables.ts"

const devicesPerAccount = 50

/** The port. */
export const sessions = (tables: Tables): Sessions["Service"] => {
  const found = (
    now: number,
    isIt: (session: SessionRow & { readonly tokenHash: string }) => boolean
  ): Effect.Effect<Option.Option<FoundSession>> =>
    Effect.sync(() => {
      const session = [...tables.sessions.values()].find(isIt)
      const account = session === undefined ? undefined : tables.living(session.userId)
      if (session === undefined || account === undefined || session.expiresAt <= now) return Option.none()
      return Option.some({ ...plain(session), account: accountOf(account) })
    })
  return {
    create: ({ at, ...session }, replaces) =>
      Effect.sync(() => {
        const isThere = [...tables.sessions.values()].some(({ tokenHash }) => tokenHash === session.tokenHash)
        if (!isThere && !tables.sessions.has(session.id)) {
          tables.sessions.set(session.id, { ...session, createdAt: at, lastUsedAt: at })
        }
        if (replaces !== null && replaces !== session.id) tables.sessions.delete(replaces)
      }),
    find: (tokenHash, now) => found(now, (session) => session.tokenHash === tokenHash),
    findById: (id, now) => found(now, (session) => session.id === id),
    list: (userId, now) =>
      Effect.sync(() =>
        [...tables.sessions.values()]
          .filter((session) => session.userId === userId && session.expiresAt > now)
          .toSorted((a, b) => b.lastUsedAt - a.lastUsedAt || byId(a.id, b.id))
          .map(plain)
      ),
    touch: (uses) =>
      Effect.sync(() => {
        for (const { id, lastUsedAt, expiresAt } of uses) {
          const session = tables.sessions.get(id)
          if (session === undefined) continue
          tables.sessions.set(id, {
            ...session,
            lastUsedAt: Math.max(session.lastUsedAt, lastUsedAt),
            expiresAt: Math.max(session.expiresAt, expiresAt)
          })
        }
      }),
    remove: (userId, id) => Effect.sync(() => tables.sessions.get(id)?.userId === userId && tables.sessions.delete(id)),
    removeOthers: (userId, keep) =>
      Effect.sync(() => {
        for (const [id, session] of tables.sessions) {
          if (session.userId === userId && id !== keep) tables.sessions.delete(id)
        }
      }),
    removeExpired: (now) =>
      Effect.sync(() => {
        const expired = [...tables.sessions.values()].filter(({ expiresAt }) => expiresAt <= now)
        for (const { id } of expired) tables.sessions.delete(id)
        return expired.length
      }),
    rememberDevice: (userId, deviceHash, at) =>
      Effect.sync(() => {
        const known = new Map(tables.devices.get(userId)).set(deviceHash, at)
        const newest = [...known].toSorted(([a, one], [b, two]) => two - one || byId(a, b)).slice(0, devicesPerAccount)
        tables.devices.set(userId, new Map(newest))
      }),
    isKnownDevice: (userId, deviceHash) => Effect.sync(() => tables.devices.get(userId)?.has(deviceHash) === true)
  }
}

const plain = (session: SessionRow & { readonly tokenHash: string }): SessionRow => Struct.omit(session, ["tokenHash"])
