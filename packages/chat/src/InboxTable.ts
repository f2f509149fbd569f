// The inboxes that somebody follows now, and what of them is not yet written or told. It outlives the incarnations of the actor that
// serves it.
import type { User, UserId } from "@messenger/protocol/Account"
import type { InboxFrame } from "@messenger/protocol/InboxFeed"
import type { RoomId } from "@messenger/protocol/Room"
import type { MarkerMove } from "@messenger/storage/ReadMarkers"
import { inboxFrame } from "./Encoding.ts"
import type { Follower } from "./Fanout.ts"
import { broadcast } from "./Sink.ts"
import type { Broadcast } from "./Sink.ts"

/** One person's inbox while somebody follows it. */
export interface Inbox {
  readonly followers: Set<Follower>
  readonly markers: Map<RoomId, number>
}

/** What outlives the incarnations of the actor: who follows, and what was moved and not yet written. */
export class InboxTable {
  readonly inboxes = new Map<UserId, Inbox>()
  private renamed = new Map<UserId, User>()
  private unwritten = new Map<string, MarkerMove>()
  // Taken to be written; no read shows them before that is done.
  private underway: ReadonlyArray<MarkerMove> = []

  get hasUnwritten(): boolean {
    return this.unwritten.size > 0
  }

  /** What is to be written next. */
  takeMoves(): ReadonlyArray<MarkerMove> {
    const moves = [...this.unwritten.values()]
    this.unwritten = new Map()
    this.underway = moves
    return moves
  }

  /** What was taken is written, or is kept for another try. */
  written(isWritten: boolean): void {
    const moves = this.underway
    this.underway = []
    if (!isWritten) for (const move of moves) this.keep(move)
  }

  /** Keeps a move until it is written; the furthest wins. */
  keep(move: MarkerMove): void {
    const key = `${move.userId} ${move.roomId}`
    const known = this.unwritten.get(key)
    if (known === undefined || known.number < move.number) this.unwritten.set(key, move)
  }

  /** Moves of one person that no read of the database shows yet. */
  unwrittenOf(userId: UserId): ReadonlyArray<MarkerMove> {
    return [...this.underway, ...this.unwritten.values()].filter((move) => move.userId === userId)
  }

  /** Others see this person differently, and are not yet told. */
  rename(user: User): void {
    this.renamed.set(user.id, user)
  }

  /** Those whose change is to be told. */
  takeRenamed(): ReadonlyArray<User> {
    const users = [...this.renamed.values()]
    this.renamed.clear()
    return users
  }

  toAll(each: Broadcast): void {
    for (const { followers } of this.inboxes.values()) deliver(followers, each)
  }

  toUser(userId: UserId, frame: InboxFrame): void {
    const inbox = this.inboxes.get(userId)
    if (inbox !== undefined) deliver(inbox.followers, frameOf(frame))
  }

  /** News of a private room, to its members alone. */
  toMembers(members: Iterable<UserId>, frame: InboxFrame): void {
    let encoded: Broadcast | undefined
    for (const userId of members) {
      const inbox = this.inboxes.get(userId)
      if (inbox !== undefined) deliver(inbox.followers, (encoded ??= frameOf(frame)))
    }
  }

  remove(userId: UserId, follower: Follower): void {
    const inbox = this.inboxes.get(userId)
    if (inbox?.followers.delete(follower) === true && inbox.followers.size === 0) this.inboxes.delete(userId)
  }
}

const deliver = (followers: ReadonlySet<Follower>, each: Broadcast): void => {
  for (const follower of followers) if (follower.isLive && !follower.write(each)) follower.fallBehind()
}

/** A frame of an inbox; of all of them the newest counts. */
export const frameOf = (frame: InboxFrame): Broadcast => broadcast("latestWins", [inboxFrame(frame)])
