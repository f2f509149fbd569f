import { createComputed, on } from "solid-js"
import type { Accessor } from "solid-js"
import { touch } from "./media.ts"

/**
 * Remembers where the focus was when something opened over the page; what it answers takes the event of its closing and brings
 * the focus back there, unless somebody has already decided where it goes.
 */
export const createFocusReturn = (isOpen: Accessor<boolean>): ((event: Event) => void) => {
  let opener: Element | null = null
  // Before anything is drawn, and with it the focus moved.
  createComputed(
    on(isOpen, (open) => {
      if (open) opener = document.activeElement
    })
  )
  return (event) => {
    if (event.defaultPrevented) return
    event.preventDefault()
    if (opener instanceof HTMLElement && opener.isConnected) opener.focus({ preventScroll: true })
  }
}

/**
 * Puts the focus into the room that was gone to: where one writes, or on a touch screen, where that would bring up the
 * keyboard, on its name. A page that is no room has only its name.
 */
export const focusRoom = (): void => {
  const field = window.matchMedia(touch).matches ? null : document.querySelector<HTMLElement>("main textarea")
  const target = field ?? document.querySelector<HTMLElement>("main h1")
  target?.focus({ preventScroll: true })
}

/** Whether the focus is on or in `element`. */
export const isWithinFocus = (element: Element): boolean =>
  document.activeElement !== null && element.contains(document.activeElement)
