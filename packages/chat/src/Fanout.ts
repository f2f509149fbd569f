// Who follows a room on this node. It outlives the incarnations of the room: one that restarts finds its members here, and
// their sockets notice nothing. A follower is present from its first step until it is closed, whether it keeps up or lags.
import type { UserId } from "@messenger/protocol/Account"
import type { RoomId } from "@messenger/protocol/Room"
import { Latch } from "effect"
import type { Asker } from "./Rooms.ts"
import type { Broadcast, Sink } from "./Sink.ts"

/** One follow: a reader of a room, live or catching up. */
export class Follower {
  readonly asker: Asker
  readonly userId: UserId
  /** Open while the reader does not get live events: it lags, or has not caught up yet. */
  readonly lagging = Latch.makeUnsafe(true)
  /** The last number this reader was given. */
  number = 0
  /** The epoch this reader was last told. */
  epoch = -1
  isLive = false
  /** True once its person lost the room: nothing more is written. */
  isExpelled = false
  private readonly sink: Sink
  private readonly fanouts = new Set<Fanout>()

  constructor(asker: Asker, sink: Sink) {
    this.asker = asker
    this.userId = asker.user.id
    this.sink = sink
  }

  /** Waits until all that was written has left. */
  get drained() {
    return this.sink.drained
  }

  /** Writes, live or not; answers whether the reader keeps up. */
  write(broadcast: Broadcast): boolean {
    if (this.isExpelled) return true
    const hasRoom = this.sink.write(broadcast)
    if (broadcast.upTo > this.number) this.number = broadcast.upTo
    return hasRoom
  }

  /** It is in this fan-out until it leaves. */
  joined(fanout: Fanout): void {
    this.fanouts.add(fanout)
  }

  /** Leaves every fan-out it was in: a room that was put away and started anew may have had another one. */
  leave(): void {
    for (const fanout of this.fanouts) fanout.remove(this)
    this.fanouts.clear()
  }

  /** From now on the reader gets what is published. */
  goLive(): void {
    this.isLive = true
    this.lagging.closeUnsafe()
  }

  /** From now on it does not, until it has drained and joined again from where it stands. */
  fallBehind(): void {
    this.isLive = false
    this.lagging.openUnsafe()
  }
}

/** The followers of one room. */
export class Fanout {
  readonly roomId: RoomId
  /** The last number that was published here; a new incarnation publishes what lies between it and its head. */
  published = 0
  private readonly followers = new Set<Follower>()
  private readonly byUser = new Map<UserId, Set<Follower>>()

  constructor(roomId: RoomId) {
    this.roomId = roomId
  }

  get size(): number {
    return this.followers.size
  }

  /** Those who are present, one entry each. */
  get users(): ReadonlyArray<UserId> {
    return [...this.byUser.keys()]
  }

  /** Any one connection of a user who is present. */
  askerOf(userId: UserId): Asker | undefined {
    return this.byUser.get(userId)?.values().next().value?.asker
  }

  /** Registers; idempotent. */
  add(follower: Follower): void {
    this.followers.add(follower)
    follower.joined(this)
    const others = this.byUser.get(follower.userId)
    if (others === undefined) this.byUser.set(follower.userId, new Set([follower]))
    else others.add(follower)
  }

  /** Withdraws; idempotent. */
  remove(follower: Follower): void {
    follower.fallBehind()
    this.followers.delete(follower)
    const others = this.byUser.get(follower.userId)
    if (others?.delete(follower) === true && others.size === 0) this.byUser.delete(follower.userId)
  }

  /** Whoever this is no longer follows: from this step on nothing reaches them. Answers whether they did. */
  expel(userId: UserId): boolean {
    const followers = [...(this.byUser.get(userId) ?? [])]
    for (const follower of followers) {
      follower.isExpelled = true
      this.remove(follower)
    }
    return followers.length > 0
  }

  /** Every follower stops and joins again from where it stands: the room they followed has ended. */
  allBehind(): void {
    for (const follower of this.followers) follower.fallBehind()
  }

  /** Writes to every live follower, and answers to how many. One that has no more room lags from here on. */
  publish(broadcast: Broadcast): number {
    let deliveries = 0
    for (const follower of this.followers) {
      if (!follower.isLive) continue
      deliveries++
      if (!follower.write(broadcast)) follower.fallBehind()
    }
    if (broadcast.upTo > this.published) this.published = broadcast.upTo
    return deliveries
  }
}
