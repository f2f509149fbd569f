// How people come in and leave, as the document of the API says it. It is answered by routes of its own, since it sets cookies and takes
// what forms of pages post; what is asked is in `Session.ts`.
import { Schema } from "effect"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiMiddleware from "effect/http-api/HttpApiMiddleware"
import * as OpenApi from "effect/http-api/OpenApi"
import { WirePassword } from "../Password.ts"
import { LinkToken } from "../Link.ts"
import { ChangePasswordRequest, GuestRequest, ResetPasswordRequest, SessionState } from "../Session.ts"
import { WireText } from "../Text.ts"
import { refused } from "./Refused.ts"
import { RestAuthentication } from "./RestAuthentication.ts"

const saying = (summary: string) => OpenApi.annotations({ summary })

/** What every request here may be refused with. */
class SessionGate extends HttpApiMiddleware.Service<SessionGate>()("@messenger/protocol/rest/SessionGate", {
  error: [refused.BadRequest, refused.BodyTooLarge, refused.RateLimited, refused.StorageUnavailable]
}) {}

// As JSON says them; a form says them in words too.
const remember = {
  remember: Schema.optionalKey(Schema.Boolean),
  socketToken: Schema.optionalKey(Schema.Boolean)
}

/** Answers set the session cookie where a session begins, and take it away where it ends. */
export class SessionApi extends HttpApiGroup.make("session")
  .add(
    HttpApiEndpoint.post("register", "/register", {
      payload: Schema.Struct({
        username: WireText,
        email: WireText,
        password: WirePassword,
        invite: Schema.optionalKey(LinkToken),
        ...remember
      }),
      success: SessionState,
      error: [
        refused.PasswordsBusy,
        refused.UsernameInvalid,
        refused.EmailInvalid,
        refused.PasswordRefused,
        refused.AccountTaken,
        refused.AlreadyRegistered,
        refused.RegistrationClosed,
        refused.LinkInvalid
      ]
    }).annotateMerge(saying("Make an account, or one of the guest whose cookie comes along")),
    HttpApiEndpoint.post("login", "/login", {
      payload: Schema.Struct({
        username: Schema.optionalKey(WireText),
        email: Schema.optionalKey(WireText),
        password: WirePassword,
        ...remember
      }),
      success: SessionState,
      error: [refused.PasswordsBusy, refused.WrongCredentials, refused.AccountDeactivated]
    }).annotateMerge(saying("Log in, by username or email address")),
    HttpApiEndpoint.get("current", "/session", {
      success: SessionState,
      error: refused.Unauthenticated
    }).annotateMerge(saying("Who is logged in, if anybody")),
    HttpApiEndpoint.post("guest", "/guest", {
      payload: GuestRequest.mapFields((fields) => ({ ...fields, socketToken: Schema.optionalKey(Schema.Boolean) })),
      success: SessionState,
      error: [refused.NameInvalid, refused.NameTaken, refused.GuestsRefused]
    }).annotateMerge(saying("Come in as a guest")),
    HttpApiEndpoint.post("logout", "/logout", {
      success: SessionState,
      error: refused.OriginRefused
    }).annotateMerge(saying("End the session whose cookie comes along")),
    HttpApiEndpoint.post("reset", "/api/v1/reset", {
      payload: ResetPasswordRequest,
      success: SessionState,
      error: [refused.PasswordsBusy, refused.LinkInvalid, refused.PasswordRefused, refused.AccountDeactivated]
    }).annotateMerge(saying("Set a new password by a one-time link, and log in")),
    HttpApiEndpoint.post("changePassword", "/api/v1/me/password", {
      payload: ChangePasswordRequest,
      success: SessionState,
      error: [refused.PasswordsBusy, refused.Forbidden, refused.PasswordRefused, refused.WrongPassword]
    })
      .annotateMerge(saying("Set a new password; all other sessions end"))
      .middleware(RestAuthentication)
  )
  .middleware(SessionGate)
  .annotate(OpenApi.Title, "Session") {}
