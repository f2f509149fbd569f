// A small server in memory, for tests on the test clock: a real RpcServer behind sockets that are queues, and rooms that are
// arrays. It speaks the contract, and does what a test tells it: goes down, falls silent, loses answers, asks for patience.
import { AccountNotFound, UserId } from "@messenger/protocol/Account"
import type { User } from "@messenger/protocol/Account"
import { LogId } from "@messenger/protocol/Cursor"
import {
  Authentication,
  contractVersion,
  HandshakeRpcs,
  Principal,
  Unauthenticated,
  UpgradeRequired
} from "@messenger/protocol/Handshake"
import type { InboxFrame } from "@messenger/protocol/InboxFeed"
import { InboxRpcs } from "@messenger/protocol/InboxRpcs"
import { AccountRpcs } from "@messenger/protocol/AccountRpcs"
import { MemberRpcs } from "@messenger/protocol/MemberRpcs"
import {
  ClientKey,
  EditConflict,
  IdempotencyKeyReused,
  MessageNotFound,
  NotYourMessage
} from "@messenger/protocol/Message"
import type { CommandRejected, Message, MessageInvalid, Page, Receipt } from "@messenger/protocol/Message"
import { WrongPassword } from "@messenger/protocol/Password"
import { Room, RoomId, RoomNotFound } from "@messenger/protocol/Room"
import type { RoomFrame } from "@messenger/protocol/RoomFeed"
import { RoomRpcs } from "@messenger/protocol/RoomRpcs"
import type { Weather } from "@messenger/protocol/Unavailable"
import { Cause, Context, Effect, Layer, Queue, Redacted, Schema, Stream } from "effect"
import { RpcSerialization, RpcServer } from "effect/rpc"
import type { RpcMessage } from "effect/rpc"
import { Socket } from "effect/socket"

/** A room of the server: its log and those who follow it. */
interface MemoryRoom {
  room: Room
  log: LogId
  epoch: number
  head: number
  messages: Array<Message>
  readonly receipts: Map<string, { readonly receipt: Receipt; readonly text: string }>
  readonly followers: Set<{ readonly connection: number; readonly requestId: string | number }>
}

interface MemoryConnection {
  /** Absent when the connection came without a session, or the server forgot it. */
  user: User | undefined
  readonly toClient: Queue.Queue<string, Socket.SocketError>
  isSilent: boolean
}

/** What a test may slip in: before a request is handled (and then it may fail), or before it is answered. */
interface Scripts<Failure> {
  readonly before: Array<Effect.Effect<void, Failure>>
  readonly after: Array<Effect.Effect<void>>
}
const scripts = <Failure>(): Scripts<Failure> => ({ before: [], after: [] })

type PostFailure = Weather | RoomNotFound | MessageInvalid | CommandRejected | IdempotencyKeyReused

// What no test asks for would only be a list of refusals.
const Served = HandshakeRpcs.merge(
  RoomRpcs,
  InboxRpcs,
  AccountRpcs.omit(
    "UpdateProfile",
    "ListSessions",
    "RevokeSession",
    "RevokeOtherSessions",
    "CreateSocketToken",
    "DeleteAccount",
    "ClaimServer",
    "LookAtInvite",
    "AcceptInvite"
  ),
  MemberRpcs.omit(
    "ListMembers",
    "SetMemberRole",
    "RemoveMember",
    "LeaveRoom",
    "InviteToRoom",
    "ListRoomInvites",
    "RevokeRoomInvite"
  )
)

/** What people of the tests are on the server. */
export const roleOf = ({ isGuest }: User): "guest" | "member" => (isGuest ? "guest" : "member")

export const roomIdOf = (id: string) => RoomId.make(id)

export class MemoryServer extends Context.Service<MemoryServer, Effect.Success<typeof make>>()("test/MemoryServer") {
  static readonly layer = Layer.effect(
    MemoryServer,
    Effect.suspend(() => make)
  )
}

