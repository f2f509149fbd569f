// Who follows a room, who of them is told about, and who types: the part of a room that is not in its log. Joining is one
// synchronous step: the follower is written its first frames and enters the set of the live in the same breath, so no event
// can overtake them or fall between.
import type { User, UserId } from "@messenger/protocol/Account"
import type { Cursor, LogId } from "@messenger/protocol/Cursor"
import * as Limits from "@messenger/protocol/Limits"
import { changesFrame, roomFrame } from "./Encoding.ts"
import type { Fanout, Follower } from "./Fanout.ts"
import type { PeopleTable } from "./People.ts"
import { Presence } from "./Presence.ts"
import type { Look } from "./Presence.ts"
import type { Ring } from "./Ring.ts"
import { broadcast } from "./Sink.ts"
import type { Broadcast } from "./Sink.ts"

/** Where the room's log stands. */
export interface Position {
  readonly log: LogId
  readonly epoch: number
  readonly head: number
}

/** The state to begin with, read outside the turn: a Snapshot or Reset at `cursor`. */
export interface Prelude {
  readonly cursor: Cursor
  readonly frames: Broadcast
}

/** `Live`: the follower has everything up to the head and gets what comes. `Behind`: the log must be read first, from where `why` says. */
export type Joined =
  | ({ readonly _tag: "Live" } & Position)
  | ({ readonly _tag: "Behind"; readonly why: "NoCursor" | "OtherLog" | "PastHead" | "Gap" } & Position)

/** Typists told of at one time: a crowd that types is no news. */
const maxTypists = 5

/** The followers of one incarnation of a room. `schedule` plans a flush; `deliver` counts what was handed out. */
export class Attendance {
  private readonly presence = new Presence()
  private readonly typing = new Map<UserId, { readonly user: User; until: number }>()
  private whole: Broadcast | undefined

  private readonly fanout: Fanout
  private readonly ring: Ring
  private readonly people: PeopleTable
  private readonly deliver: (broadcast: Broadcast) => void
  private readonly schedule: () => void

  constructor(options: {
    readonly fanout: Fanout
    readonly ring: Ring
    readonly people: PeopleTable
    readonly deliver: (broadcast: Broadcast) => void
    readonly schedule: () => void
  }) {
    this.fanout = options.fanout
    this.ring = options.ring
    this.people = options.people
    this.deliver = options.deliver
    this.schedule = options.schedule
    // Whoever followed the last incarnation is told anew, whole: it may have ended before it told who went.
    for (const userId of this.fanout.users) this.presence.touch(userId)
    if (this.fanout.size === 0) return
    this.presence.flush((userId) => this.look(userId))
    this.deliver(this.everybody())
  }

  /** Lets the follower in, if what it lacks is here. */
  join(follower: Follower, cursor: Cursor | undefined, prelude: Prelude | undefined, at: Position): Joined {
    this.arrive(follower)
    const start = prelude?.cursor ?? cursor
    if (start === undefined) return { _tag: "Behind", why: "NoCursor", ...at }
    if (start.log !== at.log) return { _tag: "Behind", why: "OtherLog", ...at }
    if (start.number > at.head) return { _tag: "Behind", why: "PastHead", ...at }
    const missed = this.ring.after(start.number)
    if (missed === undefined) return { _tag: "Behind", why: "Gap", ...at }
    sayHello(follower, at)
    if (prelude !== undefined) follower.write(prelude.frames)
    if (missed.length > 0) {
      follower.write(broadcast("durable", [changesFrame({ log: at.log, number: at.head }, missed)], at.head))
    }
    follower.number = at.head
    follower.goLive()
    // Written last: the answer whether there is room counts for all of it.
    if (!follower.write(this.everybody())) follower.fallBehind()
    return { _tag: "Live", ...at }
  }

  /** Somebody's last connection may have gone. */
  left(userId: UserId): void {
    this.touch(userId)
    const typist = this.typing.get(userId)
    if (typist !== undefined && this.fanout.askerOf(userId) === undefined) this.tellTyping(typist.user, false)
    if (this.fanout.size === 0) this.ring.clear()
  }

  /** Something about this person may have changed. */
  touch(userId: UserId): void {
    if (this.presence.touch(userId)) this.schedule()
  }

  /** Tells of a typist, if there are few; `now` in milliseconds. */
  typed(user: User, isTyping: boolean, now: number): void {
    if (this.fanout.askerOf(user.id) === undefined) return
    for (const [id, { until }] of this.typing) if (until <= now) this.typing.delete(id)
    if (!isTyping) {
      if (this.typing.has(user.id)) this.tellTyping(user, false)
    } else if (this.typing.has(user.id) || this.typing.size < maxTypists) {
      this.typing.set(user.id, { user, until: now + Limits.typingExpiresMillis })
      this.tellTyping(user, true)
    }
  }

  /** Whoever posts no longer types: their message says so. */
  posted(userId: UserId): void {
    this.typing.delete(userId)
  }

  /** Tells what changed since the last flush. */
  flush(): void {
    const latest = this.presence.flush((userId) => this.look(userId))
    if (latest === undefined) return
    this.whole = undefined
    this.deliver(broadcast("latestWins", [roomFrame({ _tag: "Latest", values: [latest] })]))
  }

  /** At most 100 people after `after`. */
  list(after: UserId | null) {
    return this.presence.page(after, 100)
  }

  private look(userId: UserId): ReturnType<Look> {
    const asker = this.fanout.askerOf(userId)
    return asker === undefined ? undefined : { user: asker.user, status: this.people.statusOf(userId) }
  }

  private arrive(follower: Follower): void {
    this.fanout.add(follower)
    this.touch(follower.userId)
  }

  private everybody(): Broadcast {
    this.whole ??= broadcast("latestWins", [roomFrame({ _tag: "Latest", values: [this.presence.whole()] })])
    return this.whole
  }

  private tellTyping(user: User, isTyping: boolean): void {
    if (!isTyping) this.typing.delete(user.id)
    this.deliver(broadcast("droppable", [roomFrame({ _tag: "Ephemeral", event: { _tag: "Typing", user, isTyping } })]))
  }
}

/** The first frame of every follow, and again after the room has a new owner. */
export const sayHello = (follower: Follower, at: Position): boolean => {
  if (follower.epoch === at.epoch) return true
  follower.epoch = at.epoch
  return follower.write(
    broadcast("latestWins", [roomFrame({ _tag: "Hello", log: at.log, epoch: at.epoch, head: at.head })])
  )
}
