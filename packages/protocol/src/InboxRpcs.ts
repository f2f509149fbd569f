// What a person may ask about themselves.
import { Schema } from "effect"
import { Rpc, RpcGroup } from "effect/rpc"
import { SequenceNumber } from "./Cursor.ts"
import { Authentication } from "./Handshake.ts"
import { InboxFrame } from "./InboxFeed.ts"
import { Status } from "./Presence.ts"
import { Needs } from "./Rights.ts"
import { RoomId, RoomNotFound } from "./Room.ts"
import { RateLimited, StorageUnavailable } from "./Unavailable.ts"

/**
 * `FollowInbox` begins with an `InboxSnapshot` and then says what changes; only the newest value per room counts.
 * `MarkRead` never moves a marker back, and no further than the newest message.
 * `SetStatus` is what the person chose on any device; `SetIdle` is what this connection observes. Others see the chosen
 * status; who chose `online` is shown away while all of their connections are idle.
 */
export class InboxRpcs extends RpcGroup.make(
  Rpc.make("FollowInbox", {
    success: InboxFrame,
    error: Schema.Union([RateLimited, StorageUnavailable]),
    stream: true
  }).annotate(Needs, "self.read"),
  Rpc.make("MarkRead", {
    payload: { roomId: RoomId, number: SequenceNumber },
    error: Schema.Union([RoomNotFound, RateLimited, StorageUnavailable])
  }).annotate(Needs, "self.write"),
  Rpc.make("SetStatus", {
    payload: { status: Status },
    error: Schema.Union([RateLimited, StorageUnavailable])
  }).annotate(Needs, "self.write"),
  Rpc.make("SetIdle", { payload: { isIdle: Schema.Boolean }, error: RateLimited }).annotate(Needs, "self.write")
).middleware(Authentication) {}
