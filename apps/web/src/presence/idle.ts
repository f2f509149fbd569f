import { createSignal, onCleanup } from "solid-js"
import type { Accessor } from "solid-js"

const signs = ["pointerdown", "pointermove", "keydown", "wheel", "touchstart", "focus"] as const

/** Whether the reader has given no sign for `afterMillis`, watched for as long as the owner lives. */
export const createIdle = (afterMillis: number): Accessor<boolean> => {
  const [isIdle, setIdle] = createSignal(false)
  let lastSign = Date.now()
  let timer: ReturnType<typeof setTimeout>
  // One timer that looks again when it is due costs less than one restarted at every move of the pointer.
  const look = () => {
    const left = lastSign + afterMillis - Date.now()
    if (left <= 0) setIdle(true)
    else timer = setTimeout(look, left)
  }
  const sign = () => {
    lastSign = Date.now()
    if (!isIdle()) return
    setIdle(false)
    timer = setTimeout(look, afterMillis)
  }
  timer = setTimeout(look, afterMillis)
  for (const name of signs) window.addEventListener(name, sign, { passive: true, capture: true })
  onCleanup(() => {
    clearTimeout(timer)
    for (const name of signs) window.removeEventListener(name, sign, { capture: true })
  })
  return isIdle
}
