// What a person may ask about their account, handed on as it came. What sets a cookie is answered over HTTP.
import { Accounts } from "@messenger/chat/Accounts"
import { Administration } from "@messenger/chat/Administration"
import { Members } from "@messenger/chat/Members"
import { AccountRpcs } from "@messenger/protocol/AccountRpcs"
import { Forbidden } from "@messenger/protocol/Rights"
import { Effect, Redacted } from "effect"
import { SocketTokens } from "../tokens/SocketTokens.ts"
import { asAsker } from "./Authentication.ts"
import { RpcConnections } from "./RpcConnections.ts"

export const accountHandlersLayer = AccountRpcs.toLayer(
  Effect.gen(function* () {
    const accounts = yield* Accounts
    const administration = yield* Administration
    const connections = yield* RpcConnections
    const members = yield* Members
    const socketTokens = yield* SocketTokens
    return {
      GetAccount: () => asAsker(accounts.ownAccount),
      UpdateProfile: (change) => asAsker((asker) => accounts.updateProfile(asker, change)),
      ListSessions: () => asAsker(accounts.devices),
      RevokeSession: ({ id }) => asAsker((asker) => accounts.revokeSession(asker, id)),
      RevokeOtherSessions: () => asAsker(accounts.revokeOtherSessions),
      CreateSocketToken: (_, { client }) =>
        asAsker(({ sessionId }) =>
          // Whoever came with an API token has no session to come back to; who came with a socket token would renew it for ever.
          sessionId === null || connections.get(client.id)?.connection.peer.holder?.until !== null
            ? Effect.fail(new Forbidden({ needs: "self.sessions" }))
            : Effect.map(socketTokens.issue(sessionId), ({ expiresAt, token }) => ({
                token: Redacted.value(token),
                expiresAt
              }))
        ),
      ChangeEmail: (change) => asAsker((asker) => accounts.changeEmail(asker, change)),
      DeleteAccount: ({ password }) => asAsker((asker) => accounts.deleteAccount(asker, password)),
      ClaimServer: ({ token }) => asAsker((asker) => administration.claimServer(asker, token)),
      LookAtInvite: ({ token }) => asAsker((asker) => members.lookAtInvite(asker, token)),
      AcceptInvite: ({ token }) => asAsker((asker) => members.acceptInvite(asker, token))
    }
  })
)
