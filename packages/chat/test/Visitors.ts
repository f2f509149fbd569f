// People who come in as people do: with a browser that keeps cookies, and connections that end when their session does.
import { Accounts } from "@messenger/chat/Accounts"
import type { Entered, Visitor } from "@messenger/chat/Accounts"
import type { Asker } from "@messenger/chat/Rooms"
import { Sessions } from "@messenger/chat/Sessions"
import type { Authenticated, LivePrincipal } from "@messenger/chat/Sessions"
import type { ServerRole } from "@messenger/protocol/Rights"
import type { SessionEnd } from "@messenger/protocol/SessionEnd"
import { Accounts as AccountRows } from "@messenger/storage/Accounts"
import { LivePrincipals } from "@messenger/chat/LivePrincipals"
import { Effect, Option, Redacted } from "effect"

/** A password that nobody guesses first. */
export const password = Redacted.make("correct horse battery staple")

/** Another one. */
export const otherPassword = Redacted.make("two ravens on a quiet fence")

let connections = 10_000

/** A connection of somebody: who they are, live, and why it ended. */
export interface Connection {
  readonly asker: Asker
  readonly live: LivePrincipal
  readonly ends: ReadonlyArray<SessionEnd>
}

/** Opens a connection for a proof that was checked. */
export const open = Effect.fnUntraced(function* (authenticated: Authenticated, onEnd?: (reason: SessionEnd) => void) {
  const sessions = yield* Sessions
  const ends: Array<SessionEnd> = []
  const live = sessions.open(authenticated, {
    connectionId: ++connections,
    address: "10.0.0.1",
    onEnd: (reason) => {
      ends.push(reason)
      onEnd?.(reason)
    }
  })
  const connection: Connection = { asker: live.principal, live, ends }
  return connection
})

/** A browser profile: it keeps the cookies that it is given. */
export class Browser {
  token: Option.Option<Redacted.Redacted> = Option.none()
  deviceToken: Option.Option<Redacted.Redacted> = Option.none()
  readonly address: string

  constructor(address = "10.0.0.1") {
    this.address = address
  }

  get visitor(): Visitor {
    const { address, token, deviceToken } = this
    return { address, token, deviceToken, client: "Firefox on a test" }
  }

  /** Keeps what an answer sets. */
  keep = (entered: Entered): Entered => {
    this.token = Option.some(entered.token)
    if (Option.isSome(entered.deviceToken)) this.deviceToken = entered.deviceToken
    return entered
  }

  guest(name: string) {
    return Effect.flatMap(Accounts, (accounts) => accounts.enterAsGuest(this.visitor, name)).pipe(Effect.map(this.keep))
  }

  register(
    username: string,
    options: { readonly email?: string; readonly invite?: string; readonly isRemembered?: boolean } = {}
  ) {
    const { email = `${username}@example.org`, invite, isRemembered = false } = options
    return Effect.flatMap(Accounts, (accounts) =>
      accounts.register(this.visitor, { username, email, password, invite, isRemembered })
    ).pipe(Effect.map(this.keep))
  }

  logIn(username: string, options: { readonly password?: Redacted.Redacted; readonly isRemembered?: boolean } = {}) {
    const { isRemembered = false } = options
    const loggingIn = { username, email: undefined, password: options.password ?? password, isRemembered }
    return Effect.flatMap(Accounts, (accounts) => accounts.logIn(this.visitor, loggingIn)).pipe(Effect.map(this.keep))
  }

  /** Connects with the session cookie that it has. */
  connect(onEnd?: (reason: SessionEnd) => void) {
    const { token } = this
    return Effect.gen(function* () {
      const sessions = yield* Sessions
      const found = Option.isNone(token) ? Option.none() : yield* sessions.authenticate(token.value)
      if (Option.isNone(found)) return yield* Effect.die(new Error("this browser has no session"))
      return yield* open(found.value, onEnd)
    })
  }

  /** Whether its session cookie is good. */
  get isLoggedIn() {
    const { token } = this
    return Option.match(token, {
      onNone: () => Effect.succeed(false),
      onSome: (cookie) =>
        Effect.flatMap(Sessions, (sessions) => Effect.map(sessions.authenticate(cookie), Option.isSome))
    })
  }
}

/** Registers somebody with a browser of their own, and connects. */
export const member = Effect.fnUntraced(function* (username: string, onEnd?: (reason: SessionEnd) => void) {
  const browser = new Browser()
  yield* browser.register(username)
  return { browser, ...(yield* browser.connect(onEnd)) }
})

/** As `member`, with a role on the server. */
export const withRole = Effect.fnUntraced(function* (username: string, role: ServerRole) {
  const made = yield* member(username)
  const rows = yield* AccountRows
  const live = yield* LivePrincipals
  yield* rows.setRole(made.asker.user.id, role)
  live.changed(made.asker.user.id, { role })
  return made
})
