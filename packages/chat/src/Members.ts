// Who belongs to a room. Everything here checks the right it needs, in the room: a private room is not found by those outside it,
// a missing right is `Forbidden`. A loss of right acts in the step after it is written: the person's follows of a private room fail
// with `RoomNotFound`, nothing that is published later reaches them, and their inbox is told.
import type { AccountNotFound, UserId } from "@messenger/protocol/Account"
import type { Invite, InviteId, InviteNotFound, LinkInvalid } from "@messenger/protocol/Link"
import type { Member } from "@messenger/protocol/MemberRpcs"
import type { Forbidden, LastOwner, RoomRole } from "@messenger/protocol/Rights"
import type { Room, RoomId, RoomNotFound } from "@messenger/protocol/Room"
import type { RateLimited, StorageUnavailable } from "@messenger/protocol/Unavailable"
import { Context } from "effect"
import type { Effect } from "effect"
import type { InviteTerms, MadeInvite } from "./Administration.ts"
import type { Asker } from "./Rooms.ts"

type InRoom = RoomNotFound | Forbidden | RateLimited | StorageUnavailable

/** Names somebody: by id, or by the username they log in with, as it was typed; an app, which has none, by its name. */
export type PersonName =
  | { readonly _tag: "Id"; readonly id: UserId }
  | { readonly _tag: "Username"; readonly username: string }

export class Members extends Context.Service<
  Members,
  {
    /** At most 100 in order of their ids. Of a public room those who have a role in it. */
    readonly list: (
      asker: Asker,
      roomId: RoomId,
      after: UserId | null
    ) => Effect.Effect<{ readonly members: ReadonlyArray<Member>; readonly next: UserId | null }, InRoom>
    /** Makes somebody a member; whoever is one keeps their role. In a public room everybody is one already. */
    readonly add: (asker: Asker, roomId: RoomId, person: PersonName) => Effect.Effect<Member, AccountNotFound | InRoom>
    readonly setRole: (
      asker: Asker,
      roomId: RoomId,
      userId: UserId,
      role: RoomRole
    ) => Effect.Effect<void, AccountNotFound | LastOwner | InRoom>
    /**
     * Members with `room.moderate`, moderators and owners with `room.manage`; oneself as by `leave`. Whoever is removed comes back by
     * being added and by no link, and the links into the room that they made are gone.
     */
    readonly remove: (
      asker: Asker,
      roomId: RoomId,
      userId: UserId
    ) => Effect.Effect<void, AccountNotFound | LastOwner | InRoom>
    readonly leave: (asker: Asker, roomId: RoomId) => Effect.Effect<void, LastOwner | InRoom>
    readonly invite: (asker: Asker, roomId: RoomId, terms: InviteTerms) => Effect.Effect<MadeInvite, InRoom>
    readonly invites: (asker: Asker, roomId: RoomId) => Effect.Effect<ReadonlyArray<Invite>, InRoom>
    readonly revokeInvite: (asker: Asker, roomId: RoomId, id: InviteId) => Effect.Effect<void, InviteNotFound | InRoom>
    /** What a link is for, without using it: the name of a room, or null for the server. */
    readonly lookAtInvite: (
      asker: Asker,
      token: string
    ) => Effect.Effect<{ readonly room: string | null }, LinkInvalid | Forbidden | RateLimited | StorageUnavailable>
    /** Makes the asker a member of the link's room; who is one already does not use it up. */
    readonly acceptInvite: (
      asker: Asker,
      token: string
    ) => Effect.Effect<Room, LinkInvalid | Forbidden | RateLimited | StorageUnavailable>
  }
>()("@messenger/chat/Members") {}
