// Service accounts and their tokens, over HTTP, handed on as they were asked for.
import { Administration } from "@messenger/chat/Administration"
import { RestApi } from "@messenger/protocol/rest/RestApi"
import { Effect } from "effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { asAsker } from "./Asking.ts"

export const tokenEndpoints = HttpApiBuilder.group(
  RestApi,
  "tokens",
  Effect.fnUntraced(function* (endpoints) {
    const administration = yield* Administration
    return endpoints.handleAll({
      list: () =>
        asAsker((asker) =>
          Effect.map(administration.serviceAccounts(asker), (serviceAccounts) => ({ serviceAccounts }))
        ),
      createServiceAccount: ({ payload: { name } }) =>
        asAsker((asker) => administration.createServiceAccount(asker, name)),
      createToken: ({ params: { user }, payload }) =>
        asAsker((asker) => administration.createApiToken(asker, { userId: user, ...payload })),
      revokeToken: ({ params: { token }, payload: { password } }) =>
        asAsker((asker) => administration.revokeApiToken(asker, token, password))
    })
  })
)
