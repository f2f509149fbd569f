import { onCleanup } from "solid-js"

/**
 * Does `act` again and again for as long as the owner lives, `everyMillis` after the last time ended, and not while nobody sees the
 * page; a page that is seen again does it at once.
 */
export const whileSeen = (act: () => Promise<void>, everyMillis: number): void => {
  let timer: ReturnType<typeof setTimeout> | undefined
  let isOver = false
  let isActing = false
  const again = () => {
    clearTimeout(timer)
    if (!isOver && document.visibilityState === "visible") timer = setTimeout(() => void turn(), everyMillis)
  }
  const turn = async () => {
    if (isActing || document.visibilityState !== "visible") return
    isActing = true
    await act()
    isActing = false
    again()
  }
  const look = () => void turn()
  document.addEventListener("visibilitychange", look)
  again()
  onCleanup(() => {
    isOver = true
    clearTimeout(timer)
    document.removeEventListener("visibilitychange", look)
  })
}
