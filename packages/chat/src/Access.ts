// Who may do what, asked of what is in memory: the pure rules of the contract over the asker as they are now, the rooms and their
// members. Every method of chat asks here, whatever its gateway asked before; synchronous, so that a room may ask in its turn.
import type { UserId } from "@messenger/protocol/Account"
import type { Listing } from "@messenger/protocol/InboxFeed"
import { Forbidden, isVisible, may, mayInRoom } from "@messenger/protocol/Rights"
import type { Right } from "@messenger/protocol/Rights"
import { RoomNotFound } from "@messenger/protocol/Room"
import type { RoomId } from "@messenger/protocol/Room"
import { Context, Effect, Layer } from "effect"
import { Directory } from "./Directory.ts"
import type { RoomDirectory } from "./Directory.ts"
import { MemberDirectory } from "./MemberDirectory.ts"
import type { MemberTable } from "./MemberDirectory.ts"
import type { Asker } from "./Rooms.ts"

/** Why something may not be done in a room. */
export type Denial = RoomNotFound | Forbidden

/** The rules over one server's tables. */
export class AccessTable {
  private readonly directory: RoomDirectory
  private readonly members: MemberTable

  constructor(directory: RoomDirectory, members: MemberTable) {
    this.directory = directory
    this.members = members
  }

  /** Whether the room exists for that person. */
  sees(userId: UserId, roomId: RoomId): boolean {
    const listing = this.directory.get(roomId)
    if (listing === undefined) return false
    return isVisible({ isPrivate: listing.room.isPrivate, membership: this.members.roleOf(roomId, userId) })
  }

  /** Why the asker may not do this in the room; `undefined` when they may. */
  denial(asker: Pick<Asker, "user" | "role" | "scope">, roomId: RoomId, right: Right): Denial | undefined {
    const listing = this.directory.get(roomId)
    if (listing === undefined) return new RoomNotFound()
    const { isPrivate } = listing.room
    const membership = this.members.roleOf(roomId, asker.user.id)
    if (!isVisible({ isPrivate, membership })) return new RoomNotFound()
    const { role, scope } = asker
    return mayInRoom(right, { role, scope, isPrivate, membership }) ? undefined : new Forbidden({ needs: right })
  }

  /** The room, if the asker may do this in it. */
  inRoom(asker: Asker, roomId: RoomId, right: Right): Effect.Effect<Listing, Denial> {
    return Effect.suspend(() => {
      const denial = this.denial(asker, roomId, right)
      if (denial !== undefined) return Effect.fail(denial)
      const listing = this.directory.get(roomId)
      return listing === undefined ? Effect.fail(new RoomNotFound()) : Effect.succeed(listing)
    })
  }

  /** Refuses an asker who lacks a right that concerns no room. */
  onServer(asker: Asker, right: Right): Effect.Effect<void, Forbidden> {
    return Effect.suspend(() => (may(right, asker) ? Effect.void : Effect.fail(new Forbidden({ needs: right }))))
  }
}

export class Access extends Context.Service<Access, AccessTable>()("@messenger/chat/Access") {
  static readonly layer = Layer.effect(
    Access,
    Effect.gen(function* () {
      return new AccessTable(yield* Directory, yield* MemberDirectory)
    })
  )
}
