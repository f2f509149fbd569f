// Sessions as gateways see them, in memory: guests alone, and connections that end when a test says so.
import { Accounts, type Entered } from "@messenger/chat/Accounts"
import { Administration } from "@messenger/chat/Administration"
import { Exports } from "@messenger/chat/Exports"
import { Members } from "@messenger/chat/Members"
import { Webhooks } from "@messenger/chat/Webhooks"
import type { Asker } from "@messenger/chat/Rooms"
import { Sessions, sessionMillis, type Authenticated } from "@messenger/chat/Sessions"
import * as Worker from "@messenger/otp/Worker"
import { NameInvalid, parseDisplayName, UserId } from "@messenger/protocol/Account"
import { SessionId } from "@messenger/protocol/Device"
import type { ServerRole } from "@messenger/protocol/Rights"
import { WrongCredentials } from "@messenger/protocol/Session"
import type { SessionEnd } from "@messenger/protocol/SessionEnd"
import { RateLimited } from "@messenger/protocol/Unavailable"
import { Effect, Layer, Option, Redacted } from "effect"

/** What tests see and steer. */
export interface FakeSessions {
  /** What limits counted each new guest by, in order. */
  readonly guestAddresses: Array<string>
  /** While set, an address has made too many guests. */
  guestsLimited: boolean
  /** What whoever logs in is refused with. */
  logInRefusal: Effect.Error<ReturnType<Accounts["Service"]["logIn"]>>
  /** How many requests were counted as a use of their session. */
  uses: number
  /** Ends the session of a cookie, and its connections. */
  readonly end: (cookie: string, reason: SessionEnd) => void
  /** Gives its account another role, on open connections too. */
  readonly setRole: (cookie: string, role: ServerRole) => void
}

interface Open {
  readonly principal: { -readonly [Field in keyof Asker]: Asker[Field] }
  readonly onEnd: (reason: SessionEnd) => void
}

export const makeFakeSessions = () => {
  const sessions = new Map<string, Authenticated>()
  const open = new Set<Open>()
  const tokenOf = (cookie: string) => cookie.replace(/^[^=]*=/, "")
  const connectionsOf = (token: string) => {
    const sessionId = sessions.get(token)?.sessionId
    return [...open].filter(({ principal }) => principal.sessionId === sessionId)
  }
  const fake: FakeSessions = {
    guestAddresses: [],
    guestsLimited: false,
    logInRefusal: new WrongCredentials(),
    uses: 0,
    end: (cookie, reason) => {
      const ended = connectionsOf(tokenOf(cookie))
      sessions.delete(tokenOf(cookie))
      for (const connection of ended) {
        open.delete(connection)
        connection.onEnd(reason)
      }
    },
    setRole: (cookie, role) => {
      for (const { principal } of connectionsOf(tokenOf(cookie))) principal.role = role
    }
  }
  const find = (token: Redacted.Redacted) => Option.fromUndefinedOr(sessions.get(Redacted.value(token)))

  const sessionsLayer = Layer.mock(Sessions, {
    authenticate: (token) => Effect.succeed(find(token)),
    authenticateById: (id) =>
      Effect.succeed(Option.fromUndefinedOr([...sessions.values()].find(({ sessionId }) => sessionId === id))),
    authenticateApiToken: () => Effect.succeedNone,
    open: (authenticated, { connectionId, address, onEnd }) => {
      const { user, role, scope, sessionId } = authenticated
      const connection: Open = { principal: { user, role, scope, sessionId, connectionId, address }, onEnd }
      open.add(connection)
      if (sessionId !== null && ![...sessions.values()].includes(authenticated)) onEnd("Revoked")
      return { principal: connection.principal, close: () => void open.delete(connection) }
    },
    used: () => {
      fake.uses++
    },
    childSpec: Worker.make({ id: "sessions", init: Effect.void })
  })

  const accountsLayer = Layer.mock(Accounts, {
    enterAsGuest: ({ address, token }, name) =>
      Effect.suspend((): ReturnType<Accounts["Service"]["enterAsGuest"]> => {
        if (fake.guestsLimited) return Effect.fail(new RateLimited({ retryAfterMillis: 1_500 }))
        const known = Option.flatMap(token, find)
        if (Option.isSome(token) && Option.isSome(known)) return Effect.succeed(enteredWith(known.value, token.value))
        const parsed = parseDisplayName(name)
        if (parsed instanceof NameInvalid) return Effect.fail(parsed)
        const number = sessions.size + 1
        const authenticated: Authenticated = {
          user: { id: UserId.make(`guest${number}`), name: parsed, isGuest: true },
          role: "guest",
          scope: null,
          sessionId: SessionId.make(`session${number}`),
          tokenId: null,
          expiresAt: Date.now() + sessionMillis(true),
          isRemembered: true,
          seen: 0
        }
        sessions.set(`token${number}`, authenticated)
        fake.guestAddresses.push(address)
        return Effect.succeed(enteredWith(authenticated, Redacted.make(`token${number}`)))
      }),
    logIn: () => Effect.suspend(() => Effect.fail(fake.logInRefusal)),
    logOut: ({ token }) =>
      Effect.sync(() => {
        if (Option.isSome(token)) fake.end(Redacted.value(token.value), "SignedOut")
      })
  })

  const layer = Layer.mergeAll(
    sessionsLayer,
    accountsLayer,
    Layer.mock(Administration, {}),
    Layer.mock(Exports, {}),
    Layer.mock(Members, {}),
    Layer.mock(Webhooks, {})
  )
  return { fake, layer }
}

const enteredWith = (authenticated: Authenticated, token: Redacted.Redacted): Entered => {
  const { expiresAt, sessionId } = authenticated
  if (sessionId === null || expiresAt === null) throw new Error("no session")
  return { ...authenticated, sessionId, expiresAt, token, deviceToken: Option.none() }
}
