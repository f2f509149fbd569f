import { HandshakeRpcs } from "./Handshake.ts"
import { InboxRpcs } from "./InboxRpcs.ts"
import { RoomRpcs } from "./RoomRpcs.ts"

/** Everything that may be asked over `/rpc`, JSON over WebSocket, without an Ack per chunk. */
export const MessengerRpcs = HandshakeRpcs.merge(RoomRpcs, InboxRpcs)
