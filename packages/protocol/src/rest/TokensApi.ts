// Service accounts and their API tokens, over HTTP. Making and revoking tokens asks for the caller's own password.
import { Schema } from "effect"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as OpenApi from "effect/http-api/OpenApi"
import { User, UserId } from "../Account.ts"
import { WirePassword } from "../Password.ts"
import { ApiToken, ApiTokenId, ServiceAccount } from "../PeopleRpcs.ts"
import { TokenScope } from "../Rights.ts"
import { WireText } from "../Text.ts"
import { refused } from "./Refused.ts"
import { asks, RestAuthentication, RestGate } from "./RestAuthentication.ts"

/** The secret of a token is answered once, when it is made. */
export class TokensApi extends HttpApiGroup.make("tokens")
  .add(
    HttpApiEndpoint.get("list", "/service-accounts", {
      success: Schema.Struct({ serviceAccounts: Schema.Array(ServiceAccount) })
    }).annotateMerge(asks("services.manage", "ListServiceAccounts", "Service accounts, and their tokens")),
    HttpApiEndpoint.post("createServiceAccount", "/service-accounts", {
      payload: Schema.Struct({ name: WireText }),
      success: User.pipe(HttpApiSchema.status(201)),
      error: [refused.NameInvalid, refused.NameTaken]
    }).annotateMerge(asks("services.manage", "CreateServiceAccount", "Make a service account")),
    HttpApiEndpoint.post("createToken", "/service-accounts/:user/tokens", {
      params: { user: UserId },
      payload: Schema.Struct({ name: WireText, scope: TokenScope, password: WirePassword }),
      success: Schema.Struct({ secret: Schema.String, token: ApiToken }).pipe(HttpApiSchema.status(201)),
      error: [refused.AccountNotFound, refused.NameInvalid, refused.WrongPassword, refused.PasswordsBusy]
    }).annotateMerge(asks("services.manage", "CreateApiToken", "Make an API token")),
    HttpApiEndpoint.post("revokeToken", "/tokens/:token/revoke", {
      params: { token: ApiTokenId },
      payload: Schema.Struct({ password: WirePassword }),
      error: [refused.ApiTokenNotFound, refused.WrongPassword, refused.PasswordsBusy]
    }).annotateMerge(asks("services.manage", "RevokeApiToken", "Revoke an API token"))
  )
  .middleware(RestGate)
  .middleware(RestAuthentication)
  .annotate(OpenApi.Title, "Service accounts and tokens") {}
