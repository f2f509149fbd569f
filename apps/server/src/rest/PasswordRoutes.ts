// New passwords: by the old one, or by a one-time link. Both answer a new session, and end all others of the account.
import { Accounts } from "@messenger/chat/Accounts"
import { ChangePasswordRequest, ResetPasswordRequest } from "@messenger/protocol/Session"
import { Effect } from "effect"
import * as HttpRouter from "effect/http/HttpRouter"
import { bodyOf } from "./RequestBody.ts"
import { RequestPrincipals } from "./RequestPrincipals.ts"
import { answered, SessionAnswers } from "./SessionAnswers.ts"

/** `POST /api/v1/me/password` and `POST /api/v1/reset`. */
export const passwordRoutes = HttpRouter.use(
  Effect.fnUntraced(function* (router) {
    const accounts = yield* Accounts
    const answers = yield* SessionAnswers
    const principals = yield* RequestPrincipals

    yield* router.add("POST", "/api/v1/me/password", (request) =>
      answered(
        Effect.gen(function* () {
          const { principal } = yield* principals.of(request)
          const change = yield* changePasswordRequest(request)
          const entered = yield* accounts.changePassword(principal, answers.visitorOf(request), change)
          return yield* answers.entered(request, entered, false)
        }).pipe(Effect.scoped)
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
