// The client of a program: it says who it is with a token or a cookie, connects, and has verbs for what programs do, with rooms by id
// or by the name in their links. What is refused for good fails what is asked and followed: nobody is there to log in again.
//
// ```ts
// const pong = Effect.gen(function* () {
//   const bot = yield* BotClient
//   yield* bot.messages("lobby").pipe(
//     Stream.filter(({ author, text }) => author.id !== bot.user.id && text === "ping"),
//     Stream.runForEach(() => bot.post("lobby", "pong"))
//   )
// })
// ```
import type { User, UserId } from "@messenger/protocol/Account"
import { Unauthenticated } from "@messenger/protocol/Handshake"
import type { Message, Page, Receipt } from "@messenger/protocol/Message"
import type { Person } from "@messenger/protocol/Presence"
import type { Forbidden } from "@messenger/protocol/Rights"
import { RoomNotFound } from "@messenger/protocol/Room"
import type { Room } from "@messenger/protocol/Room"
import type { RoomFrame } from "@messenger/protocol/RoomFeed"
import type { PageAnchor } from "@messenger/protocol/RoomRpcs"
import type { SessionError } from "@messenger/protocol/Session"
import { Context, Effect, Layer, Option, Stream } from "effect"
import { Connection, refused } from "./Connection.ts"
import type { Refusal } from "./ConnectionState.ts"
import * as Device from "./Device.ts"
import * as Dial from "./Dial.ts"
import type { EditRefusal, RemoveRefusal } from "./Edits.ts"
import { MessengerClient } from "./MessengerClient.ts"
import type { OutboxRefusal } from "./OutboxEntry.ts"
import { changes, until } from "./Readable.ts"
import { untilAnswered } from "./Request.ts"
import * as RoomEvents from "./RoomEvents.ts"
import * as RoomFrames from "./RoomFrames.ts"
import { worded } from "./Sentences.ts"
import * as SessionClient from "./SessionClient.ts"
import * as Signals from "./Signals.ts"
import { Unreachable } from "./Unreachable.ts"
import { WebSocketMissing } from "./WebSocketMissing.ts"

/** Where the server is, and who the program is: what comes first of `bearer`, `cookie` and `guest`. In a browser its own cookie serves. */
export interface BotOptions {
  /** Origin of the server, such as `https://chat.example.org`. */
  readonly server: string
  /** An API token or a socket token. */
  readonly bearer?: string | undefined
  /** The cookie of a session, `name=value`, as `SessionClient` answers it outside browsers. */
  readonly cookie?: string | undefined
  /** Comes in as a guest of that name, where the server takes guests. */
  readonly guest?: string | undefined
  /** Where messages wait that are not sent yet: `Device.standard` unless it says otherwise. */
  readonly store?: Device.Device
  /** What the device says about its network: `Signals.standard` unless it says otherwise. */
  readonly signals?: Signals.Signals
}

/** Why a bot does not come in. */
export type ConnectError = SessionError | Refusal | Unreachable | WebSocketMissing

/** Why a room answers nothing: it is not there for this bot, its token does not reach that far, or the connection is refused for good. */
export type RoomError = RoomNotFound | Forbidden | Refusal

/** Where to begin: after a cursor, each durable event once, or without it with what happens from now on; and how much may wait. */
export type FollowOptions = RoomFrames.RoomFramesOptions

/** The socket is given this long to open at the start, in milliseconds. */
const openMillis = 15_000

/** How long a device may take to write down what is on its way to the disk, in milliseconds. */
const flushMillis = 2_000

/** A room that was just made, or to which the bot was just added, may be asked for this long before its inbox tells of it, in milliseconds. */
const listingMillis = 1_000

/** A server that no longer knows a token refuses the upgrade, which looks like a server that is away: it is asked after this many failures in a row. */
const failuresDoubted = 2

