// Who belongs to a room, and how somebody comes to. In a public room everybody is a member; rows there are only for its roles.
import { Schema } from "effect"
import { Rpc, RpcGroup } from "effect/rpc"
import { AccountNotFound, User, UserId } from "./Account.ts"
import { Authentication } from "./Handshake.ts"
import { Invite, InviteId, InviteNotFound, inviteTerms, NewInvite } from "./Link.ts"
import { Forbidden, LastOwner, Needs, RoomRole } from "./Rights.ts"
import { RoomId, RoomNotFound } from "./Room.ts"
import { WireText } from "./Text.ts"
import { RateLimited, StorageUnavailable } from "./Unavailable.ts"

/** A member of a room and their role in it. */
export const Member = Schema.Struct({ user: User, role: RoomRole })
export type Member = typeof Member.Type

const inRoom = Schema.Union([RoomNotFound, Forbidden, RateLimited, StorageUnavailable])

/**
 * `ListMembers` pages in order of ids. `AddMember` takes a username, or the name of an app, which has no username, or a user id of
 * somebody seen in a room; it changes nobody's role. `RemoveMember` and `LeaveRoom` act at once: a private room is gone from all of
 * the person's devices, and nothing published later reaches them. Members are removed with `room.moderate`, moderators and owners
 * with `room.manage`. The last owner of a room cannot leave, be removed or be demoted while others are in it.
 */
export class MemberRpcs extends RpcGroup.make(
  Rpc.make("ListMembers", {
    payload: { roomId: RoomId, after: Schema.NullOr(UserId) },
    success: Schema.Struct({ members: Schema.Array(Member), next: Schema.NullOr(UserId) }),
    error: inRoom
  }).annotate(Needs, "room.read"),
  Rpc.make("AddMember", {
    payload: {
      roomId: RoomId,
      person: Schema.Union([
        Schema.TaggedStruct("Id", { id: UserId }),
        Schema.TaggedStruct("Username", { username: WireText })
      ])
    },
    success: Member,
    error: Schema.Union([AccountNotFound, inRoom])
  }).annotate(Needs, "room.invite"),
  Rpc.make("SetMemberRole", {
    payload: { roomId: RoomId, userId: UserId, role: RoomRole },
    error: Schema.Union([AccountNotFound, LastOwner, inRoom])
  }).annotate(Needs, "room.manage"),
  Rpc.make("RemoveMember", {
    payload: { roomId: RoomId, userId: UserId },
    error: Schema.Union([AccountNotFound, LastOwner, inRoom])
  }).annotate(Needs, "room.moderate"),
  Rpc.make("LeaveRoom", {
    payload: { roomId: RoomId },
    error: Schema.Union([LastOwner, inRoom])
  }).annotate(Needs, "room.leave"),
  Rpc.make("InviteToRoom", {
    payload: { roomId: RoomId, ...inviteTerms },
    success: NewInvite,
    error: inRoom
  }).annotate(Needs, "room.invite"),
  Rpc.make("ListRoomInvites", {
    payload: { roomId: RoomId },
    success: Schema.Array(Invite),
    error: inRoom
  }).annotate(Needs, "room.invite"),
  Rpc.make("RevokeRoomInvite", {
    payload: { roomId: RoomId, id: InviteId },
    error: Schema.Union([InviteNotFound, inRoom])
  }).annotate(Needs, "room.invite")
).middleware(Authentication) {}
