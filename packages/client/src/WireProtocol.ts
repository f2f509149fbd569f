// The client's half of effect/rpc over one open connection. It differs from the stock one in three ways.
//
// No Ack per chunk: flow control is the server's bounded socket buffer, and Acks would cost it half of its fan-out.
// Ids on the wire: the n-th follow of a feed on a connection is `<feed>~<n>`, the same for nearly every client, so that the
// server can frame a broadcast once for all of them; other requests count 1, 2, 3 … No id is used twice on one connection.
// One connection only: it never reconnects; Connection.ts makes a new one, whose counters begin anew.
//
// What every client asks at once is here from the start; the whole contract is loaded when something else of it is first asked,
// so that a page does not wait for the schemas of pages that nobody opened.
import { contractVersion, HandshakeRpcs } from "@messenger/protocol/Handshake"
import { InboxRpcs } from "@messenger/protocol/InboxRpcs"
import type { MessengerRpcs } from "@messenger/protocol/MessengerRpcs"
import { RoomRpcs } from "@messenger/protocol/RoomRpcs"
import { Effect, Schema, Scope } from "effect"
import { RpcClient, RpcClientError, RpcMessage, RpcSerialization } from "effect/rpc"
import type { Socket } from "effect/socket"

const FirstRpcs = HandshakeRpcs.merge(RoomRpcs, InboxRpcs)

/** Every typed request of the contract. */
export type AllRpcs = RpcClient.FromGroup<typeof MessengerRpcs, RpcClientError.RpcClientError>

/** The typed requests of a connection: those of rooms and the inbox, and a way to the others. */
export interface Rpcs extends RpcClient.FromGroup<typeof FirstRpcs, RpcClientError.RpcClientError> {
  /** All of them, loaded when they are first wanted. Fails as a lost connection does when they cannot be had; want them again. */
  readonly all: Effect.Effect<AllRpcs, RpcClientError.RpcClientError>
}

/** One connection's requests, and where what comes in goes. */
export interface Wire {
  readonly rpcs: Rpcs
  /** Takes one WebSocket message. What is no message of the protocol is refused, and the connection is of no use any more. */
  readonly receive: (frame: string | Uint8Array) => Effect.Effect<void, RpcClientError.RpcClientError>
  /** Fails every request in flight, and all that come after it. */
  readonly fail: (error: RpcClientError.RpcClientError) => Effect.Effect<void>
  /** Says `Ping`; the server answers `Pong` whatever it is busy with. */
  readonly ping: Effect.Effect<void, Socket.SocketError>
}

/** The first request of every connection. */
export const greet = (rpcs: Rpcs) => rpcs.Handshake({ contract: contractVersion })

/** What does not follow the protocol, as an error of the transport. */
export const defect = (message: string, cause: unknown) =>
  new RpcClientError.RpcClientError({ reason: new RpcClientError.RpcClientDefect({ message, cause }) })

/** Speaks the protocol over `write`, which sends one WebSocket message. Requests in flight end with the scope. */
export const make = Effect.fnUntraced(function* (
  write: (text: string) => Effect.Effect<void, Socket.SocketError>
): Effect.fn.Return<Wire, never, Scope.Scope> {
  const parser = RpcSerialization.json.makeUnsafe()
  const ids = wireIds()
  const scope = yield* Effect.scope
  // Each RPC client listens from when it is made, and knows by its id which response is its own.
  const listeners = new Set<(response: RpcMessage.FromServerEncoded) => Effect.Effect<void>>()
  // Set once something was asked that is not among the first.
  let whole: AllRpcs | undefined
  // Set once the connection is of no use any more.
  let failure: RpcClientError.RpcClientError | undefined
  let requests = 0

  const encode = (message: RpcMessage.FromClientEncoded) => JSON.stringify(message)
  const deliver = (response: RpcMessage.FromServerEncoded) =>
    Effect.forEach(listeners, (listen) => listen(response), { discard: true })

  const protocol = RpcClient.Protocol.of({
    // Not when its fiber first runs: the answer to a request that leaves at once might be there before.
    run: (_clientId, handler) => {
      listeners.add(handler)
      return Effect.never
    },
    send: (_clientId, message) => {
      if (failure !== undefined) return Effect.fail(failure)
      const text = encode(outgoing(ids, message))
      return Effect.catchTag(write(text), "SocketError", ({ reason }) =>
        Effect.fail(new RpcClientError.RpcClientError({ reason }))
      )
    },
    supportsAck: false,
    supportsTransferables: false,
    codecFor: RpcSerialization.json.codecFor
  })

  const options = { disableTracing: true, generateRequestId: () => RpcMessage.RequestId(++requests) }
  const first = yield* Effect.provideService(RpcClient.make(FirstRpcs, options), RpcClient.Protocol, protocol)

  const all = Effect.gen(function* () {
    if (whole !== undefined) return whole
    const { MessengerRpcs } = yield* Effect.tryPromise({
      try: () => import("@messenger/protocol/MessengerRpcs"),
      catch: (cause) => defect("The contract could not be loaded", cause)
    })
    const made = yield* RpcClient.make(MessengerRpcs, options).pipe(
      Effect.provideService(RpcClient.Protocol, protocol),
      Effect.provideService(Scope.Scope, scope)
    )
    return (whole ??= made)
  })

  const receive = Effect.fnUntraced(function* (frame: string | Uint8Array) {
    const messages = yield* Effect.try({
      try: () => parser.decode(frame),
      catch: (cause) => defect("The server sent what is no JSON", cause)
    })
    for (const message of messages) {
      if (!isFromServer(message)) return yield* defect("The server sent no message of the protocol", message)
      if (message._tag === "Pong") continue
      if (message._tag === "Defect") return yield* defect("The server gave up on this connection", message.defect)
      const response = incoming(ids, message)
      if (response !== undefined) yield* deliver(response)
    }
  })

  const fail = (error: RpcClientError.RpcClientError) =>
    Effect.suspend(() => {
      if (failure !== undefined) return Effect.void
      failure = error
      return deliver({ _tag: "ClientProtocolError", error })
    })

  return { rpcs: { ...first, all }, receive, fail, ping: Effect.suspend(() => write(encode(RpcMessage.constPing))) }
})

