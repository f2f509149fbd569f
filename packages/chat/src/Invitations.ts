// Links into the server or into a room, as both make, list, use and revoke them.
import type { UserId } from "@messenger/protocol/Account"
import { InviteId, InviteNotFound, LinkInvalid } from "@messenger/protocol/Link"
import type { Invite } from "@messenger/protocol/Link"
import { may } from "@messenger/protocol/Rights"
import type { RoomId } from "@messenger/protocol/Room"
import type { StorageUnavailable } from "@messenger/protocol/Unavailable"
import { Accounts } from "@messenger/storage/Accounts"
import { Invites } from "@messenger/storage/Invites"
import type { InviteRow } from "@messenger/storage/Invites"
import { Clock, Context, Effect, Layer, Option } from "effect"
import { Access } from "./Access.ts"
import type { InviteTerms, MadeInvite } from "./Administration.ts"
import { Audit } from "./Audit.ts"
import type { Happening } from "./Audit.ts"
import type { Asker } from "./Rooms.ts"
import { hashSecret, newId, newSecret } from "./Secrets.ts"
import { whenAway } from "./Weather.ts"

const dayMillis = 86_400_000

/** Where a link leads: into a room, or, with null, into the server. */
type Place = RoomId | null

export class Invitations extends Context.Service<
  Invitations,
  {
    readonly make: (asker: Asker, place: Place, terms: InviteTerms) => Effect.Effect<MadeInvite, StorageUnavailable>
    readonly list: (place: Place) => Effect.Effect<ReadonlyArray<Invite>, StorageUnavailable>
    /** The link of that token: one may use it now, and whoever made it still may make one of its kind. */
    readonly find: (token: string) => Effect.Effect<InviteRow, LinkInvalid | StorageUnavailable>
    /** Uses it up by one. */
    readonly use: (token: string) => Effect.Effect<InviteRow, LinkInvalid | StorageUnavailable>
    /** Gives back what was used for nothing; if the database is away for that too, one use is lost. */
    readonly giveBack: (invite: InviteRow) => Effect.Effect<void>
    readonly revoke: (
      asker: Asker,
      place: Place,
      id: InviteId
    ) => Effect.Effect<void, InviteNotFound | StorageUnavailable>
  }
>()("@messenger/chat/Invitations") {
  static readonly layer = Layer.effect(
    Invitations,
    Effect.gen(function* () {
      const audit = yield* Audit
      const access = yield* Access
      const accounts = yield* Accounts
      const invites = yield* Invites

      const find = Effect.fnUntraced(function* (token: string) {
        const found = yield* whenAway(invites.find(hashSecret(token), yield* Clock.currentTimeMillis))
        if (Option.isNone(found)) return yield* new LinkInvalid()
        const { createdBy, roomId } = found.value
        const maker = yield* whenAway(accounts.find(createdBy.id))
        if (Option.isNone(maker) || !maker.value.isActive) return yield* new LinkInvalid()
        const standing = { ...maker.value, scope: null }
        const mayStill =
          roomId === null
            ? may("invites.manage", standing)
            : access.denial(standing, roomId, "room.invite") === undefined
        return mayStill ? found.value : yield* new LinkInvalid()
      })

      return Invitations.of({
        make: Effect.fnUntraced(function* (asker, place, { days, uses }) {
          const at = yield* Clock.currentTimeMillis
          const token = newSecret()
          const id = InviteId.make(newId())
          const expiresAt = at + days * dayMillis
          const createdBy: UserId = asker.user.id
          const row = { id, tokenHash: hashSecret(token), roomId: place, createdBy, at, expiresAt, uses }
          yield* whenAway(invites.create(row))
          yield* audit.record(happening("InviteMade", asker, place, id))
          return { token, invite: { id, createdBy: asker.user, createdAt: at, expiresAt, usesLeft: uses } }
        }, Effect.uninterruptible),
        list: Effect.fnUntraced(function* (place) {
          const rows = yield* whenAway(invites.list(place, yield* Clock.currentTimeMillis))
          return rows.map(inviteOf)
        }),
        find,
        use: Effect.fnUntraced(function* (token) {
          yield* find(token)
          const used = yield* whenAway(invites.use(hashSecret(token), yield* Clock.currentTimeMillis))
          return Option.isSome(used) ? used.value : yield* new LinkInvalid()
        }),
        giveBack: ({ id }) => Effect.ignore(invites.giveBack(id)),
        revoke: Effect.fnUntraced(function* (asker, place, id) {
          const isThere = yield* whenAway(invites.revoke(place, id))
          if (!isThere) return yield* new InviteNotFound()
          yield* audit.record(happening("InviteRevoked", asker, place, id))
        }, Effect.uninterruptible)
      })
    })
  )
}

const happening = (action: Happening["action"], asker: Asker, place: Place, id: InviteId): Happening => ({
  action,
  actor: asker.user.id,
  detail: id,
  address: asker.address,
  ...(place === null ? {} : { room: place })
})

const inviteOf = ({ id, createdBy, createdAt, expiresAt, usesLeft }: InviteRow): Invite => ({
  id,
  createdBy,
  createdAt,
  expiresAt,
  usesLeft
})
