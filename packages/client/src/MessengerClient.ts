// The client of one person on one server: their connection, inbox, outbox, and the rooms they look at. It has no environment of
// its own: how to dial, where to store, and which tab may send are layers.
//
// ```ts
// const client = MessengerClient.layer({ account: user.id, signals: Signals.browser }).pipe(
//   Layer.provide([Dial.layer({ server }), DrainLock.layerAlone, OutboxStore.layerMemory])
// )
// ```
import type { NameInvalid, UserId } from "@messenger/protocol/Account"
import type { ClientKey, MessageInvalid } from "@messenger/protocol/Message"
import type { Forbidden } from "@messenger/protocol/Rights"
import type { Room, RoomId, RoomNameTaken, RoomNotFound, TooManyRooms } from "@messenger/protocol/Room"
import type { RoomFrame } from "@messenger/protocol/RoomFeed"
import type { RoomView } from "@messenger/protocol/RoomView"
import type { RateLimited, StorageUnavailable } from "@messenger/protocol/Unavailable"
import { Context, Effect, Layer, Result, Stream } from "effect"
import type { Scope } from "effect"
import type { Socket } from "effect/socket"
import { Connection } from "./Connection.ts"
import type { ConnectionOptions } from "./Connection.ts"
import type { DrainLock } from "./DrainLock.ts"
import * as InboxClient from "./InboxClient.ts"
import { Outbox } from "./Outbox.ts"
import type { OutboxStore } from "./OutboxStore.ts"
import { once } from "./Request.ts"
import * as RoomClient from "./RoomClient.ts"
import * as RoomFrames from "./RoomFrames.ts"
import type { Unreachable } from "./Unreachable.ts"

/** Closed rooms that are remembered ... */
const rememberedRooms = 16

/** ... with this many of their newest messages. */
const rememberedMessages = 200

/** Why a room was not made. After `Unreachable` it may have been made: look at the room list. */
export type CreateRoomError =
  | NameInvalid
  | RoomNameTaken
  | TooManyRooms
  | Forbidden
  | RateLimited
  | StorageUnavailable
  | Unreachable

/** A room somebody looks at: what is followed, and what is done in it. */
export interface OpenRoom extends RoomClient.RoomClient {
  /** Puts a message into the outbox; refused only for its text. */
  readonly send: (text: string) => Result.Result<ClientKey, MessageInvalid>
  /** The person has read up to message `number`. */
  readonly markRead: (number: number) => void
}

export class MessengerClient extends Context.Service<
  MessengerClient,
  {
    readonly account: UserId
    readonly connection: Connection["Service"]
    readonly inbox: InboxClient.InboxClient
    readonly outbox: Outbox["Service"]
    /** Follows the room, and is present in it, while the scope is open. */
    readonly openRoom: (roomId: RoomId) => Effect.Effect<OpenRoom, never, Scope.Scope>
    /** The frames of a room at the consumer's pace; a follow of its own. */
    readonly frames: (
      roomId: RoomId,
      options?: RoomFrames.RoomFramesOptions
    ) => Stream.Stream<RoomFrame, RoomNotFound | Forbidden>
    /** Makes a public room; asked once. */
    readonly createRoom: (name: string) => Effect.Effect<Room, CreateRoomError>
  }
>()("@messenger/client/MessengerClient") {
  /** A client that connects when `connection.connect` is called. */
  static readonly layer = (
    options: ConnectionOptions
  ): Layer.Layer<MessengerClient, never, Socket.Socket | OutboxStore | DrainLock> =>
    Layer.effect(MessengerClient, make(options.account)).pipe(
      Layer.provide(Outbox.layer(options.account)),
      Layer.provide(Connection.layer(options))
    )
}

const make = Effect.fnUntraced(function* (account: UserId) {
  const connection = yield* Connection
  const outbox = yield* Outbox
  const inbox = yield* InboxClient.make
  const remembered = new Map<RoomId, RoomView>()

  const remember = (roomId: RoomId, view: RoomView) => {
    remembered.delete(roomId)
    if (view.cursor !== undefined) remembered.set(roomId, trimmed(view))
    const [oldest] = remembered.keys()
    if (remembered.size > rememberedRooms && oldest !== undefined) remembered.delete(oldest)
  }

  const openRoom = Effect.fnUntraced(
    function* (roomId: RoomId) {
      const onMessages = yield* outbox.watch(roomId)
      const room = yield* RoomClient.make({ roomId, remembered: remembered.get(roomId), onMessages })
      yield* Effect.addFinalizer(() => Effect.sync(() => remember(roomId, room.feed.get().view)))
      return {
        ...room,
        send: (text: string) => {
          const added = outbox.add(roomId, text)
          if (Result.isSuccess(added)) room.hasPosted()
          return added
        },
        markRead: (number: number) => inbox.markRead(roomId, number)
      }
    },
    Effect.provideService(Connection, connection)
  )

  return MessengerClient.of({
    account,
    connection,
    inbox,
    outbox,
    openRoom,
    frames: (roomId, options) => Stream.provideService(RoomFrames.stream(roomId, options), Connection, connection),
    createRoom: (name) => once(connection, (rpcs) => rpcs.CreateRoom({ name }))
  })
})

// A stretch up to the head, and nothing that is true only while the room is followed.
const trimmed = (view: RoomView): RoomView => ({
  ...view,
  messages: view.messages.slice(-rememberedMessages),
  hasOlder: view.hasOlder || view.messages.length > rememberedMessages,
  people: new Map(),
  presentCount: 0,
  typing: new Map()
})