const Answer = Schema.Union([
  Schema.TaggedStruct("Chunk", {
    requestId: Schema.Union([Schema.String, Schema.Number]),
    values: Schema.NonEmptyArray(Schema.Unknown)
  }),
  Schema.TaggedStruct("Pong", {}),
  Schema.TaggedStruct("Defect", { defect: Schema.Unknown })
])
type Answer = typeof Answer.Type | RpcMessage.ResponseExitEncoded

const isAnswer = Schema.is(Answer)

// The exit inside is decoded by the RPC's own schema.
const isFromServer = (message: unknown): message is Answer =>
  isAnswer(message) ||
  (typeof message === "object" &&
    message !== null &&
    "_tag" in message &&
    message._tag === "Exit" &&
    "requestId" in message &&
    "exit" in message)

type Id = string | number

interface WireIds {
  /** How often each feed was followed on this connection. */
  readonly follows: Map<string, number>
  readonly toWire: Map<Id, string>
  readonly fromWire: Map<Id, Id>
}

const wireIds = (): WireIds => ({ follows: new Map(), toWire: new Map(), fromWire: new Map() })

const outgoing = (ids: WireIds, message: RpcMessage.FromClientEncoded): RpcMessage.FromClientEncoded => {
  switch (message._tag) {
    case "Request": {
      const feed = feedOf(message)
      if (feed === undefined) return message
      const times = (ids.follows.get(feed) ?? 0) + 1
      const id = `${feed}~${times}`
      ids.follows.set(feed, times)
      ids.toWire.set(message.id, id)
      ids.fromWire.set(id, message.id)
      return { ...message, id }
    }
    case "Ack":
    case "Interrupt": {
      const id = ids.toWire.get(message.requestId)
      if (id === undefined) return message
      if (message._tag === "Interrupt") forget(ids, message.requestId, id)
      return { ...message, requestId: id }
    }
    case "Ping":
    case "Eof":
      return message
  }
}

// An answer to a follow that was let go of is nobody's any more.
const incoming = (
  ids: WireIds,
  message: Extract<Answer, { readonly requestId: Id }>
): Extract<Answer, { readonly requestId: Id }> | undefined => {
  if (typeof message.requestId === "number") return message
  const id = ids.fromWire.get(message.requestId)
  if (id === undefined) return undefined
  if (message._tag === "Exit") forget(ids, id, message.requestId)
  return { ...message, requestId: id }
}

const forget = (ids: WireIds, id: Id, wireId: Id) => {
  ids.toWire.delete(id)
  ids.fromWire.delete(wireId)
}

const FollowsRoom = Schema.Struct({ roomId: Schema.String })
const followsRoom = Schema.is(FollowsRoom)

const feedOf = ({ tag, payload }: RpcMessage.RequestEncoded): string | undefined => {
  if (tag === "FollowInbox") return "inbox"
  return tag === "FollowRoom" && followsRoom(payload) ? payload.roomId : undefined
}
