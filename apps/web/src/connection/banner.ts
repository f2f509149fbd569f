// What the banner says about the connection. It is silent for the first second of any trouble: most heals by then.
import type { ConnectionState } from "@messenger/client/ConnectionState"
import { createEffect, createMemo, createSignal, on, onCleanup } from "solid-js"
import type { Accessor } from "solid-js"
import { texts } from "../texts.ts"

/** How long trouble lasts before it is worth a word, in milliseconds. */
export const quietMillis = 1_000

/** The sentence for a connection that is not there at `now`; undefined when there is nothing to say. */
export const bannerText = (connection: ConnectionState, wasOpen: boolean, now: number): string | undefined => {
  switch (connection._tag) {
    case "Open":
    case "Closed":
    case "Refused":
      return undefined
    case "Connecting":
      return wasOpen || connection.attempt > 0 ? texts.connection.lost : texts.connection.connecting
    case "Offline":
      return texts.connection.offline
    case "Waiting": {
      const left = connection.untilMillis - now
      return left > 0 ? texts.connection.lostUntil(Math.ceil(left / 1000)) : texts.connection.lost
    }
  }
}

/** The sentence of the moment, for as long as the owner lives. */
export const createBanner = (connection: Accessor<ConnectionState>): Accessor<string | undefined> => {
  const [wasOpen, setWasOpen] = createSignal(false)
  const [isLoud, setLoud] = createSignal(false)
  const [now, setNow] = createSignal(Date.now())
  const isOpen = createMemo(() => connection()._tag === "Open")
  createEffect(
    on(isOpen, (open) => {
      setLoud(false)
      if (open) {
        setWasOpen(true)
        return
      }
      const quiet = setTimeout(() => {
        setNow(Date.now())
        setLoud(true)
      }, quietMillis)
      // For the countdown.
      const tick = setInterval(() => setNow(Date.now()), 1000)
      onCleanup(() => {
        clearTimeout(quiet)
        clearInterval(tick)
      })
    })
  )
  return createMemo(() => (isLoud() ? bannerText(connection(), wasOpen(), now()) : undefined))
}