export class BotClient extends Context.Service<
  BotClient,
  {
    readonly user: User
    /** What the verbs are made of, for whatever else there is to do: its connection, its inbox, its outbox, `call`. */
    readonly client: MessengerClient["Service"]
    /** The rooms that the bot may see, once they are known. */
    readonly rooms: Effect.Effect<ReadonlyArray<Room>, RoomError>
    /** The room of that id, or else of that name in its link. */
    readonly room: (idOrSlug: string) => Effect.Effect<Room, RoomError>
    /**
     * Each message that is posted, the bot's own too, once, in the order of the log, through lost connections and restarts of the server. One that was
     * edited while the bot was away comes as it is now, where its edit stands; one that was deleted meanwhile does not come.
     */
    readonly messages: (room: string, options?: FollowOptions) => Stream.Stream<RoomEvents.PostedMessage, RoomError>
    /** The frames of the room's feed as they come: who is present and who types too. */
    readonly frames: (room: string, options?: FollowOptions) => Stream.Stream<RoomFrame, RoomError>
    /** All that happens to messages, and to the room's name and topic. */
    readonly events: (room: string, options?: FollowOptions) => Stream.Stream<RoomEvents.RoomEvent, RoomError>
    /**
     * Posts, and ends when the message is on the server's disk; waits for that through rate limits, bad weather and lost connections.
     * Messages to one room are posted in the order of these calls. Interrupted, or failed by a `Refusal`, it stays in the outbox: a
     * store on disk keeps it for the next run.
     */
    readonly post: (room: string, text: string) => Effect.Effect<Receipt, RoomError | OutboxRefusal>
    /** Gives a message of the bot another text. If it has changed since the bot saw it, `EditConflict`. */
    readonly edit: (
      room: string,
      message: Pick<Message, "number" | "change">,
      text: string
    ) => Effect.Effect<Receipt, RoomError | EditRefusal>
    /** Deletes a message of the bot, or with the right to moderate another's. */
    readonly remove: (room: string, number: number) => Effect.Effect<Receipt, RoomError | RemoveRefusal>
    /** A page of history, of 1 to 100 messages. */
    readonly history: (room: string, anchor: PageAnchor, limit: number) => Effect.Effect<Page, RoomError>
    /** Everybody who is present; whoever follows a room is. */
    readonly people: (room: string) => Effect.Effect<ReadonlyArray<Person>, RoomError>
  }
>()("@messenger/client/BotClient") {
  /** The bot, connected: it fails when the server cannot be reached now, and comes back by itself after every loss later. */
  static readonly layer = (options: BotOptions): Layer.Layer<BotClient, ConnectError> =>
    Layer.effect(BotClient, Effect.mapError(make(options), worded(options.server)))
}

