// The rooms of a server that holds all of them: a registry of actors, one per live room, each under a small supervisor of its
// own. What a caller may be told of an actor (crashed, stopped, full, quarantined) becomes weather here.
import { createHash } from "node:crypto"
import { ActorCrashed, ActorStopped } from "@messenger/otp/ActorError"
import * as DynamicSupervisor from "@messenger/otp/DynamicSupervisor"
import type { ReplyTo } from "@messenger/otp/Behaviour"
import type { ChildSpec } from "@messenger/otp/ChildSpec"
import * as Registry from "@messenger/otp/Registry"
import { MessageInvalid, MessageNotFound, parseMessageText } from "@messenger/protocol/Message"
import type { Alias, ClientKey } from "@messenger/protocol/Message"
import type { Right } from "@messenger/protocol/Rights"
import { RoomId, RoomNotFound } from "@messenger/protocol/Room"
import { MessageLog } from "@messenger/storage/MessageLog"
import { Rooms as RoomTable } from "@messenger/storage/Rooms"
import { Context, Effect, Layer, Option, Schedule } from "effect"
import { Access } from "./Access.ts"
import type { Joined } from "./Attendance.ts"
import { Audit } from "./Audit.ts"
import { ChatLimits } from "./ChatLimits.ts"
import { Commits } from "./Commits.ts"
import { Directory } from "./Directory.ts"
import { Fanout, Follower } from "./Fanout.ts"
import { Faults } from "./Faults.ts"
import { follow } from "./Follow.ts"
import * as LogReader from "./LogReader.ts"
import { MemberDirectory } from "./MemberDirectory.ts"
import { People } from "./People.ts"
import * as RoomActor from "./Room.ts"
import type { RoomDependencies } from "./RoomDependencies.ts"
import type { RoomInitError } from "./Room.ts"
import type { RoomCommand, RoomSignal } from "./RoomCommand.ts"
import * as RoomCreation from "./RoomCreation.ts"
import { Rooms } from "./Rooms.ts"
import type { Asker } from "./Rooms.ts"
import * as Telemetry from "./Telemetry.ts"
import { take, TokenBuckets } from "./TokenBuckets.ts"
import { whenAway, whenResting } from "./Weather.ts"
import { WebhookBells } from "./WebhookBells.ts"

/** The rooms of this process, and the supervisor they run under. */
export class RoomsLocal extends Context.Service<
  RoomsLocal,
  {
    readonly rooms: Rooms["Service"]
    /** As `Rooms.post`, by the account of a webhook, which alone may want to be shown as something else. `alias` is decoded. */
    readonly postAs: (
      app: Asker,
      alias: Alias | undefined,
      command: Parameters<Rooms["Service"]["post"]>[1]
    ) => ReturnType<Rooms["Service"]["post"]>
    readonly childSpec: ChildSpec
  }
>()("@messenger/chat/RoomsLocal") {
  static readonly layer = Layer.effect(
    RoomsLocal,
    Effect.gen(function* () {
      const fanouts = new Map<RoomId, Fanout>()
      const supervisor = DynamicSupervisor.make({
        id: "rooms",
        // Nobody will start the room again until it is looked up: whoever follows it does so now, or is told when to.
        onChildDown: (id) => {
          const roomId = RoomId.make(id)
          const fanout = fanouts.get(roomId)
          fanout?.allBehind()
          if (fanout?.size === 0) fanouts.delete(roomId)
        }
      })
      const actors = yield* makeRegistry(fanouts, supervisor)
      yield* dropWhoLoses(fanouts, actors)
      return RoomsLocal.of({ ...(yield* makeRooms(fanouts, actors)), childSpec: supervisor.childSpec })
    })
  )

  /** The face of the rooms, for gateways. */
  static readonly layerRooms = Layer.effect(
    Rooms,
    Effect.map(RoomsLocal, ({ rooms }) => rooms)
  )
}

