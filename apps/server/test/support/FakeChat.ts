// The chat as gateways see it, small and in memory: rooms that really broadcast to their sinks, one log per room, no rules.
import { Inboxes } from "@messenger/chat/Inboxes"
import { Rooms } from "@messenger/chat/Rooms"
import { broadcast, type Broadcast, type Sink } from "@messenger/chat/Sink"
import type { User } from "@messenger/protocol/Account"
import { LogId } from "@messenger/protocol/Cursor"
import { Forbidden } from "@messenger/protocol/Rights"
import { RoomFrame } from "@messenger/protocol/RoomFeed"
import { Room, RoomId, RoomNotFound } from "@messenger/protocol/Room"
import {
  type ClientKey,
  MessageInvalid,
  MessageNotFound,
  parseMessageText,
  type Message,
  type Receipt
} from "@messenger/protocol/Message"
import { Deferred, Effect, Latch, Layer, Schema } from "effect"
import { makeFakeSessions, type FakeSessions } from "./FakeSessions.ts"
import { makeFakeWebhooks, type FakeWebhooks } from "./FakeWebhooks.ts"

/** What tests see and steer. */
export interface FakeChat {
  /** The texts in the order in which posts reached the room. */
  readonly arrived: Array<string>
  /** How many follows are open. */
  readonly follows: number
  /** How often a reader fell behind. */
  lags: number
  /** While set, posts are not answered. */
  hold: Deferred.Deferred<void> | undefined
  /** Makes the next post fail by a bug. */
  breakNextPost: boolean
  readonly sessions: FakeSessions
  readonly webhooks: FakeWebhooks
  /** While set, rooms forbid what is asked of them. */
  forbidden: boolean
  /** Appends a message to the lobby and writes it to all readers that are not behind. Bounded by nothing. */
  readonly say: (author: User, key: ClientKey, text: string) => Message
}

const encodeFrame = Schema.encodeSync(Schema.toCodecJson(RoomFrame))
const log = LogId.make("log1")

/** A durable broadcast of one message. */
export const messageBroadcast = (message: Message): Broadcast =>
  broadcast(
    "durable",
    [
      JSON.stringify(
        encodeFrame({
          _tag: "Changes",
          cursor: { log, number: message.change },
          changes: [{ _tag: "MessageChanged", message }]
        })
      )
    ],
    message.change
  )

interface Reader {
  readonly sink: Sink
  readonly lag: Latch.Latch
  sent: number
  isBehind: boolean
}

export const makeFakeChat = () => {
  const sessions = makeFakeSessions()
  const webhooks = makeFakeWebhooks()
  const lobby = RoomId.make("lobby")
  const history: Array<Message> = []
  const readers = new Set<Reader>()
  const give = (reader: Reader, given: Broadcast) => {
    if (reader.isBehind) return
    if (given.upTo > 0) reader.sent = given.upTo
    if (reader.sink.write(given)) return
    reader.isBehind = true
    reader.lag.openUnsafe()
    chat.lags++
  }
  const chat: FakeChat = {
    arrived: [],
    get follows() {
      return readers.size
    },
    lags: 0,
    hold: undefined,
    breakNextPost: false,
    sessions: sessions.fake,
    webhooks: webhooks.fake,
    forbidden: false,
    say: (author, key, text) => {
      const number = history.length + 1
      const message: Message = { number, change: number, author, key, state: "Present", text, at: 0, editedAt: null }
      history.push(message)
      const given = messageBroadcast(message)
      readers.forEach((reader) => give(reader, given))
      return message
    }
  }
  const theLobby = Room.make({
    id: lobby,
    slug: Schema.decodeSync(Room.fields.slug)("lobby"),
    name: "lobby",
    topic: "",
    isPrivate: false,
    change: 0
  })
  const knownRoom = (roomId: RoomId) => (roomId === lobby ? Effect.void : Effect.fail(new RoomNotFound()))

  // Brings a reader that lagged up to date, a message at a time, each when the one before has left.
  const resume = (reader: Reader): Effect.Effect<void> =>
    Effect.gen(function* () {
      yield* reader.lag.await
      yield* reader.sink.drained
      const next = history[reader.sent]
      if (next !== undefined) {
        reader.sent = next.number
        reader.sink.write(messageBroadcast(next))
        return
      }
      reader.lag.closeUnsafe()
      reader.isBehind = false
    })

  const rooms = Layer.succeed(
    Rooms,
    Rooms.of({
      follow: (_, roomId, cursor, sink) =>
        Effect.gen(function* () {
          if (chat.forbidden) return yield* new Forbidden({ needs: "room.read" })
          yield* knownRoom(roomId)
          const hello = encodeFrame({ _tag: "Hello", log, epoch: 1, head: history.length })
          const reader: Reader = { sink, lag: Latch.makeUnsafe(false), sent: history.length, isBehind: false }
          readers.add(reader)
          sink.write(broadcast("durable", [JSON.stringify(hello)]))
          for (const message of history.slice(cursor?.number ?? 0)) sink.write(messageBroadcast(message))
          return yield* Effect.forever(resume(reader)).pipe(
            Effect.ensuring(Effect.sync(() => void readers.delete(reader)))
          )
        }),
      post: (asker, { roomId, key, text }) =>
        Effect.suspend((): Effect.Effect<Receipt, MessageInvalid | RoomNotFound | Forbidden> => {
          if (chat.forbidden) return Effect.fail(new Forbidden({ needs: "room.post" }))
          chat.arrived.push(text)
          if (chat.breakNextPost) {
            chat.breakNextPost = false
            return Effect.die(new Error("a bug in the room"))
          }
          const parsed = parseMessageText(text)
          if (parsed instanceof MessageInvalid) return Effect.fail(parsed)
          return Effect.gen(function* () {
            yield* knownRoom(roomId)
            if (chat.hold !== undefined) yield* Deferred.await(chat.hold)
            const { number } = chat.say(asker.user, key, parsed)
            return { number, cursor: { log, number }, at: 0 }
          })
        }),
      edit: () => Effect.fail(new RoomNotFound()),
      remove: () => Effect.fail(new RoomNotFound()),
      find: (_, idOrSlug) =>
        idOrSlug === lobby
          ? Effect.succeed({ room: theLobby, lastMessage: history.length })
          : Effect.fail(new RoomNotFound()),
      list: () => Effect.succeed({ rooms: [{ room: theLobby, lastMessage: history.length }], next: null }),
      message: (_, __, number) => {
        const message = history[number - 1]
        return message === undefined ? Effect.fail(new MessageNotFound()) : Effect.succeed(message)
      },
      history: () =>
        Effect.succeed({
          messages: history,
          cursor: { log, number: history.length },
          hasOlder: false,
          hasNewer: false
        }),
      people: () => Effect.succeed({ people: [], next: null }),
      setTyping: () => Effect.void,
      create: (_, { name }) => Effect.succeed({ ...theLobby, name })
    })
  )

  const inboxes = Layer.succeed(
    Inboxes,
    Inboxes.of({
      follow: () => Effect.never,
      markRead: () => Effect.void,
      setStatus: () => Effect.void,
      setIdle: () => Effect.void
    })
  )

  return { chat, layer: Layer.mergeAll(rooms, inboxes, sessions.layer, webhooks.layer) }
}
