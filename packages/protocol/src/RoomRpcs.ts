// What may be asked of a room. Payloads bound what protects the parser; product limits come back as the declared errors.
import { Schema } from "effect"
import { Rpc, RpcGroup } from "effect/rpc"
import { NameInvalid, UserId } from "./Account.ts"
import { Cursor, SequenceNumber } from "./Cursor.ts"
import { Authentication } from "./Handshake.ts"
import {
  ClientKey,
  CommandRejected,
  EditConflict,
  IdempotencyKeyReused,
  MessageInvalid,
  MessageNotFound,
  NotYourMessage,
  Page,
  Receipt
} from "./Message.ts"
import { Person } from "./Presence.ts"
import { Forbidden, Needs } from "./Rights.ts"
import { Room, RoomId, RoomNameTaken, RoomNotFound, TooManyRooms } from "./Room.ts"
import { RoomFrame } from "./RoomFeed.ts"
import { WireText } from "./Text.ts"
import { RateLimited, RoomUnavailable, StorageUnavailable, Weather } from "./Unavailable.ts"

/** Where a history page lies: the newest, or beside a number (exclusive), or with the number in its middle. */
export const PageAnchor = Schema.Union([
  Schema.TaggedStruct("Newest", {}),
  Schema.TaggedStruct("Before", { number: SequenceNumber }),
  Schema.TaggedStruct("After", { number: SequenceNumber }),
  Schema.TaggedStruct("Around", { number: SequenceNumber })
])
export type PageAnchor = typeof PageAnchor.Type

/**
 * `FollowRoom` delivers every durable event after `cursor` in order, each once; without a cursor a snapshot comes first. While
 * it is open its caller is present in the room. It ends when the connection ends; follow again with the last cursor.
 *
 * `PostMessage`, `EditMessage` and `DeleteMessage` are answered when the change is on disk. The same key may be sent again
 * until it is answered: it changes the log once. The event may arrive before the answer; settle by key.
 *
 * One's own message is edited and deleted with `room.post`, another's is deleted with `room.moderate` and edited by nobody else.
 *
 * `SetTyping` is a notice that may be lost. `CreateRoom` makes its caller the room's owner; a private one takes
 * `rooms.createPrivate`.
 */
export class RoomRpcs extends RpcGroup.make(
  Rpc.make("FollowRoom", {
    payload: { roomId: RoomId, cursor: Schema.optionalKey(Cursor) },
    success: RoomFrame,
    error: Schema.Union([RoomNotFound, Weather]),
    stream: true
  }).annotate(Needs, "room.read"),
  Rpc.make("PostMessage", {
    payload: { roomId: RoomId, key: ClientKey, text: WireText },
    success: Receipt,
    error: Schema.Union([RoomNotFound, MessageInvalid, IdempotencyKeyReused, CommandRejected, Weather])
  }).annotate(Needs, "room.post"),
  Rpc.make("EditMessage", {
    payload: {
      roomId: RoomId,
      key: ClientKey,
      number: SequenceNumber,
      /** The change number of the version that was edited. */
      change: SequenceNumber,
      text: WireText
    },
    success: Receipt,
    error: Schema.Union([
      RoomNotFound,
      MessageInvalid,
      MessageNotFound,
      NotYourMessage,
      EditConflict,
      IdempotencyKeyReused,
      CommandRejected,
      Weather
    ])
  }).annotate(Needs, "room.post"),
  Rpc.make("DeleteMessage", {
    payload: { roomId: RoomId, key: ClientKey, number: SequenceNumber },
    success: Receipt,
    error: Schema.Union([RoomNotFound, MessageNotFound, NotYourMessage, IdempotencyKeyReused, CommandRejected, Weather])
  }).annotate(Needs, "room.post"),
  Rpc.make("History", {
    payload: {
      roomId: RoomId,
      anchor: PageAnchor,
      limit: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 100 }))
    },
    success: Page,
    error: Schema.Union([RoomNotFound, RateLimited, StorageUnavailable])
  }).annotate(Needs, "room.read"),
  Rpc.make("ListPeople", {
    payload: { roomId: RoomId, after: Schema.NullOr(UserId) },
    success: Schema.Struct({ people: Schema.Array(Person), next: Schema.NullOr(UserId) }),
    error: Schema.Union([RoomNotFound, RateLimited, RoomUnavailable, StorageUnavailable])
  }).annotate(Needs, "room.read"),
  Rpc.make("SetTyping", {
    payload: { roomId: RoomId, isTyping: Schema.Boolean },
    error: Schema.Union([RoomNotFound, RateLimited])
  }).annotate(Needs, "room.post"),
  Rpc.make("CreateRoom", {
    payload: { name: WireText, isPrivate: Schema.optionalKey(Schema.Boolean) },
    success: Room,
    error: Schema.Union([NameInvalid, RoomNameTaken, TooManyRooms, Forbidden, RateLimited, StorageUnavailable])
  }).annotate(Needs, "rooms.create")
).middleware(Authentication) {}
