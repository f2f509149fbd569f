// Who belongs to which room, in memory, so that no message waits for a look-up. Loaded at start. A change is written first and then
// said here, and whoever listens acts on it in the same synchronous step.
import type { UserId } from "@messenger/protocol/Account"
import type { RoomRole } from "@messenger/protocol/Rights"
import type { RoomId } from "@messenger/protocol/Room"
import { Memberships } from "@messenger/storage/Memberships"
import type { MembershipRow } from "@messenger/storage/Memberships"
import { Context, Effect, Layer } from "effect"
import { KeyedLocks } from "./KeyedLocks.ts"

/** Somebody's place in a room is another now; `role` is null when they have none. */
export interface MembershipChange {
  readonly roomId: RoomId
  readonly userId: UserId
  readonly before: RoomRole | null
  readonly role: RoomRole | null
}

/** The memberships of this server. */
export class MemberTable {
  private readonly byRoom = new Map<RoomId, Map<UserId, RoomRole>>()
  private readonly byUser = new Map<UserId, Map<RoomId, RoomRole>>()
  private readonly listeners: Array<(change: MembershipChange) => void> = []
  private readonly locks = new KeyedLocks<RoomId>()

  constructor(rows: ReadonlyArray<MembershipRow>) {
    for (const { roomId, userId, role } of rows) this.put(roomId, userId, role)
  }

  /** What somebody is in a room; null when they were never made anything. */
  roleOf(roomId: RoomId, userId: UserId): RoomRole | null {
    return this.byRoom.get(roomId)?.get(userId) ?? null
  }

  /** The rooms that somebody has a place in. */
  roomsOf(userId: UserId): ReadonlyMap<RoomId, RoomRole> {
    return this.byUser.get(userId) ?? none
  }

  /** Those who have a place in the room. */
  membersOf(roomId: RoomId): ReadonlyMap<UserId, RoomRole> {
    return this.byRoom.get(roomId) ?? none
  }

  /** Says what was written; listeners hear of it in this step. */
  set(roomId: RoomId, userId: UserId, role: RoomRole | null): void {
    const before = this.roleOf(roomId, userId)
    if (before === role) return
    this.put(roomId, userId, role)
    for (const listener of this.listeners) listener({ roomId, userId, before, role })
  }

  /** The account is gone, and every place it had. */
  forget(userId: UserId): void {
    for (const roomId of this.roomsOf(userId).keys()) this.set(roomId, userId, null)
  }

  /** Calls `listener` with every change. */
  onChange(listener: (change: MembershipChange) => void): void {
    this.listeners.push(listener)
  }

  /** Runs one change of a room's members at a time: what is written last is said last. */
  exclusively<A, E, R>(roomId: RoomId, change: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> {
    return this.locks.run(roomId, Effect.uninterruptible(change))
  }

  private put(roomId: RoomId, userId: UserId, role: RoomRole | null): void {
    putIn(this.byRoom, roomId, userId, role)
    putIn(this.byUser, userId, roomId, role)
  }
}

const none = new Map<never, RoomRole>()

const putIn = <Outer, Inner>(
  table: Map<Outer, Map<Inner, RoomRole>>,
  outer: Outer,
  inner: Inner,
  role: RoomRole | null
): void => {
  const row = table.get(outer) ?? new Map<Inner, RoomRole>()
  if (role === null) row.delete(inner)
  else row.set(inner, role)
  if (row.size === 0) table.delete(outer)
  else table.set(outer, row)
}

export class MemberDirectory extends Context.Service<MemberDirectory, MemberTable>()(
  "@messenger/chat/MemberDirectory"
) {
  static readonly layer = Layer.effect(
    MemberDirectory,
    Effect.gen(function* () {
      const memberships = yield* Memberships
      return new MemberTable(yield* memberships.all)
    })
  )
}
