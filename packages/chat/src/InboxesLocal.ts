// The inboxes of this process. What a person sees of their rooms is kept here while one of their devices follows; one actor tells
// the news of the rooms, a few times a second and encoded once for everybody, and writes read markers behind, many in one
// statement. A marker that was not yet written when the process is killed is lost, and only makes read messages unread again.
import * as Actor from "@messenger/otp/Actor"
import { next } from "@messenger/otp/Behaviour"
import type { Self, Turn } from "@messenger/otp/Behaviour"
import type { ChildSpec } from "@messenger/otp/ChildSpec"
import { Accounts } from "@messenger/storage/Accounts"
import { ReadMarkers } from "@messenger/storage/ReadMarkers"
import type { DatabaseAway } from "@messenger/storage/StorageFailure"
import { Context, Effect, Exit, Layer, Option } from "effect"
import { Access } from "./Access.ts"
import { ChatLimits } from "./ChatLimits.ts"
import { Directory } from "./Directory.ts"
import type { RoomDirectory } from "./Directory.ts"
import { Follower } from "./Fanout.ts"
import { Inboxes } from "./Inboxes.ts"
import { frameOf, InboxTable } from "./InboxTable.ts"
import type { Inbox } from "./InboxTable.ts"
import { LivePrincipals } from "./LivePrincipals.ts"
import { MemberDirectory } from "./MemberDirectory.ts"
import type { MemberTable } from "./MemberDirectory.ts"
import { People } from "./People.ts"
import type { Asker } from "./Rooms.ts"
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
      yield* listen(table, () => actor.ref.signal({ _tag: "RoomNews" }))
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

// What a person is told of themselves is told at once, in the step in which it is said; `onNews` plans what all are told together.
const listen = Effect.fnUntraced(function* (table: InboxTable, onNews: () => void) {
  const directory = yield* Directory
  const live = yield* LivePrincipals
  const members = yield* MemberDirectory
  live.onChange(({ userId, me, profile }) => {
    if (me !== undefined) table.toUser(userId, { _tag: "MeChanged", me: me.user, role: me.role })
    if (profile === undefined) return
    table.rename(profile)
    onNews()
  })
  members.onChange(({ roomId, userId, before, role }) => {
    table.toUser(userId, { _tag: "MembershipsChanged", memberships: [{ roomId, role }] })
    const listing = directory.get(roomId)
    if (before === null && listing?.room.isPrivate === true) {
      table.toUser(userId, { _tag: "RoomsListed", rooms: [listing] })
    }
  })
})

const makeActor = Effect.fnUntraced(function* (table: InboxTable) {
  const directory = yield* Directory
  const markers = yield* ReadMarkers
  const members = yield* MemberDirectory
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
        Effect.sync(() => next(receive({ table, directory, members, markers }, state, turn, self))),
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
  deps: {
    readonly table: InboxTable
    readonly directory: RoomDirectory
    readonly members: MemberTable
    readonly markers: ReadMarkers["Service"]
  },
  state: State,
  { signals }: Turn<Signal, never>,
  self: Self<Signal>
): State => signals.reduce((current, signal) => onSignal(deps, current, signal, self), state)

const onSignal = (
  { table, directory, members, markers }: Parameters<typeof receive>[0],
  state: State,
  signal: Signal,
  self: Self<Signal>
): State => {
  switch (signal._tag) {
    case "RoomNews":
      if (!state.isNewsPlanned) self.signalAfter(newsMillis, { _tag: "TellRooms" })
      return { ...state, isNewsPlanned: true }
    case "TellRooms": {
      tellRooms(table, directory, members)
      const users = table.takeRenamed()
      if (users.length > 0) table.toAll(frameOf({ _tag: "ProfilesChanged", users }))
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

// Of public rooms everybody is told, encoded once; of a private one its members, encoded once.
const tellRooms = (table: InboxTable, directory: RoomDirectory, members: MemberTable): void => {
  const listings = directory.take()
  const open = listings.filter(({ room }) => !room.isPrivate)
  if (open.length > 0) table.toAll(frameOf({ _tag: "RoomsListed", rooms: open }))
  for (const listing of listings) {
    if (!listing.room.isPrivate) continue
    table.toMembers(members.membersOf(listing.room.id).keys(), { _tag: "RoomsListed", rooms: [listing] })
  }
}

const makeInboxes = Effect.fnUntraced(function* (table: InboxTable, onMove: () => void) {
  const accounts = yield* Accounts
  const directory = yield* Directory
  const members = yield* MemberDirectory
  const access = yield* Access
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
      rooms: directory.all.filter(({ room }) => access.sees(asker.user.id, room.id)),
      markers: [...inbox.markers].map(([roomId, number]) => ({ roomId, number })),
      memberships: [...members.roomsOf(asker.user.id)].map(([roomId, role]) => ({ roomId, role }))
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
        access.onServer(asker, "self.read").pipe(Effect.andThen(take(buckets.follows, asker.user.id))),
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
      const listing = yield* access.inRoom(asker, roomId, "room.read")
      yield* access.onServer(asker, "self.write")
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
      yield* access.onServer(asker, "self.write")
      yield* take(buckets.statuses, asker.user.id)
      yield* whenAway(accounts.setStatus(asker.user.id, status))
      people.choose(asker.user.id, status)
      table.toUser(asker.user.id, { _tag: "StatusChosen", status })
    }),

    setIdle: Effect.fnUntraced(function* (asker, isIdle) {
      yield* access.onServer(asker, "self.write")
      yield* take(buckets.statuses, asker.user.id)
      people.observe(asker, isIdle)
    })
  })
})
