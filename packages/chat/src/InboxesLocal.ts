// The inboxes of this process. What a person sees of their rooms is kept here while one of their devices follows; one actor tells
// the news of the rooms, a few times a second and encoded once for everybody, and writes read markers behind, many in one
// statement. A marker that was not yet written when the process is killed is lost, and only makes read messages unread again.
import * as Actor from "@messenger/otp/Actor"
import { next } from "@messenger/otp/Behaviour"
import type { Self, Turn } from "@messenger/otp/Behaviour"
import type { ChildSpec } from "@messenger/otp/ChildSpec"
import type { UserId } from "@messenger/protocol/Account"
import type { InboxFrame } from "@messenger/protocol/InboxFeed"
import { RoomNotFound } from "@messenger/protocol/Room"
import type { RoomId } from "@messenger/protocol/Room"
import { Accounts } from "@messenger/storage/Accounts"
import { ReadMarkers } from "@messenger/storage/ReadMarkers"
import type { MarkerMove } from "@messenger/storage/ReadMarkers"
import type { DatabaseAway } from "@messenger/storage/StorageFailure"
import { Context, Effect, Exit, Layer, Option } from "effect"
import { ChatLimits } from "./ChatLimits.ts"
import { Directory } from "./Directory.ts"
import type { RoomDirectory } from "./Directory.ts"
import { inboxFrame } from "./Encoding.ts"
import { Follower } from "./Fanout.ts"
import { Inboxes } from "./Inboxes.ts"
import { People } from "./People.ts"
import type { Asker } from "./Rooms.ts"
import { broadcast } from "./Sink.ts"
import type { Broadcast, Sink } from "./Sink.ts"
import { take, TokenBuckets } from "./TokenBuckets.ts"
import { whenAway } from "./Weather.ts"

type Signal =
  | { readonly _tag: "RoomNews" }
  | { readonly _tag: "TellRooms" }
  | { readonly _tag: "MarkerMoved" }
  | { readonly _tag: "WriteMarkers" }
  | { readonly _tag: "MarkersWritten"; readonly exit: Exit.Exit<void, DatabaseAway> }

/** How long news of rooms collects, in milliseconds: a list that changes faster cannot be read. */
const newsMillis = 150

/** How long moves of markers collect before they are written, in milliseconds. */
const markersMillis = 400

/** How long after a failed write the next is tried, in milliseconds. */
const markersRetryMillis = 2_000

/** One person's inbox while somebody follows it. */
interface Inbox {
  readonly followers: Set<Follower>
  readonly markers: Map<RoomId, number>
}

/** What outlives the incarnations of the actor: who follows, and what was moved and not yet written. */
class InboxTable {
  readonly inboxes = new Map<UserId, Inbox>()
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

  toAll(each: Broadcast): void {
    for (const { followers } of this.inboxes.values()) deliver(followers, each)
  }

  toUser(userId: UserId, frame: InboxFrame): void {
    const inbox = this.inboxes.get(userId)
    if (inbox !== undefined) deliver(inbox.followers, frameOf(frame))
  }

  remove(userId: UserId, follower: Follower): void {
    const inbox = this.inboxes.get(userId)
    if (inbox?.followers.delete(follower) === true && inbox.followers.size === 0) this.inboxes.delete(userId)
  }
}

/** The inboxes of this process, and the actor that serves them. */
export class InboxesLocal extends Context.Service<
  InboxesLocal,
  { readonly inboxes: Inboxes["Service"]; readonly childSpec: ChildSpec }
>()("@messenger/chat/InboxesLocal") {
  static readonly layer = Layer.effect(
    InboxesLocal,
    Effect.gen(function* () {
      const table = new InboxTable()
      const actor = yield* makeActor(table)
      const inboxes = yield* makeInboxes(table, () => actor.ref.signal({ _tag: "MarkerMoved" }))
      return InboxesLocal.of({ inboxes, childSpec: actor.childSpec })
    })
  )

  /** The face of the inboxes, for gateways. */
  static readonly layerInboxes = Layer.effect(
    Inboxes,
    Effect.map(InboxesLocal, ({ inboxes }) => inboxes)
  )
}

const makeActor = Effect.fnUntraced(function* (table: InboxTable) {
  const directory = yield* Directory
  const markers = yield* ReadMarkers
  const actor = yield* Actor.make<State, never, Signal, never>(
    {
      kind: "inboxes",
      init: (self) =>
        Effect.sync(() => {
          directory.onNews(() => self.signal({ _tag: "RoomNews" }))
          // What the last incarnation was writing may not be written.
          table.written(false)
          if (table.hasUnwritten) self.signal({ _tag: "MarkerMoved" })
          // News that came while no incarnation lived.
          self.signal({ _tag: "TellRooms" })
          return { isNewsPlanned: false, isWritePlanned: false }
        }),
      receive: (state, turn, self) =>
        Effect.sync(() => next(receive({ table, directory, markers }, state, turn, self))),
      // The last moves are written when the server stops.
      terminate: () => Effect.ignore(Effect.suspend(() => markers.advance(table.takeMoves()))),
      mailbox: { capacity: 1, maxBatch: 64 }
    },
    { id: "inboxes" }
  )
  return actor
})

interface State {
  readonly isNewsPlanned: boolean
  readonly isWritePlanned: boolean
}

