// Where rooms and people are: beside the conversation when there is space for them, else in a drawer over it.
import { createEffect, createMemo, createSignal } from "solid-js"
import type { Accessor } from "solid-js"
import { recall, remember } from "./device.ts"
import { createMedia, wideEnoughForPeople, wideEnoughForRooms } from "./media.ts"

/** One of the outer columns. */
export interface Side {
  /** Whether it stands beside the conversation. */
  readonly isColumn: Accessor<boolean>
  /** Whether it lies over the conversation. */
  readonly isDrawer: Accessor<boolean>
  /** Whether there is space for it beside the conversation, shown or not. */
  readonly fits: Accessor<boolean>
  /** Shows or hides it, in whichever way there is space for. A hidden column stays hidden on this device. */
  readonly toggle: () => void
  readonly closeDrawer: () => void
}

/** Both sides. */
export interface Layout {
  readonly rooms: Side
  readonly people: Side
}

const createSide = (name: string, query: string): Side => {
  const fits = createMedia(query)
  const [isHidden, setHidden] = createSignal(recall(`${name}-hidden`) === "yes")
  const [isOpen, setOpen] = createSignal(false)
  createEffect(() => {
    if (fits()) setOpen(false)
  })
  return {
    fits,
    isColumn: createMemo(() => fits() && !isHidden()),
    isDrawer: createMemo(() => !fits() && isOpen()),
    toggle: () => {
      if (fits()) remember(`${name}-hidden`, setHidden((hidden) => !hidden) ? "yes" : "no")
      else setOpen((open) => !open)
    },
    closeDrawer: () => setOpen(false)
  }
}

/** The layout, for as long as the owner lives. */
export const createLayout = (): Layout => ({
  rooms: createSide("rooms", wideEnoughForRooms),
  people: createSide("people", wideEnoughForPeople)
})
