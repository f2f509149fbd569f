// Who uses this client, found out and kept true: asked of the server at the start, after every change of the session, when the
// server says that the session is over, and when it does not know the session any more.
import type { User } from "@messenger/protocol/Account"
import type { ServerRole } from "@messenger/protocol/Rights"
import type { Registration, SessionError, SessionState } from "@messenger/protocol/Session"
import type { SessionEnd } from "@messenger/protocol/SessionEnd"
import { Effect, Random, Semaphore } from "effect"
import * as ConnectionState from "./ConnectionState.ts"
import type { CurrentClient } from "./CurrentClient.ts"
import { cell } from "./Readable.ts"
import type { Runner } from "./Runner.ts"
import type { Entered, SessionClient } from "./SessionClient.ts"
import type { Unreachable } from "./Unreachable.ts"

/** Who uses this client. `Loading` until the server has said it once; it is asked until it answers. */
export type Identity =
  | { readonly _tag: "Loading" }
  /** Nobody is logged in. `ended` is why the session ended, where the server said so while this client ran. */
  | { readonly _tag: "Anonymous"; readonly ended: SessionEnd | undefined }
  /** `role` is what they are on the server; both are as of now. */
  | { readonly _tag: "Known"; readonly user: User; readonly role: ServerRole }

/** Who may come in, as the server said last. */
export interface ServerTerms {
  readonly registration: Registration
  /** Whether visitors may come in as guests. */
  readonly guests: boolean
}

/**
 * After `Renewed` the answer that nobody is logged in is not believed this often in a row: another tab's log-in ended this
 * connection, and the cookie that its answer brings may arrive here a moment later.
 */
const renewalsDoubted = 3

/**
 * A server that no longer knows a token refuses the upgrade, which looks like a server that is away: who comes with one asks when
 * the connection was lost and the first attempt to come back has failed.
 */
const failuresDoubted = 2

/** Keeps `current` the client of whoever is logged in, or of whom the token is. */
export const make = (sessions: SessionClient, current: CurrentClient, { start }: Runner, hasToken: boolean) => {
  const identity = cell<Identity>({ _tag: "Loading" })
  const server = cell<ServerTerms | undefined>(undefined)
  // Requests for the session go one after the other: an answer that was given before a change must not be believed after it.
  const oneAtATime = Semaphore.makeUnsafe(1)
  // Refusals in a row that the session's answer did not explain.
  let unexplained = 0
  // What the inbox said last of who this is.
  let told: { readonly me: User | undefined; readonly role: ServerRole | undefined } = {
    me: undefined,
    role: undefined
  }

  const forgetWhoItIs = (ended: SessionEnd | undefined) => {
    void current.stop()
    identity.set({ _tag: "Anonymous", ended })
  }

  const learn = ({ user, role, registration, guests }: SessionState, isRenewed: boolean) => {
    server.set({ registration, guests })
    if (user === null) return forgetWhoItIs(undefined)
    current.become(user, isRenewed)
    // Who has no role is what everybody is at least.
    identity.set({ _tag: "Known", user, role: role ?? "guest" })
  }

  /** Asks who is logged in until there is an answer that can be believed. */
  const identify = Effect.fnUntraced(function* (doubts: number) {
    for (let asked = 0; ; asked++) {
      const isLearnt = yield* oneAtATime.withPermit(
        Effect.map(Effect.result(sessions.current), (answer) => {
          if (answer._tag === "Success") {
            if (answer.success.user === null && asked < doubts) return false
            learn(answer.success, false)
            return true
          }
          // So a token is answered that is good no more.
          if (answer.failure._tag !== "Unauthenticated") return false
          forgetWhoItIs(undefined)
          return true
        })
      )
      if (isLearnt) return
      yield* Effect.sleep(ConnectionState.waitMillis(asked, yield* Random.next))
    }
  })

  const onConnection = () => {
    const state = current.connection.get()
    if (state._tag === "Open") unexplained = 0
    if (hasToken && state._tag === "Waiting" && state.attempt === failuresDoubted) return start(identify(0))
    if (state._tag !== "Refused" || state.refusal._tag === "UpgradeRequired") return
    const { refusal } = state
    if (refusal._tag === "SessionEnded" && refusal.end !== "Renewed") return forgetWhoItIs(refusal.end)
    const failures = unexplained++
    const wait = Effect.flatMap(Random.next, (jitter) =>
      Effect.sleep(failures === 0 ? 0 : ConnectionState.waitMillis(failures, jitter))
    )
    start(Effect.andThen(wait, identify(refusal._tag === "SessionEnded" ? renewalsDoubted : 0)))
  }

  const onInbox = () => {
    const { me, role } = current.inbox.get().view
    if (me === told.me && role === told.role) return
    told = { me, role }
    const known = identity.get()
    if (known._tag !== "Known" || me === undefined || role === undefined || me.id !== known.user.id) return
    identity.set({ _tag: "Known", user: me, role })
  }

  current.connection.subscribe(onConnection)
  current.inbox.subscribe(onInbox)
  start(identify(0))

  return {
    identity,
    server,
    /** Begins another session, and connects with it. */
    begin: (
      entering: Effect.Effect<Entered, SessionError | Unreachable>
    ): Effect.Effect<User, SessionError | Unreachable> =>
      oneAtATime.withPermit(
        Effect.map(entering, ({ user, state }) => {
          learn(state, true)
          return user
        })
      ),
    /** Ends the session. */
    leave: oneAtATime.withPermit(Effect.map(sessions.leave, (state) => learn(state, false)))
  }
}
