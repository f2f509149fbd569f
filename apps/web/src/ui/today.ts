import { createSignal, onCleanup } from "solid-js"
import type { Accessor } from "solid-js"
import { dayOf } from "./times.ts"

/** The beginning of the present day in the reader's zone; a page that stays open sees the next one come. */
export const createToday = (): Accessor<number> => {
  const [today, setToday] = createSignal(dayOf(Date.now()))
  let timer: ReturnType<typeof setTimeout>
  const look = () => {
    setToday(dayOf(Date.now()))
    const next = new Date()
    timer = setTimeout(look, next.setHours(24, 0, 0, 0) - Date.now())
  }
  look()
  // A device that slept past midnight has slept through the timer as well.
  const wake = () => setToday(dayOf(Date.now()))
  document.addEventListener("visibilitychange", wake)
  onCleanup(() => {
    clearTimeout(timer)
    document.removeEventListener("visibilitychange", wake)
  })
  return today
}
