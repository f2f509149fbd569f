import type { Readable } from "@messenger/client/Readable"
import { createSignal, onCleanup } from "solid-js"
import type { Accessor } from "solid-js"

/**
 * A changing value of the client as a signal, for as long as its owner lives. A burst of changes is one update per frame; a
 * page that is not visible has no frames, so there each change is told at once and the title stays true.
 */
export const fromReadable = <Value>(readable: Readable<Value>): Accessor<Value> => {
  const [value, setValue] = createSignal(readable.get())
  let frame: number | undefined
  const update = () => {
    frame = undefined
    setValue(() => readable.get())
  }
  const stop = readable.subscribe(() => {
    if (document.visibilityState === "hidden") update()
    else frame ??= requestAnimationFrame(update)
  })
  // A page that is hidden before its frame came would keep the change to itself.
  const updateIfDue = () => {
    if (frame === undefined) return
    cancelAnimationFrame(frame)
    update()
  }
  document.addEventListener("visibilitychange", updateIfDue)
  onCleanup(() => {
    stop()
    document.removeEventListener("visibilitychange", updateIfDue)
    if (frame !== undefined) cancelAnimationFrame(frame)
  })
  return value
}
