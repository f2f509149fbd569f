import { AccountRpcs } from "./AccountRpcs.ts"
import { HandshakeRpcs } from "./Handshake.ts"
import { InboxRpcs } from "./InboxRpcs.ts"
import { MemberRpcs } from "./MemberRpcs.ts"
import { PeopleRpcs } from "./PeopleRpcs.ts"
import { RoomRpcs } from "./RoomRpcs.ts"

/** What a server answers over `/rpc` today, JSON over WebSocket, without an Ack per chunk. */
export const MessengerRpcs = HandshakeRpcs.merge(RoomRpcs, InboxRpcs)

/** Everything that may be asked over `/rpc`. */
export const AllRpcs = MessengerRpcs.merge(AccountRpcs, MemberRpcs, PeopleRpcs)