const make = Effect.gen(function* () {
  const rooms = new Map<string, MemoryRoom>()
  const connections = new Map<number, MemoryConnection>()
  const inboxes = new Map<number, string | number>()
  const disconnects = yield* Queue.unbounded<number>()
  const heard: Array<{ readonly connection: number; readonly message: RpcMessage.FromClientEncoded }> = []
  let dials = 0
  let isUp = true
  let contract = contractVersion
  let toServer: (connection: number, message: RpcMessage.FromClientEncoded) => Effect.Effect<void>
  const script = {
    post: scripts<PostFailure>(),
    history: scripts<Weather>(),
    follow: scripts<Weather | RoomNotFound>(),
    edit: scripts<Weather>(),
    account: scripts<never>()
  }

  const roomOf = (id: string): Effect.Effect<MemoryRoom, RoomNotFound> => {
    const room = rooms.get(id)
    return room === undefined ? Effect.fail(new RoomNotFound()) : Effect.succeed(room)
  }

  const write = (connection: number, message: unknown) => {
    const to = connections.get(connection)
    if (to !== undefined && !to.isSilent) Queue.offerUnsafe(to.toClient, JSON.stringify(message))
  }
  const chunk = (connection: number, requestId: string | number, values: ReadonlyArray<unknown>) =>
    write(connection, { _tag: "Chunk", requestId, values })

  /** Says frames to every follower, as raw as they are given. */
  const say = (room: MemoryRoom, ...frames: ReadonlyArray<unknown>) => {
    for (const { connection, requestId } of room.followers) chunk(connection, requestId, frames)
  }

  const cursorOf = ({ log, head }: MemoryRoom) => ({ log, number: head })
  const stateOf = ({ room, messages }: MemoryRoom, limit: number) => ({
    room,
    messages: messages.slice(-limit),
    hasOlder: messages.length > limit
  })

  const firstFrames = (room: MemoryRoom, cursor: { readonly log: string; readonly number: number } | undefined) => {
    const hello: RoomFrame = { _tag: "Hello", log: room.log, epoch: room.epoch, head: room.head }
    if (cursor === undefined) return [hello, { _tag: "Snapshot", cursor: cursorOf(room), state: stateOf(room, 50) }]
    if (cursor.log !== room.log || cursor.number > room.head) {
      const reason = cursor.log === room.log ? "PastHead" : "OtherLog"
      return [hello, { _tag: "Reset", reason, cursor: cursorOf(room), state: stateOf(room, 50) }]
    }
    const missed = room.messages
      .filter(({ change }) => change > cursor.number)
      .toSorted((a, b) => a.change - b.change)
      .map((message) => ({
        _tag: "Changes",
        cursor: { log: room.log, number: message.change },
        changes: [changed(message)]
      }))
    return [hello, ...missed]
  }
  const changed = (message: Message) => ({ _tag: "MessageChanged", message })

  /** Writes a row to the log and tells the followers. */
  const commit = (room: MemoryRoom, make: (change: number) => Message) => {
    const message = make(++room.head)
    room.messages = [...room.messages.filter(({ number }) => number !== message.number), message].toSorted(
      (a, b) => a.number - b.number
    )
    say(room, { _tag: "Changes", cursor: cursorOf(room), changes: [changed(message)] })
    return message
  }

  const post = (room: MemoryRoom, author: User, key: ClientKey, text: string): Receipt => {
    const { number } = commit(room, (change) => ({
      number: change,
      change,
      author,
      key,
      state: "Present",
      text,
      at: 0,
      editedAt: null
    }))
    const receipt: Receipt = { number, cursor: cursorOf(room), at: 0 }
    room.receipts.set(`${author.id} ${key}`, { receipt, text })
    return receipt
  }

  /** Changes a message once per key. */
  const rewrite = Effect.fnUntraced(function* (
    { roomId, key, number }: { readonly roomId: string; readonly key: ClientKey; readonly number: number },
    mayChange: (message: Message) => Effect.Effect<Partial<Message>, EditConflict>
  ) {
    const { user } = yield* Principal
    const room = yield* roomOf(roomId)
    const known = room.receipts.get(`${user.id} ${key}`)
    if (known !== undefined) return known.receipt
    const message = room.messages.find((each) => each.number === number)
    if (message === undefined || message.state === "Deleted") return yield* new MessageNotFound()
    if (message.author.id !== user.id) return yield* new NotYourMessage()
    const next = yield* mayChange(message)
    commit(room, (change) => ({ ...message, ...next, change }))
    const receipt: Receipt = { number, cursor: cursorOf(room), at: 0 }
    room.receipts.set(`${user.id} ${key}`, { receipt, text: "" })
    return receipt
  })

  const through = <A, Failure, Own, Needs>(
    { before, after }: Scripts<Failure>,
    work: Effect.Effect<A, Own, Needs>
  ): Effect.Effect<A, Failure | Own, Needs> =>
    Effect.gen(function* () {
      yield* before.shift() ?? Effect.void
      const answer = yield* work
      yield* after.shift() ?? Effect.void
      return answer
    })

  const handlers = Served.toLayer({
    Handshake: ({ contract: asked }, { client }) =>
      Effect.gen(function* () {
        if (asked !== contract) return yield* new UpgradeRequired({ serverContract: contract })
        const user = connections.get(client.id)?.user
        if (user === undefined) return yield* new Unauthenticated()
        return { contract, user, now: 0, node: "memory" }
      }),
    FollowRoom: ({ roomId, cursor }, { client, requestId }) =>
      Stream.unwrap(
        Effect.gen(function* () {
          const room = yield* through(script.follow, roomOf(roomId))
          const follower = { connection: client.id, requestId }
          yield* Effect.acquireRelease(
            Effect.sync(() => {
              chunk(client.id, requestId, firstFrames(room, cursor))
              room.followers.add(follower)
            }),
            () => Effect.sync(() => room.followers.delete(follower))
          )
          return Stream.never
        })
      ),
    PostMessage: Effect.fnUntraced(function* ({ roomId, key, text }) {
      const { user } = yield* Principal
      return yield* through(
        script.post,
        Effect.gen(function* () {
          const room = yield* roomOf(roomId)
          const known = room.receipts.get(`${user.id} ${key}`)
          if (known === undefined) return post(room, user, key, text)
          return known.text === text ? known.receipt : yield* new IdempotencyKeyReused()
        })
      )
    }),
    EditMessage: (payload) =>
      through(
        script.edit,
        rewrite(payload, ({ change }) =>
          change === payload.change
            ? Effect.succeed({ text: payload.text, editedAt: 0 })
            : Effect.fail(new EditConflict({ change }))
        )
      ),
    DeleteMessage: (payload) =>
      through(
        script.edit,
        rewrite(payload, () => Effect.succeed({ text: "", state: "Deleted" as const }))
      ).pipe(Effect.catchTag("EditConflict", Effect.die)),
    GetAccount: Effect.fnUntraced(function* () {
      const { user, role } = yield* Principal
      return yield* through(script.account, Effect.succeed({ user, role, username: null, email: null, createdAt: 0 }))
    }),
    ChangeEmail: ({ password }) =>
      Redacted.value(password) === "correct horse" ? Effect.void : Effect.fail(new WrongPassword()),
    AddMember: ({ person }) =>
      person._tag === "Username" && person.username === "bob"
        ? Effect.succeed({ user: userOf("bob"), role: "member" as const })
        : Effect.fail(new AccountNotFound()),
    History: ({ roomId, anchor, limit }) =>
      through(
        script.history,
        Effect.map(Effect.orDie(roomOf(roomId)), (room): Page => {
          if (anchor._tag === "After") {
            const newer = room.messages.filter(({ number }) => number > anchor.number)
            const messages = newer.slice(0, limit)
            return { messages, cursor: cursorOf(room), hasOlder: true, hasNewer: newer.length > limit }
          }
          const before = anchor._tag === "Before" ? anchor.number : Infinity
          const older = room.messages.filter(({ number }) => number < before)
          return {
            messages: older.slice(-limit),
            cursor: cursorOf(room),
            hasOlder: older.length > limit,
            hasNewer: false
          }
        })
      ).pipe(Effect.catchTag("RoomUnavailable", Effect.die)),
    ListPeople: () => Effect.succeed({ people: [], next: null }),
    SetTyping: () => Effect.void,
    CreateRoom: ({ name, isPrivate }) => Effect.map(addRoom(name, 0, isPrivate), ({ room }) => room),
    FollowInbox: (_payload, { client, requestId }) =>
      Stream.unwrap(
        Effect.gen(function* () {
          const { user: me } = yield* Principal
          inboxes.set(client.id, requestId)
          const listings = [...rooms.values()].map(({ room, messages }) => ({
            room,
            lastMessage: messages.at(-1)?.number ?? 0
          }))
          chunk(client.id, requestId, [
            {
              _tag: "InboxSnapshot",
              me,
              role: roleOf(me),
              status: "online",
              rooms: listings,
              markers: [],
              memberships: []
            }
          ])
          return Stream.never
        })
      ),
    MarkRead: () => Effect.void,
    SetStatus: () => Effect.void,
    SetIdle: () => Effect.void
  })

  const authentication = Layer.succeed(Authentication, (effect, { client }) => {
    const user = connections.get(client.id)?.user
    return user === undefined
      ? Effect.fail(new Unauthenticated())
      : Effect.provideService(effect, Principal, {
          user,
          role: roleOf(user),
          scope: null,
          sessionId: null,
          connectionId: client.id,
          address: "memory"
        })
  })

  const protocol = Layer.effect(
    RpcServer.Protocol,
    RpcServer.Protocol.make((writeRequest) =>
      Effect.sync(() => {
        toServer = writeRequest
        return {
          disconnects,
          send: (connection, response) => Effect.sync(() => write(connection, response)),
          end: () => Effect.void,
          clientIds: Effect.sync(() => new Set(connections.keys())),
          initialMessage: Effect.succeedNone,
          supportsAck: false,
          supportsTransferables: false,
          supportsSpanPropagation: false,
          supportsNotifications: false,
          codecFor: RpcSerialization.json.codecFor
        }
      })
    )
  )

  yield* Layer.build(
    RpcServer.layer(Served, { disableTracing: true, disableFatalDefects: true }).pipe(
      Layer.provide([handlers, authentication, protocol])
    )
  )

  /** One connection of a person: what it says comes out of the queue, what is said to it goes into `hear`. */
  const accept = (user: User | undefined) =>
    Effect.gen(function* () {
      const connection = ++dials
      const toClient = yield* Queue.unbounded<string, Socket.SocketError>()
      yield* Effect.acquireRelease(
        Effect.sync(() => connections.set(connection, { user, toClient, isSilent: false })),
        () =>
          Effect.sync(() => {
            connections.delete(connection)
            Queue.offerUnsafe(disconnects, connection)
          })
      )
      const hear = (text: string) =>
        Effect.suspend(() => {
          const message: RpcMessage.FromClientEncoded = JSON.parse(text)
          heard.push({ connection, message })
          const isHeard = connections.get(connection)?.isSilent === false
          return isHeard ? toServer(connection, message) : Effect.void
        })
      return { says: toClient, hear }
    })

  /** Sockets that a person's browser opens. */
  const socketOf = (user: User): Socket.Socket => {
    let hear: ((text: string) => Effect.Effect<void>) | undefined
    const reader = Effect.gen(function* () {
      if (!isUp) {
        return yield* new Socket.SocketError({ reason: new Socket.SocketOpenError({ kind: "Unknown", cause: "down" }) })
      }
      const accepted = yield* accept(user)
      hear = accepted.hear
      return { pull: Queue.takeAll(accepted.says), upgrade: () => Effect.die("not part of these tests") }
    })
    const send = (chunk: unknown) =>
      Effect.suspend(() => (hear === undefined || typeof chunk !== "string" ? Effect.void : hear(chunk)))
    return Socket.make({
      reader,
      writer: Effect.succeed({ write: send, writeAll: (chunks) => Effect.forEach(chunks, send, { discard: true }) })
    })
  }

  const addRoom = (id: string, messages = 0, isPrivate = false) =>
    Effect.sync(() => {
      const room: MemoryRoom = {
        room: decodeRoom({ id, slug: id, name: id, topic: "", isPrivate, change: 0 }),
        log: LogId.make(`log-of-${id}`),
        epoch: 1,
        head: 0,
        messages: [],
        receipts: new Map(),
        followers: new Set()
      }
      rooms.set(id, room)
      for (let i = 1; i <= messages; i++) post(room, someone, keyOf(`old-${i}-of-${id}`), `old ${i}`)
      return room
    })

  return {
    accept,
    socketOf,
    addRoom,
    say,
    post,
    commit,
    script,
    rooms,
    /** Every request and interrupt that arrived, with the number of its connection. */
    heard,
    /** The wire ids of the requests with this tag, in the order they arrived. */
    wireIds: (tag: string) =>
      heard.flatMap(({ message }) => (message._tag === "Request" && message.tag === tag ? [message.id] : [])),
    sayToInboxes: (...frames: ReadonlyArray<InboxFrame>) => {
      for (const [connection, requestId] of inboxes) chunk(connection, requestId, frames)
    },
    /** How many connections were opened so far. */
    dials: () => dials,
    /** Closes every socket. */
    dropSockets: (code = 1006) =>
      Effect.sync(() => {
        for (const { toClient } of connections.values()) {
          Queue.failCauseUnsafe(
            toClient,
            Cause.fail(new Socket.SocketError({ reason: new Socket.SocketCloseError({ code }) }))
          )
        }
      }),
    /** From now on nothing more comes through the sockets that are open, in either direction. */
    fallSilent: Effect.sync(() => {
      for (const connection of connections.values()) connection.isSilent = true
    }),
    /** From now on the connections that are open are nobody's: what they ask for is answered `Unauthenticated`. */
    forgetPeople: () => {
      for (const connection of connections.values()) connection.user = undefined
    },
    /** Says something to everybody that is no message. */
    babble: (text: string) => {
      for (const { toClient } of connections.values()) Queue.offerUnsafe(toClient, text)
    },
    setUp: (next: boolean) => {
      isUp = next
    },
    setContract: (next: number) => {
      contract = next
    }
  }
})

const decodeRoom = Schema.decodeUnknownSync(Room)

/** A person of the tests. */
export const userOf = (id: string): User => ({ id: UserId.make(id), name: id, isGuest: true })

/** A key of the tests. */
export const keyOf = (key: string): ClientKey => ClientKey.make(key.replaceAll(" ", "-"))

const someone = userOf("someone")
