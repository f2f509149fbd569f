// The client of one person on one server: their connection, inbox, outbox, and the rooms they look at. It has no environment of
// its own: how to dial, where to store, and which tab may send are layers.
//
// ```ts
// const client = MessengerClient.layer({ account: user.id, signals: Signals.browser }).pipe(
//   Layer.provide([Dial.layer({ server }), DrainLock.layerAlone, OutboxStore.layerMemory])
// )
// ```
import type { UserId } from "@messenger/protocol/Account"
import { UpgradeRequired } from "@messenger/protocol/Handshake"
import type { ClientKey, MessageInvalid } from "@messenger/protocol/Message"
import { RoomNotFound } from "@messenger/protocol/Room"
import type { RoomId } from "@messenger/protocol/Room"
import type { RoomView } from "@messenger/protocol/RoomView"
import { Context, Deferred, Effect, Layer, Result } from "effect"
import type { Scope } from "effect"
import type { Socket } from "effect/socket"
import * as Calls from "./Calls.ts"
import { Connection, outdated } from "./Connection.ts"
import type { ConnectionOptions } from "./Connection.ts"
import type { DrainLock } from "./DrainLock.ts"
import * as Edits from "./Edits.ts"
import * as InboxClient from "./InboxClient.ts"
import { Outbox } from "./Outbox.ts"
import type { OutboxStore } from "./OutboxStore.ts"
import * as RoomClient from "./RoomClient.ts"
import { Unreachable } from "./Unreachable.ts"

/** Closed rooms that are remembered ... */
const rememberedRooms = 16

/** ... with this many of their newest messages. */
const rememberedMessages = 200

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
    /** Edits and removals on their way. */
    readonly edits: Edits.Edits
    /**
     * Asks for what is neither a room's nor the inbox's, once: what is said of it in the contract is all there is. Waits a few
     * seconds for a connection, and none once it is known that the contract has moved on. After `Unreachable` it is unknown whether it was done. `Get…`, `List…`, `LookAt…` and `Read…`
     * change nothing, and `Set…`, `Update…`, `Change…`, `Add…`, `Remove…`, `Leave…`, `Revoke…`, `SignOut…` and `AcceptInvite` come
     * to the same when they are asked again (one that had been done may then answer that there is nothing to do); what is made by
     * `Create…` and `InviteTo…` would be made twice, and `ClaimServer` and `DeleteAccount` work once: look first.
     */
    readonly call: <Tag extends Calls.CallTag>(
      tag: Tag,
      ...payload: Calls.CallArguments<Tag>
    ) => Effect.Effect<Calls.CallSuccess<Tag>, Calls.CallFailure<Tag> | UpgradeRequired>
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
  const edits = yield* Edits.make
  const remembered = new Map<RoomId, RoomView>()
  // The open rooms, each with what ends it when the room is gone for this person.
  const open = new Set<{ readonly roomId: RoomId; readonly gone: Deferred.Deferred<never, RoomNotFound> }>()

  const remember = (roomId: RoomId, view: RoomView) => {
    remembered.delete(roomId)
    if (view.cursor !== undefined) remembered.set(roomId, trimmed(view))
    const [oldest] = remembered.keys()
    if (remembered.size > rememberedRooms && oldest !== undefined) remembered.delete(oldest)
  }

  /** Keeps nothing of a room that is not there for this person any more; what was sent to it is theirs, and is refused one by one. */
  const forget = (roomId: RoomId) => {
    remembered.delete(roomId)
    outbox.setDraft(roomId, "")
  }

  // A private room of which one is no longer a member is in the inbox no more, whether one was here to be told or not.
  let listed = inbox.feed.get().view.rooms
  yield* Effect.acquireRelease(
    Effect.sync(() =>
      inbox.feed.subscribe(() => {
        const before = listed
        listed = inbox.feed.get().view.rooms
        if (listed === before) return
        for (const roomId of before.keys()) {
          if (listed.has(roomId)) continue
          forget(roomId)
          for (const each of open) {
            if (each.roomId === roomId) Deferred.doneUnsafe(each.gone, Effect.fail(new RoomNotFound()))
          }
        }
      })
    ),
    (stop) => Effect.sync(stop)
  )

  const openRoom = Effect.fnUntraced(
    function* (roomId: RoomId) {
      const showsEntries = yield* outbox.watch(roomId)
      const showsEdits = yield* edits.watch(roomId)
      const gone = Deferred.makeUnsafe<never, RoomNotFound>()
      yield* Effect.acquireRelease(
        Effect.sync(() => {
          const opened = { roomId, gone }
          open.add(opened)
          return opened
        }),
        (opened) => Effect.sync(() => open.delete(opened))
      )
      const room = yield* RoomClient.make({
        roomId,
        remembered: remembered.get(roomId),
        onMessages: (messages, cursor) => {
          showsEntries(messages, cursor)
          showsEdits(cursor)
        },
        gone: Deferred.await(gone)
      })
      const isGone = () => {
        const { status } = room.feed.get()
        return status._tag === "Failed" && status.error._tag === "RoomNotFound"
      }
      yield* Effect.acquireRelease(
        Effect.sync(() => room.feed.subscribe(() => void (isGone() && forget(roomId)))),
        (stop) =>
          Effect.sync(() => {
            stop()
            if (!isGone()) remember(roomId, room.feed.get().view)
          })
      )
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
    edits,
    openRoom,
    call: (tag, ...payload) =>
      Effect.raceFirst(outdated(connection), Calls.call(connection, tag, ...payload)).pipe(
        // The answer to this very call may be what says it.
        Effect.mapError((error) =>
          error instanceof Unreachable && error.cause instanceof UpgradeRequired ? error.cause : error
        )
      )
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
