// What happens to the page when a session ends, here or elsewhere.
import type { Identity, Messenger } from "@messenger/client/Messenger"
import type { User } from "@messenger/protocol/Account"
import type { SessionEnd } from "@messenger/protocol/SessionEnd"
import { createEffect, createSignal, on } from "solid-js"
import type { Accessor } from "solid-js"
import type { Router } from "../ui/router.ts"
import { pagePath } from "../ui/router.ts"

/** Why a session ended. `Unknown`: the server does not know it any more, and does not say why. */
export type Ended = Exclude<SessionEnd, "Renewed"> | "Unknown"

/** Why the session ended that was open on this page, and how to end it. */
export interface Ending {
  readonly ended: Accessor<Ended | undefined>
  /** Logs out. */
  readonly leave: Messenger["leave"]
}

/**
 * Follows who is here for as long as the owner lives. Whoever had an account goes to the log-in page, a guest to where guests come
 * in. After a log-out nothing is left of where one was: whoever comes next may be another.
 */
export const createEnding = (messenger: Messenger, router: Router, identity: Accessor<Identity>): Ending => {
  const [ended, setEnded] = createSignal<Ended>()
  let last: User | undefined
  let isLeaving = false
  createEffect(
    on(identity, (who) => {
      if (who._tag === "Known") {
        last = who.user
        setEnded(undefined)
      }
      if (who._tag !== "Anonymous" || last === undefined) return
      const end = isLeaving ? "SignedOut" : reasonOf(who.ended)
      const wasGuest = last.isGuest
      last = undefined
      isLeaving = false
      setEnded(end)
      if (end === "SignedOut" || end === "Deleted") router.forget()
      router.go(wasGuest ? router.goal() : pagePath.login, { replace: true })
    })
  )
  return {
    ended,
    leave: async () => {
      isLeaving = true
      const outcome = await messenger.leave()
      isLeaving = outcome.isOk
      return outcome
    }
  }
}

// After `Renewed` there was to be another session; that there is none needs no other sentence than that it is not known.
const reasonOf = (ended: SessionEnd | undefined): Ended =>
  ended === undefined || ended === "Renewed" ? "Unknown" : ended
