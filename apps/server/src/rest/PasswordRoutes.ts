// New passwords: by the old one, or by a one-time link. Both answer a new session, and end all others of the account.
import { Accounts } from "@messenger/chat/Accounts"
import { Sessions } from "@messenger/chat/Sessions"
import { Unauthenticated } from "@messenger/protocol/Handshake"
import { ChangePasswordRequest, ResetPasswordRequest } from "@messenger/protocol/Session"
import { Effect, Option } from "effect"
import * as HttpRouter from "effect/http/HttpRouter"
import { Connections } from "../connections/Connections.ts"
import { Authenticator } from "../tokens/Authenticator.ts"
import { bodyOf } from "./RequestBody.ts"
import { answered, SessionAnswers } from "./SessionAnswers.ts"

/** `POST /api/v1/me/password` and `POST /api/v1/reset`. */
export const passwordRoutes = HttpRouter.use(
  Effect.fnUntraced(function* (router) {
    const accounts = yield* Accounts
    const answers = yield* SessionAnswers
    const authenticator = yield* Authenticator
    const connections = yield* Connections
    const sessions = yield* Sessions

    yield* router.add("POST", "/api/v1/me/password", (request) =>
      answered(
        Effect.gen(function* () {
          const credential = answers.credentialOf(request)
          if (Option.isNone(credential)) return yield* new Unauthenticated()
          const holder = yield* authenticator.holderOf(credential.value)
          if (Option.isNone(holder)) return yield* new Unauthenticated()
          const change = yield* changePasswordRequest(request)
          const visitor = answers.visitorOf(request)
          const entered = yield* Effect.acquireUseRelease(
            Effect.sync(() =>
              sessions.open(holder.value.authenticated, {
                connectionId: connections.nextId(),
                address: visitor.address,
                // The answer says how it ended.
                onEnd: () => undefined
              })
            ),
            ({ principal }) => accounts.changePassword(principal, visitor, change),
            ({ close }) => Effect.sync(close)
          )
          return yield* answers.entered(request, entered, false)
        })
      )
    )

    yield* router.add("POST", "/api/v1/reset", (request) =>
      answered(
        Effect.gen(function* () {
          const reset = yield* resetPasswordRequest(request)
          return yield* answers.entered(
            request,
            yield* accounts.resetPassword(answers.visitorOf(request), reset),
            false
          )
        })
      )
    )
  })
)

const changePasswordRequest = bodyOf(ChangePasswordRequest, '{"password": "…", "newPassword": "…"}')

const resetPasswordRequest = bodyOf(ResetPasswordRequest, '{"token": "…", "password": "…"}')
