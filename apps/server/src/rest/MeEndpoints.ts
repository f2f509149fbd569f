// What somebody asks about themselves, over HTTP, handed on as it came.
import { Accounts } from "@messenger/chat/Accounts"
import { Inboxes } from "@messenger/chat/Inboxes"
import { RestApi } from "@messenger/protocol/rest/RestApi"
import { CredentialExpiry } from "@messenger/protocol/rest/RestAuthentication"
import { Forbidden } from "@messenger/protocol/Rights"
import { Effect, Redacted } from "effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { SocketTokens } from "../tokens/SocketTokens.ts"
import { asAsker, makeInRoom } from "./Asking.ts"

export const meEndpoints = HttpApiBuilder.group(
  RestApi,
  "me",
  Effect.fnUntraced(function* (endpoints) {
    const accounts = yield* Accounts
    const inboxes = yield* Inboxes
    const inRoom = yield* makeInRoom
    const socketTokens = yield* SocketTokens
    return endpoints.handleAll({
      get: () => asAsker(accounts.ownAccount),
      update: ({ payload }) => asAsker((asker) => accounts.updateProfile(asker, payload)),
      setStatus: ({ payload: { status } }) => asAsker((asker) => inboxes.setStatus(asker, status)),
      markRead: ({ params, payload: { number } }) =>
        inRoom(params.room, (asker, roomId) => inboxes.markRead(asker, roomId, number)),
      sessions: () => asAsker((asker) => Effect.map(accounts.devices(asker), (sessions) => ({ sessions }))),
      revokeSession: ({ params: { session } }) => asAsker((asker) => accounts.revokeSession(asker, session)),
      revokeOtherSessions: () => asAsker(accounts.revokeOtherSessions),
      createSocketToken: () =>
        asAsker(
          Effect.fnUntraced(function* ({ sessionId }) {
            const { until } = yield* CredentialExpiry
            // Whoever came with an API token has no session to come back to; who came with a socket token would renew it for ever.
            if (sessionId === null || until !== null) return yield* new Forbidden({ needs: "self.sessions" })
            const { expiresAt, token } = yield* socketTokens.issue(sessionId)
            return { token: Redacted.value(token), expiresAt }
          })
        )
    })
  })
)
