import { Effect, Option } from "effect"
import type { UserId } from "@messenger/protocol/Account"
import type { Credentials } from "../../Credentials.ts"
import { newAccount } from "./accounts.ts"
import type { Tables } from "./Tables.ts"

/** The port. */
export const credentials = (tables: Tables): Credentials["Service"] => {
  const isEmailFree = (emailFold: string, userId: UserId) =>
    [...tables.accounts.values()].every(({ id, credentials }) => id === userId || credentials?.emailFold !== emailFold)
  return {
    register: ({ id, name, nameFold, at, ...given }) =>
      Effect.sync(() => {
        const there = tables.accounts.get(id)
        if (there !== undefined && there.kind !== "guest" && there.credentials?.passwordHash !== given.passwordHash) {
          return "NotAGuest"
        }
        if (!isEmailFree(given.emailFold, id) || !tables.isFree(given.usernameFold, id)) return "Taken"
        if (!tables.isFree(nameFold, id)) return "NameTaken"
        const account = there ?? newAccount({ id, name, at }, "member", "guest")
        account.kind = "member"
        account.name = name
        if (account.role === "guest") account.role = "member"
        account.credentials = given
        tables.accounts.set(id, account)
        tables.holdOnly(id, [given.usernameFold, nameFold])
        return "Registered"
      }),
    findLogin: ({ usernameFold, emailFold }) =>
      Effect.sync(() => {
        if (usernameFold === undefined && emailFold === undefined) return Option.none()
        for (const { id, credentials, isActive } of tables.accounts.values()) {
          if (credentials === undefined) continue
          if (usernameFold !== undefined && credentials.usernameFold !== usernameFold) continue
          if (emailFold !== undefined && credentials.emailFold !== emailFold) continue
          return Option.some({ userId: id, passwordHash: credentials.passwordHash, isActive })
        }
        return Option.none()
      }),
    find: (userId) =>
      Effect.sync(() => {
        const account = tables.accounts.get(userId)
        if (account?.credentials === undefined) return Option.none()
        const { username, email, passwordHash } = account.credentials
        return Option.some({ username, email, passwordHash, createdAt: account.createdAt })
      }),
    setPassword: (userId, passwordHash) =>
      Effect.sync(() => {
        const account = tables.accounts.get(userId)
        if (account?.credentials === undefined) return
        for (const [hash, link] of tables.oneTimeLinks) {
          if (link._tag === "Reset" && link.userId === userId) tables.oneTimeLinks.delete(hash)
        }
        account.credentials = { ...account.credentials, passwordHash }
      }),
    setEmail: (userId, email, emailFold) =>
      Effect.sync(() => {
        if (!isEmailFree(emailFold, userId)) return "Taken"
        const account = tables.accounts.get(userId)
        if (account?.credentials !== undefined) account.credentials = { ...account.credentials, email, emailFold }
        return "Changed"
      })
  }
}
