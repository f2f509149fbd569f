// One path at which WebSockets are opened, and who is let in there.
import type { HttpError } from "@messenger/protocol/rest/Problems"
import type { StorageUnavailable } from "@messenger/protocol/Unavailable"
import type { Effect } from "effect"
import type { IncomingMessage } from "node:http"
import type { Socket } from "node:net"
import type { WebSocket } from "ws"
import type { Peer } from "./connections/Peer.ts"
import type { Caller } from "./edge/Callers.ts"
import type { UpgradeRefusal } from "./UpgradeAnswer.ts"

/** Somebody who is let in, and who takes their socket. */
export interface Admitted {
  readonly _tag: "Admitted"
  readonly peer: Peer
  readonly accept: (webSocket: WebSocket, socket: Socket) => void
}

/** What became of an upgrade. */
export type Admission = Admitted | (UpgradeRefusal & { readonly _tag: "Refused" })

/** The gate of one gateway. */
export interface Gate {
  readonly path: string
  /** The only subprotocol that it answers with, to whoever offers it. */
  readonly subprotocol: string
  /** Who it is, or why the upgrade is refused. Whether their page may act, and limits by address, were asked before. */
  readonly admit: (request: IncomingMessage, caller: Caller) => Effect.Effect<Admission, StorageUnavailable>
}

/** Refuses an upgrade; `sentence` in place of the usual one of the error. */
export const refuse = (error: HttpError, sentence?: string): Admission => ({ _tag: "Refused", error, sentence })
