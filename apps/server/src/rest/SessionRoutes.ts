// How a person gets a session, asks for it, and gives it back; over HTTP, since only HTTP can set a cookie. Which page may ask for a
// change is settled before (`edge/SameOrigin.ts`).
import { Accounts } from "@messenger/chat/Accounts"
import { Unauthenticated } from "@messenger/protocol/Handshake"
import { BadRequest, GuestRequest, LoginRequest, RegisterRequest } from "@messenger/protocol/Session"
import { Effect, Option } from "effect"
import * as HttpRouter from "effect/http/HttpRouter"
import { Authenticator } from "../tokens/Authenticator.ts"
import { bodyOf } from "./RequestBody.ts"
import { answered, SessionAnswers } from "./SessionAnswers.ts"

/** `POST /guest`, `/register`, `/login` and `/logout`, and `GET /session`. */
export const sessionRoutes = HttpRouter.use(
  Effect.fnUntraced(function* (router) {
    const accounts = yield* Accounts
    const answers = yield* SessionAnswers
    const authenticator = yield* Authenticator

    yield* router.add("POST", "/guest", (request) =>
      answered(
        Effect.gen(function* () {
          const { name, socketToken = false } = yield* guestRequest(request)
          return yield* answers.entered(
            request,
            yield* accounts.enterAsGuest(answers.visitorOf(request), name),
            socketToken
          )
        })
      )
    )

    yield* router.add("POST", "/register", (request) =>
      answered(
        Effect.gen(function* () {
          const { invite, remember = false, socketToken = false, ...given } = yield* registerRequest(request)
          const entered = yield* accounts.register(answers.visitorOf(request), {
            ...given,
            invite: unlessBlank(invite),
            isRemembered: remember
          })
          return yield* answers.entered(request, entered, socketToken)
        })
      )
    )

    yield* router.add("POST", "/login", (request) =>
      answered(
        Effect.gen(function* () {
          const { remember = false, socketToken = false, password, ...names } = yield* loginRequest(request)
          const username = unlessBlank(names.username)
          const email = unlessBlank(names.email)
          if (username === undefined && email === undefined) return yield* nobodyNamed
          const entered = yield* accounts.logIn(answers.visitorOf(request), {
            username,
            email,
            password,
            isRemembered: remember
          })
          return yield* answers.entered(request, entered, socketToken)
        })
      )
    )

    yield* router.add("POST", "/logout", (request) =>
      answered(Effect.andThen(accounts.logOut(answers.visitorOf(request)), answers.left(request)))
    )

    yield* router.add("GET", "/session", (request) =>
      answered(
        Effect.gen(function* () {
          const credential = answers.credentialOf(request)
          if (Option.isNone(credential)) return yield* answers.nobody
          const { _tag, token } = credential.value
          const holder = yield* authenticator.holderOf(credential.value)
          if (_tag === "Bearer") {
            return Option.isNone(holder)
              ? yield* new Unauthenticated()
              : yield* answers.known(holder.value.authenticated)
          }
          if (Option.isNone(holder)) return yield* answers.left(request)
          const { authenticated } = holder.value
          const { expiresAt, isRemembered } = authenticated
          return expiresAt === null
            ? yield* answers.known(authenticated)
            : yield* answers.goesOn(request, authenticated, { token, expiresAt, isRemembered })
        })
      )
    )
  })
)

const guestRequest = bodyOf(GuestRequest, '{"name": "Ada"}')

const registerRequest = bodyOf(
  RegisterRequest,
  '{"username": "ada", "email": "ada@example.org", "password": "…", "remember": true}'
)

const loginExample = '{"username": "ada", "password": "…", "remember": true}'

const loginRequest = bodyOf(LoginRequest, loginExample)

const nobodyNamed = new BadRequest({
  detail: `The body must name somebody by username or email, like ${loginExample}.`
})

// A form sends every field that it has, also those that nobody filled in.
const unlessBlank = (text: string | undefined): string | undefined => (text?.trim() === "" ? undefined : text)
