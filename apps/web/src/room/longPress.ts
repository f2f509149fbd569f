// A finger that rests on something: the way to what a pointer finds by hovering.

/** How long a finger rests, in milliseconds; a little less than what makes the systems select a word. */
const restsMillis = 450

/** How far it may stray meanwhile, in px; further is the beginning of a scroll. */
const straysPx = 10

/** Calls `act` when a finger rests on `element`. The listeners go with the element. */
export const onLongPress = (element: HTMLElement, act: () => void): void => {
  let timer: ReturnType<typeof setTimeout> | undefined
  let from = { x: 0, y: 0 }
  const forget = () => clearTimeout(timer)
  element.addEventListener("pointerdown", (event) => {
    forget()
    if (event.pointerType !== "touch" || !event.isPrimary) return
    from = { x: event.clientX, y: event.clientY }
    timer = setTimeout(act, restsMillis)
  })
  element.addEventListener("pointermove", ({ clientX, clientY }) => {
    if (Math.hypot(clientX - from.x, clientY - from.y) > straysPx) forget()
  })
  for (const over of ["pointerup", "pointercancel", "pointerleave"] as const) element.addEventListener(over, forget)
}