type Actors = Registry.Registry<RoomId, RoomCommand, RoomSignal, RoomInitError>

const makeRegistry = Effect.fnUntraced(function* (
  fanouts: Map<RoomId, Fanout>,
  supervisor: DynamicSupervisor.DynamicSupervisor
) {
  const context = yield* Effect.context()
  const directory = yield* Directory
  const audit = yield* Audit
  const bells = yield* WebhookBells
  const dependencies: RoomDependencies = {
    log: yield* MessageLog,
    commits: yield* Commits,
    people: yield* People,
    access: yield* Access,
    faults: yield* Faults,
    recordModeration: (asker, roomId, { author, number }) =>
      audit.record({
        action: "MessageModerated",
        actor: asker.user.id,
        subject: author,
        room: roomId,
        detail: `message ${number}`,
        address: asker.address
      }),
    onPublished: (roomId, changes, lastMessage) => {
      Telemetry.messagesPosted.updateUnsafe(changes, context)
      directory.advance(roomId, lastMessage)
      bells.published(roomId)
    },
    onDelivered: (deliveries) => Telemetry.deliveries.updateUnsafe(deliveries, context)
  }
  return yield* Registry.make({
    supervisor,
    behaviour: (roomId: RoomId) => RoomActor.make(dependencies, roomId, fanoutOf(fanouts, roomId)),
    intensity: { maxRestarts: 5, within: "30 seconds" },
    quarantine: { initial: "1 second", max: "5 minutes" }
  })
})

// Whoever loses a private room is out of its fan-out in the step in which that is said: what is published later cannot reach them.
const dropWhoLoses = Effect.fnUntraced(function* (fanouts: Map<RoomId, Fanout>, actors: Actors) {
  const access = yield* Access
  const members = yield* MemberDirectory
  members.onChange(({ roomId, userId }) => {
    if (access.sees(userId, roomId)) return
    if (fanouts.get(roomId)?.expel(userId) === true) actors.ref(roomId).signal({ _tag: "Left", userId })
  })
})

const fanoutOf = (fanouts: Map<RoomId, Fanout>, roomId: RoomId): Fanout => {
  const known = fanouts.get(roomId)
  if (known !== undefined) return known
  const fanout = new Fanout(roomId)
  fanouts.set(roomId, fanout)
  return fanout
}

