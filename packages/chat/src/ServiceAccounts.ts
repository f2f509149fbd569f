// Programs that act here: accounts without a password, and the tokens that act for them. A token is shown once; what is kept opens
// nothing.
import { AccountNotFound, NameInvalid, NameTaken, parseDisplayName, UserId } from "@messenger/protocol/Account"
import { ApiTokenId, ApiTokenNotFound } from "@messenger/protocol/PeopleRpcs"
import type { ApiToken } from "@messenger/protocol/PeopleRpcs"
import { Forbidden, mayManage } from "@messenger/protocol/Rights"
import { Accounts as AccountRows } from "@messenger/storage/Accounts"
import { ApiTokens } from "@messenger/storage/ApiTokens"
import { Clock, Effect, Option } from "effect"
import type { Administration } from "./Administration.ts"
import type { Admit } from "./Admission.ts"
import { Audit } from "./Audit.ts"
import { Confirmation } from "./Confirmation.ts"
import { LivePrincipals } from "./LivePrincipals.ts"
import { foldName, isReserved } from "./NameFold.ts"
import type { Asker } from "./Rooms.ts"
import { hashSecret, newId, newSecret } from "./Secrets.ts"
import { whenAway } from "./Weather.ts"

/** What every secret begins with, so that who finds one knows what it is. */
const secretPrefix = "mat_"

/** The part of `Administration` that is about programs. */
export const make = Effect.fnUntraced(function* (admit: Admit) {
  const accounts = yield* AccountRows
  const audit = yield* Audit
  const { confirm } = yield* Confirmation
  const live = yield* LivePrincipals
  const tokens = yield* ApiTokens

  /** Refuses who may not manage the program. A token has what its account may do: nobody makes or revokes more than they manage. */
  const managed = Effect.fnUntraced(function* (asker: Asker, userId: UserId) {
    const found = yield* whenAway(accounts.find(userId))
    if (Option.isNone(found) || found.value.user.isApp !== true) return yield* new AccountNotFound()
    // What a webhook may do, it may by its address alone.
    if (found.value.isWebhook === true) return yield* new AccountNotFound()
    if (!mayManage(asker.role, found.value.role)) return yield* new Forbidden({ needs: "services.manage" })
  })

  const createServiceAccount: Administration["Service"]["createServiceAccount"] = Effect.fn(
    "Administration.createServiceAccount"
  )(function* (asker, raw) {
    yield* admit(asker, "services.manage")
    const name = parseDisplayName(raw)
    if (name instanceof NameInvalid) return yield* name
    if (isReserved(name)) return yield* new NameTaken()
    const id = UserId.make(newId())
    const at = yield* Clock.currentTimeMillis
    const outcome = yield* whenAway(accounts.createService({ id, name, fold: foldName(name), at }))
    if (outcome === "NameTaken") return yield* new NameTaken()
    yield* audit.record({ action: "ServiceAccountMade", actor: asker.user.id, subject: id, address: asker.address })
    return { id, name, isGuest: false, isApp: true as const }
  }, Effect.uninterruptible)

  const createApiToken: Administration["Service"]["createApiToken"] = Effect.fn("Administration.createApiToken")(
    function* (asker, { userId, name: raw, scope, password }) {
      yield* admit(asker, "services.manage")
      const name = parseDisplayName(raw)
      if (name instanceof NameInvalid) return yield* name
      yield* confirm(asker, password)
      const actor = asker.user.id
      return yield* Effect.gen(function* () {
        yield* managed(asker, userId)
        const secret = `${secretPrefix}${newSecret()}`
        const id = ApiTokenId.make(newId())
        const createdAt = yield* Clock.currentTimeMillis
        const token: ApiToken = { id, name, scope, createdAt, lastUsedAt: null }
        const row = { id, name, scope, createdAt, secretHash: hashSecret(secret), userId, createdBy: actor }
        yield* whenAway(tokens.create(row))
        yield* audit.record({ action: "TokenMade", actor, subject: userId, detail: scope, address: asker.address })
        return { secret, token }
      }).pipe(Effect.uninterruptible, (change) => live.exclusively(userId, change))
    }
  )

  const revokeApiToken: Administration["Service"]["revokeApiToken"] = Effect.fn("Administration.revokeApiToken")(
    function* (asker, id, password) {
      yield* admit(asker, "services.manage")
      yield* confirm(asker, password)
      const token = (yield* whenAway(tokens.all)).find((each) => each.id === id)
      if (token === undefined) return yield* new ApiTokenNotFound()
      const { userId } = token
      yield* Effect.gen(function* () {
        yield* managed(asker, userId)
        const removed = yield* whenAway(tokens.remove(id))
        if (Option.isNone(removed)) return yield* new ApiTokenNotFound()
        live.endToken(userId, id)
        const actor = asker.user.id
        yield* audit.record({ action: "TokenRevoked", actor, subject: userId, detail: id, address: asker.address })
      }).pipe(
        Effect.catchTag("AccountNotFound", () => Effect.fail(new ApiTokenNotFound())),
        Effect.uninterruptible,
        (change) => live.exclusively(userId, change)
      )
    }
  )

  const serviceAccounts: Administration["Service"]["serviceAccounts"] = Effect.fn("Administration.serviceAccounts")(
    function* (asker) {
      yield* admit(asker, "services.manage")
      const [services, all] = yield* whenAway(Effect.all([accounts.services, tokens.all]))
      return services.map(({ user, isActive }) => ({
        user,
        isActive,
        tokens: all.flatMap(({ userId, ...token }) => (userId === user.id ? [token] : []))
      }))
    }
  )
  return { createServiceAccount, createApiToken, revokeApiToken, serviceAccounts }
})
