// What is said on the wire to each kind of server, as ready-made text: a client that measures must cost less than what it measures.
import { contractVersion } from "@messenger/protocol/Handshake"
import { Schema } from "effect"

/** The servers that are measured. */
export const PeerName = Schema.Literals(["raw", "durable", "plain", "messenger"])
export type PeerName = typeof PeerName.Type

/** What subscribers speak: the language of the server, or of the messenger's other gateway. */
export const DialectName = Schema.Literals([...PeerName.literals, "phoenix"])
export type DialectName = typeof DialectName.Type

/** How subscribers of one kind speak. */
export interface Dialect {
  /** Where the WebSocket is opened. */
  readonly path: string
  /** Said first; whatever comes back lets the client go on. */
  readonly greeting: string | undefined
  /** Follows the room under that request id. */
  readonly follow: (roomId: string, requestId: string) => string
  /** Said after every chunk; the stock protocol waits for it. */
  readonly ack: ((requestId: string) => string) | undefined
}

const request = (id: string | number, tag: string, payload: object): string =>
  JSON.stringify({ _tag: "Request", id, tag, payload, headers: [] })

/** Posts, to every kind of server in the JSON of effect/rpc; the answer is an Exit of that request id. */
export const post = (roomId: string, requestId: number, key: string, text: string): string =>
  request(requestId, "PostMessage", { roomId, key, text })

const rpc = {
  path: "/rpc",
  greeting: undefined,
  follow: (roomId, requestId) => request(requestId, "FollowRoom", { roomId }),
  ack: undefined
} as const satisfies Dialect

/** Each dialect. */
export const dialects: Readonly<Record<DialectName, Dialect>> = {
  raw: rpc,
  durable: rpc,
  plain: { ...rpc, ack: (requestId) => JSON.stringify({ _tag: "Ack", requestId }) },
  messenger: { ...rpc, greeting: request(0, "Handshake", { contract: contractVersion }) },
  phoenix: {
    path: "/socket/websocket?vsn=2.0.0",
    greeting: undefined,
    follow: (roomId, requestId) => JSON.stringify([requestId, requestId, `chat:${roomId}`, "phx_join", {}]),
    ack: undefined
  }
}
