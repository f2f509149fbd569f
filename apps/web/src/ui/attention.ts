import { createSignal, onCleanup } from "solid-js"
import type { Accessor } from "solid-js"

/** Whether the reader looks at this window: it is visible and has the focus. */
export const createAttention = (): Accessor<boolean> => {
  const isAttentive = () => document.visibilityState === "visible" && document.hasFocus()
  const [attention, setAttention] = createSignal(isAttentive())
  const update = () => setAttention(isAttentive())
  // The document still says it has the focus while `blur` is being told.
  const lose = () => setAttention(false)
  window.addEventListener("focus", update)
  window.addEventListener("blur", lose)
  document.addEventListener("visibilitychange", update)
  onCleanup(() => {
    window.removeEventListener("focus", update)
    window.removeEventListener("blur", lose)
    document.removeEventListener("visibilitychange", update)
  })
  return attention
}
