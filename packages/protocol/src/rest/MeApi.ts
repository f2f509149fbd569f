// Who sends the request, over HTTP: their profile, their sessions, how far they have read.
import { Schema } from "effect"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as OpenApi from "effect/http-api/OpenApi"
import { AvatarColour, User } from "../Account.ts"
import { OwnAccount } from "../AccountRpcs.ts"
import { SequenceNumber } from "../Cursor.ts"
import { Device, SessionId } from "../Device.ts"
import { Status } from "../Presence.ts"
import { WireText } from "../Text.ts"
import { refused } from "./Refused.ts"
import { asks, RestAuthentication, RestGate } from "./RestAuthentication.ts"
import { roomParam } from "./RoomsApi.ts"

/** A profile changes in what is given; a colour of null goes back to the one that comes of the id. */
export class MeApi extends HttpApiGroup.make("me")
  .add(
    HttpApiEndpoint.get("get", "/me", { success: OwnAccount }).annotateMerge(
      asks("self.read", "GetAccount", "Your account")
    ),
    HttpApiEndpoint.patch("update", "/me", {
      payload: Schema.Struct({
        name: Schema.optionalKey(WireText),
        colour: Schema.optionalKey(Schema.NullOr(AvatarColour))
      }),
      success: User,
      error: [refused.NameInvalid, refused.NameTaken]
    }).annotateMerge(asks("self.write", "UpdateProfile", "Change your name or colour")),
    HttpApiEndpoint.put("setStatus", "/me/status", {
      payload: Schema.Struct({ status: Status })
    }).annotateMerge(asks("self.write", "SetStatus", "Say that you are there, away, or not to be disturbed")),
    HttpApiEndpoint.put("markRead", "/rooms/:room/read", {
      params: roomParam,
      payload: Schema.Struct({ number: SequenceNumber }),
      error: refused.RoomNotFound
    }).annotateMerge(asks("self.write", "MarkRead", "Say how far you have read a room")),
    HttpApiEndpoint.get("sessions", "/me/sessions", {
      success: Schema.Struct({ sessions: Schema.Array(Device) })
    }).annotateMerge(asks("self.sessions", "ListSessions", "Where you are logged in")),
    HttpApiEndpoint.delete("revokeSession", "/me/sessions/:session", {
      params: { session: SessionId }
    }).annotateMerge(asks("self.sessions", "RevokeSession", "Log out one session")),
    HttpApiEndpoint.delete("revokeOtherSessions", "/me/sessions", {}).annotateMerge(
      asks("self.sessions", "RevokeOtherSessions", "Log out all other sessions")
    ),
    HttpApiEndpoint.post("createSocketToken", "/me/socket-token", {
      success: Schema.Struct({ token: Schema.String, expiresAt: Schema.Int }).pipe(HttpApiSchema.status(201))
    }).annotateMerge(asks("self.sessions", "CreateSocketToken", "A token for clients that cannot send cookies"))
  )
  .middleware(RestGate)
  .middleware(RestAuthentication)
  .annotate(OpenApi.Title, "Me") {}
