// What is said on the wire to each kind of server, as ready-made text: a client that measures must cost less than what it measures.
import { contractVersion } from "@messenger/protocol/Handshake"
import { Schema } from "effect"

/** The servers that are measured. */
export const PeerName = Schema.Literals(["raw", "durable", "plain", "messenger"])
export type PeerName = typeof PeerName.Type

/** How clients of one kind of server speak. All speak the JSON of effect/rpc. */
export interface Dialect {
  /** Said first; whatever comes back lets the client go on. */
  readonly greeting: string | undefined
  /** Follows the room under that request id. */
  readonly follow: (roomId: string, requestId: string) => string
  /** Posts; the answer is an Exit of that request id. */
  readonly post: (roomId: string, requestId: number, key: string, text: string) => string
  /** Said after every chunk; the stock protocol waits for it. */
  readonly ack: ((requestId: string) => string) | undefined
}

const request = (id: string | number, tag: string, payload: object): string =>
  JSON.stringify({ _tag: "Request", id, tag, payload, headers: [] })

const follow: Dialect["follow"] = (roomId, requestId) => request(requestId, "FollowRoom", { roomId })
const post: Dialect["post"] = (roomId, requestId, key, text) => request(requestId, "PostMessage", { roomId, key, text })

/** The dialect of each server. */
export const dialects: Readonly<Record<PeerName, Dialect>> = {
  raw: { greeting: undefined, follow, post, ack: undefined },
  durable: { greeting: undefined, follow, post, ack: undefined },
  plain: { greeting: undefined, follow, post, ack: (requestId) => JSON.stringify({ _tag: "Ack", requestId }) },
  messenger: { greeting: request(0, "Handshake", { contract: contractVersion }), follow, post, ack: undefined }
}
