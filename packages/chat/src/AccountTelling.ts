// Says in memory what was written about an account, as it is now: to its connections, to its rooms, and to everybody who sees it.
import type { User, UserId } from "@messenger/protocol/Account"
import type { StorageUnavailable } from "@messenger/protocol/Unavailable"
import { Accounts as AccountRows, deletedName } from "@messenger/storage/Accounts"
import { Memberships } from "@messenger/storage/Memberships"
import { Context, Effect, Layer, Option } from "effect"
import { LivePrincipals } from "./LivePrincipals.ts"
import { MemberDirectory } from "./MemberDirectory.ts"
import { whenAway } from "./Weather.ts"

export class AccountTelling extends Context.Service<
  AccountTelling,
  {
    /** Reads the account and says what it is; a deactivated one has no connections. To be run in the turn of the change. Answers what was said. */
    readonly tell: (userId: UserId) => Effect.Effect<Option.Option<User>, StorageUnavailable>
    /** The account was deleted. */
    readonly gone: (userId: UserId) => Effect.Effect<void>
  }
>()("@messenger/chat/AccountTelling") {
  static readonly layer = Layer.effect(
    AccountTelling,
    Effect.gen(function* () {
      const accounts = yield* AccountRows
      const live = yield* LivePrincipals
      const members = yield* MemberDirectory
      const memberships = yield* Memberships

      // Rooms that this person alone owned have another owner now, whom only the database knows.
      const tellHeirs = Effect.fnUntraced(function* (userId: UserId) {
        const owned = [...members.roomsOf(userId)].flatMap(([roomId, role]) => (role === "owner" ? [roomId] : []))
        if (owned.length === 0) return
        const rows = yield* memberships.all
        for (const row of rows) if (owned.includes(row.roomId)) members.set(row.roomId, row.userId, row.role)
      })

      return AccountTelling.of({
        tell: Effect.fnUntraced(function* (userId) {
          const found = yield* whenAway(accounts.find(userId))
          if (Option.isNone(found)) return Option.none()
          const { user, role, isActive } = found.value
          live.changed(userId, { user, role })
          if (!isActive) live.endAccount(userId, "Deactivated")
          return Option.some(user)
        }),
        gone: Effect.fnUntraced(function* (userId) {
          live.endAccount(userId, "Deleted")
          live.changed(userId, { user: { id: userId, name: deletedName, isGuest: false } })
          // Until it can be read who inherited, the heirs have no more rights than before; a restart reads it too.
          yield* tellHeirs(userId).pipe(
            Effect.catch((error) => Effect.logWarning("The heirs of deleted account's rooms are not known yet", error))
          )
          members.forget(userId)
        })
      })
    })
  )
}
