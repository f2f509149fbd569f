import { AccountRpcs } from "./AccountRpcs.ts"
import { HandshakeRpcs } from "./Handshake.ts"
import { InboxRpcs } from "./InboxRpcs.ts"
import { MemberRpcs } from "./MemberRpcs.ts"
import { PeopleRpcs } from "./PeopleRpcs.ts"
import { RoomRpcs } from "./RoomRpcs.ts"
import { WebhookRpcs } from "./WebhookRpcs.ts"

/** Everything that may be asked over `/rpc`, JSON over WebSocket, without an Ack per chunk. */
export const MessengerRpcs = HandshakeRpcs.merge(RoomRpcs, InboxRpcs, AccountRpcs, MemberRpcs, PeopleRpcs, WebhookRpcs)