const receive = (
  deps: { readonly table: InboxTable; readonly directory: RoomDirectory; readonly markers: ReadMarkers["Service"] },
  state: State,
  { signals }: Turn<Signal, never>,
  self: Self<Signal>
): State => signals.reduce((current, signal) => onSignal(deps, current, signal, self), state)

const onSignal = (
  { table, directory, markers }: Parameters<typeof receive>[0],
  state: State,
  signal: Signal,
  self: Self<Signal>
): State => {
  switch (signal._tag) {
    case "RoomNews":
      if (!state.isNewsPlanned) self.signalAfter(newsMillis, { _tag: "TellRooms" })
      return { ...state, isNewsPlanned: true }
    case "TellRooms": {
      const rooms = directory.take()
      if (rooms.length > 0) table.toAll(frameOf({ _tag: "RoomsListed", rooms }))
      return { ...state, isNewsPlanned: false }
    }
    case "MarkerMoved":
      if (!state.isWritePlanned) self.signalAfter(markersMillis, { _tag: "WriteMarkers" })
      return { ...state, isWritePlanned: true }
    case "WriteMarkers": {
      const moves = table.takeMoves()
      if (moves.length === 0) return { ...state, isWritePlanned: false }
      self.spawn(markers.advance(moves), (exit): Signal => ({ _tag: "MarkersWritten", exit }))
      return state
    }
    case "MarkersWritten": {
      const isWritten = Exit.isSuccess(signal.exit)
      table.written(isWritten)
      if (table.hasUnwritten) self.signalAfter(isWritten ? markersMillis : markersRetryMillis, { _tag: "WriteMarkers" })
      return { ...state, isWritePlanned: table.hasUnwritten }
    }
  }
}

const makeInboxes = Effect.fnUntraced(function* (table: InboxTable, onMove: () => void) {
  const accounts = yield* Accounts
  const directory = yield* Directory
  const markers = yield* ReadMarkers
  const people = yield* People
  const limits = yield* ChatLimits
  const buckets = {
    follows: new TokenBuckets<string>(limits.follows),
    markers: new TokenBuckets<string>(limits.markers),
    statuses: new TokenBuckets<string>(limits.statuses)
  }

  const load = Effect.fnUntraced(function* (asker: Asker) {
    const userId = asker.user.id
    const [account, stored] = yield* whenAway(Effect.all([accounts.find(userId), markers.list(userId)]))
    const inbox = table.inboxes.get(userId) ?? { followers: new Set(), markers: new Map() }
    table.inboxes.set(userId, inbox)
    // Whatever was moved while the rows were read is further than the rows.
    for (const { roomId, number } of [...stored, ...table.unwrittenOf(userId)]) {
      inbox.markers.set(roomId, Math.max(number, inbox.markers.get(roomId) ?? 0))
    }
    if (Option.isSome(account)) people.recall(userId, account.value.status)
    return inbox
  })

  const snapshot = (asker: Asker, inbox: Inbox): Broadcast =>
    frameOf({
      _tag: "InboxSnapshot",
      me: asker.user,
      role: asker.role,
      status: people.chosenOf(asker.user.id),
      rooms: directory.all,
      markers: [...inbox.markers].map(([roomId, number]) => ({ roomId, number })),
      memberships: []
    })

  const followWith = Effect.fnUntraced(function* (asker: Asker, follower: Follower) {
    const inbox = yield* load(asker)
    while (true) {
      inbox.followers.add(follower)
      follower.goLive()
      if (!follower.write(snapshot(asker, inbox))) follower.fallBehind()
      yield* follower.lagging.await
      yield* follower.drained
    }
  })

  return Inboxes.of({
    follow: (asker, sink: Sink) =>
      Effect.andThen(
        take(buckets.follows, asker.user.id),
        Effect.acquireUseRelease(
          Effect.sync(() => ({ follower: new Follower(asker, sink), leave: people.enter(asker, () => undefined) })),
          ({ follower }) => followWith(asker, follower),
          ({ follower, leave }) =>
            Effect.sync(() => {
              table.remove(asker.user.id, follower)
              leave()
            })
        )
      ),

    markRead: Effect.fn("Inboxes.markRead")(function* (asker, roomId, asked) {
      const listing = directory.get(roomId)
      if (listing === undefined) return yield* new RoomNotFound()
      yield* take(buckets.markers, asker.user.id)
      const userId = asker.user.id
      const number = Math.min(asked, listing.lastMessage)
      const inbox = table.inboxes.get(userId)
      if ((inbox?.markers.get(roomId) ?? 0) >= number) return
      inbox?.markers.set(roomId, number)
      table.keep({ userId, roomId, number })
      table.toUser(userId, { _tag: "MarkersMoved", markers: [{ roomId, number }] })
      onMove()
    }),

    setStatus: Effect.fn("Inboxes.setStatus")(function* (asker, status) {
      yield* take(buckets.statuses, asker.user.id)
      yield* whenAway(accounts.setStatus(asker.user.id, status))
      people.choose(asker.user.id, status)
      table.toUser(asker.user.id, { _tag: "StatusChosen", status })
    }),

    setIdle: Effect.fnUntraced(function* (asker, isIdle) {
      yield* take(buckets.statuses, asker.user.id)
      people.observe(asker, isIdle)
    })
  })
})

const deliver = (followers: ReadonlySet<Follower>, each: Broadcast): void => {
  for (const follower of followers) if (follower.isLive && !follower.write(each)) follower.fallBehind()
}

const frameOf = (frame: InboxFrame): Broadcast => broadcast("latestWins", [inboxFrame(frame)])