const makeRooms = Effect.fnUntraced(function* (fanouts: Map<RoomId, Fanout>, actors: Actors) {
  const log = yield* MessageLog
  const table = yield* RoomTable
  const access = yield* Access
  const directory = yield* Directory
  const people = yield* People
  const create = yield* RoomCreation.make
  const limits = yield* ChatLimits
  const reader = yield* LogReader.make(log, table)
  const buckets = {
    posts: new TokenBuckets<string>(limits.posts),
    knownKeys: new TokenBuckets<string>(limits.knownKeys),
    follows: new TokenBuckets<string>(limits.follows),
    histories: new TokenBuckets<string>(limits.histories),
    typing: new TokenBuckets<string>(limits.typing)
  }

  const may = (asker: Asker, roomId: RoomId, right: Right) => Effect.asVoid(access.inRoom(asker, roomId, right))

  // A known key answers its first result whatever rights and limits say now; the room asks for the right again.
  const isKnown = (asker: Asker, roomId: RoomId, key: ClientKey) =>
    Effect.map(whenAway(log.keys(roomId, [{ author: asker.user.id, key }])), (known) => known.length > 0)

  const admit = Effect.fnUntraced(function* (asker: Asker, roomId: RoomId, key: ClientKey) {
    const refusal = yield* may(asker, roomId, "room.post").pipe(
      Effect.andThen(take(buckets.posts, asker.user.id)),
      Effect.result
    )
    if (refusal._tag === "Success") return
    // Asking costs a read, so it has a rate of its own: to be refused must not be the dearest answer.
    yield* take(buckets.knownKeys, asker.user.id)
    if (!(yield* isKnown(asker, roomId, key))) return yield* refusal.failure
  })

  const revise = Effect.fnUntraced(function* (
    asker: Asker,
    command: Parameters<Rooms["Service"]["remove"]>[1],
    change: Extract<RoomCommand, { _tag: "Revise" }>["change"]["change"]
  ) {
    const { roomId, key, number, change: seen } = command
    yield* admit(asker, roomId, key)
    return yield* ask<Answers["revise"]["A"], Answers["revise"]["E"]>(actors, roomId, (reply) => ({
      _tag: "Revise",
      asker,
      message: number,
      reply,
      change: {
        author: asker.user,
        key,
        // Of what was asked for and of nothing that was found: a repetition must have the same.
        hash: hashOf(change, seen),
        change,
        ...(seen === undefined ? {} : { seen })
      }
    }))
  })

  const post = Effect.fn("Rooms.post")(function* (
    asker: Asker,
    alias: Alias | undefined,
    { roomId, key, text: raw }: Parameters<Rooms["Service"]["post"]>[1]
  ) {
    if (alias !== undefined && asker.user.isApp !== true) return yield* Effect.die(new Error("an alias of a person"))
    const text = parseMessageText(raw)
    if (text instanceof MessageInvalid) return yield* text
    yield* admit(asker, roomId, key)
    const change = { _tag: "Post", text, ...(alias === undefined ? {} : { alias }) } as const
    const denial = () => access.denial(asker, roomId, "room.post")
    return yield* ask<Answers["post"]["A"], Answers["post"]["E"]>(actors, roomId, (reply) => ({
      _tag: "Post",
      change: { author: asker.user, key, hash: hashOf(change), change, denial, reply }
    })).pipe(Effect.catchTag("EditConflict", Effect.die))
  })

  const rooms = Rooms.of({
    follow: (asker, roomId, cursor, sink) =>
      Effect.gen(function* () {
        yield* may(asker, roomId, "room.read")
        yield* take(buckets.follows, asker.user.id)
        const ref = actors.ref(roomId)
        return yield* Effect.acquireUseRelease(
          // Whatever ends the follow, the lease is withdrawn: it is registered before anything is sent.
          Effect.sync(() => {
            const follower = new Follower(asker, sink)
            const userId = asker.user.id
            const leave = people.enter(asker, () => ref.signal({ _tag: "PersonChanged", userId }))
            return { follower, leave }
          }),
          ({ follower }) =>
            follow({
              roomId,
              follower,
              cursor,
              reader,
              join: (from, prelude) =>
                ask<Joined, RoomNotFound>(actors, roomId, (reply) => ({
                  _tag: "Join",
                  follower,
                  cursor: from,
                  prelude,
                  reply
                })).pipe(
                  // A join carries no key, so no join is ever refused as poison.
                  Effect.catchTag("CommandRejected", Effect.die)
                )
            }),
          ({ follower, leave }) =>
            Effect.sync(() => {
              follower.leave()
              leave()
              ref.signal({ _tag: "Left", userId: asker.user.id })
              if (fanouts.get(roomId)?.size === 0 && actors.whereis(roomId) === undefined) fanouts.delete(roomId)
            })
        )
      }),

    post: (asker, command) => post(asker, undefined, command),

    edit: Effect.fn("Rooms.edit")(function* (asker, command) {
      const text = parseMessageText(command.text)
      if (text instanceof MessageInvalid) return yield* text
      return yield* revise(asker, command, { _tag: "Edit", message: command.number, text })
    }),

    remove: Effect.fn("Rooms.remove")(function* (asker, command) {
      return yield* revise(asker, command, { _tag: "Delete", message: command.number })
    }),

    find: Effect.fn("Rooms.find")(function* (asker, idOrSlug) {
      const listing = directory.find(idOrSlug)
      return listing === undefined
        ? yield* new RoomNotFound()
        : yield* access.inRoom(asker, listing.room.id, "room.read")
    }),

    list: Effect.fn("Rooms.list")(function* (asker, after, limit) {
      yield* access.onServer(asker, "room.read")
      yield* take(buckets.histories, asker.user.id)
      const later = directory.all
        .filter(({ room }) => (after === null || room.id > after) && access.sees(asker.user.id, room.id))
        .toSorted((a, b) => (a.room.id < b.room.id ? -1 : 1))
      const rooms = later.slice(0, limit)
      return { rooms, next: later.length > limit ? (rooms.at(-1)?.room.id ?? null) : null }
    }),

    message: Effect.fn("Rooms.message")(function* (asker, roomId, number) {
      yield* may(asker, roomId, "room.read")
      yield* take(buckets.histories, asker.user.id)
      const [message] = yield* whenAway(log.messages(roomId, [number]))
      yield* may(asker, roomId, "room.read")
      return message ?? (yield* new MessageNotFound())
    }),

    history: Effect.fn("Rooms.history")(function* (asker, roomId, anchor, limit) {
      yield* may(asker, roomId, "room.read")
      yield* take(buckets.histories, asker.user.id)
      const page = yield* whenAway(log.page(roomId, anchor, limit))
      // The right may have gone while the page was read, and the page holds what was said since.
      yield* may(asker, roomId, "room.read")
      return Option.isSome(page) ? page.value : yield* new RoomNotFound()
    }),

    people: Effect.fn("Rooms.people")(function* (asker, roomId, after) {
      yield* may(asker, roomId, "room.read")
      yield* take(buckets.histories, asker.user.id)
      return yield* ask<Answers["people"]["A"]>(actors, roomId, (reply) => ({
        _tag: "ListPeople",
        after,
        reply
      })).pipe(
        Effect.catchTag("CommandRejected", Effect.die),
        Effect.tap(() => may(asker, roomId, "room.read"))
      )
    }),

    setTyping: Effect.fnUntraced(function* (asker, roomId, isTyping) {
      yield* may(asker, roomId, "room.post")
      yield* take(buckets.typing, asker.user.id)
      // A notice that may be lost: a full mailbox, or a room that rests, drops it.
      yield* Effect.ignore(
        actors.whereis(roomId)?.tryCast({ _tag: "Typing", user: asker.user, isTyping }) ?? Effect.void
      )
    }),

    create
  })
  return { rooms, postAs: post }
})

