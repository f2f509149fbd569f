// Who belongs to a room, and who is present in it, over HTTP.
import { Schema } from "effect"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as OpenApi from "effect/http-api/OpenApi"
import { UserId } from "../Account.ts"
import { Member } from "../MemberRpcs.ts"
import { Person } from "../Presence.ts"
import { RoomRole } from "../Rights.ts"
import { WireText } from "../Text.ts"
import { refused } from "./Refused.ts"
import { asks, RestAuthentication, RestGate } from "./RestAuthentication.ts"
import { roomParam } from "./RoomsApi.ts"

const ofMember = { ...roomParam, user: UserId }

const after = { after: Schema.optionalKey(UserId) }

const ofSomebody = [refused.RoomNotFound, refused.AccountNotFound, refused.LastOwner] as const

/** Lists are in order of ids, at most 100; `next` is the `after` of the next page, null on the last. */
export class MembersApi extends HttpApiGroup.make("members")
  .add(
    HttpApiEndpoint.get("list", "/rooms/:room/members", {
      params: roomParam,
      query: after,
      success: Schema.Struct({ members: Schema.Array(Member), next: Schema.NullOr(UserId) }),
      error: refused.RoomNotFound
    }).annotateMerge(asks("room.read", "ListMembers", "Members, and their roles")),
    HttpApiEndpoint.post("add", "/rooms/:room/members", {
      params: roomParam,
      payload: Schema.Union([Schema.Struct({ id: UserId }), Schema.Struct({ username: WireText })]),
      success: Member.pipe(HttpApiSchema.status(201)),
      error: [refused.RoomNotFound, refused.AccountNotFound]
    }).annotateMerge(
      asks("room.invite", "AddMember", "Make somebody a member, by id or username, or an app by its name")
    ),
    HttpApiEndpoint.put("setRole", "/rooms/:room/members/:user", {
      params: ofMember,
      payload: Schema.Struct({ role: RoomRole }),
      error: ofSomebody
    }).annotateMerge(asks("room.manage", "SetMemberRole", "Give a member a role")),
    HttpApiEndpoint.delete("remove", "/rooms/:room/members/:user", {
      params: ofMember,
      error: ofSomebody
    }).annotateMerge(asks("room.moderate", "RemoveMember", "Remove a member")),
    HttpApiEndpoint.post("leave", "/rooms/:room/leave", {
      params: roomParam,
      error: [refused.RoomNotFound, refused.LastOwner]
    }).annotateMerge(asks("room.leave", "LeaveRoom", "Leave the room")),
    HttpApiEndpoint.get("people", "/rooms/:room/people", {
      params: roomParam,
      query: after,
      success: Schema.Struct({ people: Schema.Array(Person), next: Schema.NullOr(UserId) }),
      error: [refused.RoomNotFound, refused.RoomUnavailable]
    }).annotateMerge(asks("room.read", "ListPeople", "Who is present"))
  )
  .middleware(RestGate)
  .middleware(RestAuthentication)
  .annotate(OpenApi.Title, "Members") {}