const make = Effect.fnUntraced(function* (options: BotOptions) {
  const { server, signals = Signals.standard(), store = Device.standard } = options
  // A connection would take it for a server that is away, and try for ever.
  if (!("WebSocket" in globalThis)) return yield* new WebSocketMissing()
  const credentials = yield* credentialsOf(options)
  const sessions = SessionClient.make({ server, ...credentials })
  const { user } = yield* sessions.current
  if (user === null) return yield* new Unauthenticated()

  const client = Context.get(
    yield* Layer.build(
      MessengerClient.layer({ account: user.id, signals }).pipe(
        Layer.provide([Dial.layer({ server, ...credentials }), store({ server, account: user.id })])
      )
    ),
    MessengerClient
  )
  const { connection, edits, inbox, outbox } = client
  yield* Effect.addFinalizer(() => Effect.timeoutOption(outbox.flush, flushMillis))
  /** What is refused already is not begun. */
  const whileAdmitted = <A, E>(work: Effect.Effect<A, E>): Effect.Effect<A, E | Refusal> =>
    Effect.suspend((): Effect.Effect<A, E | Refusal> => {
      const state = connection.state.get()
      return state._tag === "Refused" ? Effect.fail(state.refusal) : Effect.raceFirst(refused(connection), work)
    }).pipe(Effect.mapError(worded(server)))

  connection.connect()
  yield* whileAdmitted(until(connection.state, ({ _tag }) => _tag === "Open")).pipe(
    Effect.timeoutOrElse({
      duration: openMillis,
      orElse: () => Effect.fail(new Unreachable({ cause: `No WebSocket was opened within ${openMillis} ms` }))
    })
  )
  yield* changes(connection.state).pipe(
    Stream.filter((state) => state._tag === "Waiting" && state.attempt === failuresDoubted),
    Stream.runForEach(() =>
      Effect.matchEffect(sessions.current, {
        onSuccess: () => Effect.void,
        onFailure: (error) => Effect.sync(() => void (error._tag === "Unauthenticated" && connection.giveUp(error)))
      })
    ),
    Effect.forkScoped
  )

  const known = () => [...inbox.feed.get().view.rooms.values()].map(({ room }) => room)
  const listed = Effect.gen(function* () {
    yield* until(inbox.feed, ({ status }) => status._tag === "Live" || status._tag === "Failed")
    const { status } = inbox.feed.get()
    if (status._tag === "Failed") return yield* Effect.fail(status.error)
  })
  const named = (name: string) => known().find(({ id }) => id === name) ?? known().find(({ slug }) => slug === name)
  /** A room that is known already is found without a connection. */
  const find = Effect.fnUntraced(function* (name: string) {
    const before = named(name)
    if (before !== undefined) return before
    yield* listed
    yield* Effect.timeoutOption(
      until(inbox.feed, () => named(name) !== undefined),
      listingMillis
    )
    return named(name) ?? (yield* new RoomNotFound())
  })
  const room = (name: string) => whileAdmitted(find(name))
  const within = <A, E>(name: string, work: (roomId: Room["id"]) => Effect.Effect<A, E>) =>
    whileAdmitted(Effect.flatMap(find(name), ({ id }) => work(id)))

  const frames = (name: string, followed?: FollowOptions) =>
    Stream.unwrap(Effect.map(room(name), ({ id }) => RoomFrames.stream(id, followed))).pipe(
      Stream.interruptWhen(refused(connection)),
      Stream.mapError(worded(server)),
      Stream.provideService(Connection, connection)
    )
  const history = (name: string, anchor: PageAnchor, limit: number) =>
    within(name, (roomId) => untilAnswered(connection, (rpcs) => rpcs.History({ roomId, anchor, limit })))
  const events = (name: string, followed?: FollowOptions) =>
    RoomEvents.stream({
      frames: frames(name, followed),
      from: followed?.cursor,
      pageAfter: (number, limit) => history(name, { _tag: "After", number }, limit)
    })

  return BotClient.of({
    user,
    client,
    rooms: whileAdmitted(Effect.map(listed, known)),
    room,
    frames,
    events,
    messages: (name, followed) => RoomEvents.messages(events(name, followed)),
    post: (name, text) => within(name, (id) => outbox.deliver(id, text)),
    edit: (name, message, text) => within(name, (id) => edits.edit(id, message, text)),
    remove: (name, number) => within(name, (id) => edits.remove(id, number)),
    history,
    people: (name) =>
      within(name, (roomId) =>
        Stream.runCollect(
          Stream.paginate<UserId | null, Person, RoomNotFound | Forbidden>(null, (after) =>
            Effect.map(
              untilAnswered(connection, (rpcs) => rpcs.ListPeople({ roomId, after })),
              ({ people, next }) => [people, Option.fromNullOr(next)]
            )
          )
        )
      )
  })
})

/** What is sent along with every request, and when dialling. */
const credentialsOf = Effect.fnUntraced(function* ({ server, bearer, cookie, guest }: BotOptions) {
  if (bearer !== undefined) return { bearer }
  const { origin } = new URL(server)
  if (cookie !== undefined) return { headers: { cookie, origin } }
  if (guest === undefined) return {}
  const entered = yield* SessionClient.make({ server, headers: { origin } }).enter(guest)
  return entered.cookie === undefined ? {} : { headers: { cookie: entered.cookie, origin } }
})