/** What the replies of a room may carry. */
interface Answers {
  readonly post: ReplyOf<Extract<RoomCommand, { _tag: "Post" }>["change"]["reply"]>
  readonly revise: ReplyOf<Extract<RoomCommand, { _tag: "Revise" }>["reply"]>
  readonly people: ReplyOf<Extract<RoomCommand, { _tag: "ListPeople" }>["reply"]>
}
type ReplyOf<Reply> = Reply extends {
  readonly succeed: (answer: infer A) => void
  readonly fail: (error: infer E) => void
}
  ? { readonly A: A; readonly E: E }
  : never

// Keys make it safe to repeat what a crash left unanswered; three times, since a room that crashes more often rests.
const repeat = { schedule: Schedule.exponential("50 millis"), times: 3 }

const ask = <A, E = never>(actors: Actors, roomId: RoomId, make: (reply: ReplyTo<A, E>) => RoomCommand) =>
  actors
    .ref(roomId)
    .tryCall<A, E>(make, { timeout: "20 seconds" })
    .pipe(Effect.retry({ ...repeat, while: isUnanswered }), whenResting)

const isUnanswered = (error: unknown): boolean => error instanceof ActorCrashed || error instanceof ActorStopped

const hashOf = (...parts: ReadonlyArray<unknown>): string =>
  createHash("sha256").update(JSON.stringify(parts)).digest("base64url").slice(0, 22)
