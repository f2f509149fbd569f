import type { ApiToken } from "@messenger/protocol/PeopleRpcs"
import { Effect, Option } from "effect"
import type { ApiTokens, NewApiToken } from "../../ApiTokens.ts"
import { accountOf, byId } from "./Tables.ts"
import type { Tables } from "./Tables.ts"

/** The port. */
export const apiTokens = (tables: Tables): ApiTokens["Service"] => {
  const tokens = tables.apiTokens
  return {
    create: (token) =>
      Effect.sync(() => {
        const isWebhook = tables.accounts.get(token.userId)?.kind === "webhook"
        if (!isWebhook && !tokens.has(token.id)) tokens.set(token.id, { ...token, lastUsedAt: null })
      }),
    find: (secretHash) =>
      Effect.sync(() => {
        const token = [...tokens.values()].find((each) => each.secretHash === secretHash)
        const account = token === undefined ? undefined : tables.living(token.userId)
        if (token === undefined || account === undefined) return Option.none()
        return Option.some({ ...tokenOf(token), account: accountOf(account) })
      }),
    all: Effect.sync(() =>
      [...tokens.values()].toSorted((a, b) => a.createdAt - b.createdAt || byId(a.id, b.id)).map(ownedTokenOf)
    ),
    remove: (id) =>
      Effect.sync(() => {
        const owner = tokens.get(id)?.userId
        tokens.delete(id)
        return Option.fromUndefinedOr(owner)
      }),
    touch: (uses) =>
      Effect.sync(() => {
        for (const { id, at } of uses) {
          const token = tokens.get(id)
          if (token !== undefined) token.lastUsedAt = Math.max(at, token.lastUsedAt ?? 0)
        }
      })
  }
}

type Token = NewApiToken & Pick<ApiToken, "lastUsedAt">

const ownedTokenOf = (token: Token) => ({ ...tokenOf(token), userId: token.userId })

const tokenOf = ({ id, name, scope, createdAt, lastUsedAt }: Token): ApiToken => ({
  id,
  name,
  scope,
  createdAt,
  lastUsedAt
})
